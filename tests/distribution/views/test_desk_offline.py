"""What a desk keeps of the site to go on without a network: the worker, the manifest, and a page without anyone in it."""

import json
import re
from pathlib import Path

import pytest
from django.test import Client

from distribution.models import CardYear
from distribution.views import desk_offline
from pickup_points.desks import Desk
from tests import make

STATIC = Path(__file__).parents[3] / "lerarenkaart/static"


@pytest.fixture
def desk(card_year: CardYear) -> Desk:
    return make.member(make.point("gent", year=card_year.year, name="Bibliotheek Gent"), is_manager=True)


def _as(desk: Desk) -> Client:
    client = Client()
    client.force_login(desk.user)
    return client


def test_shell_holds_nobodys_name(desk: Desk) -> None:
    make.card(make.person(CardYear.objects.get(), "Zeldzaam", "Zita"), at=desk.point)

    response = _as(desk).get("/balie/gent/zonder-netwerk/")

    text = response.content.decode()
    assert response.status_code == 200
    assert [secret for secret in (str(desk.user), desk.user.email, "Zeldzaam") if secret in text] == []
    assert "Bibliotheek Gent" in text
    assert '<strong data-counter="today"></strong>' in text


@pytest.mark.django_db
def test_shell_of_anothers_point_does_not_exist(desk: Desk) -> None:
    make.point("ginder")

    assert _as(desk).get("/balie/ginder/zonder-netwerk/").status_code == 404
    assert _as(desk).get("/balie/nergens/zonder-netwerk/").status_code == 404
    assert Client().get("/balie/gent/zonder-netwerk/").status_code == 302


@pytest.mark.parametrize("path", ["", "zonder-netwerk/"])
def test_camera_may_scan_at_the_desk_alone(desk: Desk, path: str) -> None:
    client = _as(desk)

    assert client.get(f"/balie/gent/{path}")["Permissions-Policy"] == "camera=(self), geolocation=(), microphone=()"
    assert "camera=()" in client.get("/balie/gent/overzicht/")["Permissions-Policy"]


def test_worker_may_serve_the_desk_and_names_every_file() -> None:
    response = Client().get("/balie/sw.js")

    assert response["Service-Worker-Allowed"] == "/balie/"
    assert response["Content-Type"] == "text/javascript; charset=utf-8"
    assert response["Cache-Control"] == "no-cache"
    lines = dict(re.findall(r"self\.(\w+) = (.*);", response.content.decode()))
    assert json.loads(lines["FILES"]) == [f"/static/{name}" for name in desk_offline.FILES]
    assert f'importScripts("/static/{desk_offline.WORKER}")' in response.content.decode()


def test_every_script_of_the_desk_is_kept() -> None:
    there = {f"lerarenkaart/desk/{path.name}" for path in (STATIC / "lerarenkaart/desk").glob("*.js")}

    assert there == {name for name in desk_offline.FILES if "/desk/" in name} | {desk_offline.WORKER}


def test_manifest_names_icons_that_are_there() -> None:
    response = Client().get("/balie/manifest.webmanifest")

    icons = response.json()["icons"]
    assert response["Content-Type"] == "application/manifest+json"
    assert (len(icons), [icon for icon in icons if not (STATIC / icon["src"].removeprefix("/static/")).exists()]) == (
        3,
        [],
    )
