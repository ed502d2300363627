"""Work whose worker is killed at any moment: taken over, done once, as if nothing had happened (F1, F2, F3, F11, P1)."""

import datetime as dt
import io
import multiprocessing
import random
import signal
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.conf import settings
from django.core import mail
from django.db import connection

from distribution import tasks
from distribution.actions import freeze, jobs, mailings, run, uploads, years
from distribution.enums import CardState, JobKind, JobState, MailingKind, Source, UploadKind
from distribution.models import Appointment, Card, CardYear, Job, MailToPoint, NotEntitled, Person, PersonnelImport
from distribution.queries import mailings as letters
from distribution.queries import stored_files
from pickup_points.models import User
from tests import files, make
from tests.distribution.actions.populations import Human, as_it_is, by_the_rules, settle
from tests.distribution.actions.populations import Job as Work
from tests.distribution.actions.test_run_killed import ON, start
from tests.faults.conftest import Fault
from tests.faults.site import let_the_lease_end, state_of
from tests.faults.table import IS_WHOLE, SEEDS

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = 3_000 if IS_WHOLE else 1_200
POINTS = 12 if IS_WHOLE else 3
MAILED = 40
# WeasyPrint keeps the fonts of a document in a folder of its own; nothing of a person is in it.
FONTS = "weasyprint-"
AT = dt.datetime(2026, 11, 20, 10, 0, tzinfo=dt.UTC)
# A child by fork begins at once, so that the kill falls inside the work and not in the start of Python.
PROCESSES = multiprocessing.get_context("fork")


@dataclass(frozen=True)
class Kind:
    """One kind of work: how it is asked for, and what must be true once it is done."""

    ask: Callable[[], Job]
    check: Callable[[Job], None]
    # Asked anew for the next seed from the same start.
    again: Callable[[], None]


@dataclass
class Killed:
    """What the kills came to. A kill that came too late is thrown again."""

    thrown: int = 0
    hit: int = 0
    longest: float = 0.0
    whole: float = 0.0

    @property
    def told(self) -> str:
        return (
            f"{self.hit} keer midden in het werk geraakt, daarna telkens volledig en één keer gedaan; "
            f"ongestoord {self.whole:.2f} s, hervat hoogstens {self.longest:.2f} s"
        )


def kill_somewhere(job: Job, *, within: float, dice: random.Random) -> bool:
    """True when the worker was at it."""
    connection.close()
    # A daemon, as the processes of Celery's pool are: it may have no processes of its own.
    process = PROCESSES.Process(target=tasks.do_job, args=(job.pk,), daemon=True)
    process.start()
    time.sleep(dice.uniform(0, within))
    process.kill()
    process.join()
    return state_of(job) == JobState.RUNNING


def throw(kind: Kind, *, seed: int) -> Killed:
    """Kill the worker of a job once or twice and let another take over, until SEEDS kills were in the middle."""
    dice, told = random.Random(seed), Killed()
    for _ in range(2):
        # The first time it also reads programs; how long it takes is told by the second.
        job = kind.ask()
        began = time.perf_counter()
        tasks.do_job(job.pk)
        told.whole = time.perf_counter() - began
        kind.check(Job.objects.get(pk=job.pk))
        kind.again()
    while told.hit < SEEDS and told.thrown < 10 * SEEDS:
        job = kind.ask()
        for _ in range(1 + told.thrown % 2):
            told.thrown += 1
            told.hit += kill_somewhere(job, within=told.whole, dice=dice)
            let_the_lease_end(job)
        began = time.perf_counter()
        tasks.do_job(job.pk)
        told.longest = max(told.longest, time.perf_counter() - began)
        done = Job.objects.get(pk=job.pk)
        assert (done.state, done.sentence) == (JobState.DONE, "")
        assert done.attempts <= jobs.MOST_ATTEMPTS
        kind.check(done)
        kind.again()
    return told


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the workers of this test put what they make: what the dead leave behind can be counted."""
    place = tmp_path / "tijdelijk"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    return place


@pytest.fixture
def peopled(transactional_db: None) -> CardYear:
    card_year = years.open_year(2027, at=AT)
    for number in range(POINTS):
        make.point(f"punt-{number:02d}", year=2027, serves=f"{9000 + number}", email=f"punt{number}@voorbeeld.be")
    left = Work(ends_on=dt.date(2026, 6, 30))
    settle(
        card_year,
        [
            (
                Human(held="listed", postcode=f"{9000 + serial % POINTS}"),
                Human(held="listed", postcode=f"{9000 + serial % POINTS}"),
                Human(subscribes=True),
                Human(),
                Human(jobs=(left,)),
            )[serial % 5]
            for serial in range(PEOPLE)
        ],
    )
    return card_year


@pytest.fixture
def frozen(peopled: CardYear) -> CardYear:
    run.run(peopled, on=ON, at=AT)
    freeze.freeze(peopled, at=AT)
    return peopled


def asks(kind: JobKind, card_year: CardYear, kim: User, **options: Any) -> Callable[[], Job]:
    return lambda: jobs.ask(kind, card_year=card_year, by=kim, at=AT, options=options)


def nothing() -> None:
    """What was done may be asked again as it is."""


def archive(job: Job) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(b"".join(stored_files.pieces(job.files.get()))))


def test_run_as_a_job_f1_f2_p1(peopled: CardYear, kim: User, fault: Fault) -> None:
    line = fault("F1 F2", "werker gedood tijdens het toekennen, als werk van de wachtrij")
    expected = by_the_rules(peopled, on=ON)

    def check(job: Job) -> None:
        assert as_it_is(peopled) == expected
        cards = Card.objects.filter(card_year=peopled)
        assert cards.count() == cards.values("person").distinct().count() == job.result["entitled"]

    def again() -> None:
        Card.objects.all().delete()
        NotEntitled.objects.all().delete()
        CardYear.objects.update(last_sequence=0, last_run_at=None, reference_date=None)

    ask = asks(JobKind.RUN, peopled, kim, reference_date=ON.isoformat(), dry_run=False, late=False)
    told = throw(Kind(ask, check, again), seed=1)

    line.measured(times=told.thrown, figure=told.told)
    assert told.hit >= SEEDS


def test_run_as_a_command_f1_f2_p1(peopled: CardYear, fault: Fault) -> None:
    """The same action without a job: killed, nothing happened, or everything."""
    line = fault("F1 F2", "kaarten maken en toewijzen gedood op een willekeurig moment, als commando")
    expected, dice, hit = by_the_rules(peopled, on=ON), random.Random(2), 0
    began = time.perf_counter()
    summary = run.run(peopled, on=ON, at=AT, dry_run=True)
    longest = time.perf_counter() - began
    halves = 0
    for _ in range(SEEDS):
        process = start(peopled, AT)
        time.sleep(dice.uniform(0.02, longest))
        process.kill()
        process.join()
        hit += process.exitcode == -signal.SIGKILL
        halves += Card.objects.count() not in {0, summary.entitled}
        run.run(peopled, on=ON, at=AT)
        assert as_it_is(peopled) == expected
        Card.objects.all().delete()
        NotEntitled.objects.all().delete()
        CardYear.objects.update(last_sequence=0, last_run_at=None, reference_date=None)

    line.measured(times=SEEDS, figure=f"{hit} keer midden in het werk geraakt; half werk gevonden: {halves}")
    assert (hit > 0, halves) == (True, 0)


def test_import_as_a_job_f1_f11_p12(peopled: CardYear, kim: User, tmp_path: Path, fault: Fault) -> None:
    line = fault("F11", "werker gedood tijdens het inlezen van een ingestuurd bestand")
    settings.VAR_DIR = tmp_path
    card_year = years.open_year(2028, at=dt.datetime(2027, 11, 2, tzinfo=dt.UTC))
    street = {"now": 0}

    def ask() -> Job:
        street["now"] += 1
        rows = (files.appointment(serial, straat=f"Straat {street['now']}") for serial in range(PEOPLE))
        content = files.personnel(tmp_path / "personeel.csv", *rows).read_bytes()
        upload, look = uploads.take(
            [content], kind=UploadKind.PERSONNEL, card_year=card_year, name="p.csv", by=kim, at=AT, source=Source.EPD
        )
        tasks.do_job(look.pk)
        upload.refresh_from_db()
        return uploads.ask_apply(upload, by=kim, at=AT)

    def check(job: Job) -> None:
        people = Person.objects.filter(card_year=card_year)
        assert Counter(people.values_list("street", flat=True)) == {f"Straat {street['now']}": PEOPLE}
        assert Appointment.objects.filter(person__card_year=card_year).count() == PEOPLE
        assert PersonnelImport.objects.filter(card_year=card_year).count() == street["now"]
        assert job.upload is not None
        assert (job.upload.is_applied, job.upload.file) == (True, None)

    told = throw(Kind(ask, check, nothing), seed=3)

    # What the dead left on the disk is let go of by the next.
    left = [path.name for path in tmp_path.glob("werk-*")]
    line.measured(times=told.thrown, figure=f"{told.told}; mappen die achterblijven: {len(left)}")
    assert (told.hit >= SEEDS, left) == (True, [])


def test_print_run_as_a_job_f1_f3(frozen: CardYear, kim: User, temporary: Path, fault: Fault) -> None:
    line = fault("F1 F3", "werker gedood tijdens het drukwerk")
    seen: set[str] = set()

    def check(job: Job) -> None:
        file = job.files.get()
        seen.add(file.sha256)
        with archive(job) as made:
            assert made.testzip() is None

    told = throw(Kind(asks(JobKind.PRINT, frozen, kim, batch=1), check, nothing), seed=4)

    left = [path.name for path in temporary.iterdir() if not path.name.startswith(FONTS)]
    line.measured(
        times=told.thrown,
        figure=f"{told.told}; verschillende drukreeksen: {len(seen)}; mappen die achterblijven: {len(left)}",
    )
    assert (told.hit >= SEEDS, len(seen), left) == (True, 1, [])


def test_lists_as_a_job_f3(frozen: CardYear, kim: User, temporary: Path, fault: Fault) -> None:
    line = fault("F3", f"werker gedood tijdens de afhaallijsten van {POINTS} punten")
    rows = Card.objects.filter(card_year=frozen, pickup_point__isnull=False, state=CardState.ISSUED).count()

    def check(job: Job) -> None:
        assert (job.result["lists"], job.result["rows"], job.result["failed"]) == (POINTS, rows, [])
        with archive(job) as made:
            names = made.namelist()
            assert len(names) == POINTS
            for name in names:
                with pikepdf.open(io.BytesIO(made.read(name))) as document:
                    assert len(document.pages) >= 1

    told = throw(Kind(asks(JobKind.LISTS, frozen, kim), check, nothing), seed=5)

    left = [path.name for path in temporary.iterdir() if not path.name.startswith(FONTS)]
    line.measured(times=told.thrown, figure=f"{told.told}; mappen die achterblijven: {len(left)}")
    assert (told.hit >= SEEDS, left) == (True, [])


def test_mailing_as_a_job_f1_f7(
    frozen: CardYear, kim: User, tmp_path: Path, fault: Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mail that left is never sent again; one that was on its way is told as not sure."""
    line = fault("F1 F7", f"werker gedood tijdens een mailing aan {MAILED} punten")
    # The mails of the dead must be countable too: each becomes a file.
    monkeypatch.setattr(settings, "EMAIL_BACKEND", "django.core.mail.backends.filebased.EmailBackend")
    monkeypatch.setattr(settings, "EMAIL_FILE_PATH", str(tmp_path / "mails"))
    points = [make.point(year=2027, email=f"bib{number}@voorbeeld.be").pk for number in range(MAILED)]
    twice = unsure = 0

    def ask() -> Job:
        return mailings.send(
            MailingKind.COUNT,
            card_year=frozen,
            points=points,
            selection="alle afhaalpunten",
            seen=letters.latest(MailingKind.COUNT),
            by=kim,
            at=AT,
            again=True,
        )

    def check(job: Job) -> None:
        nonlocal twice, unsure
        these = MailToPoint.objects.filter(mailing=job.options["mailing"])
        went = these.filter(failure="").exclude(sent_at=None).count()
        doubtful = these.filter(failure=letters.UNSURE).count()
        assert went + doubtful == MAILED
        arrived = Counter(
            row.removeprefix("To: ")
            for path in (tmp_path / "mails").glob("*.log")
            for row in path.read_text(encoding="utf-8").splitlines()
            if row.startswith("To: ")
        )
        twice += sum(number > 1 for number in arrived.values())
        unsure += doubtful
        assert went <= len(arrived) <= went + doubtful

    def again() -> None:
        for path in (tmp_path / "mails").glob("*.log"):
            path.unlink()

    again()
    told = throw(Kind(ask, check, again), seed=6)

    line.measured(times=told.thrown, figure=f"{told.told}; dubbel verstuurd: {twice}; gemeld als onzeker: {unsure}")
    assert (told.hit >= SEEDS, twice, len(mail.outbox)) == (True, 0, 0)
