"""Counts from the indexes of the cards alone are those of the hand-overs that count, whatever happened to a card."""

import datetime as dt
import random
import re
import uuid
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.db.models import Count
from django.test.utils import CaptureQueriesContext

from distribution.actions import cards, freeze, hand_overs, years
from distribution.enums import CardState, Channel, Evidence, FiguresBy, VoidReason
from distribution.models import Card, CardYear, HandOver
from distribution.models.hand_over import COUNTS
from distribution.queries import card_counts, figures_counts, office_points, settlements
from distribution.rules.reconciliation import START
from pickup_points.desks import Desk
from pickup_points.models import User
from tests import make
from tests.conftest import BRUSSELS
from tests.distribution import office_year, seasons, settled

pytestmark = pytest.mark.django_db

MOMENTS = (
    dt.datetime(2027, 1, 17, 23, 30, tzinfo=dt.UTC),  # Monday already in Brussels
    dt.datetime(2027, 3, 28, 10, 0, tzinfo=BRUSSELS),
    dt.datetime(2027, 8, 31, 23, 59, tzinfo=BRUSSELS),
    dt.datetime(2027, 9, 1, 0, 0, tzinfo=BRUSSELS),
    dt.datetime(2027, 10, 31, 2, 30, tzinfo=BRUSSELS, fold=1),
    dt.datetime(2028, 9, 2, 9, 0, tzinfo=BRUSSELS),  # later than a card of 2027 is ever fetched
)


@pytest.fixture
def desks(card_year: CardYear) -> list[Desk]:
    found = [make.member(make.point(year=2027, postcode=postcode), is_manager=True) for postcode in ("9000", "3500")]
    for desk in found:
        seasons.cards(card_year, 5, at=desk.point, level="kleuter")
        seasons.cards(card_year, 4, at=desk.point, category="administratief")
    CardYear.objects.filter(pk=card_year.pk).update(last_sequence=500_000)
    seasons.sent_home(card_year, 3)
    seasons.cards(card_year, 2)
    settled.printed(card_year)
    return found


def lived(card_year: CardYear, desks: list[Desk], *, office: User, seed: int) -> None:
    """Cards handed over, undone, replaced, printed anew and handed over once more, in any order."""
    dice = random.Random(seed)
    for at in sorted(dice.choices(MOMENTS, k=60)):
        desk = dice.choice(desks)
        card = dice.choice(list(Card.objects.filter(pickup_point=desk.point).order_by("pk")))
        standing = HandOver.objects.filter(card=card, undone_at=None, voided=None).first()
        if card.batch_id is None:
            freeze.freeze(card_year, at=at)
        elif standing is None:
            hand_overs.mark(
                uuid.uuid4(), card_number=card.number, desks={desk.point.pk: desk}, by=desk.user, at=at,
                evidence=Evidence.CLICK,
            )  # fmt: skip
        elif dice.random() < 0.3:
            hand_overs.undo(standing.pk, desks={desk.point.pk: desk}, by=desk.user, at=at, reason="vergist")
        elif dice.random() < 0.6:
            cards.replace(card, reason=VoidReason.LOST, by=office, at=at)


def direct(*fields: str) -> Counter[Any]:
    """The same from the hand-overs themselves."""
    rows = HandOver.objects.filter(COUNTS).values_list(*fields).annotate(number=Count("pk")).order_by()
    return Counter({tuple(key) if len(key) > 1 else key[0]: number for *key, number in rows})


@pytest.mark.parametrize("seed", range(4))
def test_cards_and_the_few_fetched_twice_say_what_the_hand_overs_say(
    card_year: CardYear, desks: list[Desk], seed: int
) -> None:
    lived(card_year, desks, office=office_year.klasse(), seed=seed)
    year = [card_year.pk]
    marked = {key: one.marked for key, one in settlements.tallies(card_year).items() if one.marked}
    moments = [at.astimezone(BRUSSELS) for at in HandOver.objects.filter(COUNTS).values_list("at", flat=True)]

    assert card_counts.twice(year)  # otherwise this season proves nothing
    assert marked == direct("point")
    assert {desk.point.pk: settlements.tally(card_year, point=desk.point).marked for desk in desks} == marked
    latest = {one.point.pk: one.latest_at for one in office_points.rows(card_year, at=MOMENTS[-1], tolerance=START)}
    standing = HandOver.objects.filter(undone_at=None)
    assert latest == {desk.point.pk: standing.filter(point=desk.point).latest("at").at for desk in desks}
    assert figures_counts.people_by_kind(year, by=FiguresBy.LEVEL)[1][card_year.pk] == direct("card__level")
    assert figures_counts.people_by_kind(year, by=FiguresBy.CATEGORY)[1][card_year.pk] == direct("card__category")
    assert figures_counts.fetched_by_week(year)[card_year.pk] == Counter(map(figures_counts.week_of, moments))
    for by, wanted in (
        (FiguresBy.CHANNEL, Counter((card_counts.school_year_of(at), "") for at in moments)),
        (FiguresBy.POINT, school_years("point")),
        (FiguresBy.LEVEL, school_years("card__level")),
        (FiguresBy.CATEGORY, school_years("card__category")),
    ):
        found: Counter[Any] = Counter()
        for ends_in, key, number in figures_counts.in_school_years(by=by):
            found[ends_in, key] += number
        assert found == wanted, by


def school_years(field: str) -> Counter[Any]:
    rows = HandOver.objects.filter(COUNTS).values_list("at", field)
    return Counter((card_counts.school_year_of(at.astimezone(BRUSSELS)), key) for at, key in rows)


def test_people_by_home_and_by_kind_are_everyone_but_the_withdrawn(card_year: CardYear, desks: list[Desk]) -> None:
    gone = seasons.cards(card_year, 1, at=desks[0].point)[0]
    Card.objects.filter(pk=gone.pk).update(state=CardState.WITHDRAWN, withdrawn_at=MOMENTS[0])
    year = [card_year.pk]

    everyone = figures_counts.people(card_counts.cells(year))[card_year.pk]
    by_level, _ = figures_counts.people_by_kind(year, by=FiguresBy.LEVEL)
    by_home = figures_counts.people_by_home(year, by=FiguresBy.MUNICIPALITY, borders=None)

    assert everyone == figures_counts.People(cards=23, subscription=3, starter=0, at_points=18)
    assert by_level[card_year.pk] == {
        "kleuter": figures_counts.People(cards=10, at_points=10),
        "lager": figures_counts.People(cards=13, subscription=3, at_points=8),
    }
    assert by_home[card_year.pk] == {"44021": figures_counts.People(cards=23, subscription=3)}


def test_cells_of_one_point_are_those_of_all_that_lie_there(card_year: CardYear, desks: list[Desk]) -> None:
    here = desks[0].point

    alone = card_counts.cells([card_year.pk], point=here)

    assert alone == [one for one in card_counts.cells([card_year.pk]) if one.point == here.pk]
    assert [(one.channel, one.state, one.number) for one in alone] == [(Channel.PICKUP, CardState.ISSUED, 9)]


def test_weeks_are_of_brussels_and_end_with_the_school_year(
    card_year: CardYear, desks: list[Desk], django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1):
        assert list(card_counts.weeks([card_year.pk])) == []  # nobody fetched one yet
    other = years.open_year(2028, at=MOMENTS[0])
    for at in MOMENTS[:4]:
        card = Card.objects.filter(pickup_point=desks[0].point, state=CardState.ISSUED).first()
        assert card
        Card.objects.filter(pk=card.pk).update(state=CardState.HANDED_OVER, handed_over_at=at)

    with django_assert_num_queries(2):
        found = [(day, number) for _, day, number in card_counts.weeks([card_year.pk, other.pk]) if number]

    assert found == [
        (dt.date(2027, 1, 18), 1),
        (dt.date(2027, 3, 22), 1),
        (dt.date(2027, 8, 30), 1),
        (dt.date(2027, 9, 1), 1),
    ]


def test_every_question_asks_for_columns_of_one_index_only(card_year: CardYear) -> None:
    """Otherwise PostgreSQL looks at every card of five years, and a page takes seconds (bench/figures.py)."""
    columns = {field.name: field.column for field in Card._meta.concrete_fields}
    indexes = {index.name: {columns[field] for field in index.fields} for index in Card._meta.indexes}
    year, span = [card_year.pk], range(2027, 2029)
    questions: dict[str, list[Callable[[], object]]] = {
        "card_by_point": [lambda: card_counts.cells(year)],
        "card_by_kind": [lambda: card_counts.kinds(year)],
        "card_by_home": [lambda: card_counts.homes(year)],
        "card_out_by_moment": [
            lambda: list(card_counts.weeks(year)),
            *(partial(_school_years, span, by) for by in ("pickup_point", "level", "category")),
        ],
    }
    for name, asked in questions.items():
        for ask in asked:
            with CaptureQueriesContext(connection) as captured:
                ask()
            named = set(re.findall(r'"distribution_card"\."?(\w+)"?', " ".join(one["sql"] for one in captured)))
            # The condition of an index is about the state of a card.
            assert named - {"state"} <= indexes[name], name


def _school_years(span: range, field: str) -> None:
    list(card_counts.school_years(span, field))
