"""Shielding holds in every year there is, and in files that come later."""

import datetime as dt
from pathlib import Path

import pytest

from distribution.actions import personnel, shields, years
from distribution.models import CardYear, Person, ShieldedNumber
from tests import files, make
from tests.conftest import NOW
from tests.distribution import office_year

pytestmark = pytest.mark.django_db
AT = dt.datetime(2026, 11, 10, 9, 0, tzinfo=dt.UTC)


def load(card_year: CardYear, folder: Path, serials: range) -> None:
    path = folder / "personeel.csv"
    files.personnel(path, *(files.appointment(serial) for serial in serials))
    personnel.load(card_year, path, source="epd", at=AT, rejects_folder=folder / "rejects", forced_because="proef")


def shielded() -> list[tuple[int, str]]:
    found = Person.objects.filter(shielded=True).order_by("card_year__year", "staff_number")
    return list(found.values_list("card_year__year", "staff_number"))


def test_shield_holds_in_every_year_and_for_who_comes_back(card_year: CardYear, tmp_path: Path) -> None:
    by, number = office_year.klasse(), make.staff_number(1)
    next_year = years.open_year(2028, at=AT)
    for year in (card_year, next_year):
        load(year, tmp_path, range(1, 4))

    shields.shield(number, by=by, at=NOW)

    assert shielded() == [(2027, number), (2028, number)]
    # Gone from the file, and forgotten; back in it, and in a new year.
    load(card_year, tmp_path, range(2, 4))
    assert shielded() == [(2028, number)]
    load(card_year, tmp_path, range(1, 4))
    load(years.open_year(2029, at=AT), tmp_path, range(1, 4))
    assert shielded() == [(2027, number), (2028, number), (2029, number)]


def test_unshield_ends_it_everywhere_and_keeps_that_it_was(card_year: CardYear, tmp_path: Path) -> None:
    by, number = office_year.klasse(), make.staff_number(1)
    load(card_year, tmp_path, range(1, 4))
    shields.shield(number, by=by, at=NOW)

    shields.unshield(number, by=by, at=NOW + dt.timedelta(days=1))

    load(years.open_year(2028, at=AT), tmp_path, range(1, 4))
    assert shielded() == []
    kept = ShieldedNumber.objects.get()
    assert (kept.since, kept.since_by, kept.ended_at, kept.ended_by) == (NOW, by, NOW + dt.timedelta(days=1), by)
    with pytest.raises(shields.NotShielded):
        shields.unshield(number, by=by, at=NOW)
    shields.shield(number, by=by, at=NOW)
    with pytest.raises(shields.AlreadyShielded):
        shields.shield(number, by=by, at=NOW)
    assert ShieldedNumber.objects.count() == 2
