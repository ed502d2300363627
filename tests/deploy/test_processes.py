"""The system as its processes: two machines, each with a web server and a worker, one scheduler, and nothing between them."""

import io
import re
import threading
import time
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests import programs
from tests.deploy import machines
from tests.deploy.machines import Installation
from tests.deploy.small_year import NUMBERS, SURNAME, SmallYear

ASKED = 40
HEARTBEAT = Path("/dev/shm")  # noqa: S108 -- where deploy/start.sh lets gunicorn count
LOCK = "LOCK TABLE distribution_card IN ACCESS EXCLUSIVE MODE"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Installation]:
    with machines.two(tmp_path) as made:
        made.migrate()
        first, second = made.machines
        made.start((first, "scheduler"), *((one, role) for role in ("worker", "web") for one in (first, second)))
        yield made


def test_a_year_on_two_machines_through_restarts_and_deaths(site: Installation) -> None:
    """One walk, since what it stands on (servers, processes, a year) is what takes the time."""
    year = SmallYear(site)
    year.enter()
    year.open()
    year.send_files()
    year.run()
    year.freeze()
    made = year.print_and_lists()
    assert len(zipfile.ZipFile(io.BytesIO(made["lijsten"])).namelist()) >= 2
    year.hand_over()
    assert year.figures() == {"cards": 10, "subscription": 1, "starter": 1, "at_points": 8, "lower": 1}
    _each_machine_did_its_part(site, year)
    _every_process_is_counted(site)
    _restarted_one_by_one(site, year)
    _a_worker_and_a_web_process_die(site, year)
    _a_web_server_tidies_what_a_dead_one_left(site)
    _stopped_in_order(site)
    _nothing_of_people_in_any_log(site)


def _each_machine_did_its_part(site: Installation, year: SmallYear) -> None:
    for visitor in (year.kim, year.mo, year.teacher):
        shares = visitor.front.answered
        assert set(shares) == {machine.place for machine in site.machines}
        assert max(shares.values()) - min(shares.values()) <= 1


def _every_process_is_counted(site: Installation) -> None:
    """Two processes of one machine count together, whichever of them answers; each machine for itself."""
    machine = site.machines[0]
    before = _asked_for_privacy(site)
    for _ in range(ASKED):
        site.front.ask_one(machine.place, "GET", "/privacy/", body=None, headers={})
    assert {_asked_for_privacy(site) for _ in range(6)} == {before + ASKED}


def _asked_for_privacy(site: Installation) -> float:
    told = site.front.ask_one(site.machines[0].place, "GET", "/metrics", body=None, headers={})
    assert told.status == 200
    found = re.findall(
        r'^lerarenkaart_requests_total\{method="GET",route="distribution:privacy",status="200"\} (\S+)$',
        told.text,
        re.MULTILINE,
    )
    return sum(map(float, found))


def _restarted_one_by_one(site: Installation, year: SmallYear) -> None:
    """While people ask, first the one and then the other machine gets its new version: nobody notices."""
    stop, statuses = threading.Event(), Counter[str]()

    def ask() -> None:
        visitor = site.visitor()
        while not stop.is_set():
            try:
                page = visitor.get("/waarismijnlerarenkaart/")
                page = visitor.post(page.path, stamboeknummer=NUMBERS[1])
                statuses[str(page.status)] += 1
            except OSError as failed:
                statuses[type(failed).__name__] += 1

    people = [threading.Thread(target=ask) for _ in range(3)]
    for one in people:
        one.start()
    try:
        for machine in site.machines:
            assert machine.stop("web") == 0
            site.start((machine, "web"))
    finally:
        time.sleep(0.5)
        stop.set()
        for one in people:
            one.join()
    assert set(statuses) == {"200"}, statuses
    assert statuses["200"] > 20


def _a_worker_and_a_web_process_die(site: Installation, year: SmallYear) -> None:
    """In the middle of work, at once and without a word: the other machine goes on and takes the work over."""
    with psycopg.connect(site.database) as holding:
        holding.execute(LOCK)
        asked = year.kim.post(f"/beheer/{year.year}/toekennen/", reference_date=year.today.isoformat(), wat="proef")
        key = int(asked.path.strip("/").rsplit("/", 1)[-1])
        assert programs.wait_until(lambda: _owner(site, key) is not None)
        dead = next(one for one in site.machines if one.roles["worker"].pid == _group_of(_owner(site, key)))
        alive = next(one for one in site.machines if one is not dead)
        dead.kill("worker")
        dead.kill("web")
        # As if its two minutes were over: F9 waits for them in earnest (tests/faults).
        site.query("UPDATE distribution_job SET leased_until = now() - interval '1 second' WHERE id = %s", key)
        holding.rollback()
    site.sweep()
    page = year.kim.until_quiet(asked.path)
    assert page.has("er veranderde niets"), page.text
    assert page.port == alive.place
    assert site.query("SELECT state, attempts FROM distribution_job WHERE id = %s", key) == [("done", 2)]
    assert _group_of(_owner(site, key), finished=True) == alive.roles["worker"].pid
    assert year.lookup(1)["outcome"] == "at_pickup_point"
    site.start((dead, "web"), (dead, "worker"))


def _owner(site: Installation, job: int) -> int | None:
    """The process that has a job."""
    ((owner, started),) = site.query("SELECT owner, started_at FROM distribution_job WHERE id = %s", job)
    return int(owner.rsplit(":", 1)[-1]) if started else None


def _group_of(process: int | None, *, finished: bool = False) -> int:
    assert process
    fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return int(fields[2])


def _stopped_in_order(site: Installation) -> None:
    """docs/operations.md: the clock, the web, the workers. Each ends by itself and leaves nothing."""
    first, second = site.machines
    codes = [first.stop("scheduler")]
    codes += [machine.stop("web") for machine in (first, second)]
    codes += [machine.stop("worker") for machine in (first, second)]
    assert codes == [0, 0, 0, 0, 0]
    assert site.still_running() == []
    assert site.query("SELECT count(*) FROM distribution_job WHERE ended_at IS NULL") == [(0,)]


def _a_web_server_tidies_what_a_dead_one_left(site: Installation) -> None:
    """Its counters lie in memory; killed, it cannot take them along."""
    folders = {path.name.split("-")[2] for path in HEARTBEAT.glob("lerarenkaart-metrics-*")}
    ours = {str(process.pid) for process in site.started}
    assert folders & ours == {str(machine.roles["web"].pid) for machine in site.machines}


def _nothing_of_people_in_any_log(site: Installation) -> None:
    logs = dict(site.logs())
    assert all(logs[name] for name in logs if name != f"scheduler {site.machines[1].address}")
    found = [(name, one) for name, text in logs.items() for one in (*NUMBERS, SURNAME, "Traceback") if one in text]
    assert found == []
