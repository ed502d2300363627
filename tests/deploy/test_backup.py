"""The drill: a lived year, a backup, a restore into a new database; every table equal, and the site starts on it."""

import json
import os
import stat
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection

from distribution.actions import years
from tests import make, programs
from tests.conftest import NOW
from tests.deploy.machines import Machine
from tests.deploy.visitor import HOST, Front
from tests.distribution import lived_year

BACKUP, RESTORE = (programs.ROOT / "deploy" / f"{name}.sh" for name in ("backup", "restore"))
COLUMNS = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
SEQUENCES = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public' ORDER BY sequencename"
# Enough of age to see that what leaves is locked, and with which keys: it writes the file backwards.
AGE = """#!/usr/bin/env python3
import sys
if sys.argv[1] == "--encrypt":
    assert sys.argv[2:] == ["--recipient", "age1proef"], sys.argv
    sys.stdout.buffer.write(sys.stdin.buffer.read()[::-1])
else:
    assert sys.argv[1:3] == ["--decrypt", "--identity"] and open(sys.argv[3]).read() == "geheim", sys.argv
    sys.stdout.buffer.write(open(sys.argv[4], "rb").read()[::-1])
"""
MakeDatabase = Callable[[], str]


def url_of(name: str) -> str:
    told = connection.settings_dict
    return f"postgres://{told['USER']}@{told['HOST']}:{told['PORT']}/{name}"


@pytest.fixture
def empty_database() -> Iterator[MakeDatabase]:
    made: list[str] = []

    def make() -> str:
        name = f"hersteld_{uuid.uuid4().hex[:12]}"
        with psycopg.connect(url_of("postgres"), autocommit=True) as server:
            server.execute(f'CREATE DATABASE "{name}"')
        made.append(name)
        return url_of(name)

    yield make
    with psycopg.connect(url_of("postgres"), autocommit=True) as server:
        for name in made:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def order(script: Path, what: Path, database: str, **more: str) -> "subprocess.CompletedProcess[str]":
    # These must come from the test alone, and nothing of ours is needed.
    env = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "BACKUP"))}
    return subprocess.run(
        [str(script), str(what)],
        env=env | {"DATABASE_URL": database} | more,
        capture_output=True,
        text=True,
        check=False,
    )


def contents(database: str) -> dict[str, Any]:
    """Of every table how many rows, and what they say; and how far each counter is."""
    with psycopg.connect(database) as there:
        tables = [name for (name,) in there.execute(COLUMNS)]
        told: dict[str, Any] = {"sequences": there.execute(SEQUENCES).fetchall()}
        for name in tables:
            digest = f"SELECT count(*), md5(string_agg(t::text, '|' ORDER BY t::text)) FROM \"{name}\" t"
            told[name] = there.execute(digest).fetchone()
        return told


@pytest.fixture
def source(transactional_db: None) -> str:
    """The database of this test with a year that was lived."""
    lived_year.lived(years.open_year(2027, at=NOW))
    return url_of(str(connection.settings_dict["NAME"]))


def test_what_comes_back_is_what_was_there_and_the_site_starts_on_it(
    source: str, empty_database: MakeDatabase, tmp_path: Path
) -> None:
    kept = order(BACKUP, tmp_path / "kopieen", source, BACKUP_PLAIN="yes")
    assert kept.returncode == 0, kept.stderr
    file = Path(kept.stdout.strip())
    new = empty_database()
    back = order(RESTORE, file, new)

    assert back.returncode == 0, back.stderr
    before = contents(source)
    assert contents(new) == before
    assert before["distribution_card"][0] > 0
    assert [one.name for one in (tmp_path / "kopieen").iterdir()] == [file.name]
    assert stat.S_IMODE(file.stat().st_mode) == stat.S_IRUSR | stat.S_IWUSR
    assert starts_on(new, tmp_path)


def starts_on(database: str, folder: Path) -> bool:
    env = programs.environment(folder / "var", DATABASE_URL=database, ALLOWED_HOSTS=HOST)
    machine = Machine("127.0.0.1", folder, env)
    machine.start("web")
    try:
        front = Front([machine.place])

        asked = json.dumps({"staff_number": make.staff_number(0)}).encode()

        def answers() -> bool:
            try:
                got = front.ask_one(
                    machine.place, "POST", "/api/v1/lookup/", body=asked, headers={"Content-Type": "application/json"}
                )
            except OSError:
                return False
            return got.status == 200 and b"outcome" in got.body

        return programs.wait_until(answers)
    finally:
        machine.stop("web")


def test_locked_with_age_and_opened_with_its_key(source: str, empty_database: MakeDatabase, tmp_path: Path) -> None:
    tools, secret = tmp_path / "bin", tmp_path / "sleutel"
    tools.mkdir()
    (tools / "age").write_text(AGE, encoding="ascii")
    (tools / "age").chmod(0o755)
    secret.write_text("geheim", encoding="ascii")
    path = f"{tools}:{os.environ['PATH']}"

    kept = order(BACKUP, tmp_path / "kopieen", source, BACKUP_KEY="age1proef", PATH=path)
    file = Path(kept.stdout.strip())
    new = empty_database()
    back = order(RESTORE, file, new, BACKUP_IDENTITY=str(secret), PATH=path)

    assert (kept.returncode, back.returncode, file.suffix) == (0, 0, ".age"), kept.stderr + back.stderr
    assert not file.read_bytes().startswith(b"PGDMP")
    assert contents(new) == contents(source)


def test_names_and_addresses_are_not_kept_in_the_open_by_accident(source: str, tmp_path: Path) -> None:
    kept = order(BACKUP, tmp_path / "kopieen", source)

    assert kept.returncode == 2
    assert kept.stderr.startswith("Er staan namen en adressen in: geef BACKUP_KEY")
    assert not (tmp_path / "kopieen").exists()


def test_a_backup_that_broke_leaves_no_file(tmp_path: Path) -> None:
    kept = order(BACKUP, tmp_path / "kopieen", url_of("bestaat-niet"), BACKUP_PLAIN="yes")

    assert kept.returncode != 0
    assert list((tmp_path / "kopieen").iterdir()) == []


def test_nothing_is_restored_over_what_is_there(source: str, tmp_path: Path) -> None:
    file = Path(order(BACKUP, tmp_path / "kopieen", source, BACKUP_PLAIN="yes").stdout.strip())
    before = contents(source)

    back = order(RESTORE, file, source)

    assert back.returncode == 2
    assert back.stderr.startswith("In die databank staat al iets")
    assert contents(source) == before


def test_half_a_file_restores_nothing(source: str, empty_database: MakeDatabase, tmp_path: Path) -> None:
    file = Path(order(BACKUP, tmp_path / "kopieen", source, BACKUP_PLAIN="yes").stdout.strip())
    os.truncate(file, file.stat().st_size * 2 // 3)
    new = empty_database()

    assert order(RESTORE, file, new).returncode != 0
    assert contents(new) == {"sequences": []}


def test_what_is_older_than_it_is_kept_goes(source: str, tmp_path: Path) -> None:
    folder = tmp_path / "kopieen"
    folder.mkdir()
    for name, days in (("lerarenkaart-oud.dump.age", 40), ("lerarenkaart-jong.dump.age", 20), ("iets-anders.txt", 40)):
        (folder / name).write_text("x", encoding="ascii")
        past = time.time() - days * 86_400
        os.utime(folder / name, (past, past))

    made = Path(order(BACKUP, folder, source, BACKUP_PLAIN="yes").stdout.strip()).name

    assert {one.name for one in folder.iterdir()} == {made, "lerarenkaart-jong.dump.age", "iets-anders.txt"}
