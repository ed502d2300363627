"""The poster's page and downloads: for everyone at the desk of the point, for nobody else."""

import io
from typing import Any
from unittest import mock

import pikepdf
import pytest
from django.test import Client

from distribution.documents import poster as documents
from distribution.models import CardYear
from pickup_points.models import PickupPoint, PointYear
from tests import make

pytestmark = pytest.mark.usefixtures("today")

PAGE = "/balie/gent/affiche/"
PATHS = [PAGE, f"{PAGE}a4.pdf", f"{PAGE}a3.pdf"]


@pytest.fixture
def point(card_year: CardYear) -> PickupPoint:
    return make.point("gent", year=card_year.year, name="Bibliotheek De Krook", poster_text="Tot <b>straks</b>!")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(("who", "status"), [("manager", 200), ("desk", 200), ("stranger", 404), ("nobody", 302)])
def test_everyone_at_the_desk_and_nobody_else(
    path: str, who: str, status: int, point: PickupPoint, client: Client
) -> None:
    if who != "nobody":
        at = make.point("brugge") if who == "stranger" else point
        client.force_login(make.member(at, is_manager=who != "desk").user)

    answer = client.get(path)

    assert answer.status_code == status
    assert client.post(path).status_code == 405


def test_page_shows_the_poster_and_both_downloads(point: PickupPoint, client: Client) -> None:
    client.force_login(make.member(point).user)

    shown = client.get(PAGE).content.decode()

    assert 'href="/balie/gent/affiche/a4.pdf"' in shown
    assert 'href="/balie/gent/affiche/a3.pdf"' in shown
    for said in ("Bibliotheek De Krook", "ma – vr", "Van 27 december 2026 tot en met 10 juli 2027"):
        assert said in shown
    assert "Tot &lt;b&gt;straks&lt;/b&gt;!" in shown
    assert "/gegevens/" not in shown.partition("<main")[2]


@pytest.mark.parametrize(("size", "sides"), [("a4", (210, 297)), ("a3", (297, 420))])
def test_download_is_a_pdf_of_that_size(size: str, sides: tuple[int, int], point: PickupPoint, client: Client) -> None:
    client.force_login(make.member(point).user)

    answer = client.get(f"{PAGE}{size}.pdf")

    assert (answer["Content-Type"], answer["Content-Disposition"]) == (
        "application/pdf",
        f'attachment; filename="affiche-gent-{size}.pdf"',
    )
    assert "no-store" in answer["Cache-Control"]
    with pikepdf.open(io.BytesIO(answer.content)) as document:
        box = document.pages[0].mediabox
        assert tuple(round(float(side) / 72 * 25.4) for side in list(box)[2:]) == sides


def test_poster_follows_the_points_own_days_and_the_sites_address(
    point: PickupPoint, client: Client, settings: Any
) -> None:
    settings.SITE_URL = "https://lerarenkaart.voorbeeld.be"
    PointYear.objects.update(collect_until="2027-06-30")
    client.force_login(make.member(point).user)

    with mock.patch.object(documents, "render", wraps=documents.render) as render:
        client.get(f"{PAGE}a4.pdf")

    (poster,) = render.call_args.args
    assert poster.url == "https://lerarenkaart.voorbeeld.be/waarismijnlerarenkaart/"
    assert poster.period == "Van 27 december 2026 tot en met 30 juni 2027"


def test_poster_of_a_point_outside_the_year_has_no_period(point: PickupPoint, client: Client) -> None:
    PointYear.objects.all().delete()
    client.force_login(make.member(point).user)

    assert client.get(PAGE).context["poster"].period == ""
    assert client.get(f"{PAGE}a4.pdf").status_code == 200


@pytest.mark.django_db
def test_poster_without_any_year(client: Client) -> None:
    point = make.point("gent")
    client.force_login(make.member(point).user)

    assert client.get(PAGE).context["poster"].period == ""
