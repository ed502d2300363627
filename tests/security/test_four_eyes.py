"""T22: what one person of Klasse may not do alone: freezing, a forced file, and a file about more than 1,000 people."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from distribution import tasks
from distribution.actions import uploads
from distribution.enums import JobKind, JobState, Source, UploadKind
from distribution.models import Card, CardYear, Job, PersonnelImport, PrintBatch, Upload
from distribution.rules import four_eyes
from pickup_points.models import User
from tests import make
from tests.conftest import NOW
from tests.distribution import office_year, settled
from tests.security.measured import Attack

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


@pytest.fixture
def alone(client: Client) -> User:
    user = office_year.klasse()
    client.force_login(user)
    return user


@pytest.fixture
def year(card_year: CardYear, monkeypatch: pytest.MonkeyPatch) -> CardYear:
    """A run year with three cards, in an office for which three are many."""
    monkeypatch.setattr(four_eyes, "MANY_PEOPLE", 2)
    office_year.run(card_year)
    point = make.point("gent", year=card_year.year, serves="9000")
    for _ in range(3):
        make.card(make.person(card_year), at=point)
    return card_year


def frozen(year: CardYear) -> None:
    settled.printed(year)


def freeze(client: Client, year: CardYear, _: User) -> Any:
    return client.post(f"/beheer/{year.year}/bevriezen/", {"aantal": "3"})


def force(client: Client, year: CardYear, user: User) -> Any:
    upload, job = uploads.take(
        [b"x"], kind=UploadKind.PERSONNEL, card_year=year, name="p.csv", by=user, at=NOW, source=Source.EPD
    )
    Job.objects.filter(pk=job.pk).update(state=JobState.DONE, ended_at=NOW, started_at=NOW)
    Upload.objects.filter(pk=upload.pk).update(
        difference={"refusal": {"code": "too_many_left", "sentence": "Te veel."}}
    )
    return client.post(f"/beheer/bestanden/{upload.pk}/inlezen/", {"reden": "Omdat ik het wil"})


def print_run(client: Client, year: CardYear, _: User) -> Any:
    frozen(year)
    return client.post(f"/beheer/{year.year}/drukwerk/", {"reeks": "1", "doos": "250"})


def lists(client: Client, year: CardYear, _: User) -> Any:
    frozen(year)
    return client.post(f"/beheer/{year.year}/lijsten/", {"xlsx": "ja"})


ACTIONS: dict[str, tuple[JobKind, Callable[[Client, CardYear, User], Any]]] = {
    "freezing": (JobKind.FREEZE, freeze),
    "forcing a file": (JobKind.APPLY, force),
    "the print run": (JobKind.PRINT, print_run),
    "all lists": (JobKind.LISTS, lists),
}


@pytest.mark.parametrize("action", ACTIONS)
def test_t22_one_person_alone_is_refused(action: str, year: CardYear, alone: User, client: Client) -> None:
    kind, ask = ACTIONS[action]
    attack = Attack("T22", f"één persoon van Klasse alleen: {kind.label.lower()}")

    answer = ask(client, year, alone)
    job = Job.objects.get(kind=kind)
    tried = [
        client.post(f"/beheer/werk/{job.pk}/akkoord/"),
        client.post(f"/beheer/werk/{job.pk}/vrijgeven/"),
        client.post(f"/beheer/werk/{job.pk}/opnieuw/"),
    ]
    # A worker that is called all the same finds nothing to do.
    tasks.do_job(job.pk)
    job.refresh_from_db()
    attack.came_to(f"{job.get_state_display()}, na {len(tried)} pogingen", limit="wacht op een tweede")

    assert re.fullmatch(r"/beheer/(werk|bestanden)/\d+/", answer["Location"])
    assert (job.state, job.agreed_at, job.started_at) == (JobState.PROPOSED, None, None)
    assert job.files.count() == 0
    assert PersonnelImport.objects.count() == 0
    if action == "freezing":
        assert (PrintBatch.objects.count(), Card.objects.filter(batch=None).count()) == (0, 3)


@pytest.mark.parametrize("action", ["freezing", "all lists"])
def test_t22_with_a_colleague_it_is_done(action: str, year: CardYear, alone: User, client: Client) -> None:
    kind, ask = ACTIONS[action]
    ask(client, year, alone)
    job = Job.objects.get(kind=kind)
    colleague = Client()
    colleague.force_login(office_year.klasse())

    colleague.post(f"/beheer/werk/{job.pk}/akkoord/")
    tasks.do_job(job.pk)

    job.refresh_from_db()
    assert job.state == JobState.DONE
