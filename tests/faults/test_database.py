"""A database that restarts while desks mark, and one that is slow while teachers look up (F5, F24, P2)."""

import json
import subprocess
import threading
import time
import uuid
from collections import Counter
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.utils import timezone
from knox.models import AuthToken

from distribution.actions import run, years
from distribution.models import Card, CardYear
from lerarenkaart.fictitious import season
from pickup_points.models import PickupPoint
from tests import make, programs, servers
from tests.distribution.actions.populations import Human, settle
from tests.faults.conftest import Fault
from tests.faults.site import Site, database_url
from tests.faults.slow import Wire
from tests.faults.table import IS_WHOLE

pytestmark = pytest.mark.django_db(transaction=True)
DESKS = 4
CARDS = 1_200 if IS_WHOLE else 200
RESTARTS = ["fast", "immediate"] * (5 if IS_WHOLE else 1)
LONGEST_RECOVERY = 5.0
DELAY, LONGEST_ANSWER = 0.5, 3.0
LOOKUPS, SECONDS = 10, 20 if IS_WHOLE else 6


@pytest.fixture
def card_year(transactional_db: None) -> CardYear:
    """Cards that wait at one point; the season is on by the real clock."""
    dates = season.dates(timezone.localdate())
    made = years.open_year(
        dates.year,
        at=timezone.now(),
        lookup_from=dates.lookup_from,
        collect_from=dates.collect_from,
        collect_until=dates.collect_until,
    )
    make.point("gent", year=dates.year, serves="9000")
    settle(made, [Human(held="listed")] * CARDS)
    run.run(made, on=timezone.localdate(), at=timezone.now())
    return made


def copied_to(url: str) -> None:
    """The database of this test in another server, as it is now."""
    dump = subprocess.run(
        [servers.postgres_program("pg_dump"), "--no-owner", database_url()], check=True, capture_output=True
    )
    subprocess.run(
        [servers.postgres_program("psql"), "-q", "-v", "ON_ERROR_STOP=1", url],
        input=dump.stdout,
        check=True,
        stdout=subprocess.DEVNULL,
    )


class Desk(threading.Thread):
    """Marks its cards one by one; what is not acknowledged is sent again with the same id, as the page does."""

    def __init__(self, site: Site, token: str, numbers: list[str], acknowledged: dict[str, float]) -> None:
        super().__init__(daemon=True)
        self.site, self.token, self.numbers, self.acknowledged = site, token, numbers, acknowledged
        self.answers = Counter[int]()
        self.in_doubt: set[str] = set()

    def run(self) -> None:
        headers = {"Content-Type": "application/json", "Authorization": f"Token {self.token}"}
        for number in self.numbers:
            key = str(uuid.uuid4())
            sent: dict[str, Any] = {"id": key, "card": number, "at": timezone.now().isoformat(), "evidence": "scan"}
            until = time.monotonic() + 60
            while time.monotonic() < until:
                status, _, _ = self.site.asks(
                    "/api/v1/desk/handovers/", data=json.dumps(sent).encode(), headers=headers, timeout=10
                )
                self.answers[status] += 1
                if status in {200, 201}:
                    self.acknowledged[key] = time.monotonic()
                    break
                self.in_doubt.add(key)
                time.sleep(0.2)


def has(acknowledged: dict[str, float], number: int) -> bool:
    return len(acknowledged) >= number


def goes_on(acknowledged: dict[str, float], since: float) -> bool:
    return any(at > since for at in list(acknowledged.values()))


def test_postgresql_restarts_while_four_desks_mark_f5_p2(tmp_path: Path, card_year: CardYear, fault: Fault) -> None:
    line = fault("F5", f"PostgreSQL herstart ({len(RESTARTS)} keer, fast en immediate) terwijl {DESKS} balies afgeven")
    point = PickupPoint.objects.get()
    tokens = [AuthToken.objects.create(user=make.member(point).user)[1] for _ in range(DESKS)]
    numbers = list(Card.objects.order_by("pk").values_list("number", flat=True))
    acknowledged: dict[str, float] = {}
    recovered = []
    with servers.postgres_process() as (database, restart):
        copied_to(database)
        with Site.beside_the_test(tmp_path, database=database) as site:
            site.start_web()
            desks = [Desk(site, token, numbers[turn::DESKS], acknowledged) for turn, token in enumerate(tokens)]
            for desk in desks:
                desk.start()
            for mode in RESTARTS:
                enough = len(acknowledged) + 10
                programs.wait_until(partial(has, acknowledged, enough), seconds=20)
                restart(mode)
                back_at = time.monotonic()
                assert programs.wait_until(partial(goes_on, acknowledged, back_at), seconds=30)
                recovered.append(min(at for at in list(acknowledged.values()) if at > back_at) - back_at)
            for desk in desks:
                desk.join(120)
            with psycopg.connect(database) as looking:
                kept = {str(key) for (key,) in looking.execute("SELECT id FROM distribution_handover").fetchall()}
                marked = looking.execute(
                    "SELECT count(*) FROM distribution_card WHERE state = 'handed_over'"
                ).fetchone()

    in_doubt = set().union(*(desk.in_doubt for desk in desks))
    answers = sum((desk.answers for desk in desks), Counter[int]())
    lost, unresolved = set(acknowledged) - kept, in_doubt - set(acknowledged)
    line.measured(
        times=len(RESTARTS),
        figure=f"bevestigd: {len(acknowledged)} van {CARDS}, daarvan kwijt: {len(lost)}; onzeker en opgelost: {len(in_doubt) - len(unresolved)} "
        f"van {len(in_doubt)}; antwoorden {dict(sorted(answers.items()))}; weer afgeven {max(recovered):.1f} s na de herstart (hoogstens 5)",
    )
    assert (lost, unresolved, kept - set(acknowledged)) == (set(), set(), set())
    assert (len(acknowledged), marked) == (CARDS, (CARDS,))
    # Never a page that says it is our fault: 503 says that it is worth trying again. 0: no answer at all.
    assert set(answers) <= {0, 200, 201, 503}
    assert max(recovered) <= LONGEST_RECOVERY


def test_a_slow_database_answers_or_says_so_f24(site: Site, card_year: CardYear, fault: Fault) -> None:
    line = fault(
        "F24",
        f"databank die op elk bericht {DELAY * 1000:.0f} ms laat wachten, onder {LOOKUPS} opzoekingen per seconde",
    )
    number = Card.objects.select_related("person").earliest("pk").person.staff_number
    body = json.dumps({"staff_number": number}).encode()
    answers: list[tuple[int, float, bool]] = []

    def look() -> None:
        status, told, seconds = site.asks("/api/v1/lookup/", data=body, headers={"Content-Type": "application/json"})
        answers.append((status, seconds, b"Retry-After" in told))

    def look_often(seconds: float) -> None:
        threads = []
        for _ in range(int(seconds * LOOKUPS)):
            threads.append(threading.Thread(target=look))
            threads[-1].start()
            time.sleep(1 / LOOKUPS)
        for thread in threads:
            thread.join()

    with Wire(int(connection.settings_dict["PORT"])).open() as wire:
        site.start_web(DATABASE_URL=database_url(port=wire.port))
        look_often(1)
        answers.clear()
        wire.delay = DELAY
        look_often(SECONDS)
        slow, answers = answers, []
        wire.delay = 0.0
        # What was on its way arrives; then it is as it was.
        time.sleep(3.5)
        look_often(2)

        statuses = Counter(status for status, _, _ in slow)
        slowest = max(seconds for _, seconds, _ in slow)
        line.measured(
            times=len(slow),
            figure=f"antwoorden {dict(sorted(statuses.items()))}, traagste {slowest:.2f} s (hoogstens 3); daarna "
            f"{dict(Counter(status for status, _, _ in answers))}, traagste {max(seconds for _, seconds, _ in answers):.2f} s",
        )
    assert set(statuses) <= {200, 503}
    assert all(may_try_again for status, _, may_try_again in slow if status == 503)
    assert slowest <= LONGEST_ANSWER
    assert {status for status, _, _ in answers} == {200}
