"""Saving a point's own data: all or nothing, with its trace, and never over somebody else's change."""

import datetime as dt
import threading
from dataclasses import replace
from typing import Any

import pytest
from django.db import DatabaseError, connection
from hypothesis import given
from hypothesis import strategies as st

from distribution.models import CardYear
from pickup_points.actions import own_data as actions
from pickup_points.desks import Desk, NoSuchDesk
from pickup_points.intake import own_data
from pickup_points.intake.own_data import OwnData
from pickup_points.models import PickupPoint, PointChange, PointYear
from tests import make
from tests.conftest import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(card_year: CardYear) -> Desk:
    return make.member(make.point("gent", year=card_year.year), is_manager=True)


def now_of(desk: Desk) -> OwnData:
    point = PickupPoint.objects.get(pk=desk.point.pk)
    return own_data.of(point, PointYear.objects.filter(point=point, year=2027).first())


def test_save_writes_the_point_its_year_and_the_trace(desk: Desk) -> None:
    basis = now_of(desk)
    wanted = replace(basis, phone="09 000 00 00", hours={"ma": "10:00-12:00"}, collect_until=dt.date(2027, 6, 30))

    change = actions.save(desk, wanted=wanted, basis=basis, year=2027, at=NOW)

    assert now_of(desk) == wanted
    assert change == PointChange.objects.get()
    assert change is not None
    assert (change.point, change.year, change.at, change.by) == (desk.point, 2027, NOW, desk.user)
    assert change.fields == {
        "hours": [dict(basis.hours), {"ma": "10:00-12:00"}],
        "phone": ["", "09 000 00 00"],
        "collect_until": [None, "2027-06-30"],
    }


def test_save_without_the_trace_changes_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_: Any) -> None:
        raise DatabaseError

    monkeypatch.setattr(PointChange.objects, "create", fail)
    basis = now_of(desk)

    with pytest.raises(DatabaseError):
        actions.save(desk, wanted=replace(basis, phone="1"), basis=basis, year=2027, at=NOW)

    assert now_of(desk) == basis


def test_save_nothing_leaves_no_trace(desk: Desk) -> None:
    basis = now_of(desk)

    assert actions.save(desk, wanted=basis, basis=basis, year=2027, at=NOW) is None
    assert PointChange.objects.count() == 0


def test_save_over_a_change_in_between_is_refused_and_says_which(desk: Desk) -> None:
    basis = now_of(desk)
    actions.save(desk, wanted=replace(basis, phone="1"), basis=basis, year=2027, at=NOW)

    with pytest.raises(actions.ChangedMeanwhile) as refused:
        actions.save(desk, wanted=replace(basis, email="bib@voorbeeld.be"), basis=basis, year=2027, at=NOW)

    assert refused.value.changes == {"phone": ["", "1"]}
    assert refused.value.current == now_of(desk) == replace(basis, phone="1")
    assert PointChange.objects.count() == 1


def test_save_own_days_of_a_point_that_left_the_year_is_refused(desk: Desk) -> None:
    basis = now_of(desk)
    PointYear.objects.all().delete()

    with pytest.raises(actions.ChangedMeanwhile):
        actions.save(desk, wanted=replace(basis, collect_from=dt.date(2027, 1, 4)), basis=basis, year=2027, at=NOW)

    assert PointChange.objects.count() == 0


def test_save_is_for_managers(desk: Desk) -> None:
    basis = now_of(desk)
    colleague = make.member(desk.point)

    with pytest.raises(NoSuchDesk):
        actions.save(colleague, wanted=replace(basis, phone="1"), basis=basis, year=2027, at=NOW)

    assert now_of(desk) == basis


def test_save_touches_no_other_point_and_no_other_year(desk: Desk) -> None:
    other = make.member(make.point("brugge", year=2027), is_manager=True)
    PointYear.objects.create(point=desk.point, year=2026)
    before, basis = now_of(other), now_of(desk)

    actions.save(
        desk, wanted=replace(basis, phone="1", collect_until=dt.date(2027, 6, 1)), basis=basis, year=2027, at=NOW
    )

    assert now_of(other) == before
    assert PointYear.objects.get(point=desk.point, year=2026).collect_until is None


@pytest.mark.django_db(transaction=True)
def test_save_by_two_at_the_same_moment_loses_nothing() -> None:
    """The second waits for the first, and is then told what it changed."""
    point = make.point("gent", year=2027)
    desks = [make.member(point, is_manager=True) for _ in range(4)]
    basis = now_of(desks[0])
    start, heard = threading.Barrier(len(desks)), []

    def save(turn: int) -> None:
        try:
            start.wait(timeout=30)
            wanted = replace(basis, phone=f"09 000 00 0{turn}")
            actions.save(desks[turn], wanted=wanted, basis=basis, year=2027, at=NOW)
            heard.append("saved")
        except actions.ChangedMeanwhile as refused:
            heard.append(f"refused: {[*refused.changes]}")
        finally:
            connection.close()

    threads = [threading.Thread(target=save, args=(turn,)) for turn in range(len(desks))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert sorted(heard) == ["refused: ['phone']"] * 3 + ["saved"]
    assert PointChange.objects.get().fields == {"phone": ["", now_of(desks[0]).phone]}


texts = st.text(alphabet="aé<9:-\n ", max_size=8)
days = st.none() | st.dates(dt.date(2026, 1, 1), dt.date(2028, 1, 1))
data = st.builds(
    OwnData,
    hours=st.dictionaries(st.sampled_from(["ma", "di", "zo"]), texts),
    closed=texts,
    exceptional=texts,
    phone=texts,
    email=texts,
    website=texts,
    poster_text=texts,
    collect_from=days,
    collect_until=days,
)


@given(data)
def test_as_json_reads_back(one: OwnData) -> None:
    assert own_data.from_json(one.as_json()) == one


@given(data, data)
def test_changes_are_exactly_the_fields_that_differ(one: OwnData, other: OwnData) -> None:
    changed = own_data.changes(one, other)

    assert set(changed) == {name for name in one.as_json() if getattr(one, name) != getattr(other, name)}
    assert own_data.changes(one, one) == {}
    assert own_data.from_json(one.as_json() | {name: became for name, (_, became) in changed.items()}) == other
