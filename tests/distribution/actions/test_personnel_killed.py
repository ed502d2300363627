"""An import that is killed at any moment leaves the old picture or the new one (hardening.md F11, P12)."""

import datetime as dt
import multiprocessing
import os
import random
import signal
import time
from pathlib import Path

import pytest
from django.db import connection

from distribution.actions import personnel, years
from distribution.models import Appointment, CardYear, Person, PersonnelImport
from tests import files

AT = dt.datetime(2026, 11, 10, 9, 0, tzinfo=dt.UTC)
PEOPLE = 3_000
KILLS = 6
PROCESSES = multiprocessing.get_context("fork")


def load(card_year: CardYear, path: Path) -> None:
    personnel.load(card_year, path, source="epd", at=AT, rejects_folder=path.parent / "rejects")


def picture() -> tuple[list[tuple[str, str]], int, int]:
    people = sorted(Person.objects.values_list("staff_number", "street"))
    return people, Appointment.objects.count(), PersonnelImport.objects.count()


@pytest.mark.parametrize("dice", [pytest.param(random.Random(11), id="F11-P12")])
def test_load_killed_leaves_the_old_picture_or_the_new(
    transactional_db: None, dice: random.Random, tmp_path: Path
) -> None:
    card_year = years.open_year(2027, at=AT)
    first = files.personnel(tmp_path / "a.csv", *(files.appointment(serial) for serial in range(PEOPLE)))
    second = files.personnel(
        tmp_path / "b.csv",
        *(
            files.appointment(serial, straat="Nieuwstraat" if serial % 2 else "Kerkstraat")
            for serial in range(PEOPLE + 50)
        ),
    )
    load(card_year, first)
    old = picture()
    began = time.perf_counter()
    personnel.load(card_year, second, source="epd", at=AT, rejects_folder=tmp_path, dry_run=True)
    longest = time.perf_counter() - began
    seen = []

    for _ in range(KILLS):
        connection.close()
        process = PROCESSES.Process(target=load, args=(card_year, second))
        process.start()
        time.sleep(dice.uniform(0, longest))
        assert process.pid is not None
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        seen.append(picture())
    load(card_year, second)
    new = picture()

    assert all(found in (old, new) for found in seen)
    assert old in seen
    assert new == (
        sorted((row["stamboeknummer"], row["straat"]) for row in rows_of(second)),
        PEOPLE + 50,
        2,
    )


def rows_of(path: Path) -> list[dict[str, str]]:
    header, *lines = path.read_text(encoding="utf-8").splitlines()
    return [dict(zip(header.split(";"), line.split(";"), strict=True)) for line in lines]
