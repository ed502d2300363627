"""The tables of names and postcodes: that they hold together, and that a search through them stays bounded."""

import csv

import pytest

from pickup_points import reference
from pickup_points.reference import names


def _rows() -> list[tuple[str, str]]:
    with (reference.HERE / "parts.csv").open(encoding="utf-8", newline="") as file:
        return [(row["postcode"], row["deelgemeente"]) for row in csv.DictReader(file)]


def test_every_part_lies_in_a_postcode_of_the_table_and_is_listed_once() -> None:
    rows = _rows()

    assert len(rows) > 800
    assert {postcode for postcode, _ in rows} - set(reference.localities(2027)) == set()
    assert len(set(rows)) == len(rows)
    assert [name for _, name in rows if name != name.strip() or not name] == []


def test_no_part_repeats_its_municipality() -> None:
    localities = reference.localities(2027)

    assert [name for postcode, name in _rows() if localities[postcode].municipality == name] == []


@pytest.mark.parametrize("typed", ["sint", "s", "x" * 60, "berchem", "beveren"])
def test_what_is_meant_or_guessed_is_never_a_long_list(typed: str) -> None:
    assert len(names.meant(2027, typed)) <= names.MOST_MEANT
    assert len(names.alike(2027, typed)) <= names.MOST_ALIKE
