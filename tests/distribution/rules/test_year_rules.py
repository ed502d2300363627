"""What differs between two sets of rules."""

import datetime as dt
from dataclasses import replace

from distribution.rules.year_rules import YearRules, differ, school_year_of, usual_dates

USUAL = usual_dates(2027)
RULES = YearRules(
    lookup_from=USUAL.lookup_from,
    collect_from=USUAL.collect_from,
    collect_until=USUAL.collect_until,
    starter_mailings=USUAL.starter_mailings,
    falls_back_on_school=True,
    entitled=frozenset({("lager", "mvd"), ("lager", "sociaal")}),
    codes={"107": "bonus", "TBS": "voor het pensioen"},
)


def test_the_same_rules_do_not_differ_and_have_the_same_stamp() -> None:
    same = replace(RULES, codes={"TBS": "voor het pensioen", "107": "bonus"})

    assert not differ(RULES, same)
    assert differ(RULES, same).as_json() == {}
    assert same.stamp == RULES.stamp
    assert replace(RULES, falls_back_on_school=False).stamp != RULES.stamp


def test_a_difference_names_what_changed_and_nothing_else() -> None:
    becomes = replace(
        RULES,
        collect_until=dt.date(2027, 7, 15),
        starter_mailings=RULES.starter_mailings[:2],
        falls_back_on_school=False,
        entitled=frozenset({("lager", "mvd"), ("internaat", "mvd")}),
        codes={"107": "bonus voor de TBS", "300": "proef"},
    )

    found = differ(RULES, becomes)

    assert found.needs_run
    assert found.as_json() == {
        "collect_until": ["2027-07-10", "2027-07-15"],
        "starter_mailings": [["2027-01-15", "2027-03-15", "2027-06-15"], ["2027-01-15", "2027-03-15"]],
        "falls_back_on_school": [True, False],
        "entitled": [["internaat", "mvd"]],
        "not_entitled": [["lager", "sociaal"]],
        "codes_added": {"300": "proef"},
        "codes_removed": {"TBS": "voor het pensioen"},
        "codes_reworded": {"107": "bonus voor de TBS"},
    }


def test_a_longer_season_or_another_name_asks_for_no_run() -> None:
    longer = replace(
        RULES, collect_until=dt.date(2027, 7, 15), codes={"107": "bonus voor de TBS", "TBS": "voor het pensioen"}
    )

    assert not differ(RULES, longer).needs_run


def test_years_are_compared_by_day_and_month() -> None:
    next_year = replace(
        RULES,
        lookup_from=dt.date(2027, 12, 1),
        collect_from=dt.date(2027, 12, 27),
        collect_until=dt.date(2028, 7, 10),
        starter_mailings=(dt.date(2028, 1, 15), dt.date(2028, 3, 15), dt.date(2028, 6, 15)),
    )
    leap = replace(next_year, collect_until=dt.date(2028, 2, 29))

    assert not differ(RULES, next_year, years_between=1)
    after_leap = replace(leap, collect_until=dt.date(2029, 2, 28))
    assert "collect_until" not in differ(leap, after_leap, years_between=1).dates


def test_school_year_of_a_card_year() -> None:
    assert school_year_of(2027) == (dt.date(2026, 9, 1), dt.date(2027, 8, 31))
