"""What the pages of one year share: the year from the address, the way to the others, and opening a new one."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from distribution.actions import years
from distribution.enums import JobKind
from distribution.errors import DistributionError
from distribution.forms.years import OpenYearForm, new_years
from distribution.models import CardYear, PrintBatch
from distribution.queries import year_jobs
from distribution.queries import years as opened
from distribution.rules import four_eyes
from distribution.views import office_year_words as words
from distribution.views.office_page import Asked
from pickup_points.http import office_only
from pickup_points.models import User

SECTIONS = {
    "rules": "Regels",
    "run": "Toekennen",
    "compare": "Vergelijken",
    "freeze": "Bevriezen",
    "print": "Drukwerk",
    "lists": "Afhaallijsten",
    "starters": "Starters",
    "late": "Na het bevriezen",
    "institutions": "Eigen lijsten van scholen",
}
# What readers of figures may see.
FOR_READERS = {"compare"}


class AskedYear(Asked):
    """A request about the year in its address; `section` is the page of that year."""

    def __init__(self, request: HttpRequest, user: User, *, year: int, section: str) -> None:
        super().__init__(request, user, tab="year")
        found = next((one for one in self.years if one.year == year), None)
        if found is None:
            raise Http404
        self.card_year: CardYear = found
        self.year = found
        self.section = section

    @property
    def is_frozen(self) -> bool:
        return PrintBatch.objects.filter(card_year=self.card_year).exists()

    def page(self, template: str, **context: Any) -> HttpResponse:
        sections = pages(self.card_year, is_reader=not self.may_see_persons)
        frame = {"sections": sections, "here": SECTIONS[self.section], "of_year": f"?jaar={self.card_year.year}"}
        return super().page(f"year/{template}", **(frame | context))


def pages(card_year: CardYear, *, is_reader: bool) -> list[tuple[str, str]]:
    """The address and the title of each page of a year."""
    return [
        (reverse(f"distribution:office-year-{name}", args=[card_year.year]), title)
        for name, title in SECTIONS.items()
        if not is_reader or name in FOR_READERS
    ]


def changed_since_run(card_year: CardYear) -> list[str]:
    """What was read in or changed after the cards were given out, in words: only the next run takes it along."""
    if card_year.last_run_at is None:
        return []
    return [words.READ_IN[kind] for kind in year_jobs.changed_since(card_year, card_year.last_run_at)]


def needs_second(kind: JobKind, *, people: int = 0) -> bool:
    """True when this waits for a colleague before it begins (FOUR_EYES)."""
    return bool(settings.FOUR_EYES) and four_eyes.asks_for_second(kind, people=people)


@require_http_methods(["GET", "HEAD", "POST"])
@office_only()
def open_year(request: HttpRequest, user: User) -> HttpResponse:
    """A new card year with its dates; its rules come from the year before."""
    asked = Asked(request, user, tab="year")
    choices = new_years(on=timezone.localdate(asked.at), opened=(one.year for one in asked.years))
    typed = request.POST.get("kaartjaar") or request.GET.get("kaartjaar") or str(choices[0])
    if typed not in map(str, choices):
        if request.method == "POST" and typed in {str(one.year) for one in asked.years}:
            messages.info(request, f"Het jaar {typed} is al geopend.")
            return redirect(f"{reverse('distribution:office')}?jaar={typed}")
        raise Http404
    year = int(typed)
    form = OpenYearForm(request.POST if request.method == "POST" else None, year=year)
    if request.method == "POST" and form.is_valid():
        dates = form.dates
        try:
            years.open_year(
                year,
                at=asked.at,
                by=user,
                lookup_from=dates.lookup_from,
                collect_from=dates.collect_from,
                collect_until=dates.collect_until,
                starter_mailings=dates.starter_mailings,
            )
        except DistributionError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"Het jaar {year} is geopend.")
            return redirect(f"{reverse('distribution:office')}?jaar={year}")
    before = opened.before(year)
    return asked.page(
        "year/open",
        form=form,
        new_year=year,
        others=[one for one in choices if one != year],
        before=before,
        entitled=len(opened.rules(before).entitled) if before else 0,
    )
