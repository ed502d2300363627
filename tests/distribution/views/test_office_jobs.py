"""/beheer/werk/ and /beheer/goedkeuren/: a trial is called one, a state is said once, and who agrees sees how much it is."""

import re
from typing import Any

import pytest
from django.test import Client

from distribution.actions import jobs
from distribution.enums import JobKind, JobState
from distribution.models import CardYear, Job
from tests import make
from tests.conftest import NOW
from tests.distribution import office_year
from tests.pages import read

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_season")]


@pytest.fixture
def year(card_year: CardYear) -> CardYear:
    """Three cards go to two points, one lies nowhere, one goes with the magazine; nothing is frozen."""
    office_year.run(card_year)
    gent, aalst = (make.point(code, year=2027) for code in ("gent", "aalst"))
    for at in (gent, gent, aalst, None):
        make.card(make.person(card_year), at=at)
    make.card(make.person(card_year), channel="subscription")
    return card_year


def asked(card_year: CardYear, kind: JobKind, *, needs_second: bool = False, **options: Any) -> Job:
    return jobs.ask(
        kind, card_year=card_year, by=office_year.klasse(), at=NOW, options=options, needs_second=needs_second
    )


@pytest.mark.parametrize(
    ("is_trial", "title", "state"),
    [
        (True, "Proef: kaarten toekennen 2027", "er veranderde niets"),
        (False, "Kaarten toekennen 2027", "klaar"),
    ],
)
def test_a_trial_is_called_a_trial_wherever_it_is_named(
    year: CardYear, office: Client, *, is_trial: bool, title: str, state: str
) -> None:
    job = asked(year, JobKind.RUN, dry_run=is_trial)
    assert title in read(office, "/beheer/werk/")
    Job.objects.filter(pk=job.pk).update(state=JobState.DONE, started_at=NOW, ended_at=NOW)

    page = office.get(f"/beheer/werk/{job.pk}/").content.decode()
    listed = read(office, "/beheer/werk/")

    assert re.findall(r"<title>([^<·]+) ·", page) == [f"{title}: {state}"]
    assert f"<h1>{title}</h1>" in page
    assert f"{title} {state}" in listed
    assert ("Proef" in page, "Proef" in listed) == (is_trial, is_trial)


@pytest.mark.parametrize(("state", "words"), [(JobState.WAITING, "Wacht op zijn beurt"), (JobState.RUNNING, "Bezig")])
def test_open_work_says_one_state_and_says_it_where_it_changes(
    year: CardYear, office: Client, state: JobState, words: str
) -> None:
    job = asked(year, JobKind.RUN)
    Job.objects.filter(pk=job.pk).update(state=state, started_at=NOW if state == JobState.RUNNING else None)

    main = office.get(f"/beheer/werk/{job.pk}/").content.decode().split("<main")[1]
    live = main.split('class="work-live"')[1].split("</div>")[0]
    elsewhere = main.replace(live, "")

    assert words in live
    assert ("Het is nog niet begonnen." in live) is (state == JobState.WAITING)
    assert [one for one in ("wacht op", "Bezig", "bezig", "niet begonnen", "werker") if one in elsewhere] == []


def test_who_agrees_to_freezing_sees_how_much_it_is_and_why_two_people_look(year: CardYear, office: Client) -> None:
    job = asked(year, JobKind.FREEZE, needs_second=True, cards=5)

    page, listed = read(office, f"/beheer/werk/{job.pk}/"), read(office, "/beheer/goedkeuren/")

    assert (
        "Kaarten om te bevriezen 5 Waarvan met het magazine 1 Waarvan afhaalpunt 4 Afhaalpunten 2 Zonder afhaalpunt 1"
        in page
    )
    assert "Kaarten om te bevriezen: 5 · Waarvan met het magazine: 1" in listed
    why = "Bevriezen kan niet ongedaan gemaakt worden: daarom kijken twee mensen het na."
    assert (why in page, why in listed) == (True, True)


@pytest.mark.parametrize(
    ("kind", "options", "facts"),
    [
        (JobKind.PRINT, {"batch": 1, "box_size": 2}, "Kaarten voor afhaalpunten 3 Afhaalpunten 2 Dozen 2"),
        (JobKind.PRINT, {"batch": 1, "box_size": 1}, "Kaarten voor afhaalpunten 3 Afhaalpunten 2 Dozen 3"),
        (JobKind.LISTS, {}, "Wat alle kaarten die nu wachten Mensen 3"),
        (JobKind.CHANGES, {}, "Wat alles wat nu wacht op een beslissing Veranderingen 0"),
    ],
)
def test_who_agrees_to_a_file_about_many_sees_how_much_it_is(
    year: CardYear, office: Client, kind: JobKind, options: dict[str, Any], facts: str
) -> None:
    make.batch(year)
    job = asked(year, kind, needs_second=True, **options)

    page = read(office, f"/beheer/werk/{job.pk}/")

    assert facts in page
    assert "Het gaat over meer dan 1.000 mensen" in page
