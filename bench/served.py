"""A web server with an application, and visitors who ask it things: what the benchmarks over HTTP share."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from django.conf import settings

from tests.programs import ROOT
from tests.servers import free_port

START = str(ROOT / "deploy" / "start.sh")
CONNECTIONS = 32
SECONDS = 4.0
GUNICORN = ("gunicorn", "{application}", "--no-control-socket", "--bind", "127.0.0.1:{port}",
            "--keep-alive", "30", "--log-level", "error")  # fmt: skip


def gunicorn(processes: int, threads: int) -> tuple[str, ...]:
    """With the worker class of deploy/start.sh, and as many connections for each thread."""
    polite = ("--worker-class", "lerarenkaart.web_worker.PoliteWorker", "--worker-connections", str(4 * threads))
    return (*GUNICORN, *polite, "--workers", str(processes), "--threads", str(threads))


# As deploy/start.sh serves the site on a machine of two cores.
OURS = gunicorn(4, 4)


@contextlib.contextmanager
def serving(application: str, *, server: Sequence[str] = OURS, **variables: str) -> Iterator[int]:
    """An application (module:name) on a free port, by a program of this environment; gives the port."""
    port = free_port()
    environment = (
        os.environ
        | {
            "LOOKUP_LIMITS": "off",
            # Production: no worker thread in the web process. Nothing is put in a queue here, so no Redis is needed.
            "REDIS_URL": os.environ.get("REDIS_URL") or "redis://127.0.0.1:1/0",
            "DEBUG": "off",
            "ALLOWED_HOSTS": "127.0.0.1",
            "SECRET_KEY": "een-sleutel-voor-de-meting-en-nergens-anders",
            "STATIC_ROOT": str(settings.STATIC_ROOT),
            "DJANGO_SETTINGS_MODULE": "lerarenkaart.settings",
        }
        | {name: value.format(port=port) for name, value in variables.items()}
    )
    program, *arguments = (word.format(application=application, port=port) for word in server)
    command = [str(Path(sys.executable).parent / program), *arguments]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, **quiet)  # type: ignore[call-overload]
    try:
        _wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait_for(port: int) -> None:
    """Until a worker answers; the server listens before its workers have loaded."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=60) as visit:
            visit.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
            if visit.recv(10):
                return
        time.sleep(0.05)
    raise TimeoutError("de webserver is niet gestart")


class Load:
    """What came back: answers a second, and the waits in seconds that half, 95 and 99 in a hundred stay under."""

    def __init__(self, waits: Sequence[float], seconds: float) -> None:
        self.waits = sorted(waits)
        self.rate = len(waits) / seconds
        self.p50, self.p95, self.p99 = (self.waits[len(waits) * share // 100] for share in (50, 95, 99))


def load(port: int, requests: list[bytes], *, connections: int = CONNECTIONS, seconds: float = SECONDS) -> Load:
    """As fast as kept connections go, asked from a process of its own, so that the two do not share one interpreter."""
    made = subprocess.run(
        [sys.executable, "-m", "bench.load_generator", str(port), str(connections), str(seconds)],
        input=b"\0".join(requests),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        check=True,
    )
    return Load([float(line) for line in made.stdout.split()], seconds)


def post(path: str, body: object, *, token: str = "", cookie: str = "") -> bytes:
    """A request as it goes over the wire: text is a form, anything else is sent as JSON."""
    kind = "application/x-www-form-urlencoded"
    if not isinstance(body, str):
        body, kind = json.dumps(body), "application/json"
    who = f"Authorization: Token {token}\r\n" if token else ""
    who += f"Cookie: {cookie}\r\n" if cookie else ""
    return (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {kind}\r\n{who}Content-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


def page_requests(port: int, numbers: Sequence[str]) -> list[bytes]:
    """The public form as a browser sends it: with the token and the cookie of one visit."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as visit:
        visit.sendall(b"GET /waarismijnlerarenkaart/ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        answer = b"".join(iter(lambda: visit.recv(65536), b"")).decode()
    token = answer.split("csrftoken=")[1].split(";")[0]
    fields = f"csrfmiddlewaretoken={token}&stamboeknummer="
    cookie = f"csrftoken={token}"
    return [post("/waarismijnlerarenkaart/", f"{fields}{number}", cookie=cookie) for number in numbers]
