"""Two machines with nothing in common but their environment: addresses on loopback, each with its own folder and processes."""

import contextlib
import functools
import os
import signal
import ssl
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from celery import current_app
from kombu.connection import Connection

from tests import programs, servers
from tests.deploy.visitor import HOST, Front, Visitor

START = str(programs.ROOT / "deploy" / "start.sh")
# As much as systemd gives (TimeoutStopSec).
STOP_SECONDS = 40.0
Process = subprocess.Popen[bytes]


@dataclass
class Machine:
    """What runs on one machine. `roles` are the processes that were started last."""

    address: str
    folder: Path
    env: dict[str, str]
    port: int = field(default_factory=servers.free_port)
    roles: dict[str, Process] = field(default_factory=dict)
    # How often each had said that it is at work, before it was started last.
    said: dict[str, int] = field(default_factory=dict)
    # What only one role is told, such as its own address of the database.
    own: dict[str, dict[str, str]] = field(default_factory=dict)
    # How its web server shows who it is, when it does TLS.
    context: ssl.SSLContext | None = None

    @property
    def place(self) -> tuple[str, int]:
        return self.address, self.port

    def start(self, role: str) -> Process:
        """A process through deploy/start.sh, with its children in a group of their own."""
        self.said = self.said | {role: self.log(role).count(READY[role])}
        with (self.folder / f"{role}.log").open("ab") as log:
            process = subprocess.Popen(
                [START, role],
                cwd=programs.ROOT,
                env=self.env
                | self.own.get(role, {})
                | {"WEB_BIND": f"{self.address}:{self.port}", "WEB_WORKERS": "2", "WORKER_PROCESSES": "2"},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.roles[role] = process
        return process

    def is_at_work(self, role: str) -> bool:
        has_begun = self.log(role).count(READY[role]) > self.said[role]
        return has_begun and (role != "web" or self.answers())

    def stop(self, role: str) -> int:
        """SIGTERM to the one process that systemd or a container would tell; gives its exit code."""
        process = self.roles.pop(role)
        process.terminate()
        return process.wait(STOP_SECONDS)

    def kill(self, role: str) -> None:
        """SIGKILL to the whole of it, as when the machine loses its power."""
        process = self.roles.pop(role)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def answers(self) -> bool:
        with contextlib.suppress(OSError):
            return (
                Front([self.place], self.context).ask_one(self.place, "GET", "/readyz", body=None, headers={}).status
                == 200
            )
        return False

    def log(self, role: str) -> str:
        path = self.folder / f"{role}.log"
        return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""


# What each says when it is at work.
READY = {"web": "Booting worker with pid", "worker": " ready.", "scheduler": "beat: Starting..."}


@dataclass
class Installation:
    """Machines around one PostgreSQL and one Redis."""

    database: str
    broker: str
    machines: list[Machine]
    started: list[Process] = field(default_factory=list)

    @property
    def front(self) -> Front:
        return Front([machine.place for machine in self.machines], self.machines[0].context)

    def visitor(self) -> Visitor:
        return Visitor(self.front)

    def start(self, *wanted: tuple[Machine, str]) -> None:
        """All of them at once; comes back when each is at work."""
        self.started += [machine.start(role) for machine, role in wanted]
        for machine, role in wanted:
            at_work = functools.partial(machine.is_at_work, role)
            assert programs.wait_until(at_work), f"{role}: {machine.log(role)}"

    def manage(self, *arguments: str, on: int = 0) -> str:
        """A command on one of the machines; gives what it printed."""
        done = programs.manage(*arguments, env=self.machines[on].env)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def migrate(self) -> None:
        done = subprocess.run(
            [START, "migrate"],
            cwd=programs.ROOT,
            env=self.machines[0].env | self.machines[0].own.get("migrate", {}),
            capture_output=True,
            check=False,
            text=True,
        )
        assert done.returncode == 0, done.stderr

    def query(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """A look into the database, past our own code."""
        with psycopg.connect(self.database, autocommit=True) as connection:
            found = connection.execute(statement, values)
            return found.fetchall() if found.description else []

    def sweep(self) -> None:
        """What the scheduler rings every half minute, now."""
        with Connection(self.broker) as there:  # type: ignore[no-untyped-call]
            current_app.send_task("distribution.tasks.sweep_jobs", connection=there)

    def still_running(self) -> list[int]:
        """The groups of processes we started of which something is left."""
        return [process.pid for process in self.started if _is_alive(process.pid)]

    def logs(self) -> Iterator[tuple[str, str]]:
        for machine in self.machines:
            for role in READY:
                yield f"{role} {machine.address}", machine.log(role)

    def end(self) -> None:
        """Whatever is still there."""
        for process in self.started:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@contextlib.contextmanager
def two(folder: Path) -> Iterator[Installation]:
    """Two machines with servers of their own. The static files are the image's: one folder, written once."""
    with servers.postgres() as database, servers.redis() as broker:
        machines = []
        for number in (1, 2):
            own = folder / f"machine-{number}"
            own.mkdir()
            env = programs.environment(
                own / "var",
                DATABASE_URL=database,
                REDIS_URL=broker,
                STATIC_ROOT=str(folder / "static"),
                EMAIL_URL=f"filemail:///{own}/mails",
                TMPDIR=str(own),
                SITE_URL=f"http://{HOST}",
                ALLOWED_HOSTS=f"{HOST},127.0.0.1,127.0.0.2",
            )
            machines.append(Machine(f"127.0.0.{number}", own, env))
        made = Installation(database, broker, machines)
        try:
            yield made
        finally:
            made.end()


def _is_alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True
