"""What deploy/ puts behind the proxy: PostgreSQL and Redis with the very options of compose.yaml, certificates of deploy/certs.sh
and the roles of deploy/roles.sql. Only folders and ports are this test's own.
"""

import contextlib
import os
import shutil
import ssl
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from tests import programs, servers
from tests.deploy.machines import Installation, Machine
from tests.deploy.visitor import HOST

DEPLOY = programs.ROOT / "deploy"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
SERVICES = COMPOSE["services"]
SECRET_FILES = [name for name, one in COMPOSE["secrets"].items() if one["file"].startswith("./secrets/")]
OWNER, WEB, WORKER = "lerarenkaart_owner", "lerarenkaart_web", "lerarenkaart_worker"
ROLES = {"migrate": OWNER, "web": WEB, "worker": WORKER, "scheduler": WORKER}
SECRETS = "/run/secrets/"
# The servers answer there too, and no certificate says that they may.
NAMELESS = "127.0.0.9"
# The servers run as another user when we are root.
AS_ROOT = os.geteuid() == 0
AS_POSTGRES = ["runuser", "-u", "postgres", "--"] if AS_ROOT else []


@dataclass(frozen=True)
class Network:
    """Two servers that speak TLS only, and the folder with the certificates of who may ask them."""

    certificates: Path
    database_port: int
    redis_port: int

    def database(self, role: str, **other: str) -> str:
        """The address for a role as compose says it, with another file or mode where given."""
        of = next(name for name, one in ROLES.items() if one == role)
        said = SERVICES[of]["environment"]["DATABASE_URL"].replace("db:5432", f"127.0.0.1:{self.database_port}")
        return _with(self.here(said), other)

    def redis(self, **other: str) -> str:
        said = SERVICES["worker"]["environment"]["REDIS_URL"].replace("redis:6379", f"127.0.0.1:{self.redis_port}")
        return _with(self.here(said), other)

    def here(self, said: str) -> str:
        """What compose says of files, of the files that are here."""
        return said.replace(SECRETS, f"{self.certificates}/")


def certificates(folder: Path, *users: str, hosts: str = "127.0.0.2") -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [str(DEPLOY / "certs.sh"), str(folder), *users],
        env=os.environ | {"CERT_HOSTS": hosts},
        capture_output=True,
        text=True,
        check=True,
    )


def context(folder: Path) -> ssl.SSLContext:
    """Of one who believes the authority in this folder and no other."""
    return ssl.create_default_context(cafile=folder / "ca.crt")


@contextlib.contextmanager
def network() -> Iterator[Network]:
    folder = Path(tempfile.mkdtemp(prefix="lerarenkaart-net-"))
    try:
        folder.chmod(0o755)
        made = Network(folder / "certs", servers.free_port(), servers.free_port())
        certificates(made.certificates, *(["postgres=postgres"] if AS_ROOT else []))
        with _postgres(made, folder / "pg"), _redis(made, folder):
            yield made
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def installation(folder: Path) -> Iterator[Installation]:
    """Two machines on such a network, each process as its own role; the web servers do TLS too."""
    with network() as there:
        made = Installation(
            there.database(OWNER), there.redis(), [_machine(there, folder, number) for number in (1, 2)]
        )
        try:
            yield made
        finally:
            made.end()


def _machine(there: Network, folder: Path, number: int) -> Machine:
    own = folder / f"machine-{number}"
    own.mkdir()
    env = programs.environment(
        own / "var",
        DATABASE_URL=there.database(WORKER),
        REDIS_URL=there.redis(),
        STATIC_ROOT=str(folder / "static"),
        EMAIL_URL=f"filemail:///{own}/mails",
        TMPDIR=str(own),
        SITE_URL=f"http://{HOST}",
        ALLOWED_HOSTS=f"{HOST},127.0.0.1,127.0.0.2",
    )
    roles = {name: {"DATABASE_URL": there.database(role)} for name, role in ROLES.items()}
    for name in ("WEB_CERT", "WEB_KEY"):
        roles["web"][name] = there.here(SERVICES["web"]["environment"][name])
    return Machine(f"127.0.0.{number}", own, env, own=roles, context=context(there.certificates))


def _with(url: str, other: dict[str, str]) -> str:
    start, _, told = url.partition("?")
    said = dict(one.split("=", 1) for one in told.split("&")) | other
    return start + "?" + "&".join(f"{name}={value}" for name, value in said.items() if value)


@contextlib.contextmanager
def _postgres(there: Network, folder: Path) -> Iterator[None]:
    folder.mkdir()
    if AS_ROOT:
        shutil.chown(folder, "postgres", "postgres")
    # Who runs the tests is not always the system's user postgres; over the network nothing is different.
    rules = (DEPLOY / "pg_hba.conf").read_text(encoding="utf-8")
    assert rules.count("peer") == 1
    (folder / "pg_hba.conf").write_text(rules.replace("peer", "trust"), encoding="utf-8")
    said = [one for one in SERVICES["db"]["command"] if one.startswith(("-cssl", "-chba"))]
    own = [
        f"-cport={there.database_port}",
        f"-clisten_addresses=127.0.0.1,{NAMELESS}",
        f"-cunix_socket_directories={folder}",
    ]
    options = " ".join([*map(there.here, said), *own]).replace("/etc/postgresql", str(folder))
    data = str(folder / "data")
    _run("initdb", "-D", data, "-U", "postgres", "-A", "reject", "--auth-local=trust", "-E", "UTF8", "--no-sync")
    _run("pg_ctl", "-D", data, "-w", "-t", "60", "-l", str(folder / "log"), "-o", options, "start")
    try:
        for _ in range(2):
            where = ["-h", str(folder), "-p", str(there.database_port), "-U", "postgres"]
            _run("psql", "-X", "-q", *where, "-f", str(DEPLOY / "roles.sql"))
        yield
    finally:
        _run("pg_ctl", "-D", data, "-m", "immediate", "stop")


def _run(program: str, *arguments: str) -> None:
    """One of PostgreSQL's own, as the user it runs under."""
    done = subprocess.run(
        [*AS_POSTGRES, str(servers.postgres_program(program)), *arguments],
        cwd="/",
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@contextlib.contextmanager
def _redis(there: Network, folder: Path) -> Iterator[None]:
    said = [there.here(one) for one in SERVICES["redis"]["command"]]
    said[said.index("--tls-port") + 1] = str(there.redis_port)
    process = subprocess.Popen(
        [*said, "--bind", "127.0.0.1", NAMELESS, "--dir", str(folder)], stdout=subprocess.DEVNULL
    )
    try:
        servers._wait_for_port(there.redis_port, process)
        yield
    finally:
        process.kill()
        process.wait()
