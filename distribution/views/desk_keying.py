"""A signed list keyed back in: which page, which rows, a look at the names, and then kept."""

import datetime as dt
from dataclasses import dataclass
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from distribution.actions import keyed_lists as keying
from distribution.actions import readings
from distribution.documents import pickup_list_rows
from distribution.enums import ReadingKind
from distribution.models import PickupList
from distribution.queries import desk_lists, keyed_lists
from distribution.queries.keyed_lists import Row, RowState
from distribution.rules import page_code, row_ranges
from distribution.rules.row_ranges import Problem, Typed
from distribution.views.desk_lists import list_or_404
from pickup_points.desks import Desk
from pickup_points.http import at_desk

THESE, ALL_BUT = "deze", "behalve"
LONGEST_CODE = 60
NO_CODE = (
    "We herkennen deze bladcode niet. Kijk onderaan het blad: ze begint met LK en staat naast het vierkantje. "
    "Kies anders de lijst hieronder."
)
CLOSING_PAGE = "Dit is het slotblad van de lijst: daar staan geen rijen op."


@dataclass(frozen=True)
class Paper:
    """The sheet of paper in hand: a list, or one page of it, with its rows."""

    pickup_list: PickupList
    page: int | None
    pages: int
    rows: range

    @property
    def first(self) -> int:
        return self.rows.start

    @property
    def last(self) -> int:
        return self.rows.stop - 1

    @property
    def next_page(self) -> int | None:
        return self.page + 1 if self.page and self.page < self.pages else None

    @property
    def query(self) -> str:
        return f"?blad={self.page}" if self.page else ""


@dataclass(frozen=True)
class Form:
    """What was filled in. `rows` were ticked and typed together; `picked` turns them round for "all but"."""

    text: str = ""
    ticked: tuple[int, ...] = ()
    how: str = THESE
    signed_on: dt.date | None = None
    typed: Typed | None = None
    rows: tuple[int, ...] = ()
    picked: tuple[int, ...] = ()
    day_error: str = ""

    @property
    def written(self) -> str:
        return row_ranges.written(self.rows)

    @property
    def errors(self) -> list[Problem]:
        return [problem for problem in self.typed.problems if problem.stops] if self.typed else []

    @property
    def notices(self) -> list[Problem]:
        return [problem for problem in self.typed.problems if not problem.stops] if self.typed else []

    @property
    def is_right(self) -> bool:
        return self.typed is not None and self.typed.is_usable and not self.day_error


@require_GET
@at_desk()
def choose(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Which page: its code, typed or scanned; or a list chosen by hand."""
    at = timezone.now()
    card_year = desk_lists.running_year(timezone.localdate(at))
    code, error = request.GET.get("code", "")[:LONGEST_CODE].strip(), ""
    if code and card_year:
        found = page_code.read(code)
        known = found and keyed_lists.get(found.list_id, point=desk.point, card_year_id=card_year.pk)
        if found and known and known.revision == found.revision:
            if found.page <= pickup_list_rows.pages_needed(len(known.card_numbers)):
                address = reverse("distribution:desk-keying-rows", args=[desk.point.code, known.pk])
                return redirect(f"{address}?{urlencode({'blad': found.page})}")
            error = CLOSING_PAGE
        else:
            # A wrong code, another point's and one that never was: the same words.
            error = NO_CODE
    return render(
        request,
        "distribution/desk_lists/choose.html",
        {
            "desk": desk,
            "tab": "lists",
            "lists": desk_lists.lists_of(desk.point, card_year) if card_year else None,
            "code": code,
            "error": error,
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk()
def rows(request: HttpRequest, desk: Desk, list_id: int) -> HttpResponse:
    """The rows of one page or list: typed or ticked, shown with their names, and kept when they are right.

    Kept twice is kept once, so a page that is loaded again does no harm.
    """
    at = timezone.now()
    paper = _paper(request, list_or_404(desk, list_id, at=at))
    today = timezone.localdate(at)
    context = {"desk": desk, "tab": "lists", "paper": paper, "today": today}
    if request.method != "POST":
        shown = keyed_lists.rows(paper.pickup_list, numbers=paper.rows) if paper.page else []
        _note(desk, shown, at=at)
        return render(
            request, "distribution/desk_lists/rows.html", context | {"form": Form(signed_on=today), "offered": shown}
        )
    form = _read(request, paper, today=today)
    if not form.is_right:
        shown = keyed_lists.rows(paper.pickup_list, numbers=paper.rows) if paper.page else []
        _note(desk, shown, at=at)
        return render(
            request, "distribution/desk_lists/rows.html", context | {"form": form, "offered": shown}, status=422
        )
    if request.POST.get("stap") != "bewaar":
        return _look(request, desk, paper, form, context, at=at)
    kept = keying.key_in(
        paper.pickup_list,
        rows=form.picked,
        desk=desk,
        by=desk.user,
        at=at,
        signed_on=form.signed_on,
        at_most=keying.MOST_AT_ONCE,
    )
    shown = keyed_lists.rows(paper.pickup_list, numbers=form.picked)
    _note(desk, shown, at=at)
    before = [row for row in shown if row.state is RowState.COLLECTED and row.row not in kept.rows]
    return render(
        request,
        "distribution/desk_lists/kept.html",
        context
        | {
            "form": form,
            "rows": shown,
            "kept": kept,
            "before": len(before),
            "not_done": len(shown) - len(kept.rows) - len(before) - kept.left,
        },
    )


def _look(
    request: HttpRequest, desk: Desk, paper: Paper, form: Form, context: dict[str, object], *, at: dt.datetime
) -> HttpResponse:
    """The names, before anything is kept; and for "all but" also those that stay."""
    numbers = form.picked if form.how == THESE else tuple(sorted({*form.picked, *form.rows}))
    shown = keyed_lists.rows(paper.pickup_list, numbers=numbers)
    _note(desk, shown, at=at)
    picked = set(form.picked)
    return render(
        request,
        "distribution/desk_lists/look.html",
        context
        | {
            "form": form,
            "rows": [row for row in shown if row.row in picked],
            "stays": [row for row in shown if row.row not in picked],
            "will_be_kept": sum(1 for row in shown if row.waits and row.row in picked),
        },
    )


def _paper(request: HttpRequest, pickup_list: PickupList) -> Paper:
    count = len(pickup_list.card_numbers)
    pages = pickup_list_rows.pages_needed(count)
    asked = request.GET.get("blad", "")
    if not asked:
        return Paper(pickup_list, None, pages, range(1, count + 1))
    page = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 0
    if not 1 <= page <= pages:
        raise Http404
    return Paper(pickup_list, page, pages, pickup_list_rows.rows_on(page, rows=count))


def _read(request: HttpRequest, paper: Paper, *, today: dt.date) -> Form:
    sent = request.POST
    text, how = sent.get("rijen", ""), ALL_BUT if sent.get("hoe") == ALL_BUT else THESE
    boxes = set(sent.getlist("rij")) if paper.page else set()
    ticked = tuple(row for row in paper.rows if str(row) in boxes)
    # Ticked is as good as typed: an empty field beside ticks is nothing wrong.
    typed = Typed(()) if ticked and not text.strip() else row_ranges.read(text, first=paper.first, last=paper.last)
    chosen = tuple(sorted({*typed.rows, *ticked}))
    signed_on, error = _day(sent.get("dag", ""), paper, today=today)
    return Form(
        text=text,
        ticked=ticked,
        how=how,
        signed_on=signed_on,
        typed=typed,
        rows=chosen,
        picked=chosen if how == THESE else row_ranges.everything_but(chosen, first=paper.first, last=paper.last),
        day_error=error,
    )


def _day(written: str, paper: Paper, *, today: dt.date) -> tuple[dt.date | None, str]:
    """The day on which the list was signed; today when it was left empty."""
    if not written.strip():
        return today, ""
    try:
        day = dt.date.fromisoformat(written.strip())
    except ValueError:
        return None, "Dat is geen dag. Schrijf hem zoals 2027-01-15."
    try:
        keying.check_signing_day(paper.pickup_list, signed_on=day, today=today)
    except keying.BadSigningDay as refusal:
        return day, str(refusal)
    return day, ""


def _note(desk: Desk, shown: list[Row], *, at: dt.datetime) -> None:
    if shown:
        readings.note(
            ReadingKind.KEYING,
            by=desk.user,
            point_id=desk.point.pk,
            at=at,
            cards=[row.card_id for row in shown],
            secret=settings.SECRET_KEY,
        )
