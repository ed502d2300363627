"""Forgetting a year: nothing of a person is left, every figure is as it was, and doing it again is doing it once (hardening.md P15)."""

import datetime as dt
import json
import os
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core import serializers

from distribution.actions import figures_snapshots, freeze, personnel, purge, run, staff_lists, years
from distribution.actions.year_lock import YearIsForgotten
from distribution.enums import FiguresBy
from distribution.models import (
    Appointment,
    Card,
    CardYear,
    EarlierHolder,
    FiguresSnapshot,
    HandOver,
    PendingChange,
    Person,
    PersonnelImport,
    Reading,
    ShieldedNumber,
    StoredFile,
    Subscriber,
    Upload,
    VoidedNumber,
    YearEvent,
)
from distribution.queries import (
    desk_figures,
    earlier_holders,
    figures,
    office,
    office_compare,
    office_points,
    settlements,
    stored_files,
    uploads,
)
from distribution.queries.figures_choice import Choice
from distribution.queries.figures_school_years import school_years
from distribution.rules.reconciliation import Tolerance
from distribution.rules.retention import Retention
from pickup_points.models import PointYear
from tests import files, make
from tests.distribution import lived_year, seasons
from tests.distribution.lived_year import DUE, IN_SEASON, NUMBERS_DUE, SECRETS, TOO_EARLY, LivedYear

pytestmark = pytest.mark.django_db
DAYS = 90
# A postcode is four digits, which may stand in a key by accident: as a value of its own.
WRITTEN = [f'"{word}"' if word.isdigit() else word for word in SECRETS]


@pytest.fixture
def year(card_year: CardYear) -> LivedYear:
    return lived_year.lived(card_year)


def everything_written() -> str:
    """Every row of every table of ours, as text."""
    models = [model for app in ("distribution", "pickup_points") for model in apps.get_app_config(app).get_models()]
    return "\n".join(
        serializers.serialize("json", model._default_manager.all(), ensure_ascii=False) for model in models
    )


def all_figures() -> list[Any]:
    """Every figure there is, in every split."""
    tolerance = Tolerance()
    found: list[Any] = []
    for by in FiguresBy:
        found += [figures.figures(None, by, tolerance=tolerance), school_years(None, by)]
        found.append(figures.figures(None, by, tolerance=tolerance, borders=2027))
    for card_year in CardYear.objects.order_by("year"):
        rows = office_points.rows(card_year, at=IN_SEASON, tolerance=tolerance)
        picture = office.picture(card_year, rows, at=IN_SEASON)
        found += [settlements.points(card_year, tolerance=tolerance), picture.counts, picture.stages]
        found += [uploads.inside(card_year), office_compare.compare(card_year), settlements.tallies(card_year)]
        found += [desk_figures.figures(row.point, card_year, at=IN_SEASON) for row in rows]
    return found


def test_purge_year_leaves_nothing_of_anyone(year: LivedYear) -> None:
    numbers = set(Person.objects.values_list("staff_number", flat=True))
    assert [word for word in WRITTEN if word not in everything_written()] == []

    purge.purge_year(year.card_year, days=DAYS, at=NUMBERS_DUE)

    left = everything_written()
    assert [word for word in WRITTEN if word in left] == []
    # Protection outlives the year, and needs the number it protects.
    shielded = set(ShieldedNumber.objects.values_list("staff_number", flat=True))
    assert {number for number in numbers if number in left} == shielded
    people = Person.objects.values_list("last_name", "first_name", "street", "house_number", "box", "postcode")
    assert set(people) == {("(gewist)", "", "", "", "", "")}


def test_purge_year_leaves_every_figure_as_it_was(year: LivedYear) -> None:
    make.person(seasons.opened(2028))
    before = all_figures()

    purge.purge_year(year.card_year, days=DAYS, at=NUMBERS_DUE)

    assert all_figures() == before


def test_purge_year_keeps_what_was_told_to_others_to_the_byte(year: LivedYear) -> None:
    made = figures_snapshots.take(
        Choice(by=FiguresBy.PROVINCE), title="Vraag 17", tolerance=Tolerance(), by=year.user, at=IN_SEASON
    )
    before = {file.pk: b"".join(stored_files.pieces(file)) for file in made.files.all()}

    purge.purge_year(year.card_year, days=DAYS, at=NUMBERS_DUE)

    kept = FiguresSnapshot.objects.get().files.all()
    assert {file.pk: b"".join(stored_files.pieces(file)) for file in kept} == before


def test_purge_year_counts_what_went_and_writes_it_down(year: LivedYear) -> None:
    people, lists = Person.objects.count(), Subscriber.objects.count()

    done = purge.purge_year(year.card_year, days=DAYS, at=DUE, by=year.user)

    assert done.counts == {
        "people": people,
        "appointments": 1,
        "pending_changes": 1,
        "collectors": 1,
        "undo_reasons": 1,
        "transfer_reasons": 1,
        "references": 1,
        "subscribers": lists,
        "files": 2,
        "samples": 2,
        "staff_numbers": 0,
        "earlier_holders": 1,
    }
    event = YearEvent.objects.get(kind="purged")
    assert (event.summary, event.at, event.by) == (done.counts, DUE, year.user)
    assert CardYear.objects.get().people_gone_at == DUE


def test_purge_year_again_changes_nothing(year: LivedYear) -> None:
    purge.purge_year(year.card_year, days=DAYS, at=DUE)
    before = everything_written()

    again = purge.purge_year(year.card_year, days=DAYS, at=DUE + dt.timedelta(days=1))

    assert set(again.counts.values()) == {0}
    assert everything_written() == before


def test_purge_year_rehearsed_tells_the_same_and_changes_nothing(year: LivedYear) -> None:
    before = everything_written()

    rehearsed = purge.purge_year(year.card_year, days=DAYS, at=NUMBERS_DUE, dry_run=True)

    assert everything_written() == before
    assert rehearsed.counts == purge.purge_year(year.card_year, days=DAYS, at=NUMBERS_DUE).counts


def test_purge_year_waits_until_the_year_is_closed_long_enough(year: LivedYear) -> None:
    before = everything_written()

    with pytest.raises(purge.NotYetClosed, match="mogen weg vanaf 08/10/2027"):
        purge.purge_year(year.card_year, days=DAYS, at=TOO_EARLY)

    assert everything_written() == before


def test_purge_year_waits_for_the_point_that_hands_over_the_longest(year: LivedYear) -> None:
    PointYear.objects.filter(point=year.points[0]).update(collect_until=dt.date(2027, 7, 12))

    with pytest.raises(purge.NotYetClosed, match="mogen weg vanaf 10/10/2027"):
        purge.purge_year(year.card_year, days=DAYS, at=DUE)


def test_purge_year_goes_before_its_day_with_a_reason_that_is_kept(year: LivedYear) -> None:
    purge.purge_year(year.card_year, days=DAYS, at=TOO_EARLY, force="beslissing van de DPO")

    assert YearEvent.objects.get(kind="purged").summary["forced"] == "beslissing van de DPO"
    assert set(Person.objects.values_list("last_name", flat=True)) == {"(gewist)"}


def test_purge_year_never_forces_the_numbers_that_next_year_asks_for(year: LivedYear) -> None:
    following = seasons.opened(2028)
    make.person(following, staff_number=year.number)

    purge.purge_year(year.card_year, days=DAYS, at=TOO_EARLY, force="toch")

    assert Person.objects.filter(card_year=year.card_year, staff_number=year.number).exists()
    holders = earlier_holders.find(following)
    assert holders.cards_of == year.card_year.pk


def test_next_year_has_the_same_starters_after_the_people_of_this_year_are_gone(
    card_year: CardYear, now: dt.datetime
) -> None:
    held = make.person(card_year)
    make.card(held)
    following = seasons.opened(2028)
    for number in (held.staff_number, make.staff_number()):
        make.appointment(make.person(following, staff_number=number))
    purge.purge_year(card_year, days=DAYS, at=DUE)

    run.run(following, on=dt.date(2027, 11, 15), at=DUE)

    found = Card.objects.filter(card_year=following).order_by("pk").values_list("person__staff_number", "channel")
    assert {channel for number, channel in found if number == held.staff_number} == {"pickup"}
    assert {channel for number, channel in found if number != held.staff_number} == {"starter"}


@pytest.mark.parametrize("is_next_opened", [True, False])
def test_numbers_stay_until_the_next_year_is_forgotten_itself(year: LivedYear, is_next_opened: bool) -> None:  # noqa: FBT001
    if is_next_opened:
        seasons.opened(2028)

    early = purge.purge_year(year.card_year, days=DAYS, at=NUMBERS_DUE - dt.timedelta(seconds=1))
    there = Person.objects.filter(staff_number=year.number).exists()
    done = purge.purge_year(year.card_year, days=DAYS, at=NUMBERS_DUE)

    assert (early.numbers_gone, there, done.numbers_gone) == (False, True, True)
    assert not Person.objects.filter(staff_number=year.number).exists()
    assert not EarlierHolder.objects.filter(staff_number=year.number).exists()


def test_a_forgotten_year_is_never_run_frozen_or_read_in_again(year: LivedYear, tmp_path: Path) -> None:
    purge.purge_year(year.card_year, days=DAYS, at=DUE)
    before = list(Card.objects.order_by("pk").values())
    personnel_file = files.personnel(tmp_path / "epd.csv", files.appointment(1))
    subscribers = tmp_path / "abonnees.csv"
    subscribers.write_text(f"stamboeknummer\n{make.staff_number()}\n")

    for attempt in (
        lambda: run.run(year.card_year, on=dt.date(2027, 11, 15), at=DUE),
        lambda: freeze.freeze(year.card_year, at=DUE),
        lambda: personnel.load(year.card_year, personnel_file, source="epd", at=DUE, rejects_folder=tmp_path),
        lambda: staff_lists.load_subscribers(year.card_year, subscribers, at=DUE, rejects_folder=tmp_path),
    ):
        with pytest.raises(YearIsForgotten):
            attempt()
    assert list(Card.objects.order_by("pk").values()) == before


def test_purge_year_leaves_other_years_alone(year: LivedYear) -> None:
    other = make.person(seasons.opened(2028), "Vermeulen", "Dirk")
    make.appointment(other)
    make.card(other)
    Subscriber.objects.create(card_year=other.card_year, staff_number=other.staff_number)
    EarlierHolder.objects.create(year=2028, staff_number=other.staff_number)

    purge.purge_year(year.card_year, days=DAYS, at=DUE)

    other.refresh_from_db()
    assert (str(other), other.street, other.appointments.count()) == ("Vermeulen Dirk", "Voorbeeldstraat", 1)
    assert Subscriber.objects.filter(staff_number=other.staff_number).exists()
    assert EarlierHolder.objects.filter(year=2028, staff_number=other.staff_number).exists()


def test_purge_year_keeps_files_without_people_and_lists_without_samples(year: LivedYear) -> None:
    purge.purge_year(year.card_year, days=DAYS, at=DUE)

    assert [file.name for file in StoredFile.objects.all()] == ["telling.csv"]
    samples = {"new": [], "unserved": [{"postcode": "8300", "people": 3}]}
    assert PersonnelImport.objects.get().summary == {"samples": samples, "rows": 9}
    assert Upload.objects.get().difference == {"samples": samples}
    assert set(Appointment.objects.values_list("institution_number", "level", "interruption_code")) == {("", "", "")}
    assert PendingChange.objects.count() == 0
    assert set(HandOver.objects.values_list("collector", "undo_reason")) >= {("(gewist)", ""), ("", "(gewist)")}
    assert set(VoidedNumber.objects.values_list("reference", flat=True)) == {""}


def test_purge_due_takes_the_years_whose_day_has_come_and_no_other(year: LivedYear, tmp_path: Path) -> None:
    later = make.person(seasons.opened(2028), "Vermeulen", "Dirk")

    def due(at: dt.datetime) -> list[int]:
        done = purge.purge_due(terms=Retention(), at=at, rejects_folder=tmp_path, secret="sleutel")
        json.dumps(done)
        return [one["year"] for one in done["years"]]

    assert (due(TOO_EARLY), due(DUE), due(DUE), due(NUMBERS_DUE), due(NUMBERS_DUE)) == (
        [],
        [2027],
        [],
        [2027, 2028],
        [],
    )
    later.refresh_from_db()
    assert later.last_name == "(gewist)"
    assert Reading.objects.count() == 0


def test_purge_due_lets_go_of_old_files_with_refused_rows(db: None, now: dt.datetime, tmp_path: Path) -> None:
    folder = tmp_path / "rejects"
    folder.mkdir()
    for name, days in (("oud.csv", 31), ("nieuw.csv", 29)):
        (folder / name).write_text("1;Vermeulen")
        moment = (now - dt.timedelta(days=days)).timestamp()
        os.utime(folder / name, (moment, moment))

    purge.purge_due(terms=Retention(), at=now, rejects_folder=folder, secret="sleutel")

    assert [path.name for path in folder.iterdir()] == ["nieuw.csv"]


def test_years_opened_later_start_with_people(year: LivedYear) -> None:
    purge.purge_year(year.card_year, days=DAYS, at=DUE)

    assert years.open_year(2028, at=DUE).people_gone_at is None
