"""The real processes, and a visitor with a browser's manners: for attacks on everything at once."""

import contextlib
import re
import secrets
import signal
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import redis
import requests

from tests import programs, servers

ROOT = Path(__file__).resolve().parents[2]
START = ROOT / "deploy" / "start.sh"
PASSWORD = "een-lang-wachtwoord-voor-de-proef"
PATIENCE = 90.0


@dataclass
class Site:
    """A running site of its own. `heard`: every command that Redis was given."""

    url: str
    folder: Path
    database: str
    broker: str
    env: dict[str, str]
    heard: list[str] = field(default_factory=list)
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def logs(self) -> Path:
        return self.folder / "log"

    def start(self, role: str) -> subprocess.Popen[bytes]:
        """One of the processes of deploy/start.sh; what it says goes to a file."""
        with (self.logs / f"{role}-{len(self.processes)}.log").open("wb") as out:
            process = subprocess.Popen([START, role], cwd=ROOT, env=self.env, stdout=out, stderr=subprocess.STDOUT)
        self.processes.append(process)
        return process

    def manage(self, *arguments: str, is_sure: bool = True) -> str:
        """A command as Klasse gives it; what it says is kept with the logs too."""
        done = programs.manage(*arguments, env=self.env)
        with (self.logs / "commands.log").open("a", encoding="utf-8") as out:
            # Standard output is an answer to who asked; what it logs goes the other way.
            out.write(done.stderr)
        if is_sure:
            assert done.returncode == 0, f"{arguments[0]}: {done.stderr[-400:]}"
        return done.stdout

    def ask(self, statement: str, *parameters: object) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.database, autocommit=True) as connection:
            cursor = connection.execute(statement, parameters)
            return cursor.fetchall() if cursor.description else []

    def stop(self) -> None:
        for process in self.processes:
            process.send_signal(signal.SIGTERM)
        for process in self.processes:
            try:
                process.wait(timeout=40)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextlib.contextmanager
def running(folder: Path, **variables: str) -> Iterator[Site]:
    """PostgreSQL, Redis, web, worker and scheduler, on loopback; all gone afterwards."""
    port = servers.free_port()
    with servers.postgres() as database, servers.redis() as broker:
        env = programs.environment(
            folder,
            DATABASE_URL=database,
            REDIS_URL=broker,
            SITE_URL=f"http://127.0.0.1:{port}",
            WEB_BIND=f"127.0.0.1:{port}",
            WORKER_PROCESSES="1",
            MFA_REQUIRED="off",
            EMAIL_URL=f"filemail:///{folder}/mail",
            SECRET_KEY=secrets.token_hex(32),
            **variables,
        )
        site = Site(f"http://127.0.0.1:{port}", folder, database, broker, env)
        site.logs.mkdir()
        (folder / "mail").mkdir()
        with listening(site):
            try:
                assert site.start("migrate").wait(timeout=120) == 0
                for role in ("web", "worker", "scheduler"):
                    site.start(role)
                assert programs.wait_until(lambda: is_awake(site.url))
                yield site
            finally:
                site.stop()


def is_awake(url: str) -> bool:
    with contextlib.suppress(requests.RequestException):
        return requests.get(f"{url}/healthz", timeout=2).status_code == 200
    return False


@contextlib.contextmanager
def listening(site: Site) -> Iterator[None]:
    """Everything Redis is told, as long as it lasts: keys, values and messages of the queue."""
    # Nobody may say anything for minutes: no answer is no reason to stop listening.
    client = redis.Redis.from_url(site.broker, socket_timeout=None)
    done = threading.Event()

    def listen() -> None:
        with contextlib.suppress(redis.RedisError, OSError, ValueError), client.monitor() as monitor:  # type: ignore[no-untyped-call]
            while not done.is_set():
                site.heard.append(str(monitor.next_command()))

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        client.close()


class Visitor:
    """A person with a browser. `urls`: every address that stood in the address bar, a redirect or a header."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.session = requests.Session()
        self.urls: list[str] = []
        self.headers: list[str] = []
        self.statuses: list[int] = []

    def get(self, path: str, **more: Any) -> requests.Response:
        return self._note(self.session.get(self._url(path), timeout=60, **more))

    def post(self, path: str, data: Any = None, **more: Any) -> requests.Response:
        if "csrftoken" not in self.session.cookies:
            self.get("/account/login/")
        headers = {"X-CSRFToken": str(self.session.cookies.get("csrftoken", "")), "Referer": self._url(path)}
        return self._note(self.session.post(self._url(path), data=data, headers=headers, timeout=60, **more))

    def log_in(self, email: str, *, link: str) -> None:
        """Choose a password with the link from the invitation; that logs in."""
        page = self.get(link)
        answer = self.post(page.url, {"name": "Proef Persoon", "password1": PASSWORD, "password2": PASSWORD})
        said = re.findall(r'class="error[^"]*"[^>]*>([^<]*)|<li>([^<]*)', answer.text)
        assert "/account/" not in answer.url, f"{email} did not get in: {answer.status_code} {answer.url} {said}"

    def work(self, path: str, data: Any, **more: Any) -> requests.Response:
        """Ask for a job and wait until no job is open any more."""
        answer = self.post(path, data, **more)
        self.wait()
        return answer

    def wait(self) -> None:
        ended = "SELECT count(*) FROM distribution_job WHERE ended_at IS NULL AND state <> 'proposed'"
        assert programs.wait_until(lambda: self.site.ask(ended) == [(0,)], seconds=PATIENCE), "work that does not end"

    def _url(self, path: str) -> str:
        return path if path.startswith("http") else self.site.url + path

    def _note(self, answer: requests.Response) -> requests.Response:
        for one in (*answer.history, answer):
            self.urls.append(one.url)
            self.headers.append(str(dict(one.headers)))
            self.statuses.append(one.status_code)
        return answer


def numbers_in(text: str) -> set[str]:
    return set(re.findall(r"(?<!\d)\d{11}(?!\d)", text))
