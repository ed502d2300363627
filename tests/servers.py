"""Private servers on free ports, PostgreSQL and Redis first, for one run of the tests or the benchmarks.

They live in a temporary folder, listen on loopback only, and stop with the process that started them.
"""

import contextlib
import http.server
import os
import random
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

START_TIMEOUT = 60.0
PORTS = (20_000, 32_000)


class ServerMissing(RuntimeError):
    """A server program is not on this machine; the text says how to get it."""


def free_port() -> int:
    """A port that nobody has now, below those that the system hands out to connections: a restart finds it free."""
    while True:
        port = random.SystemRandom().randrange(*PORTS)
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port


@contextlib.contextmanager
def canary() -> Iterator[tuple[str, list[str]]]:
    """A web server that should never be asked anything: an address on it, and what it was asked."""
    asked: list[str] = []

    class Canary(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Silent."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Canary) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/k", asked
        finally:
            server.shutdown()
            thread.join()


@contextlib.contextmanager
def redis() -> Iterator[str]:
    """A Redis that keeps nothing on disk; gives its URL."""
    with redis_process() as (url, _):
        yield url


@contextlib.contextmanager
def redis_process() -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A Redis and its process, for tests that stop or freeze it."""
    program = shutil.which("redis-server")
    if program is None:
        raise ServerMissing("redis-server ontbreekt: apt-get install redis-server")
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="lerarenkaart-redis-") as folder:
        arguments = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", folder]
        process = subprocess.Popen([program, *arguments], stdout=subprocess.DEVNULL)
        try:
            _wait_for_port(port, process)
            yield f"redis://127.0.0.1:{port}/0", process
        finally:
            process.kill()
            process.wait()


@contextlib.contextmanager
def postgres() -> Iterator[str]:
    """A PostgreSQL with one empty database; gives its URL. As root it runs under the user postgres."""
    with postgres_process() as (url, _):
        yield url


@contextlib.contextmanager
def postgres_process() -> Iterator[tuple[str, Callable[[str], None]]]:
    """A PostgreSQL, and what restarts it: `fast` or `immediate`."""
    folder = Path(tempfile.mkdtemp(prefix="lerarenkaart-pg-"))
    data, port = folder / "data", free_port()
    programs = _postgres_programs()
    as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if as_user:
        shutil.chown(folder, "postgres", "postgres")
    quiet = {"check": True, "stdout": subprocess.DEVNULL, "cwd": "/"}
    try:
        subprocess.run(  # type: ignore[call-overload]
            [*as_user, programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"],
            **quiet,
        )
        options = (
            f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c max_connections=200 "
            "-c shared_buffers=512MB -c max_wal_size=4GB -c work_mem=32MB -c maintenance_work_mem=256MB"
        )
        subprocess.run(  # type: ignore[call-overload]
            [*as_user, programs / "pg_ctl", "-D", data, "-w", "-t", "60", "-l", folder / "log", "-o", options, "start"],
            **quiet,
        )

        def restart(mode: str) -> None:
            again = ["-D", data, "-w", "-t", "60", "-l", folder / "log", "-m", mode, "restart"]
            subprocess.run([*as_user, programs / "pg_ctl", *again], **quiet)  # type: ignore[call-overload]

        try:
            subprocess.run(  # type: ignore[call-overload]
                [*as_user, programs / "createdb", "-h", "127.0.0.1", "-p", str(port), "-U", "postgres", "lerarenkaart"],
                **quiet,
            )
            yield f"postgres://postgres@127.0.0.1:{port}/lerarenkaart", restart
        finally:
            subprocess.run([*as_user, programs / "pg_ctl", "-D", data, "-m", "immediate", "stop"], **quiet)  # type: ignore[call-overload]
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def postgres_program(name: str) -> Path:
    """A program of PostgreSQL, such as pg_dump."""
    return _postgres_programs() / name


def _postgres_programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    program = found[-1] if found else shutil.which("initdb")
    if program is None:
        raise ServerMissing("PostgreSQL ontbreekt: apt-get install postgresql")
    return Path(program).parent


def _wait_for_port(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_TIMEOUT
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=0.2):
            return
        time.sleep(0.02)
    raise ServerMissing("de server is niet gestart")
