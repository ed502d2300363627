"""Where a year stands: which stages are done, what comes next, and when nothing can be told yet."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from distribution.actions import freeze, years
from distribution.models import Card, CardYear, PickupList, Subscriber
from distribution.queries import office, office_attention, office_points
from distribution.queries.office import Progress, Step
from distribution.queries.office_points import Concern
from distribution.rules.reconciliation import START
from pickup_points.models import PickupPoint, ServedPostcode
from tests import make
from tests.conftest import BRUSSELS
from tests.distribution import office_year, settled
from tests.distribution.office_year import AFTER_SEASON, IN_SEASON

pytestmark = pytest.mark.django_db
BEFORE = dt.datetime(2026, 11, 24, 10, 0, tzinfo=BRUSSELS)


def picture(card_year: CardYear, at: dt.datetime = BEFORE) -> office.Picture:
    return office.picture(card_year, office_points.rows(card_year, at=at, tolerance=START), at=at)


def progress(card_year: CardYear, at: dt.datetime = BEFORE) -> dict[Step, Progress]:
    return {stage.step: stage.progress for stage in picture(card_year, at).stages}


def next_step(card_year: CardYear, at: dt.datetime = BEFORE) -> Step | None:
    return picture(card_year, at).next_step


def test_picture_walks_through_the_year(card_year: CardYear) -> None:
    seen = [next_step(card_year)]
    point = make.point(year=2027, serves="9000")
    seen.append(next_step(card_year))
    person = make.person(card_year)
    # Someone who is known, but in no source's picture.
    seen.append(next_step(card_year))
    make.appointment(person)
    seen.append(next_step(card_year))
    Subscriber.objects.create(card_year=card_year, staff_number=person.staff_number)
    seen.append(next_step(card_year))
    office_year.run(card_year)
    card = make.card(person, at=point)
    seen.append(next_step(card_year))
    settled.printed(card_year)
    seen.append(next_step(card_year))
    PickupList.objects.create(
        card_year=card_year, pickup_point=point, revision=1, made_at=BEFORE, card_numbers=[card.number]
    )
    seen.append(next_step(card_year))
    seen.append(next_step(card_year, AFTER_SEASON))

    assert seen == [
        Step.POINTS,
        Step.PERSONNEL,
        Step.PERSONNEL,
        Step.SUBSCRIBERS,
        Step.RUN,
        Step.FROZEN,
        Step.LISTS,
        Step.COLLECTING,
        Step.CLOSING,
    ]


def test_picture_asks_to_print_what_was_frozen(card_year: CardYear) -> None:
    office_year.run(card_year)
    point = make.point(year=2027, serves="9000")
    make.card(make.person(card_year), at=point)
    freeze.freeze(card_year, at=BEFORE)

    found = progress(card_year)

    assert (found[Step.SUBSCRIBERS], found[Step.FROZEN]) == (Progress.SKIPPED, Progress.DONE)
    assert next_step(card_year) == Step.PRINTED


def test_picture_of_late_additions(card_year: CardYear) -> None:
    """Cards given after freezing wait for a batch of their own, and a batch for its print run."""
    year = office_year.with_everything(card_year)
    settled.cards(card_year, 2, at=year.gent.point)
    before = picture(card_year, IN_SEASON)
    make.batch(card_year, 2)
    after = progress(card_year, IN_SEASON)

    assert (before.counts.loose, before.counts.frozen, before.next_step) == (2, 53, Step.FROZEN)
    assert (after[Step.FROZEN], after[Step.PRINTED], after[Step.LISTS]) == (
        Progress.DONE,
        Progress.BUSY,
        Progress.SKIPPED,
    )


def test_lists_are_done_when_every_point_with_cards_has_one(card_year: CardYear) -> None:
    """A library that makes its own list does not make the others'; and a list of no cards is nobody's."""
    year = office_year.with_everything(card_year)
    empty = make.point("zonder-kaarten", year=2027)

    def listed(point: PickupPoint) -> tuple[Progress, int, int]:
        PickupList.objects.create(card_year=card_year, pickup_point=point, revision=1, made_at=BEFORE, card_numbers=[])
        seen = picture(card_year, IN_SEASON)
        assert seen.next_step == Step.COLLECTING
        return progress(card_year, IN_SEASON)[Step.LISTS], seen.counts.with_list, seen.counts.with_cards

    assert [listed(point) for point in (empty, year.gent.point, year.aalst.point)] == [
        (Progress.SKIPPED, 0, 2),
        (Progress.BUSY, 1, 2),
        (Progress.DONE, 2, 2),
    ]


def test_picture_adds_up(card_year: CardYear) -> None:
    counts = picture(office_year.with_everything(card_year).card_year, IN_SEASON).counts

    assert counts.cards == counts.pickup + counts.subscription + counts.starter == 53
    assert counts.collected + counts.waiting + counts.unassigned == counts.pickup
    assert (counts.with_cards, counts.delivered, counts.closed, counts.with_list) == (2, 2, 0, 0)


def test_items_say_what_cannot_be_told_yet(card_year: CardYear) -> None:
    rows = office_points.rows(card_year, at=BEFORE, tolerance=START)

    assert {one.concern: one.count for one in office_attention.items(card_year, rows, at=BEFORE)} == dict.fromkeys(
        Concern
    )


def test_unserved_counts_people_before_the_run_and_cards_after(card_year: CardYear) -> None:
    make.point(year=2027, serves="9000")
    served, sent_home, waits = (make.person(card_year, postcode=code) for code in ("9000", "8000", "8000"))
    make.person(card_year, postcode="8000", country="NL")
    before = office_attention.unserved(card_year)
    office_year.run(card_year)
    make.card(served)
    make.card(sent_home, channel="subscription")
    make.card(waits)

    assert before == [office_attention.Unserved("8000", "Brugge", 2, 2)]
    assert office_attention.unserved(card_year) == [office_attention.Unserved("8000", "Brugge", 1, 1)]


def test_once_frozen_a_postcode_asks_for_attention_until_its_people_have_a_point(card_year: CardYear) -> None:
    """A point for the postcode itself moves no card that is frozen."""
    gent = make.point(year=2027, serves="9000")
    waits = make.card(make.person(card_year, postcode="8000"))
    make.card(make.person(card_year, postcode="8000", country="NL"))
    make.card(make.person(card_year, postcode="8000"), at=gent)
    office_year.run(card_year)
    settled.printed(card_year)
    rows = office_points.rows(card_year, at=BEFORE, tolerance=START)

    def item() -> office_attention.Item:
        return office_attention.item(Concern.UNSERVED, card_year, rows, at=BEFORE)

    unserved = item()
    ServedPostcode.objects.create(point=gent, year=2027, postcode="8000")
    served = item()
    Card.objects.filter(pk=waits.pk).update(pickup_point=gent)

    assert unserved == served == office_attention.Item(Concern.UNSERVED, 1, 1, is_frozen=True)
    assert item().count == 0


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (dt.date(2026, 2, 1), 2026),
        (dt.date(2026, 7, 10), 2026),
        (dt.date(2026, 7, 11), 2027),
        (dt.date(2028, 1, 1), 2027),
    ],
)
def test_working_year(day: dt.date, expected: int, card_year: CardYear) -> None:
    years.open_year(2026, at=BEFORE)

    found = office.working_year(office.all_years(), on=day)

    assert found is not None
    assert found.year == expected


@pytest.mark.parametrize(("days", "is_silent"), [(13, False), (15, True)])
def test_silence_is_two_weeks(days: int, *, is_silent: bool, card_year: CardYear) -> None:
    year = office_year.with_everything(card_year)
    # The latest hand-over at Gent was the day before IN_SEASON.
    at = IN_SEASON + dt.timedelta(days=days - 1)
    rows = {one.point.code: one for one in office_points.rows(year.card_year, at=at, tolerance=START)}

    assert (Concern.SILENT in rows["gent"].concerns) is is_silent


def test_cards_are_counted_from_an_index_alone(card_year: CardYear) -> None:
    """Otherwise the start page reads 222,000 cards and their hand-overs each time someone opens it."""
    columns = {field.name: field.column for field in Card._meta.concrete_fields}
    indexes = {index.name: {columns[field] for field in index.fields} | {"state"} for index in Card._meta.indexes}

    with CaptureQueriesContext(connection) as captured:
        picture(card_year)
    counted = re.compile(r'(COUNT|MAX)\(.* FROM "distribution_card" WHERE')
    asked = [one["sql"] for one in captured if counted.search(one["sql"])]

    named = [set(re.findall(r'"distribution_card"\."(\w+)"', sql)) for sql in asked]
    assert [[name for name, has in indexes.items() if one <= has] for one in named] == [
        ["card_by_point"],
        ["card_by_point"],
        ["card_out_by_moment"],
        ["card_by_point"],
    ]
