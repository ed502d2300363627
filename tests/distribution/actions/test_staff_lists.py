"""Lists of staff numbers: a full picture, taken whole or not at all."""

import datetime as dt
from pathlib import Path

import pytest

from distribution.actions import staff_lists
from distribution.actions.taking_files import ListSummary
from distribution.errors import YearNotOpened
from distribution.intake.refusals import FileRefused
from distribution.models import CardYear, EarlierHolder, Subscriber, YearEvent
from tests import files, make

AT = dt.datetime(2026, 11, 10, 9, 0, tzinfo=dt.UTC)
NUMBERS = [make.staff_number(serial) for serial in range(20)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lijst.csv"


def subscribers(card_year: CardYear, path: Path, *numbers: str) -> ListSummary:
    files.staff_numbers(path, *numbers)
    return staff_lists.load_subscribers(card_year, path, at=AT, rejects_folder=path.parent / "rejects")


def holders(year: int, path: Path, *numbers: str) -> ListSummary:
    files.staff_numbers(path, *numbers)
    return staff_lists.load_card_holders(year, path, at=AT, rejects_folder=path.parent / "rejects")


def listed(card_year: CardYear) -> list[str]:
    return sorted(Subscriber.objects.filter(card_year=card_year).values_list("staff_number", flat=True))


def test_load_subscribers_replaces_the_list(card_year: CardYear, path: Path) -> None:
    subscribers(card_year, path, *NUMBERS[:10])

    summary = subscribers(card_year, path, *NUMBERS[5:15])

    assert (summary.rows, summary.accepted, summary.rejected, summary.changed) == (10, 10, 0, True)
    assert listed(card_year) == sorted(NUMBERS[5:15])


def test_load_subscribers_same_list_changes_nothing(card_year: CardYear, path: Path) -> None:
    subscribers(card_year, path, *NUMBERS)
    before = list(Subscriber.objects.order_by("pk").values())

    summary = subscribers(card_year, path, *NUMBERS)

    assert not summary.changed
    assert list(Subscriber.objects.order_by("pk").values()) == before
    assert YearEvent.objects.filter(kind="subscribers_imported").count() == 1


def test_load_subscribers_a_number_twice_counts_once(card_year: CardYear, path: Path) -> None:
    summary = subscribers(card_year, path, NUMBERS[0], f" {NUMBERS[0][:1]} {NUMBERS[0][1:]} ")

    assert (summary.rows, summary.accepted) == (2, 2)
    assert listed(card_year) == [NUMBERS[0]]


def test_load_subscribers_bad_rows_go_into_the_rejects_file_masked_r10(card_year: CardYear, path: Path) -> None:
    summary = subscribers(card_year, path, *NUMBERS, "85.07.30-033.28")

    assert (summary.accepted, summary.rejected) == (20, 1)
    assert summary.rejects_file is not None
    lines = Path(summary.rejects_file).read_text(encoding="utf-8-sig").splitlines()
    assert lines[0] == "row;column;code;message;stamboeknummer"
    assert lines[1].startswith("22;stamboeknummer;national_register_number;")
    assert lines[1].endswith(";***********")


def test_load_subscribers_too_many_bad_rows_changes_nothing(card_year: CardYear, path: Path) -> None:
    subscribers(card_year, path, *NUMBERS)

    with pytest.raises(FileRefused, match="Meer dan 10 %"):
        subscribers(card_year, path, *NUMBERS[:5], "123", "1,85053E+10")

    assert listed(card_year) == sorted(NUMBERS)


def test_load_subscribers_wrong_column_is_refused(card_year: CardYear, path: Path) -> None:
    path.write_text("nummer\n1\n", encoding="utf-8")

    with pytest.raises(FileRefused, match="geen kolomnamen"):
        staff_lists.load_subscribers(card_year, path, at=AT, rejects_folder=path.parent)


@pytest.mark.parametrize("year", [2026, 2027])
def test_load_card_holders_for_an_opened_year_or_the_one_before(year: int, card_year: CardYear, path: Path) -> None:
    summary = holders(year, path, *NUMBERS)

    assert summary.accepted == 20
    assert sorted(EarlierHolder.objects.values_list("year", "staff_number")) == sorted((year, each) for each in NUMBERS)


def test_load_card_holders_leaves_other_years_alone(card_year: CardYear, path: Path) -> None:
    holders(2026, path, *NUMBERS)

    holders(2027, path, *NUMBERS[:3])

    assert EarlierHolder.objects.filter(year=2026).count() == 20


@pytest.mark.parametrize("year", [2025, 2028, 2072])
def test_load_card_holders_for_another_year_is_refused(year: int, card_year: CardYear, path: Path) -> None:
    with pytest.raises(YearNotOpened):
        holders(year, path, *NUMBERS)
