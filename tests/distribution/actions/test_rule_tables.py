"""Changing the rules of a year: whole, with what changed written down, and not once it is frozen."""

import datetime as dt
from dataclasses import replace

import pytest

from distribution.actions import rule_tables, run
from distribution.actions import years as opening
from distribution.actions.years import BadYear
from distribution.models import CardYear, YearEvent
from distribution.queries import years
from tests import make
from tests.distribution import office_year
from tests.distribution.actions.populations import Human, Job, settle

pytestmark = pytest.mark.django_db
ON = dt.date(2026, 11, 15)


def test_a_change_is_saved_whole_and_written_down(card_year: CardYear, now: dt.datetime) -> None:
    was, by = years.rules(card_year), office_year.klasse()
    wanted = replace(
        was,
        collect_until=dt.date(2027, 7, 15),
        starter_mailings=(dt.date(2027, 2, 1),),
        falls_back_on_school=False,
        entitled=(was.entitled - {("lager", "mvd")}) | {("ander", "mvd")},
        codes={"107": "anders genoemd", "300": "proef"},
    )

    changed = rule_tables.change(card_year, wanted=wanted, seen=was.stamp, at=now, by=by)

    card_year.refresh_from_db()
    assert years.rules(card_year) == wanted
    event = YearEvent.objects.get(kind="rules_changed")
    assert (event.by, event.at, event.summary) == (by, now, changed.as_json())


def test_nothing_changed_leaves_no_trace(card_year: CardYear, now: dt.datetime) -> None:
    was = years.rules(card_year)

    assert not rule_tables.change(card_year, wanted=was, seen=was.stamp, at=now, by=office_year.klasse())
    assert not YearEvent.objects.filter(kind="rules_changed").exists()


def test_who_was_overtaken_looks_again(card_year: CardYear, now: dt.datetime) -> None:
    was, by = years.rules(card_year), office_year.klasse()
    first = replace(was, falls_back_on_school=False)
    rule_tables.change(card_year, wanted=first, seen=was.stamp, at=now, by=by)

    with pytest.raises(rule_tables.RulesChangedMeanwhile):
        rule_tables.change(card_year, wanted=replace(was, codes={}), seen=was.stamp, at=now, by=by)

    card_year.refresh_from_db()
    assert years.rules(card_year) == first


def test_frozen_rules_are_locked(card_year: CardYear, now: dt.datetime) -> None:
    was = years.rules(card_year)
    make.card(make.person(card_year))
    make.batch(card_year)

    with pytest.raises(rule_tables.RulesLocked):
        rule_tables.change(card_year, wanted=replace(was, codes={}), seen=was.stamp, at=now, by=office_year.klasse())

    assert years.rules(card_year) == was


def test_dates_that_contradict_each_other_are_refused(card_year: CardYear, now: dt.datetime) -> None:
    was = years.rules(card_year)
    wanted = replace(was, collect_until=dt.date(2026, 12, 1))

    with pytest.raises(BadYear):
        rule_tables.change(card_year, wanted=wanted, seen=was.stamp, at=now, by=office_year.klasse())


def test_the_next_run_follows_the_new_rules(card_year: CardYear, now: dt.datetime) -> None:
    make.point("aalst", year=2027, serves="9300")
    settle(card_year, [Human(jobs=(Job(institution_postcode="9300"),)), Human(jobs=(Job(level="ander"),))])
    assert run.run(card_year, on=ON, at=now, dry_run=True).assigned["by_institution"] == 1
    was = years.rules(card_year)
    wanted = replace(was, falls_back_on_school=False, entitled=was.entitled | {("ander", "bestuur_onderwijzend")})
    rule_tables.change(card_year, wanted=wanted, seen=was.stamp, at=now, by=office_year.klasse())

    after = run.run(card_year, on=ON, at=now)

    assert (after.entitled, after.assigned["by_institution"], after.assigned["unassigned"]) == (2, 0, 2)


def test_a_new_year_begins_with_the_rules_of_the_last(card_year: CardYear, now: dt.datetime) -> None:
    was = years.rules(card_year)
    wanted = replace(was, falls_back_on_school=False, codes={"300": "proef"})
    rule_tables.change(card_year, wanted=wanted, seen=was.stamp, at=now, by=office_year.klasse())

    of_2028 = years.rules(opening.open_year(2028, at=now))

    assert (of_2028.falls_back_on_school, of_2028.codes) == (False, {"300": "proef"})


def test_dates_are_moved_in_a_frozen_year_and_written_down(card_year: CardYear, now: dt.datetime) -> None:
    was, by = years.rules(card_year), office_year.klasse()
    make.batch(card_year)
    days = {"lookup_from": was.lookup_from, "collect_from": was.collect_from}

    rule_tables.move_dates(card_year, **days, collect_until=dt.date(2027, 8, 31), at=now, by=by)
    rule_tables.move_dates(card_year, **days, collect_until=dt.date(2027, 8, 31), at=now, by=by)

    card_year.refresh_from_db()
    assert years.rules(card_year) == replace(was, collect_until=dt.date(2027, 8, 31))
    event = YearEvent.objects.get(kind="dates_moved")
    assert (event.by, event.at, event.summary) == (by, now, {"collect_until": ["2027-07-10", "2027-08-31"]})


def test_dates_that_contradict_each_other_are_not_moved(card_year: CardYear, now: dt.datetime) -> None:
    was = years.rules(card_year)

    with pytest.raises(BadYear):
        rule_tables.move_dates(
            card_year,
            lookup_from=was.lookup_from,
            collect_from=was.collect_from,
            collect_until=dt.date(2026, 12, 1),
            at=now,
            by=office_year.klasse(),
        )

    card_year.refresh_from_db()
    assert (years.rules(card_year), YearEvent.objects.filter(kind="dates_moved").exists()) == (was, False)
