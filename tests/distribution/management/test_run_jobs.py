"""The command run_jobs: what waits is done without a worker, in its order, and only what may be done."""

import datetime as dt
import io
import json
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.management import call_command
from django.db.models import Q

from distribution.actions import jobs
from distribution.enums import JobKind, JobState
from distribution.models import CardYear, Job
from pickup_points.models import User
from tests import make
from tests.conftest import NOW
from tests.distribution import office_year, settled

pytestmark = pytest.mark.django_db


def order(*, at: dt.datetime = NOW) -> dict[str, Any]:
    answer = io.StringIO()
    with time_machine.travel(at, tick=False):
        call_command("run_jobs", "--json", stdout=answer)
    told: dict[str, Any] = json.loads(answer.getvalue())
    return told


def asked(kind: JobKind, card_year: CardYear, by: User, at: dt.datetime = NOW, **options: Any) -> Job:
    return jobs.ask(kind, card_year=card_year, by=by, at=at, options=options)


def test_what_waits_is_done_in_its_order(card_year: CardYear, kim: User) -> None:
    settled.cards(card_year, 3, at=make.point("gent", year=2027, serves="9000"))
    office_year.run(card_year)
    later = asked(JobKind.LISTS, card_year, kim)
    first = asked(JobKind.RUN, card_year, kim, NOW - dt.timedelta(hours=1), reference_date="2027-01-12", dry_run=True)

    told = order()

    assert [(one["job"], one["kind"], one["outcome"]) for one in told["jobs"]] == [
        (first.pk, "run", "done"),
        (later.pk, "lists", "done"),
    ]
    assert (told["done"], told["refused"], told["failed"]) == (2, 0, 0)
    assert Job.objects.filter(state=JobState.DONE).count() == 2


def test_nothing_waits_twice(card_year: CardYear, kim: User) -> None:
    asked(JobKind.LISTS, card_year, kim)
    order()

    assert order() == {"jobs": [], "done": 0, "refused": 0, "failed": 0}


def test_a_refusal_is_told_with_its_sentence(card_year: CardYear, kim: User) -> None:
    asked(JobKind.FREEZE, card_year, kim, cards=3)

    told = order()

    (one,) = told["jobs"]
    assert one["outcome"] == "refused"
    assert one["sentence"] == Job.objects.get().sentence != ""
    assert told["refused"] == 1


def test_what_waits_for_a_second_pair_of_eyes_goes_on_waiting(card_year: CardYear, kim: User) -> None:
    jobs.ask(JobKind.FREEZE, card_year=card_year, by=kim, at=NOW, needs_second=True)

    assert order()["jobs"] == []
    assert Job.objects.get().state == JobState.PROPOSED


def test_what_a_dead_worker_held_is_done_and_what_a_living_one_holds_is_not(card_year: CardYear, kim: User) -> None:
    dead = asked(JobKind.LISTS, card_year, kim)
    held = asked(JobKind.RUN, card_year, kim, reference_date="2027-01-12", dry_run=True)
    jobs.claim(dead.pk, owner="weg:1", at=NOW - 2 * jobs.LEASE)
    jobs.claim(held.pk, owner="hier:2", at=NOW)

    assert [one["job"] for one in order()["jobs"]] == [dead.pk]
    held.refresh_from_db()
    assert (held.state, held.owner) == (JobState.RUNNING, "hier:2")


def test_the_others_hear_of_a_file_about_many(card_year: CardYear, kim: User, monkeypatch: pytest.MonkeyPatch) -> None:
    colleague = office_year.klasse()
    settled.cards(card_year, 3, at=make.point("gent", year=2027, serves="9000"))
    office_year.run(card_year)
    many = Q(state=JobState.DONE, agreed_at=None, files__people__gt=2)
    monkeypatch.setattr("distribution.queries.approvals.UNRELEASED", many)
    asked(JobKind.LISTS, card_year, kim)

    order()

    assert [message.to for message in mail.outbox] == [[colleague.email]]


def test_the_words_for_a_person(card_year: CardYear, kim: User) -> None:
    office_year.run(card_year)
    job = asked(JobKind.RUN, card_year, kim, reference_date="2027-01-12", dry_run=True)
    answer, again = io.StringIO(), io.StringIO()
    call_command("run_jobs", stdout=answer)
    call_command("run_jobs", stdout=again)

    assert answer.getvalue() == f"{job.pk:>6}  run        klaar\n"
    assert again.getvalue() == "Er wacht geen werk.\n"
