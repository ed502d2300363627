"""/metrics: what was counted and what is so, for this machine or who knows the token, and never about a person."""

import datetime as dt
import re
import uuid
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from prometheus_client import REGISTRY

from distribution.actions import hand_overs
from distribution.enums import Evidence, JobKind, JobState
from distribution.models import CardYear, Job
from tests import make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_counters")]
WAITING = 'lerarenkaart_jobs{kind="run",state="waiting"}'


def read(client: Client) -> dict[str, float]:
    lines = client.get("/metrics").content.decode().splitlines()
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))}


def test_open_jobs_and_how_long_they_wait(client: Client, card_year: CardYear) -> None:
    assert WAITING not in read(client)
    Job.objects.create(
        kind=JobKind.RUN,
        card_year=card_year,
        lane="run:2027",
        state=JobState.WAITING,
        asked_at=timezone.now() - dt.timedelta(minutes=5),
        asked_by=make.new_user(),
    )

    told = read(client)
    assert told[WAITING] == 1
    assert 300 <= told['lerarenkaart_job_oldest_seconds{state="waiting"}'] < 400


@pytest.mark.parametrize(("number", "outcome"), [("16203040856", "in_preparation"), ("28196180842", "bad_birth_date")])
def test_a_lookup_is_counted_by_what_came_of_it(
    client: Client, card_year: CardYear, number: str, outcome: str, now: dt.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timezone, "now", lambda: now)
    name = f'lerarenkaart_lookups_total{{outcome="{outcome}"}}'
    before = read(client).get(name, 0)
    client.post("/api/v1/lookup/", {"staff_number": number}, content_type="application/json")

    assert read(client)[name] == before + 1


def test_a_request_is_counted_under_the_name_of_its_page(client: Client) -> None:
    labels = {"route": "distribution:lookup", "method": "GET", "status": "200"}
    before = REGISTRY.get_sample_value("lerarenkaart_requests_total", labels) or 0
    client.get("/waarismijnlerarenkaart/")
    client.get("/geen/16203040856/")

    assert REGISTRY.get_sample_value("lerarenkaart_requests_total", labels) == before + 1
    assert "16203040856" not in client.get("/metrics").content.decode()


def test_a_hand_over_is_counted_once_and_only_when_it_is_kept(
    client: Client, card_year: CardYear, now: dt.datetime, django_capture_on_commit_callbacks: Any
) -> None:
    point = make.point()
    desk, card = make.member(point), make.card(make.person(card_year), at=point)
    name = 'lerarenkaart_hand_overs_total{evidence="click"}'
    before = read(client).get(name, 0)
    hand_over_id = uuid.uuid4()
    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            hand_overs.mark(
                hand_over_id,
                card_number=card.number,
                desks={point.pk: desk},
                by=desk.user,
                at=now,
                evidence=Evidence.CLICK,
            )

    assert read(client)[name] == before + 1


def test_the_disk_is_told(client: Client) -> None:
    assert 0 < read(client)["lerarenkaart_disk_free_ratio"] <= 1


@pytest.mark.parametrize(
    "headers", [{"REMOTE_ADDR": "203.0.113.7"}, {"HTTP_X_FORWARDED_FOR": "203.0.113.7"}, {"REMOTE_ADDR": "10.0.0.4"}]
)
def test_not_there_for_who_comes_from_elsewhere(client: Client, headers: dict[str, Any]) -> None:
    assert client.get("/metrics", **headers).status_code == 404


@pytest.mark.parametrize(
    ("said", "status"), [("Bearer geheim", 200), ("Bearer gehein", 404), ("geheim", 404), ("", 404)]
)
def test_with_a_token_only_for_who_knows_it(client: Client, settings: Any, said: str, status: int) -> None:
    settings.METRICS_TOKEN = "geheim"

    assert client.get("/metrics", headers={"Authorization": said}).status_code == status


def test_no_label_could_be_about_a_person(client: Client) -> None:
    labels = {label for name in read(client) for label in re.findall(r'(\w+)="', name)}

    assert labels - {"le", "implementation", "major", "minor", "patchlevel", "version", "generation"} <= {
        "outcome",
        "evidence",
        "kind",
        "state",
        "route",
        "method",
        "status",
    }
