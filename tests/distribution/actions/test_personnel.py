"""A source's picture replaces the one before it: new, changed, unchanged, left, and nothing half."""

import csv
import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from distribution.actions import personnel, years
from distribution.actions.personnel import ImportSummary, TooManyLeave, WrongSize
from distribution.intake.refusals import FileRefused
from distribution.models import Appointment, CardYear, NotEntitled, Person, PersonnelImport, YearEvent
from tests import files, make

AT = dt.datetime(2026, 11, 10, 9, 0, tzinfo=dt.UTC)
PEOPLE = 40


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "personeel.csv"


def load(card_year: CardYear, path: Path, *rows: dict[str, str], source: str = "epd", **options: Any) -> ImportSummary:
    if rows:
        files.personnel(path, *rows)
    return personnel.load(card_year, path, source=source, at=AT, rejects_folder=path.parent / "rejects", **options)


def everyone(*, without: int = 0) -> list[dict[str, str]]:
    return [files.appointment(serial) for serial in range(1, PEOPLE + 1 - without)]


def counts(new: int = 0, changed: int = 0, unchanged: int = 0, left: int = 0) -> dict[str, int]:
    return {"new": new, "changed": changed, "unchanged": unchanged, "left": left}


def test_load_first_picture_makes_people_with_their_appointments(card_year: CardYear, path: Path) -> None:
    summary = load(card_year, path, *everyone())

    assert summary.people == counts(new=PEOPLE)
    assert (summary.rows, summary.accepted, summary.rejected, summary.rejects_file) == (PEOPLE, PEOPLE, 0, None)
    person = Person.objects.get(card_year=card_year, staff_number=make.staff_number(1))
    assert (person.last_name, person.sort_key, person.shielded) == ("Peeters", "peeters0an", False)
    appointment = person.appointments.get()
    assert (appointment.source, appointment.begins_on, appointment.ends_on) == ("epd", dt.date(2020, 9, 1), None)
    assert YearEvent.objects.get(card_year=card_year, kind="personnel_imported").summary["people"] == summary.people


def test_load_counts_new_changed_unchanged_and_left(card_year: CardYear, path: Path) -> None:
    load(card_year, path, *everyone())
    kept = Appointment.objects.get(person__staff_number=make.staff_number(2)).pk
    moved = files.appointment(1, straat="Nieuwstraat")

    summary = load(card_year, path, moved, *everyone(without=1)[1:], files.appointment(99))

    assert summary.people == counts(new=1, changed=1, unchanged=PEOPLE - 2, left=1)
    assert Person.objects.get(staff_number=make.staff_number(1)).street == "Nieuwstraat"
    assert not Person.objects.filter(staff_number=make.staff_number(PEOPLE)).exists()
    assert Appointment.objects.get(person__staff_number=make.staff_number(2)).pk == kept
    assert summary.samples["left"] == [{"last_four": make.staff_number(PEOPLE)[-4:]}]
    assert summary.samples["new"] == [{"row": PEOPLE + 1, "last_four": make.staff_number(99)[-4:]}]


def test_load_another_file_with_the_same_rows_changes_nothing(card_year: CardYear, path: Path) -> None:
    load(card_year, path, *everyone())
    before = list(Appointment.objects.order_by("pk").values())

    summary = load(card_year, path, *reversed(everyone()))

    assert summary.people == counts(unchanged=PEOPLE)
    assert list(Appointment.objects.order_by("pk").values()) == before


def test_load_rows_in_another_order_can_change_who_wins_a_tie_r12(card_year: CardYear, path: Path) -> None:
    first, second = files.appointment(1, straat="Eerste"), files.appointment(1, straat="Tweede")
    load(card_year, path, first, second)

    summary = load(card_year, path, second, first)

    assert summary.people == counts(changed=1)
    assert Person.objects.get().street == "Eerste"


def test_load_dry_run_tells_the_same_and_changes_nothing(card_year: CardYear, path: Path) -> None:
    tried = load(card_year, path, *everyone(), dry_run=True)
    nobody = (
        Person.objects.count(),
        PersonnelImport.objects.count(),
        YearEvent.objects.filter(kind__contains="person").count(),
    )

    done = load(card_year, path)

    assert nobody == (0, 0, 0)
    assert done == tried


def test_load_refuses_more_than_five_percent_leavers(card_year: CardYear, path: Path) -> None:
    load(card_year, path, *everyone())

    with pytest.raises(TooManyLeave, match="3 van de 40 mensen"):
        load(card_year, path, *everyone(without=3))

    assert Person.objects.count() == PEOPLE
    assert PersonnelImport.objects.count() == 1


def test_load_takes_exactly_five_percent_leavers(card_year: CardYear, path: Path) -> None:
    load(card_year, path, *everyone())

    assert load(card_year, path, *everyone(without=2)).people == counts(unchanged=PEOPLE - 2, left=2)


def test_load_forced_writes_the_reason_down(card_year: CardYear, path: Path) -> None:
    load(card_year, path, *everyone())

    summary = load(card_year, path, *everyone(without=20), forced_because="fusie van scholen")

    assert summary.people == counts(unchanged=20, left=20)
    assert PersonnelImport.objects.first().forced_because == "fusie van scholen"  # type: ignore[union-attr]


def test_load_who_left_with_a_card_stays_without_appointments(card_year: CardYear, path: Path) -> None:
    load(card_year, path, *everyone())
    with_card = Person.objects.get(staff_number=make.staff_number(PEOPLE))
    make.card(with_card)
    judged = Person.objects.get(staff_number=make.staff_number(PEOPLE - 1))
    NotEntitled.objects.create(person=judged, reason="not_paid_by_ministry")

    load(card_year, path, *everyone(without=2))

    assert with_card.appointments.count() == 0
    assert not Person.objects.filter(pk=judged.pk).exists()
    assert Person.objects.count() == PEOPLE - 1


def test_load_personnel_record_knows_better_than_an_institution(card_year: CardYear, path: Path) -> None:
    load(card_year, path, files.appointment(1, straat="School"), files.appointment(2), source="institution")
    load(card_year, path, files.appointment(1, straat="Thuis"), source="epd")

    summary = load(
        card_year,
        path,
        files.appointment(1, straat="Elders"),
        files.appointment(2, straat="Elders"),
        source="institution",
    )

    assert summary.people == counts(changed=2)
    streets = dict(Person.objects.values_list("staff_number", "street"))
    assert streets == {make.staff_number(1): "Thuis", make.staff_number(2): "Elders"}
    assert Appointment.objects.filter(person__staff_number=make.staff_number(1)).count() == 2


def test_load_each_source_has_its_own_leavers(card_year: CardYear, path: Path) -> None:
    load(card_year, path, *everyone())

    summary = load(card_year, path, files.appointment(1), source="institution")

    assert summary.people == counts(new=1)
    assert Person.objects.count() == PEOPLE


def test_load_shielded_is_taken_over_from_the_latest_earlier_year(card_year: CardYear, path: Path) -> None:
    load(card_year, path, *everyone())
    Person.objects.filter(staff_number__in=[make.staff_number(1), make.staff_number(2)]).update(shielded=True)
    next_year = years.open_year(2028, at=AT)
    load(next_year, path, *everyone())
    Person.objects.filter(card_year=next_year, staff_number=make.staff_number(2)).update(shielded=False)
    year_after = years.open_year(2029, at=AT)

    load(year_after, path, *everyone())

    shielded = Person.objects.filter(card_year=year_after, shielded=True)
    assert [person.staff_number for person in shielded] == [make.staff_number(1)]


def test_load_shielded_survives_a_change_of_address(card_year: CardYear, path: Path) -> None:
    load(card_year, path, *everyone())
    Person.objects.filter(staff_number=make.staff_number(1)).update(shielded=True)

    load(card_year, path, files.appointment(1, straat="Nieuw"), *everyone()[1:])

    person = Person.objects.get(staff_number=make.staff_number(1))
    assert (person.street, person.shielded) == ("Nieuw", True)


@pytest.mark.parametrize(("now", "warnings"), [(94, 1), (96, 0), (109, 0), (112, 1)])
def test_load_first_picture_of_a_year_near_last_year_s_size_f15(
    now: int,
    warnings: int,
    card_year: CardYear,
    path: Path,
) -> None:
    load(card_year, path, *(files.appointment(serial) for serial in range(100)))
    next_year = years.open_year(2028, at=AT)

    summary = load(next_year, path, *(files.appointment(serial) for serial in range(now)))

    assert sum("vorig jaar waren het er 100" in notice for notice in summary.notices) == warnings


@pytest.mark.parametrize("now", [79, 121])
def test_load_first_picture_of_a_year_far_from_last_year_s_size_f15(now: int, card_year: CardYear, path: Path) -> None:
    load(card_year, path, *(files.appointment(serial) for serial in range(100)))
    next_year = years.open_year(2028, at=AT)
    rows = [files.appointment(serial) for serial in range(now)]

    with pytest.raises(WrongSize):
        load(next_year, path, *rows)

    assert load(next_year, path, forced_because="klopt").people == counts(new=now)


def test_load_more_than_ten_percent_bad_rows_f14(card_year: CardYear, path: Path) -> None:
    bad = [files.appointment(50 + serial, onderwijsniveau="onbekend") for serial in range(5)]

    with pytest.raises(FileRefused, match=r"bad_value 5\).*De eerste is rij 42, kolom onderwijsniveau") as refused:
        load(card_year, path, *everyone(), *bad)

    assert refused.value.shape == "too_many_bad_rows"
    assert Person.objects.count() == 0
    assert load(card_year, path, *everyone(), *bad[:4]).rejected == 4


def test_load_mended_rejects_file_adds_and_nobody_leaves(card_year: CardYear, path: Path) -> None:
    second = files.appointment(1, instellingsnummer="654321", onderwijsniveau="lagr", straat="=1+1")
    unknown = files.appointment(60, postcode="")
    summary = load(card_year, path, *everyone(), second, unknown)
    assert summary.rejects_file is not None
    rejects_file = Path(summary.rejects_file)
    text = rejects_file.read_text(encoding="utf-8-sig")
    mended = path.with_name("verbeterd.csv")
    mended.write_text(text.replace("lagr;", "lager;").replace(";An;;123456;", ";An;9000;123456;"), encoding="utf-8-sig")

    added = load(card_year, mended)
    again = load(card_year, mended)

    assert [row["code"] for row in csv.DictReader(text.splitlines(), delimiter=";")] == ["bad_value", "missing_value"]
    assert ";'=1+1;" in text
    assert (added.people, again.people) == (counts(new=1, changed=1), counts(unchanged=2))
    person = Person.objects.get(staff_number=make.staff_number(1))
    assert (person.appointments.count(), person.street) == (2, "=1+1")
    assert Person.objects.count() == PEOPLE + 1
    assert list(PersonnelImport.objects.values_list("is_full_picture", "people")) == [
        (False, PEOPLE + 1),
        (True, PEOPLE),
    ]


def test_load_lists_unserved_postcodes_with_their_people(card_year: CardYear, path: Path) -> None:
    make.point(year=2027, serves="9000")
    abroad = files.appointment(70, postcode="1234 AB", land="NL")
    rows = [files.appointment(serial, postcode="8000") for serial in (71, 72)]

    summary = load(card_year, path, *everyone(), abroad, *rows)

    assert summary.samples["unserved"] == [{"postcode": "8000", "people": 2}]
    assert (
        "1 postcode heeft nog geen afhaalpunt: daar wonen 2 van alle personeelsleden van 2027, met of zonder recht op een kaart."
        in summary.notices
    )


def test_load_samples_name_nobody(card_year: CardYear, path: Path) -> None:
    load(card_year, path, *everyone())

    summary = load(card_year, path, *everyone(without=2), files.appointment(80, naam="Zeldzaam", straat="Geheimstraat"))

    said = str(summary.as_dict())
    assert not any(secret in said for secret in ("Zeldzaam", "Geheimstraat", "Peeters", make.staff_number(80)))


def test_load_warn_setting_takes_wrong_check_digits_r08(card_year: CardYear, path: Path) -> None:
    wrong = files.appointment(90, stamboeknummer="16203040857")

    summary = load(card_year, path, *everyone(), wrong, strict=False)

    assert summary.warnings == {"bad_check_digits": 1}
    assert Person.objects.filter(staff_number="16203040857").exists()
