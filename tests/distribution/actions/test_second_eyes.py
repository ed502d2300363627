"""Four eyes: who is told by mail, and what the page of approvals shows."""

import re
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from distribution import tasks
from distribution.actions import jobs, second_eyes
from distribution.enums import JobKind, JobState
from distribution.models import CardYear, Job, StoredFile
from distribution.queries import approvals
from distribution.views import office_page
from pickup_points.models import KlasseRole, User
from tests import make
from tests.conftest import NOW
from tests.distribution import office_year
from tests.pages import read

pytestmark = pytest.mark.django_db
PAGE = "/beheer/goedkeuren/"


@pytest.fixture
def noor(db: None) -> User:
    return office_year.klasse(name="Noor\r\nKlasse", email="noor@voorbeeld.be")


def freeze(card_year: CardYear, by: User) -> Job:
    return jobs.ask(JobKind.FREEZE, card_year=card_year, by=by, at=NOW, needs_second=True)


def made(card_year: CardYear, by: User, *, people: int) -> Job:
    """A job that ended with a file about this many people."""
    job = jobs.ask(JobKind.PRINT, card_year=card_year, by=by, at=NOW)
    file = StoredFile.objects.create(name="x.csv", content_type="text/csv", size=1, sha256="", at=NOW, people=people)
    Job.objects.filter(pk=job.pk).update(state=JobState.DONE, ended_at=NOW)
    job.files.add(file)
    return job


def test_the_others_of_the_office_are_mailed_and_nobody_else(card_year: CardYear, kim: User, noor: User) -> None:
    office_year.klasse(KlasseRole.READER)
    make.member(make.point())
    job = freeze(card_year, kim)

    tasks.mail_second_eyes(job.pk)

    (message,) = mail.outbox
    assert (message.to, message.subject) == (
        ["noor@voorbeeld.be"],
        "Lerarenkaart: jouw akkoord gevraagd (bevriezen, 2027)",
    )
    assert "http://localhost:8000/beheer/goedkeuren/" in str(message.body).splitlines()


def test_what_was_decided_meanwhile_is_not_mailed(card_year: CardYear, kim: User, noor: User) -> None:
    job = freeze(card_year, kim)
    jobs.agree(job, by=noor, at=NOW)

    assert second_eyes.mail_others(job.pk) == 0


@pytest.mark.parametrize(("people", "switch", "mailed"), [(1_001, "on", 1), (1_000, "on", 0), (1_001, "off", 0)])
def test_files_about_many_people_are_mailed_about(
    people: int, switch: str, mailed: int, card_year: CardYear, kim: User, noor: User, settings: Any
) -> None:
    settings.FOUR_EYES = switch == "on"

    assert second_eyes.mail_others(made(card_year, kim, people=people).pk) == mailed


def test_asking_calls_who_is_next(
    card_year: CardYear,
    kim: User,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    put: list[tuple[object, ...]] = []
    monkeypatch.setattr(tasks, "enqueue", lambda *what: put.append(what))
    waits = freeze(card_year, kim)
    goes = jobs.ask(JobKind.RUN, card_year=card_year, by=kim, at=NOW)

    with django_capture_on_commit_callbacks(execute=True):
        office_page.begin(waits)
        office_page.begin(goes)

    assert put == [(tasks.mail_second_eyes, waits.pk), (tasks.do_job, goes.pk)]


def test_each_sees_whose_turn_it_is(card_year: CardYear, kim: User, noor: User) -> None:
    job = freeze(card_year, kim)
    made(card_year, noor, people=5_000)
    hers, his = Client(), Client()
    hers.force_login(noor)
    his.force_login(kim)

    assert re.search(r"Wacht op jou \(1\) Bevriezen, 2027 .* gevraagd door Kim Klasse", read(hers, PAGE))
    assert re.search(r"Wacht op jou \(1\) Drukwerk maken, 2027 .* gevraagd door Noor Klasse", read(his, PAGE))
    jobs.agree(job, by=noor, at=NOW)

    assert "Wacht op jou (0) Er wacht niets op jou." in read(hers, PAGE)
    assert [one.pk for one in approvals.of(kim, at=NOW, is_on=True).decided] == [job.pk]


def test_who_is_alone_is_told_so(card_year: CardYear, kim: User, client: Client, settings: Any) -> None:
    client.force_login(kim)
    assert "Je bent de enige die het jaar beheert, dus niemand kan meekijken." in read(client, PAGE)

    settings.FOUR_EYES = False

    assert "Hier is dat uitgezet" in read(client, PAGE)


def test_queries_do_not_grow(card_year: CardYear, kim: User, noor: User, client: Client) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(PAGE).status_code == 200
        return len(queries)

    client.force_login(noor)
    jobs.ask(JobKind.FREEZE, card_year=card_year, by=kim, at=NOW, needs_second=True, lane="1")
    asked()  # the session notes when it was last used
    one = asked()
    for lane in ("2", "3"):
        jobs.ask(JobKind.FREEZE, card_year=card_year, by=kim, at=NOW, needs_second=True, lane=lane)

    assert asked() == one
