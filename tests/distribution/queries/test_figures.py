"""The figures: every breakdown closes, nothing that was not counted becomes nought, published and own years in one table."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from distribution.enums import CardState, FiguresBy, Marking
from distribution.models import Card, CardYear
from distribution.queries import figures as queries
from distribution.queries import figures_counts, figures_words
from distribution.queries.figures_school_years import school_years
from distribution.queries.figures_table import Row, Table, without_small_groups
from distribution.rules import rates
from distribution.rules.reconciliation import Tolerance
from pickup_points.models import PickupPoint
from pickup_points.reference import Locality
from tests import make
from tests.conftest import BRUSSELS, NOW
from tests.distribution import seasons, settled

pytestmark = pytest.mark.django_db

SUMS = ("cards", "subscription", "starter", "at_points", "collected", "lower", "other", "with_card")
KEYS = {
    "year", "label", "cards", "subscription", "starter", "at_points", "collected", "lower", "upper", "low99", "high99",
    "other", "with_card", "rate", "estimate", "graded", "cause",
}  # fmt: skip


def figures(by: FiguresBy = FiguresBy.CHANNEL, years: range | None = None, **options: Any) -> Table:
    return queries.figures(years, by, tolerance=Tolerance(), **options)


def the_row(table: Table, key: str | None, year: int = 2027) -> Row:
    [row] = [row for row in table.rows if (row.year, row.key) == (year, key)]
    return row


def points(number: int) -> list[PickupPoint]:
    """In turn in Gent, Hasselt and Antwerpen."""
    postcodes = ("9000", "3500", "2000")
    return [make.point(year=2027, postcode=postcodes[place % 3]) for place in range(number)]


def test_published_years_are_the_parliamentary_table(tmp_path: Path) -> None:
    seasons.published(tmp_path)

    found = figures().rows

    assert [(row.year, row.at_points, row.collected, row.other, row.rate, row.estimate) for row in found] == [
        (2017, 174_108, 102_478, 5_465, 67.65, False),
        (2018, 173_401, 103_966, 936, 67.1, False),
        (2019, 175_618, 100_102, 900, 64.99, False),
        (2020, 177_107, 81_803, 5_604, 58.32, True),
        (2021, 177_528, None, None, None, False),
    ]
    assert {(row.lower, row.upper, row.low99, row.high99, row.graded) for row in found} == {(None,) * 5}
    assert [row.cause for row in found] == [None, None, None, seasons.CAUSE, None]


def test_published_years_have_no_rows_by_province(tmp_path: Path) -> None:
    seasons.published(tmp_path)

    found = figures(FiguresBy.PROVINCE, range(2017, 2020))

    assert (found.rows, [row.year for row in found.totals]) == ((), [2017, 2018, 2019])


def test_an_own_year_stands_beside_published_ones_and_before_them(card_year: CardYear, tmp_path: Path) -> None:
    seasons.published(tmp_path)
    assert [row.year for row in figures(years=range(2020, 2028)).rows] == [2020, 2021]

    seasons.sent_home(card_year, 3)

    assert [(row.year, row.cards) for row in figures(years=range(2021, 2028)).rows] == [(2021, 221_879), (2027, 3)]


def test_before_printing_nothing_is_counted_and_that_is_not_nought(card_year: CardYear) -> None:
    [point] = points(1)
    seasons.cards(card_year, 4, at=point)
    seasons.sent_home(card_year, 2)

    for by in FiguresBy:
        for row in figures(by).rows:
            assert (row.collected, row.with_card, row.rate, row.lower, row.upper) == (None,) * 5


def test_a_year_from_cards_marks_and_counts(card_year: CardYear) -> None:
    user, point = make.new_user(), points(1)[0]
    mine = seasons.cards(card_year, 20, at=point)
    seasons.sent_home(card_year, 3)
    seasons.starters(card_year, 2)
    seasons.cards(card_year, 1)  # not assigned
    withdrawn = seasons.cards(card_year, 1, at=point)
    Card.objects.filter(pk=withdrawn[0].pk).update(
        state=CardState.WITHDRAWN, withdrawn_at=settled.PRINTED_AT - dt.timedelta(1)
    )
    settled.printed(card_year)
    seasons.marked(mine[:8], by=user, at=NOW)
    seasons.counted(card_year, point, 9, by=user, marking=Marking.PARTIAL)

    [row] = figures().rows

    assert row == Row(
        2027, "all", "alle wegen", cards=26, subscription=3, starter=2, at_points=20, collected=11, lower=8, upper=11,
        low99=8, high99=11, other=0, with_card=16, rate=61.54, estimate=False, graded=0.0, collected_rate=55.0, counted=1.0,
    )  # fmt: skip
    assert set(row.as_dict(FiguresBy.CHANNEL)) == KEYS | {"channel"}
    assert rates.in_words(row.margins) == (
        "61,5 % (tussen 50,0 en 61,5; minstens 50,0, hoogstens 61,5; 100 % van de kaarten geteld)"
    )


def test_without_counts_there_are_bounds_and_no_best_figure(card_year: CardYear) -> None:
    user, (one, other) = make.new_user(), points(2)
    cards = seasons.cards(card_year, 10, at=one)
    seasons.cards(card_year, 10, at=other)
    settled.printed(card_year)
    seasons.marked(cards[:4], by=user, at=NOW)

    [row] = figures().rows

    assert (row.collected, row.with_card, row.rate, row.lower, row.upper, row.estimate) == (
        None,
        None,
        None,
        4,
        20,
        False,
    )
    assert rates.in_words(row.margins) == (
        "niet geteld (tussen 20,0 en 100,0; minstens 20,0, hoogstens 100,0; 0 % van de kaarten geteld)"
    )


def test_an_uncounted_point_makes_an_estimate_of_its_province_and_of_the_year_alone(card_year: CardYear) -> None:
    user, them = make.new_user(), points(12)
    lying = {point: seasons.cards(card_year, 10, at=point) for point in them}
    settled.printed(card_year)
    for point, cards in lying.items():
        seasons.marked(cards[:3], by=user, at=NOW)
        if point != them[0]:
            seasons.counted(card_year, point, 5, by=user)

    assert figures().rows[0].estimate
    assert {row.key: (row.estimate, row.collected) for row in figures(FiguresBy.PROVINCE).rows} == {
        "Antwerpen": (False, 20),
        "Limburg": (False, 20),
        "Oost-Vlaanderen": (True, 20),
    }


@pytest.mark.parametrize("share_counted", [0.0, 0.6, 1.0])
@pytest.mark.parametrize("seed", [1, 2])
def test_every_breakdown_sums_to_its_year(card_year: CardYear, seed: int, share_counted: float) -> None:
    them = points(13)
    for place, one in enumerate((card_year, seasons.opened(2028))):
        seasons.drawn(one, them, seed=2 * seed + place, share_counted=share_counted)
    whole = figures().rows
    assert [row.year for row in whole] == [2027, 2028]

    for by in FiguresBy:
        found = figures(by)
        assert found.totals == whole
        for total in whole:
            rows = [row for row in found.rows if row.year == total.year]
            assert len({row.key for row in rows}) == len(rows)
            for name in SUMS:
                assert rates.added(*(getattr(row, name) for row in rows)) == getattr(total, name), f"{by} {name}"
            if by in {FiguresBy.POINT, FiguresBy.PROVINCE, FiguresBy.MUNICIPALITY}:
                assert sum(row.upper or 0 for row in rows) == total.upper
            for row in rows:
                assert row.with_card == rates.added(row.subscription, row.starter, row.collected, row.other)
                assert row.collected is None or (row.lower or 0) <= row.collected


def test_by_point_has_the_cards_that_lie_there_and_a_row_for_the_others(card_year: CardYear) -> None:
    user, (gent, hasselt) = make.new_user(), points(2)
    cards = seasons.cards(card_year, 10, at=gent)
    seasons.cards(card_year, 5, at=hasselt)
    seasons.sent_home(card_year, 3)
    seasons.cards(card_year, 2)
    settled.printed(card_year)
    seasons.marked(cards[:4], by=user, at=NOW)
    seasons.counted(card_year, gent, 6, by=user)

    found = figures(FiguresBy.POINT)

    assert [
        (row.key, row.label, row.cards, row.at_points, row.collected, row.with_card, row.rate) for row in found.rows
    ] == [
        (gent.code, gent.name, 10, 10, 4, 4, 40.0),
        (hasselt.code, hasselt.name, 5, 5, None, None, None),
        (None, "zonder afhaalpunt", 5, 0, 0, 3, 60.0),
    ]


def test_by_place_people_count_at_home_and_collections_at_the_point(card_year: CardYear) -> None:
    user, (gent, _) = make.new_user(), points(2)
    mine = seasons.cards(card_year, 10, at=gent, postcode="3500")
    seasons.sent_home(card_year, 2, postcode="9031")
    seasons.sent_home(card_year, 1, postcode="")
    settled.printed(card_year)
    seasons.marked(mine, by=user, at=NOW)

    by_province, by_municipality = figures(FiguresBy.PROVINCE), figures(FiguresBy.MUNICIPALITY)

    assert [
        (row.key, row.cards, row.at_points, row.collected, row.rate, row.collected_rate) for row in by_province.rows
    ] == [
        ("Limburg", 10, 0, 0, 0.0, None),
        ("Oost-Vlaanderen", 2, 10, 10, None, 100.0),
        (None, 1, 0, 0, 100.0, None),
    ]
    assert [(row.key, row.label, row.cards) for row in by_municipality.rows] == [
        ("44021", "Gent", 2),
        ("71072", "Hasselt", 10),
        (None, "buiten Vlaanderen en Brussel", 1),
    ]
    assert "waar de houder woont" in figures_words.definition(FiguresBy.PROVINCE)


def test_borders_as_now_move_homes_and_points(card_year: CardYear, monkeypatch: pytest.MonkeyPatch) -> None:
    """Gent becomes a part of Hasselt in 2030."""
    then = {"9000": Locality("9000", "44021", "Gent", "Oost-Vlaanderen")}
    now = {"9000": Locality("9000", "71072", "Hasselt", "Limburg")}
    for module in (figures_counts, figures_words):
        monkeypatch.setattr(module, "localities", lambda year: now if year >= 2030 else then)
    figures_counts.moved.cache_clear()
    seasons.cards(card_year, 5, at=points(1)[0])
    seasons.cards(card_year, 1, postcode="")

    assert {row.key: (row.cards, row.at_points) for row in figures(FiguresBy.PROVINCE).rows} == {
        "Oost-Vlaanderen": (5, 5), None: (1, 0),
    }  # fmt: skip
    for by, key in ((FiguresBy.PROVINCE, "Limburg"), (FiguresBy.MUNICIPALITY, "71072")):
        found = figures(by, borders=2030).rows
        assert {row.key: (row.cards, row.at_points) for row in found} == {key: (5, 5), None: (1, 0)}
    figures_counts.moved.cache_clear()


def test_by_week_only_what_is_dated_has_a_week(card_year: CardYear) -> None:
    user, [point] = make.new_user(), points(1)
    cards = seasons.cards(card_year, 10, at=point)
    settled.printed(card_year)
    # Half past midnight on Monday 18 January in Brussels is still Sunday in Greenwich.
    seasons.marked(cards[:2], by=user, at=dt.datetime(2027, 1, 17, 23, 30, tzinfo=dt.UTC))
    seasons.marked(cards[2:3], by=user, at=dt.datetime(2027, 1, 17, 22, 30, tzinfo=dt.UTC))
    seasons.marked(cards[3:4], by=user, at=dt.datetime(2027, 1, 1, 9, 0, tzinfo=dt.UTC))
    seasons.counted(card_year, point, 4, by=user)

    found = figures(FiguresBy.WEEK)

    assert [(row.key, row.label, row.cards, row.collected, row.upper, row.rate) for row in found.rows] == [
        ("2026-W53", "week 53 (vanaf 28 december 2026)", 1, 1, None, None),
        ("2027-W02", "week 2 (vanaf 11 januari 2027)", 1, 1, None, None),
        ("2027-W03", "week 3 (vanaf 18 januari 2027)", 2, 2, None, None),
        (None, "zonder afhaaldatum", 6, 2, None, None),
    ]


def test_by_category_what_is_marked_is_a_lower_bound_unless_everything_is(card_year: CardYear) -> None:
    user, [point] = make.new_user(), points(1)
    clerks = seasons.cards(card_year, 6, at=point, category="administratief")
    teachers = seasons.cards(card_year, 10, at=point)
    settled.printed(card_year)
    seasons.marked([*clerks[:3], *teachers[:4]], by=user, at=NOW)
    seasons.counted(card_year, point, 7, by=user)

    found = figures(FiguresBy.CATEGORY).rows

    assert [(row.key, row.cards, row.collected, row.lower, row.upper, row.rate, row.is_at_least) for row in found] == [
        ("bestuur_onderwijzend", 10, 4, 4, 10, 40.0, True),
        ("administratief", 6, 3, 3, 6, 50.0, True),
        (None, 0, 2, 0, None, None, False),
    ]

    seasons.marked(teachers[4:6], by=user, at=NOW)
    found = figures(FiguresBy.CATEGORY).rows
    assert [(row.key, row.collected, row.upper, row.is_at_least) for row in found] == [
        ("bestuur_onderwijzend", 6, 6, False),
        ("administratief", 3, 3, False),
    ]


def test_levels_and_categories_have_the_names_of_the_rules_and_keep_their_keys(card_year: CardYear) -> None:
    for level, category in (("lager", "bestuur_onderwijzend"), ("clb", "opvoedend_hulp"), ("lager", "mvd")):
        seasons.sent_home(card_year, 1, level=level, category=category)

    assert [(row.key, row.label) for row in figures(FiguresBy.CATEGORY).rows] == [
        ("bestuur_onderwijzend", "bestuur en onderwijzend"),
        ("opvoedend_hulp", "opvoedend hulppersoneel"),
        ("mvd", "meester-, vak- en dienstpersoneel"),
    ]
    assert [(row.key, row.label) for row in figures(FiguresBy.LEVEL).rows] == [
        ("lager", "Lager onderwijs"),
        ("clb", "Leerlingenbegeleiding (clb)"),
    ]


def test_a_school_year_has_the_hand_overs_dated_in_it(card_year: CardYear) -> None:
    user, (gent, hasselt) = make.new_user(), points(2)
    cards = seasons.cards(card_year, 6, at=gent) + seasons.cards(card_year, 2, at=hasselt, level="clb")
    settled.printed(card_year)
    seasons.marked(cards[:4], by=user, at=dt.datetime(2027, 8, 31, 23, 30, tzinfo=BRUSSELS))
    seasons.marked(cards[4:], by=user, at=dt.datetime(2027, 9, 1, 0, 30, tzinfo=BRUSSELS))

    whole = school_years(None, FiguresBy.CHANNEL)
    assert [(row.year, row.collected, row.lower, row.upper, row.cards, row.rate) for row in whole.rows] == [
        (2027, 4, 4, None, None, None),
        (2028, 4, 4, None, None, None),
    ]
    split = {
        FiguresBy.POINT: [(2027, gent.code, 4), (2028, gent.code, 2), (2028, hasselt.code, 2)],
        FiguresBy.PROVINCE: [(2027, "Oost-Vlaanderen", 4), (2028, "Limburg", 2), (2028, "Oost-Vlaanderen", 2)],
        FiguresBy.MUNICIPALITY: [(2027, "44021", 4), (2028, "44021", 2), (2028, "71072", 2)],
        FiguresBy.LEVEL: [(2027, "lager", 4), (2028, "lager", 2), (2028, "clb", 2)],
        FiguresBy.CATEGORY: [(2027, "bestuur_onderwijzend", 4), (2028, "bestuur_onderwijzend", 4)],
        FiguresBy.WEEK: [(2027, "2027-W35", 4), (2028, "2027-W35", 4)],
    }
    for by, wanted in split.items():
        found = school_years(None, by)
        assert [(row.year, row.key, row.collected) for row in found.rows] == wanted
        assert found.totals == whole.rows
    assert [row.year for row in school_years(range(2028, 2029), FiguresBy.CHANNEL).rows] == [2028]


def test_small_groups_leave_without_their_numbers(card_year: CardYear) -> None:
    for level, number in (("kleuter", 4), ("lager", 9), ("secundair", 5), ("clb", 7)):
        seasons.sent_home(card_year, number, level=level)
    found = without_small_groups(figures(FiguresBy.LEVEL))

    # One group alone would follow from the total: the next smallest goes with it.
    assert [(row.key, row.cards, row.is_suppressed) for row in found.rows] == [
        ("kleuter", None, True),
        ("lager", 9, False),
        ("secundair", None, True),
        ("clb", 7, False),
    ]
    assert found.totals[0].cards == 25
    assert found.rows[0].as_dict(FiguresBy.LEVEL)["suppressed"] is True
    assert without_small_groups(figures(FiguresBy.PROVINCE)) == figures(FiguresBy.PROVINCE)


@pytest.mark.parametrize("by", FiguresBy)
def test_as_many_questions_for_three_years_and_points_as_for_one(
    by: FiguresBy, card_year: CardYear, django_assert_num_queries: Any
) -> None:
    first = points(1)
    seasons.drawn(card_year, first, seed=1, share_counted=1.0)
    of_home = dict.fromkeys((FiguresBy.PROVINCE, FiguresBy.MUNICIPALITY), 17)
    asked = ({FiguresBy.CHANNEL: 15, FiguresBy.POINT: 16} | of_home).get(by, 18)

    with django_assert_num_queries(asked):
        figures(by)
    for year in (2028, 2029):
        seasons.drawn(seasons.opened(year), [*first, *points(2)], seed=year, share_counted=1.0)
    with django_assert_num_queries(asked):
        figures(by)
    of_points = {FiguresBy.POINT, FiguresBy.PROVINCE, FiguresBy.MUNICIPALITY}
    with django_assert_num_queries(5 if by in of_points else 4 if by in figures_counts.ON_THE_CARD_AS_KIND else 3):
        school_years(None, by)
