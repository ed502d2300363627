"""The figures: one table for screen, command, API and files. What each column means by each split is in ADR 0016.

Nothing is stored: the counts are made each time, from cards, hand-overs and what the points counted.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from distribution.enums import FiguresBy
from distribution.models import CardYear, PublishedFigures
from distribution.queries import card_counts, settlements
from distribution.queries import figures_counts as counts
from distribution.queries.card_counts import Cell
from distribution.queries.figures_counts import People
from distribution.queries.figures_table import ALL, ALL_WAYS, MIXED, Row, Table, by_year, dated
from distribution.queries.figures_words import Names
from distribution.rules import rates, reconciliation_total
from distribution.rules.reconciliation import Tolerance
from distribution.rules.reconciliation_total import Estimate, Point, Total


def figures(years: Collection[int] | None, by: FiguresBy, *, tolerance: Tolerance, borders: int | None = None) -> Table:
    """The table of these card years, or of all there are; `borders`: those of one year for all, otherwise as they were.

    A year this system made cards for comes from its cards; an earlier one from the published figures, which
    know the year as a whole only.
    """
    known = CardYear.objects.all() if years is None else CardYear.objects.filter(year__in=years)
    card_years = list(known.order_by("year"))
    cells = card_counts.cells([one.pk for one in card_years])
    people = counts.people(cells)
    own = [one for one in card_years if one.pk in people]
    points = settlements.points_of(own, tolerance=tolerance, cells=cells)
    split = _Split(by, [one.pk for one in own], cells=cells, borders=borders)
    rows: list[Row] = []
    totals: list[Row] = _published(years, without={one.year for one in own})
    if by == FiguresBy.CHANNEL:
        rows += totals
    for card_year in own:
        season = _Season(card_year, people[card_year.pk], points[card_year.pk], tolerance)
        totals.append(season.total)
        rows += [season.total] if by == FiguresBy.CHANNEL else split.rows(season)
    return Table(by, by_year(rows), by_year(totals))


class _Season:
    """One year of our own, with what the points of it tell together."""

    def __init__(self, card_year: CardYear, everyone: People, points: list[Point], tolerance: Tolerance) -> None:
        self.year = card_year.year
        self.card_year = card_year
        self.everyone = everyone
        self.points = points
        self.tolerance = tolerance
        self.estimates: Mapping[int, Estimate] = reconciliation_total.estimates(points)
        # Before anything was printed there is nothing to count, and nothing was counted.
        self.has_begun = any(one.counts.sent or one.counts.marked for one in points)
        self.total = self.row(ALL, ALL_WAYS, self.everyone, points)

    def row(
        self, key: str | None, label: str, people: People, points: Iterable[Point], *, is_mixed: bool = False
    ) -> Row:
        """The figures of these people and of these points together."""
        made = self.bare_row(key, label, people)
        if not self.has_begun:
            return made
        here = list(points)
        total = reconciliation_total.total(here, self.estimates, tolerance=self.tolerance)
        return _collected(made, total, is_estimate=any(map(_is_estimated, here)), is_mixed=is_mixed)

    def bare_row(self, key: str | None, label: str, people: People) -> Row:
        """The cards, without what was collected of them."""
        return Row(
            self.year,
            key,
            label,
            cards=people.cards,
            subscription=people.subscription,
            starter=people.starter,
            at_points=people.at_points,
            other=0,
        )


def _is_estimated(one: Point) -> bool:
    """Where everything was marked there is nothing left to estimate, counted or not."""
    return one.figures.is_estimate and one.figures.lower < one.figures.upper


class _Split:
    """How a year falls into rows, for one `by`. Asks everything for all years at once."""

    def __init__(
        self, by: FiguresBy, card_years: Collection[int], *, cells: Sequence[Cell], borders: int | None
    ) -> None:
        self.by = by
        self.borders = borders
        is_placed = by in MIXED | {FiguresBy.POINT}
        self.at_points = counts.at_points(cells) if is_placed else {}
        self.names = Names(by, counts.places() if is_placed else {})
        self.people: Mapping[int, Mapping[str, People]] = {}
        self.marked: Mapping[int, Counter[str]] = {}
        if by in MIXED:
            self.people = counts.people_by_home(card_years, by=by, borders=borders)
        elif by == FiguresBy.WEEK:
            self.marked = counts.fetched_by_week(card_years)
        elif by in counts.ON_THE_CARD_AS_KIND:
            self.people, self.marked = counts.people_by_kind(card_years, by=by)

    def rows(self, season: _Season) -> list[Row]:
        if self.by == FiguresBy.POINT:
            made = self._of_places(season, lambda key: str(key))
        elif self.by in MIXED:
            borders = self.borders or season.year
            made = self._of_places(season, lambda key: self.names.of_point(key, borders))
        else:
            made = self._of_marks(season)
        return sorted(made, key=self.names.order)

    def _of_places(self, season: _Season, place_of: Callable[[int], str]) -> list[Row]:
        """People where they live, cards at points where the point is. By point: who has none is in a row of their own."""
        people: dict[str, People] = defaultdict(People)
        if self.by == FiguresBy.POINT:
            people[""].add(replace(season.everyone, at_points=0))
        for home, group in self.people.get(season.card_year.pk, {}).items():
            key = home if self.borders is None else self.names.of_home(home, season.year, self.borders)
            people[key].add(group)
        for point, number in self.at_points.get(season.card_year.pk, {}).items():
            people[place_of(point)].at_points += number
            if self.by == FiguresBy.POINT:
                people[place_of(point)].cards += number
                people[""].cards -= number
        points: dict[str, list[Point]] = defaultdict(list)
        for one in season.points:
            points[place_of(one.key)].append(one)
        is_mixed = self.by in MIXED
        return [
            season.row(self.names.key(key), self.names.label(key), people[key], points.get(key, []), is_mixed=is_mixed)
            for key in people.keys() | points.keys()
            if people[key] != People() or any(one.counts.sent or one.counts.marked for one in points.get(key, []))
        ]

    def _of_marks(self, season: _Season) -> list[Row]:
        """What was marked, by what is on the card or by week; what went out without a mark is in a row of its own."""
        marked = self.marked.get(season.card_year.pk, Counter())
        unmarked = None if season.total.collected is None else season.total.collected - marked.total()
        if self.by == FiguresBy.WEEK:
            made = [
                dated(Row(season.year, key, self.names.label(key), number, 0, 0, number, other=0), number)
                for key, number in marked.items()
            ]
            return [*made, self._unmarked(season, unmarked, without=marked.total())]
        made = [
            _marked(season, key or None, self.names.label(key), people, marked[key], is_all=unmarked == 0)
            for key, people in self.people[season.card_year.pk].items()
        ]
        return [*made, self._unmarked(season, unmarked)] if season.has_begun and unmarked != 0 else made

    def _unmarked(self, season: _Season, number: int | None, *, without: int | None = None) -> Row:
        """What went out without a mark; by week with every card that no week has (all but `without`)."""
        people = People() if without is None else replace(season.everyone)
        return Row(
            season.year,
            None,
            self.names.label(""),
            cards=people.cards - (without or 0),
            subscription=people.subscription,
            starter=people.starter,
            at_points=people.at_points - (without or 0),
            collected=number,
            lower=0 if season.has_begun else None,
            other=0,
            with_card=rates.added(people.subscription, people.starter, number),
            estimate=season.total.estimate,
        )


def _collected(made: Row, total: Total, *, is_estimate: bool, is_mixed: bool) -> Row:
    with_card = rates.added(made.subscription, made.starter, made.other, total.best)
    rate = rates.percent(with_card, made.cards)
    return replace(
        made,
        collected=total.best,
        lower=total.lower,
        upper=total.upper,
        low99=total.low99,
        high99=total.high99,
        with_card=with_card,
        # Who lives in one place and collects in another is in both counts once, and may make them cross.
        rate=None if is_mixed and (with_card or 0) > (made.cards or 0) else rate,
        estimate=is_estimate and total.best is not None,
        graded=None if total.graded_share is None else round(total.graded_share, 4),
        counted=total.counted_share,
        collected_rate=rates.percent(total.best, made.at_points),
    )


def _marked(season: _Season, key: str | None, label: str, people: People, number: int, *, is_all: bool) -> Row:
    """A row of which only marks are known: at least so many, and at most every card that lay at a point."""
    made = season.bare_row(key, label, people)
    if not season.has_begun:
        return made
    with_card = people.subscription + people.starter + number
    return replace(
        made,
        collected=number,
        lower=number,
        upper=number if is_all else max(number, people.at_points),
        with_card=with_card,
        rate=rates.percent(with_card, people.cards),
        collected_rate=rates.percent(number, people.at_points),
        is_at_least=not is_all,
    )


def _published(years: Collection[int] | None, *, without: Collection[int]) -> list[Row]:
    """What was told to parliament; `other` closes the sum, and the percentage is worked out again."""
    told = PublishedFigures.objects.all() if years is None else PublishedFigures.objects.filter(year__in=years)
    rows = []
    for one in told.order_by("year"):
        if one.year in without:
            continue
        at_points = rest(one.cards, one.subscription, one.starters)
        rows.append(
            Row(
                one.year,
                ALL,
                ALL_WAYS,
                cards=one.cards,
                subscription=one.subscription,
                starter=one.starters,
                at_points=at_points,
                collected=one.collected,
                other=rest(one.with_card, one.subscription, one.starters, one.collected),
                with_card=one.with_card,
                rate=rates.percent(one.with_card, one.cards),
                estimate=one.is_estimate,
                cause=one.cause or None,
                collected_rate=rates.percent(one.collected, at_points),
            )
        )
    return rows


def rest(whole: int | None, *parts: int | None) -> int | None:
    """What is left of the whole; None where one of them was not counted, or the parts are more than the whole."""
    taken = rates.added(*parts)
    return None if whole is None or taken is None or taken > whole else whole - taken
