"""The demo: a whole fictitious year that hangs together, and people who can log in."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.db.models import Count, Min
from django.utils import timezone

from distribution.enums import CardEventKind, CardState
from distribution.models import Card, CardEvent, CardYear, HandOver, PrintBatch, PublishedFigures, YearEvent
from distribution.queries import office_points
from distribution.queries.office_points import Concern
from distribution.rules.reconciliation import START
from lerarenkaart.fictitious import hand_overs
from pickup_points.desks import desks_of
from pickup_points.models import DeskMember, User


@pytest.fixture
def demo(db: None, settings: Any, tmp_path: Path) -> dict[str, Any]:
    settings.VAR_DIR = tmp_path
    answer = io.StringIO()
    call_command("demo", "--people", "400", "--json", stdout=answer)
    made: dict[str, Any] = json.loads(answer.getvalue())
    return made


def test_each_card_handed_over_has_one_hand_over_and_one_event(demo: dict[str, Any]) -> None:
    given = Card.objects.filter(state=CardState.HANDED_OVER).annotate(times=Count("hand_overs"))

    assert demo["handed_over"] > 50
    assert given.count() == HandOver.objects.count() == demo["handed_over"]
    assert given.exclude(times=1).count() == 0
    assert CardEvent.objects.filter(kind=CardEventKind.HANDED_OVER, hand_over__isnull=False).count() == given.count()
    moments = HandOver.objects.select_related("card")
    assert all(one.at == one.card.handed_over_at and one.point_id == one.card.pickup_point_id for one in moments)


def test_the_people_it_names_can_log_in_and_stand_where_they_should(demo: dict[str, Any]) -> None:
    for login in demo["users"]:
        user = authenticate(None, email=login["email"], password=login["password"])
        assert isinstance(user, User), login["email"]
        assert bool(desks_of(user)) is login["address"].endswith("/balie/")


def test_everything_happened_in_the_order_it_must(demo: dict[str, Any]) -> None:
    """A card is made before it is frozen, frozen before it is handed over, by someone who was invited and came in."""
    card_year = CardYear.objects.get()
    batch = PrintBatch.objects.get()
    run, first = card_year.last_run_at, HandOver.objects.aggregate(first=Min("at"))["first"]

    assert run is not None
    assert run < batch.frozen_at < first
    assert batch.frozen_at.date() < card_year.lookup_from
    assert not CardEvent.objects.filter(at__gt=run, at__lt=first).exists()
    assert list(YearEvent.objects.order_by("pk").values_list("at", flat=True)) == sorted(
        YearEvent.objects.values_list("at", flat=True)
    )
    members = DeskMember.objects.filter(user__in=HandOver.objects.values("by"))
    assert members.count() > 50
    assert [one for one in members.select_related("user") if one.user.last_login is None or one.since >= first] == []


def test_a_handful_of_points_asks_for_attention_and_most_do_not(demo: dict[str, Any]) -> None:
    rows = office_points.rows(CardYear.objects.get(), at=timezone.now(), tolerance=START)
    alone = [one for one in rows if Concern.NO_COLLEAGUE in one.concerns]

    assert len(alone) == len(rows) // hand_overs.QUIET == 7
    assert {one.collected for one in alone} == {0}


def test_the_years_before_say_why_they_were_estimated_or_not_counted(demo: dict[str, Any]) -> None:
    figures = PublishedFigures.objects.all()

    assert demo["published"] == figures.count() == 4
    assert {bool(one.cause) for one in figures if one.is_estimate or one.collected is None} == {True}
    assert {bool(one.cause) for one in figures if not one.is_estimate and one.collected is not None} == {False}


def test_it_never_mixes_with_what_is_there(demo: dict[str, Any]) -> None:
    with pytest.raises(CommandError, match="niet leeg"):
        call_command("demo", "--people", "10")
