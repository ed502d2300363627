"""T06: every text column of every file of the print run, whatever people and points are called."""

import csv
import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from distribution.actions import print_run
from distribution.documents import spreadsheet
from distribution.enums import Channel
from distribution.intake import cells
from distribution.models import CardYear, Person
from tests import make

# What can stand in the database: reading takes white space and control characters from the front.
PAYLOADS = [
    "=1+1",
    "=cmd|' /C calc'!A0",
    "+32 9 123",
    "-1+1|cmd",
    "@SUM(1;1)",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(1)",
    "'=1+1",
]
TRIGGERS = set("=+-@\t\r\0＝＋－＠")
PERSON = ("last_name", "first_name", "street", "house_number", "box", "postcode", "municipality")
POINT = ("name", "street", "house_number", "municipality")


def as_read(text: str) -> str:
    """What our own reader of files makes of it."""
    return cells.text(text, longest=10_000, warnings=[])


def fields(folder: Path) -> dict[str, list[list[str]]]:
    found = {}
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            found[path.name] = list(csv.reader(file, delimiter=";"))
    return found


def every_way(card_year: CardYear, people: Sequence[Person]) -> None:
    """A card for each person, along each way in turn; each point is as dangerous as its people."""
    for index, person in enumerate(people):
        payload = person.last_name
        match index % 4:
            case 0:
                called: dict[str, Any] = dict.fromkeys(POINT, payload[:20])
                point = make.point(**called)
                make.card(person, at=point)
            case 1:
                make.card(person, channel=Channel.SUBSCRIPTION)
            case 2:
                make.card(person, channel=Channel.STARTER, mailing_on=dt.date(2027, 1, 15))
            case _:
                make.card(person)


@pytest.mark.parametrize("turn", range(4), ids=["T06-pickup", "T06-subscription", "T06-starter", "T06-without-point"])
def test_print_run_writes_no_field_that_starts_as_a_formula(
    card_year: CardYear, tmp_path: Path, now: dt.datetime, turn: int
) -> None:
    # Turned, so that over the four tests every payload goes along every way.
    people = [
        make.person(card_year, payload, **{name: payload[:20] for name in PERSON if name != "last_name"})
        for payload in PAYLOADS[turn:] + PAYLOADS[:turn]
    ]
    every_way(card_year, people)
    make.batch(card_year)

    print_run.write(card_year, out=tmp_path, at=now, office_email="kaart@voorbeeld.be", with_pdf=False)

    written = fields(tmp_path)
    assert len(written) == 6
    assert [cell for rows in written.values() for row in rows for cell in row if cell[:1] in TRIGGERS] == []
    read_back = {as_read(row[2]) for name, rows in written.items() if name.startswith("kaart") for row in rows[1:]}
    assert read_back == set(PAYLOADS)


@example("' =1")
@example("'' =1")
@example("''=1")
@example("'a'=1")
@given(st.text(alphabet=st.sampled_from("='+-@＝＋－＠ \tab9é"), min_size=1, max_size=8))
def test_inert_text_reads_back_as_it_was_stored(typed: str) -> None:
    stored = as_read(typed)

    assert as_read(spreadsheet.inert(stored)) == stored
