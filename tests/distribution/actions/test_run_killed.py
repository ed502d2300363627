"""A run that is killed at any moment, or that runs twice at once (hardening.md P1, F1, F2)."""

import datetime as dt
import multiprocessing
import random
import signal
import time
from multiprocessing.context import ForkProcess

import pytest
from django.db import connection

from distribution.actions import run, years
from distribution.enums import CardState
from distribution.models import Card, CardYear, NotEntitled
from tests import make
from tests.distribution.actions.populations import Human, Job, by_the_rules, content, counts, settle

ON = dt.date(2026, 11, 15)
PEOPLE = 3_000
KILLS = 8
# A child by fork begins at once, so that the kill falls inside the run and not in the start of Python.
PROCESSES = multiprocessing.get_context("fork")


def start(card_year: CardYear, now: dt.datetime) -> ForkProcess:
    """A run in a process of its own, with a connection of its own."""
    connection.close()
    process = PROCESSES.Process(target=run.run, args=(card_year,), kwargs={"on": ON, "at": now})
    process.start()
    return process


@pytest.fixture
def peopled_year(transactional_db: None, now: dt.datetime) -> CardYear:
    card_year = years.open_year(2027, at=now)
    make.point(year=2027, serves="9000")
    make.point(year=2027, serves="2000")
    left = Job(ends_on=dt.date(2026, 6, 30))
    kinds = (
        Human(held="listed"),
        Human(held="listed", postcode="2000"),
        Human(subscribes=True),
        Human(),
        Human(jobs=(left,)),
        Human(held="listed", postcode="1000", jobs=(left, Job(institution_postcode="2000"))),
    )
    settle(card_year, [kinds[index % len(kinds)] for index in range(PEOPLE)])
    return card_year


@pytest.mark.parametrize("dice", [pytest.param(random.Random(1), id="P1-F1-F2")])
def test_run_killed_is_as_if_it_had_not_begun(peopled_year: CardYear, now: dt.datetime, dice: random.Random) -> None:
    expected = counts(by_the_rules(peopled_year, on=ON))
    run.run(peopled_year, on=ON, at=now, dry_run=True)
    began = time.perf_counter()
    rehearsed = run.run(peopled_year, on=ON, at=now, dry_run=True)
    longest = time.perf_counter() - began
    killed = 0

    for _ in range(KILLS):
        process = start(peopled_year, now)
        time.sleep(dice.uniform(0, longest))
        process.kill()
        process.join()
        killed += process.exitcode == -signal.SIGKILL
        # Nothing, or, when it was done before the kill came, everything.
        left = (Card.objects.count(), NotEntitled.objects.count())
        assert left in {(0, 0), (rehearsed.entitled, PEOPLE - rehearsed.entitled)}

    summary = run.run(peopled_year, on=ON, at=now)

    assert killed > 0
    found = summary.as_json()
    cards = Card.objects.filter(card_year=peopled_year, state=CardState.ISSUED)
    assert {key: found[key] for key in expected} == expected
    assert cards.count() == cards.values("person").distinct().count() == expected["entitled"]
    peopled_year.refresh_from_db()
    assert peopled_year.last_sequence == expected["entitled"]


def test_run_twice_at_once_gives_one_answer(peopled_year: CardYear, now: dt.datetime) -> None:
    processes = [start(peopled_year, now) for _ in range(2)]
    for process in processes:
        process.join(120)

    assert [process.exitcode for process in processes] == [0, 0]
    peopled_year.refresh_from_db()
    before = content(peopled_year)
    assert peopled_year.events.filter(kind="run").count() == 2
    assert peopled_year.last_sequence == Card.objects.count()
    run.run(peopled_year, on=ON, at=now)
    assert content(peopled_year) == before
