"""T07: hostile files through the page where Klasse sends files in. Refused fast, in little memory, and nothing is kept."""

import contextlib
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from distribution.models import Appointment, CardYear, Job, Person, StoredFile, Upload
from tests import programs
from tests.conftest import NOW
from tests.corpus.build import FILES, archive, good, table, with_part, workbook
from tests.distribution import office_year
from tests.security.measured import Attack

MOST_SECONDS = 2.0
MOST_GROWTH_MB = 50.0
SHEET = "xl/worksheets/sheet1.xml"
PASSWORDS = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'


def bomb() -> bytes:
    """A sheet of 300 MB that packs to less than one."""
    written = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook([good(1)]))) as source,
        zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            if name != SHEET:
                target.writestr(name, source.read(name))
        with target.open(SHEET, "w") as sheet:
            for _ in range(300):
                sheet.write(b"<row/>" * 174_762)
    return written.getvalue()


def many_parts() -> bytes:
    return archive({f"xl/media/image{number}.xml": "<x/>" for number in range(2_000)} | {"xl/workbook.xml": "<x/>"})


def lying() -> bytes:
    """A directory that says a part is small, while it is not."""
    packed = bomb()
    at = packed.rindex(b"PK\x01\x02", 0, packed.rindex(SHEET.encode()))
    return packed[: at + 24] + (1_000).to_bytes(4, "little") + packed[at + 28 :]


def corpus(name: str) -> Callable[[], bytes]:
    return lambda: (FILES / name).read_bytes()


HOSTILE: Mapping[str, tuple[str, Callable[[], bytes]]] = {
    "bomb": ("p.xlsx", bomb),
    "lying directory": ("p.xlsx", lying),
    "many parts": ("p.xlsx", many_parts),
    "entity bomb": ("p.xlsx", corpus("I22-entities.xlsx")),
    "external entity": ("p.xlsx", lambda: with_part(workbook([good(1)]), "xl/extra.xml", PASSWORDS)),
    "macro": ("p.xlsx", corpus("I22-macro.xlsx")),
    "external link": ("p.xlsx", corpus("I22-external.xlsx")),
    "password": ("p.xlsx", corpus("I22-password.xlsx")),
    "old workbook": ("p.xls", corpus("I20-xls.xls")),
    "other office": ("p.ods", corpus("I20-ods.ods")),
    "archive as csv": ("p.csv", corpus("I20-zip.csv")),
    "pdf as csv": ("p.csv", corpus("I20-pdf.csv")),
    "html as csv": ("p.csv", corpus("I20-html.csv")),
    "way out of the folder": ("../../p.xlsx", lambda: archive({"../../etc/x": "x", "xl/workbook.xml": "<x/>"})),
    "one line of 20 MB": ("p.csv", lambda: b"stamboeknummer;" + b"x" * 20_000_000),
    "unclosed quote": ("p.csv", lambda: table([good(1)]).encode() + b'"' + b"x\n" * 2_000_000),
    "only NUL": ("p.csv", lambda: b"\0" * 5_000_000),
}


@pytest.fixture(autouse=True)
def in_season() -> Iterator[None]:
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def office(client: Client, card_year: CardYear) -> Client:
    client.force_login(office_year.klasse())
    return client


# The work of a worker, each job in a process of its own that began with nothing of another: how it ended, how long
# its thread worked, and by how much its memory peaked above where it began. The kernel keeps the peak: none is missed.
WORK = """
import json, os, sys, time
import django, time_machine
django.setup()
from django.db import connections
from distribution import tasks
from distribution.models import Job
from tests import programs
from tests.conftest import NOW
time_machine.travel(NOW).start()
def mb(field):
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) / 1024 for line in status if line.startswith(field + ":"))
def do(pk):
    with open("/proc/self/clear_refs", "w") as refs:
        refs.write("5")
    before, began = mb("VmRSS"), time.thread_time()
    if pk:
        tasks.do_job(pk)
    else:
        bytearray(os.urandom(1)) * 80_000_000
    seconds, growth = time.thread_time() - began, mb("VmHWM") - before
    job = Job.objects.filter(pk=pk).first()
    print(json.dumps([pk, seconds, growth, job.state if job else "", job.sentence if job else ""]), flush=True)
for pk in map(int, sys.stdin):
    connections.close_all()
    child = os.fork()
    if not child:
        do(pk)
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0, pk
"""


@dataclass(frozen=True)
class Outcome:
    seconds: float
    growth: float
    state: str
    sentence: str


@contextlib.contextmanager
def worker(folder: Path) -> Iterator[Callable[[int], Outcome]]:
    """Does a job when told its number; number 0 is no job, but 80 MB taken and given back."""
    script = folder / "work.py"
    script.write_text(WORK, encoding="utf-8")
    own = connection.settings_dict
    is_file = connection.vendor == "sqlite"
    url = (
        f"sqlite:///{own['NAME']}" if is_file else f"postgres://{own['USER']}@{own['HOST']}:{own['PORT']}/{own['NAME']}"
    )
    process = subprocess.Popen(
        [sys.executable, str(script)],
        env=programs.environment(folder, DATABASE_URL=url),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin
    assert process.stdout
    asked, told = process.stdin, process.stdout

    def work(pk: int) -> Outcome:
        print(pk, file=asked, flush=True)
        _, *rest = json.loads(told.readline())
        return Outcome(*rest)

    try:
        yield work
    finally:
        asked.close()
        process.wait(timeout=60)
        told.close()


@pytest.mark.django_db(transaction=True)
def test_t07_hostile_files_are_refused_fast_and_leave_nothing(office: Client, tmp_path: Path) -> None:
    attack = Attack("T07", f"{len(HOSTILE)} vijandige bestanden langs /beheer/bestanden/")
    outcomes: dict[str, Outcome] = {}
    with worker(tmp_path) as work:
        taken_and_given_back = work(0).growth
        for what, (name, build) in HOSTILE.items():
            file = SimpleUploadedFile(name, build())
            office.post("/beheer/bestanden/insturen/", {"soort": "personeel", "bestand": file})
            outcomes[what] = work(Job.objects.latest("pk").pk)
    slowest = max(one.seconds for one in outcomes.values())
    largest = max(one.growth for one in outcomes.values())
    taken = {what: one.state for what, one in outcomes.items() if one.state != "refused"}
    silent = [what for what, one in outcomes.items() if len(one.sentence) < 20 or "Traceback" in one.sentence]
    attack.came_to(
        f"{len(HOSTILE) - len(taken)} geweigerd met een zin, de traagste na {slowest:.2f} s, hoogstens {largest:.0f} MB erbij",
        limit=f"alle; {MOST_SECONDS:.0f} s; {MOST_GROWTH_MB:.0f} MB",
    )

    assert (taken, silent) == ({}, [])
    assert slowest <= MOST_SECONDS
    assert largest <= MOST_GROWTH_MB
    # What grew and shrank again in between would have been seen.
    assert taken_and_given_back > MOST_GROWTH_MB
    # Nothing came in, and the file itself is not kept.
    assert [model.objects.count() for model in (Person, Appointment, StoredFile)] == [0, 0, 0]
    assert Upload.objects.count() == len(HOSTILE)
    assert set(Upload.objects.values_list("name", flat=True)) == {"p.xlsx", "p.xls", "p.ods", "p.csv"}
