"""Tasks: what they do, that twice is once, and that they run for real, embedded and over Redis."""

import datetime as dt
import re
import signal
import smtplib
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from distribution import tasks
from distribution.models import CardYear, LookupCounter, Reading, ReadingSeal
from lerarenkaart import tasks as site_tasks
from tests import make, programs, servers

TRIPPED = "2027-01-12T09:58:00+00:00"
ENQUEUE = f"""
import time
import django
django.setup()
from distribution import tasks
began = time.monotonic()
queued = tasks.enqueue(tasks.alert_lookup_breaker, {TRIPPED!r})
queued = tasks.enqueue(tasks.alert_lookup_breaker, {TRIPPED!r}) and queued
print(queued, time.monotonic() - began)
"""
EMBEDDED = f"""
import time
from lerarenkaart import wsgi
from django.core.management import call_command
call_command("migrate", verbosity=0)
from django.core import mail
mail.outbox = []
from distribution import tasks
from distribution.models import LookupCounter
import datetime as dt
from django.conf import settings
LookupCounter.objects.create(key="oud", window_ends_at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC), count=3)
tasks.enqueue(tasks.alert_lookup_breaker, {TRIPPED!r})
until = time.monotonic() + 50
while time.monotonic() < until and (not mail.outbox or LookupCounter.objects.filter(key="oud").exists()):
    time.sleep(0.02)
print(len(mail.outbox), LookupCounter.objects.filter(key="oud").exists())
"""
# The clock of the embedded worker, not an hour but a second apart.
HURRY = """
from django.conf import settings
settings.CELERY_BEAT_SCHEDULE["forget-old-lookup-counters"]["schedule"] = 1.0
"""


def counter(key: str, *, ends_at: dt.datetime) -> LookupCounter:
    return LookupCounter.objects.create(key=key, window_ends_at=ends_at, count=1)


@pytest.mark.django_db
def test_forget_old_lookup_counters_keeps_those_that_still_count(now: dt.datetime) -> None:
    counter("voorbij", ends_at=now - dt.timedelta(seconds=1))
    counter("nu", ends_at=now)
    counter("loopt", ends_at=now + dt.timedelta(seconds=1))

    with time_machine.travel(now, tick=False):
        tasks.forget_old_lookup_counters()
        tasks.forget_old_lookup_counters()

    assert list(LookupCounter.objects.values_list("key", flat=True)) == ["loopt"]


@pytest.mark.django_db
def test_alert_lookup_breaker_mails_klasse_once_for_a_trip_f7() -> None:
    tasks.alert_lookup_breaker(TRIPPED)
    tasks.alert_lookup_breaker(TRIPPED)
    tasks.alert_lookup_breaker("2027-01-12T10:58:00+01:00")

    assert [message.to for message in mail.outbox] == [[settings.OFFICE_EMAIL]]
    assert "Op 12/01/2027 om 10.58 uur" in mail.outbox[0].body


@pytest.mark.django_db
def test_alert_lookup_breaker_mails_again_for_another_trip() -> None:
    tasks.alert_lookup_breaker(TRIPPED)
    tasks.alert_lookup_breaker("2027-01-12T10:03:00+00:00")

    assert len(mail.outbox) == 2


@pytest.mark.django_db
def test_alert_lookup_breaker_holds_no_number_of_a_person_t16() -> None:
    tasks.alert_lookup_breaker(TRIPPED)

    assert re.findall("[0-9]{7,}", f"{mail.outbox[0].subject} {mail.outbox[0].body}") == []


@pytest.mark.django_db
def test_alert_lookup_breaker_tries_again_when_the_mail_server_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> int:
        raise smtplib.SMTPServerDisconnected("weg")

    with monkeypatch.context() as away:
        away.setattr(EmailBackend, "send_messages", refuse)
        with pytest.raises(smtplib.SMTPServerDisconnected):
            tasks.alert_lookup_breaker.run(TRIPPED)
    tasks.alert_lookup_breaker.run(TRIPPED)

    assert len(mail.outbox) == 1


@pytest.mark.django_db
def test_seal_readings_puts_every_look_under_a_seal(now: dt.datetime) -> None:
    Reading.objects.create(at=now, by=make.new_user(), kind="search")

    with time_machine.travel(now, tick=False):
        tasks.seal_readings()
        tasks.seal_readings()

    assert list(ReadingSeal.objects.values_list("count", "at")) == [(1, now)]


@pytest.mark.django_db
@pytest.mark.parametrize(("is_on", "name"), [(True, "(gewist)"), (False, "Peeters")])
def test_purge_due_forgets_a_year_when_its_day_has_come(
    card_year: CardYear,
    settings: Any,
    tmp_path: Path,
    is_on: bool,  # noqa: FBT001
    name: str,
) -> None:
    settings.PURGE, settings.VAR_DIR = is_on, tmp_path
    person = make.person(card_year)

    with time_machine.travel(dt.datetime(2027, 10, 8, 12, tzinfo=dt.UTC), tick=False):
        tasks.purge_due()
        tasks.purge_due()

    person.refresh_from_db()
    assert person.last_name == name


def test_every_planned_task_exists() -> None:
    planned = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}

    assert planned == {
        tasks.forget_ended_files.name,
        tasks.forget_old_lookup_counters.name,
        tasks.purge_due.name,
        tasks.seal_readings.name,
        tasks.sweep_jobs.name,
        site_tasks.mail_digest.name,
    }


def test_embedded_worker_does_what_is_queued_and_keeps_the_clock(tmp_path: Path) -> None:
    env = programs.environment(tmp_path, EMAIL_URL="memorymail://")

    done = programs.python(HURRY + EMBEDDED, env=env)

    assert done.stdout.split() == ["1", "False"], done.stderr


def test_worker_over_redis_does_what_is_queued_once(tmp_path: Path) -> None:
    mails = tmp_path / "mails"
    with servers.redis() as broker:
        env = programs.environment(tmp_path, REDIS_URL=broker, EMAIL_URL=f"filemail:///{mails}")
        programs.manage("migrate", "--verbosity=0", env=env)
        command = [sys.executable, "-m", "celery", "-A", "lerarenkaart", "worker", "--pool=solo", "--loglevel=INFO"]
        worker = subprocess.Popen(
            command, cwd=programs.ROOT, env=env, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
        )
        try:
            queued = programs.python(ENQUEUE, env=env)
            programs.wait_until(lambda: any(mails.glob("*.log")))
        finally:
            worker.send_signal(signal.SIGTERM)
            _, log = worker.communicate(timeout=30)

    assert queued.stdout.startswith("True"), queued.stderr
    assert len(list(mails.glob("*.log"))) == 1, log
    assert "ERROR" not in log


@pytest.mark.parametrize("fault", ["refused", "hung"])
def test_enqueue_gives_up_within_two_seconds_f4_p4(fault: str, tmp_path: Path) -> None:
    with servers.redis_process() as (broker, process):
        env = programs.environment(tmp_path, REDIS_URL=broker)
        if fault == "hung":
            process.send_signal(signal.SIGSTOP)
        else:
            process.kill()
            process.wait()

        done = programs.python(ENQUEUE, env=env)

    queued, seconds = done.stdout.split()
    assert queued == "False"
    # Two tasks were queued, and each may take two seconds.
    assert float(seconds) < 4.0
