"""The pickup lists of a year drawn by real workers over a real Redis: by one, by two, and by two of which one is killed.

Each worker is started as in production (deploy/start.sh) with one process, on a queue nobody else uses; the work is
asked for as the office does. A list drawn twice is one that was begun more than once. The killed worker gets SIGKILL, all of
it at once: first the one that only helps, then the one that holds the job, with the scheduler there to notice.
"""

import contextlib
import os
import signal
import statistics
import subprocess
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from celery import current_app
from django.utils import timezone
from kombu.connection import Connection

from bench import pickup_lists
from bench.harness import Figure
from distribution.actions import jobs, years
from distribution.enums import JobKind, JobState
from distribution.models import CardYear, Job
from distribution.queries import stored_files
from pickup_points.models import PickupPoint, PointYear, User
from tests import servers
from tests.programs import ROOT, wait_until

TITLE = "Pickup lists with one and two workers"
SIZES = (222_000,)
DATABASES = ("PostgreSQL",)
ROUNDS = 2
# A year without cards: its empty lists get a new worker going.
EMPTY_YEAR, EMPTY_LISTS = 2029, 60
# A lease of two minutes, a sweep of half a minute, and the lists themselves.
PATIENCE = 600.0
READY = " ready."
Process = subprocess.Popen[bytes]


@dataclass
class Workshop:
    """The processes around one queue, and who asks."""

    broker: str
    folder: Path
    by: User
    workers: list[Process] = field(default_factory=list)
    started: list[Process] = field(default_factory=list)

    def start(self, role: str) -> Process:
        env = os.environ | {
            "REDIS_URL": self.broker,
            "WORKER_PROCESSES": "1",
            "TMPDIR": str(self.folder),
            "PYTHONWARNINGS": "ignore",
        }
        with (self.folder / f"{role}.log").open("ab") as log:
            process = subprocess.Popen(
                [str(ROOT / "deploy" / "start.sh"), role],
                cwd=ROOT,
                env=env,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.started.append(process)
        return process

    def with_workers(self, number: int) -> None:
        """So many workers, all of them warm."""
        while len(self.workers) > number:
            gone = self.workers.pop()
            gone.terminate()
            gone.wait(timeout=60)
        while len(self.workers) < number:
            before = self._times_ready()
            self.workers.append(self.start("worker"))
            assert wait_until(lambda before=before: self._times_ready() > before), "no worker"  # type: ignore[misc]
        self.done(self.ask(CardYear.objects.get(year=EMPTY_YEAR)))

    def _times_ready(self) -> int:
        path = self.folder / "worker.log"
        return path.read_text(encoding="utf-8", errors="replace").count(READY) if path.exists() else 0

    def ask(self, card_year: CardYear) -> Job:
        job = jobs.ask(JobKind.LISTS, card_year=card_year, by=self.by, at=timezone.now())
        with Connection(self.broker) as there:
            current_app.send_task("distribution.tasks.do_job", args=[job.pk], connection=there)
        return job

    def done(self, job: Job) -> Job:
        """The job, when it has ended well."""
        is_ended: Callable[[], bool] = Job.objects.filter(pk=job.pk, ended_at__isnull=False).exists
        assert wait_until(is_ended, seconds=PATIENCE), Job.objects.get(pk=job.pk)
        job = Job.objects.get(pk=job.pk)
        assert (job.state, job.result["failed"]) == (JobState.DONE, []), job.sentence
        return job

    def kill(self, *, holder: bool) -> None:
        """SIGKILL to the worker that holds the running job, or to the one that does not."""
        owner = int(Job.objects.get(state=JobState.RUNNING).owner.rpartition(":")[2])
        (worker,) = (one for one in self.workers if (one.pid == os.getpgid(owner)) is holder)
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
        self.workers.remove(worker)

    def end(self) -> None:
        for process in self.started:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def figures(people: int) -> Iterable[Figure]:
    """Rows a second of one worker and of two, and what a worker costs that is killed half-way."""
    pickup_lists.fill(round(people * pickup_lists.AT_A_POINT))
    card_year = CardYear.objects.get(year=pickup_lists.YEAR)
    with _workshop() as shop:
        # The revisions are made once; from then on every round draws the same lists.
        shop.with_workers(1)
        shop.done(shop.ask(card_year))
        speed: dict[int, list[float]] = {1: [], 2: []}
        for _ in range(ROUNDS):
            for workers, measured in speed.items():
                shop.with_workers(workers)
                measured.append(_rows_a_second(shop.done(shop.ask(card_year))))
        one, two = (statistics.median(speed[workers]) for workers in (1, 2))
        yield Figure("all lists, one worker", one, "rows/s")
        yield Figure("all lists, two workers", two, "rows/s", one, "one worker", 1.8, "higher")
        yield from _killed(shop, card_year, holder=False)
        shop.start("scheduler")
        yield from _killed(shop, card_year, holder=True)


def _killed(shop: Workshop, card_year: CardYear, *, holder: bool) -> Iterable[Figure]:
    who = "the worker that holds the job" if holder else "the worker that helps"
    shop.with_workers(2)
    job = shop.ask(card_year)
    assert wait_until(Job.objects.filter(pk=job.pk, done__gte=pickup_lists.POINTS // 2).exists, seconds=PATIENCE)
    shop.kill(holder=holder)
    killed_at = timezone.now()
    done = shop.done(job)
    assert done.ended_at
    yield Figure(
        f"{who} killed half-way: lists there in the end",
        float(_lists_in(done)),
        "lists",
        goal=float(pickup_lists.POINTS),
        better="higher",
    )
    yield Figure(f"{who} killed half-way: lists drawn twice", float(done.result["again"]), "lists", goal=1.0)
    yield Figure(f"{who} killed half-way: all done after", (done.ended_at - killed_at).total_seconds(), "s")


def _rows_a_second(job: Job) -> float:
    assert job.ended_at
    return float(job.result["rows"] / (job.ended_at - job.asked_at).total_seconds())


def _lists_in(job: Job) -> int:
    """How many lists the ZIP that was kept really holds, each whole."""
    with tempfile.TemporaryFile() as file:
        file.writelines(stored_files.pieces(job.files.get()))
        with zipfile.ZipFile(file) as made:
            assert made.testzip() is None
            return len(set(made.namelist()))


@contextlib.contextmanager
def _workshop() -> Iterator[Workshop]:
    now = timezone.now()
    empty = years.open_year(EMPTY_YEAR, at=now)
    CardYear.objects.filter(pk=empty.pk).update(last_run_at=now, reference_date=now.date())
    PointYear.objects.bulk_create(
        PointYear(point=point, year=EMPTY_YEAR) for point in PickupPoint.objects.order_by("pk")[:EMPTY_LISTS]
    )
    user = User.objects.create_user("office@voorbeeld.be")
    with servers.redis() as broker, tempfile.TemporaryDirectory(prefix="lerarenkaart-bench-") as folder:
        shop = Workshop(broker, Path(folder), user)
        try:
            yield shop
        finally:
            shop.end()
