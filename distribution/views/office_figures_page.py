"""What of the figures an address asks for. Everything stands in the address, so that it can be kept and passed on."""

from dataclasses import replace
from functools import cached_property
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from distribution.actions import figures_snapshots
from distribution.enums import FiguresBy, JobKind
from distribution.queries import figures_choice
from distribution.queries.figures_choice import Choice
from distribution.queries.figures_table import Table, without_small_groups
from distribution.views import office_page
from distribution.views.office_page import Asked
from pickup_points.models import User

BY = {one.label: one for one in FiguresBy}
SCHOOL, NOW = "school", "nu"


class AskedFigures(Asked):
    """One request about figures. What is not on the form is as if it was not asked."""

    def __init__(self, request: HttpRequest, user: User) -> None:
        super().__init__(request, user, tab="figures")
        self.today = timezone.localdate(self.at)
        self.known = figures_choice.known_years()
        get = request.GET.get
        self.choice = Choice(
            by=BY.get(get("per", ""), FiguresBy.CHANNEL),
            is_by_school_year=get("periode") == SCHOOL,
            borders=self.today.year if get("grenzen") == NOW else None,
        )
        first, last = self._year("van"), self._year("tot")
        if first is None and last is None:
            first, last = self._usual_years()
        first, last = sorted(((first or last or 0), (last or first or 0)))
        if first:
            self.choice = replace(self.choice, first=first, last=last)

    @cached_property
    def table(self) -> Table:
        """The figures as they may be shown: small groups without their numbers."""
        return without_small_groups(figures_choice.table(self.choice, tolerance=self.tolerance))

    @property
    def to_choose(self) -> list[int]:
        """A school year may end in the year after the last card year."""
        return [*self.known, self.known[-1] + 1] if self.known and self.choice.is_by_school_year else self.known

    @property
    def address(self) -> str:
        """What stands after the question mark for exactly this choice."""
        return address_of(self.choice)

    def _year(self, name: str) -> int | None:
        typed = self.request.GET.get(name, "")
        years = {str(year): year for year in self.to_choose}
        return years.get(typed)

    def _usual_years(self) -> tuple[int | None, int | None]:
        """Years side by side; split by something else the year people ask about, by week with the one before."""
        if not self.known:
            return None, None
        if self.choice.by == FiguresBy.CHANNEL or self.choice.is_by_school_year:
            return self.to_choose[0], self.to_choose[-1]
        year = figures_choice.own_year(on=self.today) or self.known[-1]
        return (year - 1 if self.choice.by == FiguresBy.WEEK and year - 1 in self.known else year), year


def address_of(choice: Choice) -> str:
    """The question of an address, for a choice."""
    asked = {"per": choice.by.label}
    if choice.years:
        asked |= {"van": str(choice.first), "tot": str(choice.last)}
    if choice.is_by_school_year:
        asked["periode"] = SCHOOL
    if choice.borders:
        asked["grenzen"] = NOW
    return urlencode(asked)


def start_figures(asked: AskedFigures, *, title: str = "") -> HttpResponse:
    """Ask for what takes too long for a page: a snapshot with this title, or the PDF."""
    options = figures_snapshots.options(asked.choice, tolerance=asked.tolerance, title=title)
    return office_page.start(
        asked.request,
        JobKind.FIGURES,
        card_year=None,
        by=asked.user,
        options=options,
        lane=figures_snapshots.lane(options),
    )
