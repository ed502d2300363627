"""Files that are not what they should be: the same again, of another year, with bad rows, of the wrong size (F12–F15)."""

import csv
import datetime as dt
import random
from pathlib import Path

import pytest

from distribution.actions import personnel, years
from distribution.actions.personnel import ImportSummary, WrongSize, WrongYear
from distribution.errors import DistributionError
from distribution.models import Appointment, CardYear, Person, PersonnelImport
from tests import files
from tests.faults.conftest import Fault
from tests.faults.table import IS_WHOLE, SEEDS

pytestmark = pytest.mark.django_db(transaction=True)
AT = dt.datetime(2026, 11, 10, 9, 0, tzinfo=dt.UTC)
PEOPLE = 3_000 if IS_WHOLE else 1_000
BAD = {
    "not_11_digits": {"stamboeknummer": "123"},
    "bad_postcode": {"postcode": "90"},
    "bad_value": {"categorie": "tovenaar"},
    "bad_date": {"opdracht_begin": "31/02/2020"},
    "missing_value": {"naam": ""},
}


@pytest.fixture
def card_year(transactional_db: None) -> CardYear:
    return years.open_year(2027, at=AT)


def load(card_year: CardYear, path: Path, *, forced_because: str = "") -> ImportSummary:
    return personnel.load(
        card_year, path, source="epd", at=AT, rejects_folder=path.parent / "rejects", forced_because=forced_because
    )


def content() -> list[tuple[object, ...]]:
    return [*Person.objects.order_by("pk").values_list(), *Appointment.objects.order_by("pk").values_list()]


def rows(count: int, **changes: str) -> list[dict[str, str]]:
    return [files.appointment(serial, **changes) for serial in range(count)]


def test_the_same_file_again_f12(card_year: CardYear, tmp_path: Path, fault: Fault) -> None:
    line = fault("F12", "hetzelfde personeelsbestand nog eens, en nog eens met een reden")
    path = files.personnel(tmp_path / "p.csv", *rows(PEOPLE))
    load(card_year, path)
    before, changed, said = content(), 0, 0
    for turn in range(SEEDS):
        summary = load(card_year, path, forced_because="toch" if turn % 2 else "")
        changed += sum(summary.people[key] for key in ("new", "changed", "left"))
        said += "al ingelezen op 10/11/2026" in " ".join(summary.notices)

    line.measured(times=SEEDS, figure=f"gewijzigde rijen: {changed}; gezegd dat het er al was: {said} van {SEEDS}")
    assert (changed, said, content() == before) == (0, SEEDS, True)
    assert PersonnelImport.objects.count() == 1


def test_a_file_of_another_year_f13(card_year: CardYear, tmp_path: Path, fault: Fault) -> None:
    line = fault(
        "F13", "het personeelsbestand van een ander jaar (31 en 29 % van de opdrachten voorbij of nog te komen)"
    )
    refused = taken = 0
    for field, day in (("opdracht_einde", "2026-06-30"), ("opdracht_begin", "2027-09-01")):
        for percent in (31, 29):
            count = PEOPLE * percent // 100
            made = rows(PEOPLE)
            for row in made[:count]:
                row[field] = day
            path = files.personnel(tmp_path / f"{field}-{percent}.csv", *made)
            before = content()
            try:
                load(card_year, path)
                taken += 1
            except WrongYear:
                refused += 1
                assert content() == before
                # Two pairs of eyes and a reason: the page asks for both (CanBeForced).
                assert load(card_year, path, forced_because="een fusie").rows == PEOPLE

    line.measured(
        times=4,
        figure=f"geweigerd: {refused} van 2; juist jaar gelezen: {taken} van 2; met een reden gelezen: {refused}",
    )
    assert (refused, taken) == (2, 2)


def test_bad_rows_f14(card_year: CardYear, tmp_path: Path, fault: Fault) -> None:
    line = fault("F14", "9 % en 11 % foute rijen, door het toeval gekozen")
    good = reported = refused = 0
    for seed in range(SEEDS):
        dice = random.Random(seed)
        for percent in (9, 11):
            made = rows(PEOPLE, straat=f"Straat {seed}")
            wrong = sorted(dice.sample(range(PEOPLE), PEOPLE * percent // 100))
            codes = {serial + 2: dice.choice(list(BAD)) for serial in wrong}
            for serial in wrong:
                made[serial] |= BAD[codes[serial + 2]]
            path = files.personnel(tmp_path / f"{seed}-{percent}.csv", *made)
            before = content()
            try:
                # Each seed has others who are wrong, so others who leave: that is not what is tried here.
                summary = load(card_year, path, forced_because="proef")
            except DistributionError:
                refused += 1
                assert content() == before
                continue
            good += summary.accepted
            assert summary.rejects_file is not None
            with Path(summary.rejects_file).open(encoding="utf-8-sig", newline="") as file:
                told = {int(row["row"]): row["code"] for row in csv.DictReader(file, delimiter=";")}
            reported += told == codes

    line.measured(
        times=2 * SEEDS,
        figure=f"boven 10 % geweigerd: {refused} van {SEEDS}; onder 10 % goede rijen gelezen: {good} van {SEEDS * (PEOPLE - PEOPLE * 9 // 100)}; "
        f"elke foute rij met haar code in het bestand van de afgekeurde: {reported} van {SEEDS}",
    )
    assert (refused, good, reported) == (SEEDS, SEEDS * (PEOPLE - PEOPLE * 9 // 100), SEEDS)


@pytest.mark.parametrize("percent", [50, 79, 94, 111, 121, 150])
def test_a_file_of_the_wrong_size_f15(percent: int, card_year: CardYear, tmp_path: Path, fault: Fault) -> None:
    line = fault("F15", f"een eerste bestand van het jaar met {percent} % van de mensen van vorig jaar")
    load(card_year, files.personnel(tmp_path / "vorig.csv", *rows(PEOPLE)))
    next_year = years.open_year(2028, at=AT)
    path = files.personnel(tmp_path / "nu.csv", *rows(PEOPLE * percent // 100))
    stops, before = not 80 <= percent <= 120, content()
    try:
        said = any("vorig jaar waren het er" in one for one in load(next_year, path).notices)
        outcome = "gemeld" if said else "gelezen"
    except WrongSize:
        outcome = "geweigerd"
        assert content() == before

    line.measured(times=1, figure=outcome)
    assert outcome == ("geweigerd" if stops else "gemeld")
