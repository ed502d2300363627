"""The year run, whatever the people: its sets say what the pure rules say of each person."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from distribution.actions import freeze, run
from distribution.enums import CardState
from distribution.models import Card, CardEvent, CardYear, PendingChange
from tests import make
from tests.distribution.actions.populations import Human, Job, Verdict, as_it_is, by_the_rules, content, counts, settle

ON = dt.date(2026, 11, 15)
DAYS = st.sampled_from([dt.date(2018, 9, 1), dt.date(2026, 9, 1), ON - dt.timedelta(days=1), ON, dt.date(2027, 9, 1)])
JOBS = st.builds(
    Job,
    level=st.sampled_from(["lager", "lager", "secundair", "internaat", "universiteit", "ander"]),
    category=st.sampled_from(["bestuur_onderwijzend", "bestuur_onderwijzend", "opvoedend_hulp", "mvd"]),
    paid_by=st.sampled_from(["ministerie", "ministerie", "ministerie", "enveloppe"]),
    begins_on=DAYS,
    ends_on=st.none() | DAYS,
    institution_number=st.sampled_from(["000007", "123456"]),
    institution_postcode=st.sampled_from(["", "9000", "2000", "3000"]),
    source=st.sampled_from(["epd", "institution"]),
    interruption=st.sampled_from(["", "", "107", "228", "TBS", "300"]),
    in_full=st.booleans(),
    interruption_begins_on=st.none() | DAYS,
    interruption_ends_on=st.none() | DAYS,
)
HUMANS = st.builds(
    Human,
    jobs=st.lists(JOBS, max_size=3).map(tuple),
    postcode=st.sampled_from(["9000", "9000", "2000", "3500", "4000", "", "5613 LJ"]),
    country=st.sampled_from(["BE", "BE", "BE", "NL"]),
    subscribes=st.booleans(),
    held=st.sampled_from(["", "listed", "listed_before"]),
)
PEOPLE = 6
POPULATIONS = st.lists(HUMANS, min_size=PEOPLE, max_size=PEOPLE)
ROW_ORDERS = st.permutations(range(3 * PEOPLE))
fewer_examples = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@contextmanager
def forgotten_afterwards() -> Iterator[None]:
    """Each example begins with the same empty year."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def served_year(card_year: CardYear) -> CardYear:
    make.point(year=2027, serves="9000 9050")
    make.point(year=2027, serves="2000")
    return card_year


@fewer_examples
@given(humans=POPULATIONS, falls_back=st.booleans())
def test_run_says_what_the_rules_say(
    served_year: CardYear, now: dt.datetime, humans: list[Human], *, falls_back: bool
) -> None:
    with forgotten_afterwards():
        CardYear.objects.update(falls_back_on_school=falls_back)
        settle(served_year, humans)

        summary = run.run(served_year, on=ON, at=now).as_json()

        expected = by_the_rules(served_year, on=ON)
        assert as_it_is(served_year) == expected
        assert {key: summary[key] for key in counts(expected)} == counts(expected)
        assert sum(summary["channels"].values()) == summary["entitled"] == summary["cards"]["new"]
        assert summary["people"] == summary["entitled"] + sum(summary["not_entitled"].values())


@fewer_examples
@given(humans=POPULATIONS, order=ROW_ORDERS)
def test_run_is_stable_under_row_order(
    served_year: CardYear, now: dt.datetime, humans: list[Human], order: list[int]
) -> None:
    with forgotten_afterwards():
        settle(served_year, humans)
        run.run(served_year, on=ON, at=now)
        before = content(served_year)
        settle(served_year, humans, order=order)

        summary = run.run(served_year, on=ON, at=now)

        assert content(served_year) == before
        assert summary.cards["existing"] == summary.entitled
        assert CardEvent.objects.count() == 0


@fewer_examples
@given(first=POPULATIONS, second=POPULATIONS)
def test_run_again_brings_cards_in_line(
    served_year: CardYear, now: dt.datetime, first: list[Human], second: list[Human]
) -> None:
    with forgotten_afterwards():
        settle(served_year, first)
        run.run(served_year, on=ON, at=now)
        numbers = dict(Card.objects.values_list("person_id", "number"))
        settle(served_year, second)

        summary = run.run(served_year, on=ON, at=now)

        kept = dict(Card.objects.filter(person_id__in=numbers).values_list("person_id", "number"))
        events = CardEvent.objects.count()
        changes = ("withdrawn", "reinstated", "moved", "channel_changed")
        assert as_it_is(served_year) == by_the_rules(served_year, on=ON)
        assert kept == numbers
        assert sum(summary.channels.values()) == summary.entitled
        assert events == sum(summary.cards[change] for change in changes)


@fewer_examples
@given(first=POPULATIONS, second=POPULATIONS)
def test_run_after_freezing_lists_the_difference(
    served_year: CardYear, now: dt.datetime, first: list[Human], second: list[Human]
) -> None:
    with forgotten_afterwards():
        settle(served_year, [*first, Human()])
        run.run(served_year, on=ON, at=now)
        freeze.freeze(served_year, at=now)
        cards = list(Card.objects.order_by("pk").values_list())
        was = {number: verdict for number, verdict in as_it_is(served_year).items() if not verdict.reason}
        settle(served_year, [*second, Human()])

        summary = run.run(served_year, on=ON, at=now)

        rules = by_the_rules(served_year, on=ON)
        becomes = {number: verdict for number, verdict in rules.items() if not verdict.reason}
        listed = dict(PendingChange.objects.values_list("person__staff_number", "kind"))
        assert list(Card.objects.order_by("pk").values_list()) == cards
        assert listed == differences(was, becomes)
        assert sum(summary.would_change.values()) == len(listed)


def differences(was: dict[str, Verdict], becomes: dict[str, Verdict]) -> dict[str, str]:
    """The kind of every change that Klasse wants to see, by staff number."""
    found = {}
    for number in was.keys() | becomes.keys():
        old, new = was.get(number), becomes.get(number)
        if old is None:
            found[number] = "new"
        elif new is None:
            found[number] = "withdrawn"
        elif old.channel != new.channel:
            found[number] = "channel"
        elif old.point != new.point:
            found[number] = "moved"
    return found


@fewer_examples
@given(humans=POPULATIONS)
def test_run_gives_every_entitled_person_one_card(served_year: CardYear, now: dt.datetime, humans: list[Human]) -> None:
    with forgotten_afterwards():
        settle(served_year, humans)
        for _ in range(2):
            run.run(served_year, on=ON, at=now)

        entitled = sorted(number for number, verdict in by_the_rules(served_year, on=ON).items() if not verdict.reason)
        holders = Card.objects.filter(state=CardState.ISSUED).values_list("person__staff_number", flat=True)
        assert sorted(holders) == entitled
