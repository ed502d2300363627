"""Work in the queue: delivered twice, asked for twenty times, by a worker that came back from the dead, poisoned."""

import datetime as dt
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from distribution import tasks
from distribution.actions import jobs, working, years
from distribution.actions.working import Done, Progress
from distribution.enums import JobKind, JobState
from distribution.models import Card, CardYear, Job
from distribution.queries import office_work
from pickup_points.models import User
from tests import make
from tests.distribution import office_year
from tests.distribution.actions.populations import Human, content, settle
from tests.distribution.actions.test_hand_overs_races import at_once
from tests.faults.conftest import Fault
from tests.faults.site import let_the_lease_end
from tests.faults.table import SEEDS

pytestmark = pytest.mark.django_db(transaction=True)
AT = dt.datetime(2026, 11, 20, 10, 0, tzinfo=dt.UTC)
ON = "2026-11-15"


@pytest.fixture
def card_year(transactional_db: None) -> CardYear:
    made = years.open_year(2027, at=AT)
    make.point("gent", year=2027, serves="9000")
    settle(made, [Human(held="listed"), Human(subscribes=True), Human()] * 100)
    return made


def ask(card_year: CardYear, by: User) -> Job:
    options = {"reference_date": ON, "dry_run": False, "late": False}
    return jobs.ask(JobKind.RUN, card_year=card_year, by=by, at=timezone.now(), options=options)


def test_a_task_delivered_often_is_done_once_f7(card_year: CardYear, kim: User, fault: Fault) -> None:
    line = fault("F7", "dezelfde taak acht keer tegelijk afgeleverd, en nog eens als ze gedaan is")
    ran = Counter[int]()
    for _ in range(SEEDS):
        job = ask(card_year, kim)
        at_once(lambda turn, job=job: tasks.do_job(job.pk))  # type: ignore[misc]
        first = content(card_year)
        tasks.do_job(job.pk)
        done = Job.objects.get(pk=job.pk)
        ran[done.attempts] += 1
        assert (done.state, content(card_year)) == (JobState.DONE, first)

    line.measured(times=SEEDS * 9, figure=f"gedaan: {sum(ran.values())} van {SEEDS} werken, elk {next(iter(ran))} keer")
    assert ran == {1: SEEDS}
    assert card_year.events.filter(kind="run").count() == SEEDS


def test_twenty_admins_start_the_same_run_f8(card_year: CardYear, fault: Fault, settings: Any) -> None:
    line = fault("F8", "twintig mensen drukken tegelijk op dezelfde knop")
    settings.SECURE_SSL_REDIRECT = False
    clients = []
    for _ in range(20):
        client = Client()
        client.force_login(office_year.klasse())
        clients.append(client)
    made = led = 0
    for _ in range(SEEDS):
        before = Job.objects.count()
        answers = at_once(
            lambda turn: clients[turn].post("/beheer/2027/toekennen/", {"wat": "proef", "reference_date": ON}),
            times=20,
        )
        there = Job.objects.get(ended_at=None)
        made += Job.objects.count() - before
        led += sum(answer.headers.get("Location") == f"/beheer/werk/{there.pk}/" for answer in answers)
        jobs.call_off(there, by=there.asked_by, at=timezone.now())

    line.measured(
        times=SEEDS * 20, figure=f"{made} werken voor {SEEDS} × 20 aanvragen; naar het ene werk geleid: {led}"
    )
    assert (made, led) == (SEEDS, SEEDS * 20)


def test_a_worker_back_from_the_dead_changes_nothing_f9(
    card_year: CardYear, kim: User, fault: Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Slow enough to lose its job, alive enough to want to end it: what it says no longer counts."""
    line = fault("F9", "een werker die na zijn huurtijd nog verder wil, naast wie overnam")
    owners = refused = 0
    for _ in range(SEEDS):
        job = ask(card_year, kim)
        asleep, go_on = threading.Event(), threading.Event()
        said: list[str] = []

        def slow(
            one: Job, progress: Progress, asleep: threading.Event = asleep, go_on: threading.Event = go_on
        ) -> Done:
            asleep.set()
            go_on.wait(60)
            return Done({"by": "the dead"})

        def dead(job: Job = job, slow: Callable[..., Done] = slow, said: list[str] = said) -> None:
            said.append(working.work(job.pk, {JobKind.RUN: slow}, owner="one"))
            connection.close()

        thread = threading.Thread(target=dead)
        thread.start()
        assert asleep.wait(60)
        let_the_lease_end(job)
        # Twenty want it at once, and one gets it.
        taken = at_once(lambda turn, job=job: jobs.claim(job.pk, owner=f"n{turn}", at=timezone.now()))  # type: ignore[misc]
        new = [one for one in taken if one is not None]
        owners += len(new)
        go_on.set()
        thread.join(60)
        refused += said == ["not ours"]
        jobs.finish(new[0], result={"by": "the living"}, files=[], at=timezone.now())
        assert Job.objects.get(pk=job.pk).result == {"by": "the living"}

    line.measured(times=SEEDS, figure=f"nieuwe eigenaars: {owners} voor {SEEDS} werken; de dode geweigerd: {refused}")
    assert (owners, refused) == (SEEDS, SEEDS)


def test_a_job_that_kills_its_worker_is_parked_and_shown_f23(
    card_year: CardYear, kim: User, client: Client, fault: Fault
) -> None:
    line = fault("F23", "werk dat elke werker doodt, en ander werk erachter")
    client.force_login(kim)
    parked = others = 0
    for _ in range(SEEDS):
        poison = ask(card_year, kim)
        tries = 0
        while jobs.claim(poison.pk, owner="dies", at=timezone.now()):
            tries += 1
            let_the_lease_end(poison)
        other = jobs.ask(JobKind.LISTS, card_year=card_year, by=kim, at=timezone.now())
        left = jobs.sweep(at=timezone.now())
        tasks.do_job(other.pk)
        poison.refresh_from_db()
        parked += (tries, poison.state, poison.code) == (3, JobState.FAILED, "parked")
        others += Job.objects.get(pk=other.pk).ended_at is not None
        assert poison.pk not in left
        assert poison in office_work.asking(at=timezone.now(), is_released_by_two=True).failed
        page = client.get("/beheer/werk/").content.decode()
        assert f"/beheer/werk/{poison.pk}/" in page

    line.measured(times=SEEDS, figure=f"na drie pogingen geparkeerd en getoond: {parked}; ander werk gedaan: {others}")
    assert (parked, others) == (SEEDS, SEEDS)


def test_work_that_always_breaks_stands_as_failed_f23(
    card_year: CardYear, kim: User, fault: Fault, caplog: pytest.LogCaptureFixture
) -> None:
    line = fault("F23", "werk dat elke keer met een fout eindigt")
    failed = 0

    def breaks(job: Job, progress: Progress) -> Done:
        raise ZeroDivisionError("geheim")

    for _ in range(SEEDS):
        job = ask(card_year, kim)
        outcome = working.work(job.pk, {JobKind.RUN: breaks}, owner="w")
        job.refresh_from_db()
        failed += (outcome, job.state) == ("failed", JobState.FAILED)
        assert "geheim" not in job.sentence
        assert jobs.sweep(at=timezone.now() + 3 * jobs.LEASE) == []

    line.measured(
        times=SEEDS, figure=f"één keer geprobeerd en gemeld: {failed}; kaarten gemaakt: {Card.objects.count()}"
    )
    assert (failed, Card.objects.count()) == (SEEDS, 0)


def test_the_page_of_attention_stays_fast_with_many_failures_f23(card_year: CardYear, kim: User, fault: Fault) -> None:
    line = fault("F23", "driehonderd mislukte werken in één spoor")
    for _ in range(300):
        job = ask(card_year, kim)
        Job.objects.filter(pk=job.pk).update(state=JobState.FAILED, ended_at=timezone.now(), code="parked")
    began = time.perf_counter()
    shown = office_work.asking(at=timezone.now(), is_released_by_two=True).failed
    seconds = time.perf_counter() - began

    line.measured(times=1, figure=f"getoond: {len(shown)}; {seconds * 1000:.0f} ms")
    assert len(shown) == 1
