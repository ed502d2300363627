"""Midnights, the turn of the year and the two nights the clock is changed (F18)."""

import datetime as dt
import json
import shutil
import subprocess
import sys
import uuid
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from distribution.actions import hand_overs, years
from distribution.enums import Evidence
from distribution.models import CardYear, HandOver
from tests import make, programs
from tests.distribution import settled
from tests.faults.conftest import Fault
from tests.faults.site import database_url

pytestmark = pytest.mark.django_db(transaction=True)
BRUSSELS = ZoneInfo("Europe/Brussels")
WAITS, IS_OVER = "at_pickup_point", "period_ended"
# The instant in UTC, the wall clock in Brussels, and what a teacher hears.
INSTANTS = {
    "2026-12-31T22:59:59": ("2026-12-31 23:59:59", WAITS),
    "2026-12-31T23:00:00": ("2027-01-01 00:00:00", WAITS),
    "2026-12-31T23:30:00": ("2027-01-01 00:30:00", WAITS),
    "2027-03-28T00:59:59": ("2027-03-28 01:59:59", WAITS),
    "2027-03-28T01:00:00": ("2027-03-28 03:00:00", WAITS),
    "2027-06-30T21:59:59": ("2027-06-30 23:59:59", WAITS),
    "2027-06-30T22:00:00": ("2027-07-01 00:00:00", WAITS),
    "2027-07-10T21:59:59": ("2027-07-10 23:59:59", WAITS),
    "2027-07-10T22:00:00": ("2027-07-11 00:00:00", IS_OVER),
    "2027-10-31T00:30:00": ("2027-10-31 02:30:00", IS_OVER),
    "2027-10-31T01:30:00": ("2027-10-31 02:30:00", IS_OVER),
}
LOOK = """
import django, json, sys
django.setup()
from django.test import Client
from django.utils import timezone
answer = Client().post("/api/v1/lookup/", {"staff_number": sys.argv[1]}, content_type="application/json").json()
print(json.dumps([str(timezone.localtime())[:16], answer["outcome"]]))
"""


@pytest.fixture
def number(transactional_db: None) -> str:
    """Someone whose card waits at a point that opens in the hour that does not exist on 28 March."""
    card_year = years.open_year(2027, at=dt.datetime(2026, 11, 2, tzinfo=dt.UTC))
    CardYear.objects.update(last_run_at=settled.PRINTED_AT, reference_date=dt.date(2026, 11, 15))
    hours = {"zo": "02:30-04:00", "ma": "09:00-12:00", "za": "22:00-24:00"}
    [card] = settled.cards(card_year, 1, at=make.point("nacht", year=2027, serves="9000", hours=hours))
    return card.person.staff_number


@pytest.mark.parametrize("instant", INSTANTS)
def test_at_an_instant_f18(instant: str, number: str, client: Client, fault: Fault) -> None:
    wall, expected = INSTANTS[instant]
    at = dt.datetime.fromisoformat(instant).replace(tzinfo=dt.UTC)
    line = fault("F18", f"de klok staat op {instant}Z")
    with time_machine.travel(at, tick=False):
        told = client.post("/api/v1/lookup/", {"staff_number": number}, content_type="application/json").json()
        local = str(timezone.localtime())[:19]
        desk = make.member(make.point())
        [card] = settled.cards(CardYear.objects.get(), 1, at=desk.point)
        hand_overs.mark(
            uuid.uuid4(),
            card_number=card.number,
            desks={desk.point.pk: desk},
            by=desk.user,
            at=timezone.now(),
            evidence=Evidence.SCAN,
        )
    lengths = [
        (dt.datetime.fromisoformat(one["closes"]) - dt.datetime.fromisoformat(one["opens"])).total_seconds()
        for day in told.get("pickup_point", {}).get("opening_hours", [])
        for one in day["openings"]
    ]

    line.measured(
        times=1,
        figure=f"in Brussel {local}: {told['outcome']}; kortste openingsduur {min(lengths, default=0) / 3600:g} uur",
    )
    assert (local, told["outcome"]) == (wall, expected)
    # Stored as the instant it was, whatever the wall clock said.
    assert HandOver.objects.get().at == at
    assert all(seconds > 0 for seconds in lengths)


@pytest.mark.slow_fault
@pytest.mark.parametrize(("wall", "expected"), [("2027-07-10 23:59:30", WAITS), ("2027-07-11 00:00:05", IS_OVER)])
def test_a_process_with_another_clock_f18(wall: str, expected: str, number: str, tmp_path: Path, fault: Fault) -> None:
    """The whole process, its libraries and its connection: not only what Python is told."""
    program = shutil.which("faketime")
    line = fault(
        "F18", f"een proces dat denkt dat het in Brussel {wall} is ({'faketime' if program else 'time-machine'})"
    )
    env = programs.environment(tmp_path, DATABASE_URL=database_url(), TZ="Europe/Brussels", ALLOWED_HOSTS="testserver")
    freeze = f"import time_machine; time_machine.travel({wall + '+02:00'!r}).start()\n"
    command = [program, wall] if program else []
    done = subprocess.run(
        [*command, sys.executable, "-c", LOOK if program else freeze + LOOK, number],
        cwd=programs.ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    local, outcome = json.loads(done.stdout)

    line.measured(times=1, figure=f"het proces zag {local}: {outcome}")
    assert (local, outcome) == (wall[:16], expected)
