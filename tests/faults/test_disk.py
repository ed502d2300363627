"""A disk without room: for files that are made, for a file that is sent in, for SQLite itself (F6)."""

import datetime as dt
import gc
import logging
import multiprocessing
import random
import resource
import tempfile
from collections import Counter
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from distribution import tasks
from distribution.actions import freeze, jobs, run, years
from distribution.enums import JobKind, JobState
from distribution.models import CardYear, StoredFile, StoredPiece, Upload
from pickup_points.models import User
from tests import files, make, programs
from tests.distribution.actions.populations import Human, settle
from tests.faults.conftest import Fault
from tests.faults.table import SEEDS

pytestmark = pytest.mark.django_db(transaction=True)
AT = dt.datetime(2026, 11, 20, 10, 0, tzinfo=dt.UTC)
PROCESSES = multiprocessing.get_context("fork")
# Less than the smallest file of each kind of work.
SMALLEST, LARGEST = 100, 20_000
SQLITE = """
import resource, sys, pathlib, datetime as dt
import django
django.setup()
from django.conf import settings
from django.db import connection
from distribution.actions import personnel
from distribution.models import CardYear, Person
path = pathlib.Path(settings.DATABASES["default"]["NAME"])
limit = int(sys.argv[2])
if sys.argv[2] != "0":
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
try:
    personnel.load(CardYear.objects.get(), pathlib.Path(sys.argv[1]), source="epd", at=dt.datetime.now(dt.UTC), rejects_folder=path.parent)
    print("taken")
except Exception as error:
    print(type(error).__name__)
connection.close()
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.getrlimit(resource.RLIMIT_FSIZE)[1],) * 2)
with connection.cursor() as cursor:
    cursor.execute("PRAGMA integrity_check")
    print(cursor.fetchone()[0], Person.objects.count())
"""


@pytest.fixture
def frozen(transactional_db: None) -> CardYear:
    card_year = years.open_year(2027, at=AT)
    make.point("gent", year=2027, serves="9000")
    make.point("aalst", year=2027, serves="9300")
    settle(card_year, [Human(held="listed"), Human(held="listed", postcode="9300")] * 150)
    run.run(card_year, on=dt.date(2026, 11, 15), at=AT)
    freeze.freeze(card_year, at=AT)
    return card_year


def with_room_for(size: int, job_id: int) -> None:
    """A worker that may not write a file larger than this; Python turns the signal into an error."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    tasks.do_job(job_id)


@pytest.mark.parametrize("kind", [JobKind.LISTS, JobKind.PRINT])
def test_no_room_for_files_f6(
    kind: JobKind, frozen: CardYear, kim: User, tmp_path: Path, fault: Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = fault("F6", f"schijf vol (RLIMIT_FSIZE) tijdens {kind.label.lower()}")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    dice, told, resumed = random.Random(6), Counter[str](), 0
    for _ in range(SEEDS):
        job = jobs.ask(kind, card_year=frozen, by=kim, at=AT)
        connection.close()
        process = PROCESSES.Process(target=with_room_for, args=(dice.randint(SMALLEST, LARGEST), job.pk), daemon=True)
        process.start()
        process.join(120)
        job.refresh_from_db()
        told[f"{job.state} {job.code}"] += 1
        assert (job.files.count(), StoredFile.objects.exclude(jobs__state=JobState.DONE).count()) == (0, 0)
        again = jobs.ask_again(job, by=kim, at=AT)
        tasks.do_job(again.pk)
        again.refresh_from_db()
        resumed += (again.state, again.files.count()) == (JobState.DONE, 1)

    left = [path.name for path in tmp_path.iterdir() if not path.name.startswith("weasyprint-")]
    line.measured(
        times=SEEDS,
        figure=f"geweigerd met ‘de schijf is vol’: {told['refused disk_full']}; halve bestanden: {len(left)}; na opruimen gedaan: {resumed}",
    )
    assert (told, resumed, left) == ({"refused disk_full": SEEDS}, SEEDS, [])


def send(user: User, answers: "multiprocessing.SimpleQueue[int]") -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
    # The log of the tests would remember the error, and with it the file.
    logging.disable(logging.CRITICAL)
    client = Client(raise_request_exception=False)
    client.force_login(user)
    # Larger than what stays in memory: it goes through a temporary file.
    file = SimpleUploadedFile("personeel.csv", b"x" * 4_000_000)
    sent = {"soort": "personeel", "jaar": "2027", "bestand": file}
    status = client.post("/beheer/bestanden/insturen/", sent).status_code
    # A temporary file goes with the last who knows of it.
    gc.collect()
    answers.put(status)


def test_no_room_for_a_file_that_is_sent_in_f6(
    frozen: CardYear, kim: User, tmp_path: Path, fault: Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = fault("F6", "schijf vol terwijl Klasse een bestand van 4 MB instuurt")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    answers = PROCESSES.SimpleQueue()
    connection.close()
    process = PROCESSES.Process(target=send, args=(kim, answers), daemon=True)
    process.start()
    process.join(120)
    status = answers.get()

    line.measured(
        times=1,
        figure=f"antwoord {status}; ingestuurde bestanden: {Upload.objects.count()}, stukken in de databank: {StoredPiece.objects.count()}, "
        f"op de schijf: {len(list(tmp_path.iterdir()))}",
    )
    assert status == 503
    assert (Upload.objects.count(), StoredPiece.objects.count(), list(tmp_path.iterdir())) == (0, 0, [])


def test_no_room_for_sqlite_f6(tmp_path: Path, fault: Fault) -> None:
    line = fault("F6", "schijf vol (RLIMIT_FSIZE) terwijl SQLite een personeelsbestand inleest")
    env = programs.environment(tmp_path)
    programs.manage("migrate", "--verbosity=0", env=env)
    programs.manage("open_year", "2027", env=env)
    path = files.personnel(tmp_path / "p.csv", *(files.appointment(serial) for serial in range(4_000)))
    rooms = [str(random.Random(seed).randint(1_000, 400_000)) for seed in range(min(SEEDS, 10))]
    outcomes = []
    for room in rooms:
        done = programs.python(f"import sys; sys.argv = ['', {str(path)!r}, {room!r}]\n" + SQLITE, env=env)
        outcomes.append(done.stdout.split() or done.stderr.splitlines()[-1:])
    whole = programs.python(f"import sys; sys.argv = ['', {str(path)!r}, '0']\n" + SQLITE, env=env).stdout.split()

    line.measured(
        times=len(rooms),
        figure=f"niet gelezen en databank gaaf: {outcomes.count(['OperationalError', 'ok', '0'])} van {len(rooms)}; daarna gelezen: {whole[-1]} mensen",
    )
    assert outcomes == [["OperationalError", "ok", "0"]] * len(rooms)
    assert whole == ["taken", "ok", "4000"]
