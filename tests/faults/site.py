"""Web, worker and scheduler as deploy/start.sh starts them, against the database of the test and a Redis of their own."""

import contextlib
import datetime as dt
import os
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import redis
from celery import current_app
from django.db import connection
from django.utils import timezone
from kombu.connection import Connection

from distribution.actions import jobs
from distribution.enums import JobState
from distribution.models import Job
from tests import programs, servers

OVERDUE = dt.timedelta(seconds=1)


def database_url(*, port: int | None = None) -> str:
    """The database of this test, for another process; through another port when one is given."""
    told = connection.settings_dict
    return f"postgres://{told['USER']}@{told['HOST']}:{port or told['PORT']}/{told['NAME']}"


@dataclass
class Redis:
    """A Redis that can be killed, frozen, emptied and started again on the same port."""

    folder: Path
    port: int = field(default_factory=servers.free_port)
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        program = shutil.which("redis-server")
        if program is None:
            raise servers.ServerMissing("redis-server ontbreekt: apt-get install redis-server")
        where = ["--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder)]
        self.process = subprocess.Popen([program, *where, "--save", ""], stdout=subprocess.DEVNULL)
        assert programs.wait_until(self.answers)

    def answers(self) -> bool:
        with contextlib.suppress(redis.RedisError), redis.Redis.from_url(self.url, socket_timeout=0.5) as client:
            return bool(client.ping())
        return False

    def kill(self) -> None:
        assert self.process
        self.process.kill()
        self.process.wait()

    def freeze(self) -> None:
        assert self.process
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self.process
        self.process.send_signal(signal.SIGCONT)


@dataclass
class Site:
    """The processes of one installation."""

    env: dict[str, str]
    folder: Path
    redis: Redis
    running: "list[subprocess.Popen[bytes]]" = field(default_factory=list)
    port: int = field(default_factory=servers.free_port)

    @classmethod
    @contextlib.contextmanager
    def beside_the_test(cls, folder: Path, *, database: str = "") -> Iterator[Self]:
        redis = Redis(folder)
        redis.start()
        env = programs.environment(
            folder / "var",
            DATABASE_URL=database or database_url(),
            REDIS_URL=redis.url,
            EMAIL_URL=f"filemail:///{folder}/mails",
            TMPDIR=str(folder),
            # The answers of these tests come from one address.
            LOOKUP_LIMITS="off",
        )
        made = cls(env, folder, redis)
        try:
            yield made
        finally:
            made.stop()
            redis.kill()

    def start(self, what: str, **variables: str) -> "subprocess.Popen[bytes]":
        """A process of ours with its children in a group of their own; its log lies in `folder`."""
        env = self.env | {"WEB_BIND": f"127.0.0.1:{self.port}", "WORKER_PROCESSES": "1"} | variables
        with (self.folder / f"{what}.log").open("ab") as log:
            process = subprocess.Popen(
                [str(programs.ROOT / "deploy" / "start.sh"), what],
                cwd=programs.ROOT,
                env=env,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.running.append(process)
        return process

    def start_worker(self, **variables: str) -> "subprocess.Popen[bytes]":
        """A worker, as soon as it takes work."""
        before = self.log("worker").count(" ready.")
        process = self.start("worker", **variables)
        assert programs.wait_until(lambda: self.log("worker").count(" ready.") > before), self.log("worker")
        return process

    def start_web(self, **variables: str) -> "subprocess.Popen[bytes]":
        """A web server, as soon as it answers."""
        process = self.start("web", **variables)
        assert programs.wait_until(lambda: self.asks("/healthz")[0] == 200), self.log("web")
        return process

    def log(self, what: str) -> str:
        path = self.folder / f"{what}.log"
        return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""

    def asks(
        self, path: str, *, data: bytes | None = None, headers: dict[str, str] | None = None, timeout: float = 30
    ) -> tuple[int, bytes, float]:
        """Status (0: no answer), body and seconds of one request over the network."""
        began = time.perf_counter()
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data=data, headers=headers or {})
        try:
            with urllib.request.urlopen(request, timeout=timeout) as answer:  # noqa: S310 -- our own http address
                return answer.status, answer.read(), time.perf_counter() - began
        except urllib.error.HTTPError as refused:
            body = refused.read()
            told = body if refused.headers.get("Retry-After") is None else body + b"\nRetry-After"
            return refused.code, told, time.perf_counter() - began
        except OSError:
            return 0, b"", time.perf_counter() - began

    def signal(self, process: "subprocess.Popen[bytes]", number: int) -> None:
        """To a process and all its children."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)

    def kill(self, process: "subprocess.Popen[bytes]") -> None:
        self.signal(process, signal.SIGKILL)
        process.wait()

    def stop(self) -> None:
        for process in self.running:
            if process.poll() is None:
                self.signal(process, signal.SIGCONT)
                self.kill(process)

    def ring(self, job_id: int) -> None:
        """The bell for a job, over this Redis."""
        with Connection(self.redis.url) as there:  # type: ignore[no-untyped-call]
            current_app.send_task("distribution.tasks.do_job", args=[job_id], connection=there)

    def sweep(self) -> None:
        """What the scheduler asks every half minute: ring for what nobody took."""
        for job_id in jobs.sweep(at=timezone.now()):
            self.ring(job_id)


def let_the_lease_end(job: Job) -> None:
    """As if the two minutes of a silent worker were over."""
    Job.objects.filter(pk=job.pk, state=JobState.RUNNING).update(leased_until=timezone.now() - OVERDUE)


def let_it_go_unheard(job: Job) -> None:
    """As if it was asked for a minute ago."""
    Job.objects.filter(pk=job.pk).update(asked_at=timezone.now() - 2 * jobs.UNHEARD)


def state_of(job: Job) -> str:
    return str(Job.objects.values_list("state", flat=True).get(pk=job.pk))


def is_ended(job: Job) -> bool:
    return Job.objects.filter(pk=job.pk, ended_at__isnull=False).exists()
