"""A desk after its settlement: what it hears before it hands over another card, and the figure that was counted."""

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client

from distribution.actions import settlements
from distribution.models import CardYear
from distribution.rules.reconciliation import Tolerance
from pickup_points.desks import Desk
from tests import make
from tests.conftest import BRUSSELS, NOW
from tests.distribution import settled

pytestmark = pytest.mark.django_db
AFTER_THE_SEASON = dt.datetime(2027, 7, 14, 10, 0, tzinfo=BRUSSELS)
DESK, OVERVIEW = "/balie/gent/", "/balie/gent/overzicht/"
CLOSED = (
    "2027 is afgesloten op 14 juli 2027. Geef je nu nog een kaart mee, dan wordt ze aangeduid, "
    "maar jullie telling en jullie bedankpagina veranderen niet meer."
)


@pytest.fixture(autouse=True)
def today() -> Iterator[Any]:
    with time_machine.travel(AFTER_THE_SEASON, tick=False) as clock:
        yield clock


@pytest.fixture
def desk(card_year: CardYear, client: Client) -> Desk:
    """A manager of a point with 15 cards, of which two are marked."""
    desk = make.member(make.point("gent", year=2027, name="Bib Gent"), is_manager=True)
    cards = settled.cards(card_year, 15, at=desk.point)
    settled.handed_over(cards[:2], desk=desk, at=NOW)
    client.force_login(desk.user)
    return desk


def _text(client: Client, page: str) -> str:
    shown = client.get(page).content.decode().split("<main")[1]
    return " ".join(re.sub(r"<[^>]+>", " ", re.sub(r"<template.*?</template>", "", shown, flags=re.DOTALL)).split())


def _count(card_year: CardYear, desk: Desk, counted: int) -> None:
    settlements.count_left_over(
        card_year, desk=desk, counted=counted, seen=0, tolerance=Tolerance(), at=AFTER_THE_SEASON
    )


def _close(card_year: CardYear, desk: Desk) -> None:
    settlements.close(card_year, desk=desk, tolerance=Tolerance(), at=AFTER_THE_SEASON, goes_uncounted=True)


@pytest.mark.parametrize("page", [DESK, OVERVIEW])
def test_a_closed_season_is_said_and_leads_a_manager_to_reopening(
    card_year: CardYear, desk: Desk, client: Client, page: str
) -> None:
    assert "afgesloten" not in _text(client, page)
    _close(card_year, desk)

    assert f"{CLOSED} Heropen eerst de telling ." in _text(client, page)
    assert 'href="/balie/gent/tellen/bedankt/#heropen"' in client.get(page).content.decode()
    assert 'id="heropen"' in client.get("/balie/gent/tellen/bedankt/").content.decode()

    settlements.reopen(card_year, desk=desk, at=AFTER_THE_SEASON)
    assert "afgesloten" not in _text(client, page)


def test_who_counts_nothing_asks_a_manager(card_year: CardYear, desk: Desk, client: Client) -> None:
    _close(card_year, desk)
    client.force_login(make.member(desk.point).user)

    shown = _text(client, DESK)

    assert f"{CLOSED} Vraag een beheerder van jullie punt om eerst de telling te heropenen." in shown
    assert "tellen/" not in client.get(DESK).content.decode()


def test_after_two_weeks_only_klasse_reopens(card_year: CardYear, desk: Desk, client: Client, today: Any) -> None:
    _close(card_year, desk)

    today.move_to(AFTER_THE_SEASON + dt.timedelta(days=14, seconds=1))
    client.force_login(desk.user)

    assert f"{CLOSED} Laat Klasse eerst de telling heropenen." in _text(client, DESK)


def test_another_points_closing_is_not_said_here(card_year: CardYear, desk: Desk, client: Client) -> None:
    other = make.member(make.point("elders", year=2027), is_manager=True)
    _count(card_year, other, 3)
    _close(card_year, other)

    assert "afgesloten" not in _text(client, DESK)
    assert "13 wachten nog" in _text(client, OVERVIEW)


def test_what_was_counted_takes_the_place_of_what_waits(card_year: CardYear, desk: Desk, client: Client) -> None:
    assert "13 wachten nog" in _text(client, OVERVIEW)

    _count(card_year, desk, 10)

    shown = _text(client, OVERVIEW)
    assert "10 over, geteld" in shown
    assert "wachten nog" not in shown
    assert (
        "Niet aangeduid: 13 Deze kaarten zijn niet als afgehaald aangeduid. Bij het tellen op 14 juli waren er 10 over."
        in shown
    )


def test_the_page_kept_for_when_the_network_is_away_says_nothing_of_it(
    card_year: CardYear, desk: Desk, client: Client
) -> None:
    _close(card_year, desk)

    assert "afgesloten" not in _text(client, f"{DESK}zonder-netwerk/")
