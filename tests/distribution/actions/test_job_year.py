"""The work of a year: what each kind does and keeps, that doing it twice is harmless, and what it refuses."""

import datetime as dt
import io
import zipfile
from typing import Any

import pytest

from distribution import tasks
from distribution.actions import freeze, jobs, rule_tables, run
from distribution.enums import CardState, Channel, JobKind, JobState
from distribution.models import Card, CardYear, Job, PrintBatch, YearEvent
from distribution.queries import stored_files, years
from tests import make
from tests.distribution import office_year
from tests.distribution.actions.populations import Human, settle

pytestmark = pytest.mark.django_db
ON = dt.date(2026, 11, 15)
ASKED_AT = dt.datetime(2026, 11, 20, 10, 0, tzinfo=dt.UTC)


def do(kind: JobKind, card_year: CardYear, **options: Any) -> Job:
    """Ask for work of this kind and have a worker do it."""
    by = office_year.klasse()
    job = jobs.ask(kind, card_year=card_year, by=by, at=ASKED_AT, options=options)
    tasks.do_job(job.pk)
    return Job.objects.get(pk=job.pk)


def content(job: Job) -> bytes:
    return b"".join(stored_files.pieces(job.files.get()))


@pytest.fixture
def gent(card_year: CardYear) -> CardYear:
    """Two people who fetch their card in Gent, one who gets it with the magazine."""
    make.point("gent", year=2027, serves="9000")
    settle(card_year, [Human(held="listed"), Human(held="listed"), Human(subscribes=True)])
    return card_year


@pytest.fixture
def frozen(gent: CardYear, now: dt.datetime) -> CardYear:
    run.run(gent, on=ON, at=now)
    freeze.freeze(gent, at=now)
    return gent


def test_a_trial_changes_nothing_and_tells_what_a_run_does(gent: CardYear) -> None:
    trial = do(JobKind.RUN, gent, reference_date="2026-11-15", dry_run=True, late=False)
    assert not Card.objects.exists()
    real = do(JobKind.RUN, gent, reference_date="2026-11-15", dry_run=False, late=False)

    assert (trial.state, real.state) == (JobState.DONE, JobState.DONE)
    assert trial.result | {"dry_run": False} == real.result
    assert (real.result["entitled"], Card.objects.count()) == (3, 3)
    event = YearEvent.objects.get(kind="run")
    assert (event.by, event.at) == (real.asked_by, real.started_at)


def test_freezing_takes_exactly_what_was_confirmed(gent: CardYear, now: dt.datetime) -> None:
    run.run(gent, on=ON, at=now)

    refused = do(JobKind.FREEZE, gent, cards=2)
    assert (refused.state, refused.code, PrintBatch.objects.count()) == (JobState.REFUSED, "number_changed", 0)
    done = do(JobKind.FREEZE, gent, cards=3)

    batch = PrintBatch.objects.get()
    assert (done.state, batch.cards, batch.by) == (JobState.DONE, 3, done.asked_by)


def test_freezing_again_after_a_worker_died_gives_the_same_batch(gent: CardYear, now: dt.datetime) -> None:
    run.run(gent, on=ON, at=now)
    job = do(JobKind.FREEZE, gent, cards=3)
    Job.objects.filter(pk=job.pk).update(state=JobState.WAITING, ended_at=None)

    tasks.do_job(job.pk)

    job.refresh_from_db()
    assert (job.state, job.result["batch"], PrintBatch.objects.count()) == (JobState.DONE, 1, 1)


def test_freezing_asks_for_a_run_after_the_rules_changed(gent: CardYear, now: dt.datetime) -> None:
    run.run(gent, on=ON, at=now)
    was = years.rules(gent)
    wanted = type(was)(**vars(was) | {"codes": {}})
    later = now + dt.timedelta(minutes=1)
    rule_tables.change(gent, wanted=wanted, seen=was.stamp, at=later, by=office_year.klasse())

    assert do(JobKind.FREEZE, gent, cards=3).code == "run_first"


def test_the_print_run_is_one_zip_that_is_kept_for_a_while(frozen: CardYear, settings: Any) -> None:
    settings.OFFICE_FILES_DAYS = 7
    job = do(JobKind.PRINT, frozen, batch=1, box_size=100)

    assert job.state == JobState.DONE, job.sentence
    file = job.files.get()
    assert job.started_at is not None
    assert (file.name, file.people) == ("drukwerk-2027-reeks-1.zip", 3)
    assert file.keep_until == job.started_at + dt.timedelta(days=7)
    with zipfile.ZipFile(io.BytesIO(content(job))) as made:
        assert made.testzip() is None
        assert sorted(made.namelist()) == [
            "abonnementen-2027-reeks-1.csv",
            "dozen-2027-reeks-1.pdf",
            "kaartdrukker-2027-reeks-1.csv",
            "leveringen-2027-reeks-1.csv",
            "overzicht-2027-reeks-1.csv",
            "paklijsten/paklijst-gent-2027-reeks-1.pdf",
        ]
    assert (job.result["boxes"], job.result["points"], job.result["cards"]) == (1, 1, 3)


def test_the_lists_of_all_points_and_then_only_what_was_added(frozen: CardYear, now: dt.datetime) -> None:
    whole = do(JobKind.LISTS, frozen)
    settle(frozen, [Human(held="listed"), Human(held="listed"), Human(subscribes=True), Human(held="listed")])
    run.run(frozen, on=ON, at=now, late=True)
    delta = do(JobKind.LISTS, frozen, since=1)
    nothing = do(JobKind.LISTS, frozen, since=2)

    assert (whole.result["rows"], delta.result["rows"]) == (2, 1)
    names = [zipfile.ZipFile(io.BytesIO(content(job))).namelist() for job in (whole, delta)]
    assert [len(one) for one in names] == [1, 1]
    assert names[0] != names[1]
    assert (nothing.state, nothing.code) == (JobState.REFUSED, "nothing_to_send")


def test_a_starter_list_has_the_frozen_cards_of_its_day(card_year: CardYear) -> None:
    day = dt.date(2027, 1, 15)
    starter: dict[str, Any] = {"channel": Channel.STARTER, "mailing_on": day}
    first = make.card(make.person(card_year, "Aerts", "Bo", box="3"), **starter)
    make.card(make.person(card_year), **starter | {"mailing_on": dt.date(2027, 3, 15)})
    gone = make.card(make.person(card_year), **starter)
    make.batch(card_year)
    Card.objects.filter(pk=gone.pk).update(state=CardState.VOID)
    late = make.card(make.person(card_year, "=Late", "Lo"), **starter)
    make.batch(card_year, 2)
    make.card(make.person(card_year), **starter)

    both = do(JobKind.STARTERS, card_year, mailing_on="2027-01-15", format="csv")
    second = do(JobKind.STARTERS, card_year, mailing_on="2027-01-15", format="csv", batch=2)

    header = "reeks;kaartnummer;naam;voornaam;straat;huisnummer;bus;postcode;gemeente;land"
    rows = [
        f"1;{first.number};Aerts;Bo;Voorbeeldstraat;7;3;9000;Gent;BE",
        f"2;{late.number};'=Late;Lo;Voorbeeldstraat;7;;9000;Gent;BE",
    ]
    assert content(both).decode("utf-8-sig").splitlines() == [header, *rows]
    assert content(second).decode("utf-8-sig").splitlines() == [header, rows[1]]
    assert (both.result["batches"], second.result["batches"]) == ([1, 2], [2])
    assert [job.files.get().people for job in (both, second)] == [2, 1]


def test_a_mailing_without_frozen_cards_has_no_list(card_year: CardYear) -> None:
    make.card(make.person(card_year), channel=Channel.STARTER, mailing_on=dt.date(2027, 1, 15))

    job = do(JobKind.STARTERS, card_year, mailing_on="2027-01-15", format="xlsx")

    assert (job.state, job.code, job.files.count()) == (JobState.REFUSED, "nothing_to_send", 0)


def test_the_list_of_changes_names_who_it_is(frozen: CardYear, now: dt.datetime) -> None:
    empty = do(JobKind.CHANGES, frozen)
    settle(frozen, [Human(held="listed"), Human(held="listed"), Human(subscribes=True), Human(held="listed")])
    run.run(frozen, on=ON, at=now)

    job = do(JobKind.CHANGES, frozen)

    assert (empty.state, job.state) == (JobState.REFUSED, JobState.DONE)
    lines = content(job).decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert lines[1].endswith(";nieuw recht op een kaart;;Bibliotheek gent")
    assert job.result["changes"]["new"] == job.files.get().people == 1


def test_results_name_nobody(frozen: CardYear) -> None:
    for job in (do(JobKind.PRINT, frozen), do(JobKind.LISTS, frozen)):
        told = str(job.result) + str(job.files.get().name)
        assert not any(card.person.last_name in told or card.number in told for card in Card.objects.all())
