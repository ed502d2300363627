"""A database that moves: from SQLite to PostgreSQL, back one release and forward again (F21, F22)."""

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from tests import programs, servers
from tests.faults.conftest import Fault
from tests.faults.site import database_url
from tests.faults.table import IS_WHOLE

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = os.environ.get("FAULT_PEOPLE", "20000" if IS_WHOLE else "300")
LONGEST_MIGRATION = 60.0
APPS = ("distribution", "pickup_points")
COUNTS = """
import json, django
django.setup()
from lerarenkaart import copying
print(json.dumps([copying.fingerprint("default"), {t._meta.db_table: t._base_manager.count() for t in copying._tables()}]))
"""


@pytest.fixture
def empty(transactional_db: None) -> Iterator[str]:
    """Another, empty database in the server of the test."""
    name = f"leeg_{os.getpid()}"
    with psycopg.connect(database_url(), autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
    connection.close()
    yield database_url().rsplit("/", 1)[0] + f"/{name}"
    with psycopg.connect(database_url(), autocommit=True) as admin:
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def ordered(*command: str, env: dict[str, str]) -> str:
    done = programs.manage(*command, env=env)
    assert done.returncode == 0, done.stderr
    return done.stdout


def content(env: dict[str, str]) -> tuple[str, dict[str, int]]:
    told = programs.python(COUNTS, env=env)
    assert told.returncode == 0, told.stderr
    sha256, counts = json.loads(told.stdout)
    return sha256, counts


def test_from_sqlite_to_postgresql_f22(tmp_path: Path, empty: str, fault: Fault) -> None:
    line = fault("F22", f"een jaar van {PEOPLE} mensen van SQLite naar PostgreSQL met copy_database")
    old = programs.environment(tmp_path, DEMO="on")
    new = programs.environment(tmp_path / "nieuw", DEMO="on", DATABASE_URL=empty)
    ordered("migrate", "--verbosity=0", env=old)
    ordered("demo", "--people", PEOPLE, "--json", env=old)
    began = time.perf_counter()
    told = json.loads(ordered("copy_database", "--to", empty, "--json", env=old))
    seconds = time.perf_counter() - began

    here, there = content(old), content(new)
    again = programs.manage("copy_database", "--to", empty, env=old)
    line.measured(
        times=1,
        figure=f"{told['rows']} rijen in {seconds:.0f} s; tabellen met evenveel rijen: {sum(there[1][name] == count for name, count in here[1].items())} van {len(here[1])}; zelfde inhoud: {here[0] == there[0]}",
    )
    assert here == there
    assert told["rows"] == sum(here[1].values())
    # A second time nothing is overwritten, and the next new row gets a free number.
    assert (again.returncode, "niet leeg" in again.stderr) == (2, True)
    ordered("add_user", "nieuw@voorbeeld.be", "--office", env=new)


@pytest.mark.slow_fault
def test_a_move_that_breaks_leaves_nothing_f22(tmp_path: Path, fault: Fault) -> None:
    line = fault("F22", "PostgreSQL stopt midden in copy_database")
    old = programs.environment(tmp_path, DEMO="on")
    ordered("migrate", "--verbosity=0", env=old)
    ordered("demo", "--people", "200", "--json", env=old)
    with servers.postgres_process() as (url, restart):
        new = programs.environment(tmp_path / "nieuw", DATABASE_URL=url)
        ordered("migrate", "--verbosity=0", env=new)
        breaks = (
            "import django, subprocess; django.setup()\n"
            "from lerarenkaart import copying\n"
            "def stop(done, total):\n"
            "    if done == total - 5:\n"
            "        from django.db import connections\n"
            "        connections['target'].cursor().execute('SELECT pg_terminate_backend(pg_backend_pid())')\n"
            f"copying.copy(to={url!r}, progress=stop)\n"
        )
        broke = programs.python(breaks, env=old)
        with psycopg.connect(url) as looking:
            people = looking.execute("SELECT count(*) FROM distribution_person").fetchone()
        restart("immediate")
        told = json.loads(ordered("copy_database", "--to", url, "--json", env=old))

        line.measured(
            times=1, figure=f"mensen na de breuk: {people and people[0]}; daarna opnieuw: {told['rows']} rijen, gelijk"
        )
        assert (broke.returncode != 0, people) == (True, (0,))
        assert content(old) == content(new)


@pytest.mark.slow_fault
def test_back_a_release_and_forward_f21(tmp_path: Path, empty: str, fault: Fault) -> None:
    line = fault("F21", f"de laatste migratie van elke app terug en weer vooruit, met een jaar van {PEOPLE} mensen")
    env = programs.environment(tmp_path, DEMO="on", DATABASE_URL=empty)
    ordered("migrate", "--verbosity=0", env=env)
    ordered("demo", "--people", PEOPLE, "--json", env=env)
    ordered("makemigrations", "--check", "--dry-run", env=env)
    graph = MigrationLoader(None).graph
    before = content(env)
    told, slowest = [], 0.0
    for app in APPS:
        [leaf] = graph.leaf_nodes(app)
        [parent] = [node.key for node in graph.node_map[leaf].parents if node.key[0] == app]
        for name in (parent[1], leaf[1]):
            began = time.perf_counter()
            ordered("migrate", app, name, "--verbosity=0", env=env)
            slowest = max(slowest, time.perf_counter() - began)
        told.append(leaf[1])
    ordered("migrate", "--verbosity=0", env=env)
    after = content(env)

    line.measured(
        times=2 * len(told),
        figure=f"{', '.join(told)}: traagste {slowest:.1f} s (hoogstens 60); zelfde inhoud: {before[0] == after[0]}",
    )
    assert after == before
    assert slowest <= LONGEST_MIGRATION
