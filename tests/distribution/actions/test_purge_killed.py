"""Forgetting a year, killed at any moment: all of it is there, or nothing (hardening.md P15)."""

import multiprocessing
import random
import signal
import time

import pytest
from django.db import connection
from django.db.models import Count

from distribution.actions import purge, years
from distribution.models import Appointment, CardYear, Person, Subscriber, YearEvent
from tests import make
from tests.conftest import NOW
from tests.distribution.actions.populations import Human, settle
from tests.distribution.lived_year import NUMBERS_DUE

PEOPLE = 3_000
KILLS = 6
PROCESSES = multiprocessing.get_context("fork")
Picture = tuple[list[tuple[str, str, int]], int, int, int]


def purge_it(card_year: CardYear) -> None:
    purge.purge_year(card_year, days=90, at=NUMBERS_DUE)


def picture() -> Picture:
    names = (
        Person.objects.values_list("last_name", "postcode")
        .annotate(people=Count("pk"))
        .order_by("last_name", "postcode")
    )
    numbers = Subscriber.objects.filter(staff_number__endswith="----").count()
    return (
        list(names),
        Appointment.objects.exclude(level="").count(),
        numbers,
        YearEvent.objects.filter(kind="purged").count(),
    )


@pytest.mark.parametrize("dice", [pytest.param(random.Random(3), id="P15")])
def test_purge_killed_leaves_the_year_or_nothing_of_it(transactional_db: None, dice: random.Random) -> None:
    card_year = years.open_year(2027, at=NOW)
    settle(card_year, [Human(subscribes=index % 9 == 0) for index in range(PEOPLE)])
    make.card(Person.objects.all()[0])
    old = picture()
    began = time.perf_counter()
    purge.purge_year(card_year, days=90, at=NUMBERS_DUE, dry_run=True)
    longest = time.perf_counter() - began
    seen = []

    for _ in range(KILLS):
        connection.close()
        process = PROCESSES.Process(target=purge_it, args=(card_year,))
        process.start()
        time.sleep(dice.uniform(0, longest))
        process.kill()
        process.join()
        seen.append((process.exitcode, picture()))
    purge_it(card_year)
    done = picture()

    assert done == ([("(gewist)", "", PEOPLE)], 0, 334, 1)
    assert [one for _, one in seen if one not in (old, done)] == []
    # At least one kill fell inside the work.
    assert (-signal.SIGKILL, old) in seen
