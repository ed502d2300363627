"""Giving out the cards of a year: trying it, doing it, beside the year before, and what changed since freezing."""

import datetime as dt
from collections.abc import Sequence

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from distribution.actions import readings
from distribution.enums import JobKind, ReadingKind
from distribution.forms.years import ReferenceDateForm
from distribution.models import CardYear, Job
from distribution.queries import batches, office_compare, pending_changes, year_jobs, years
from distribution.rules import channels
from distribution.views import office_late, office_page
from distribution.views import office_year_words as words
from distribution.views.office_year import AskedYear, changed_since_run, needs_second
from pickup_points.http import office_only
from pickup_points.models import User

# What makes a trial out of date.
SINCE_A_TRIAL = (*year_jobs.BEFORE_A_RUN, "run", "frozen")
FORMATS = ("csv", "xlsx")
LONGEST_PAGE = 4


@require_http_methods(["GET", "HEAD", "POST"])
@office_only()
def run(request: HttpRequest, user: User, year: int) -> HttpResponse:
    """First a trial that changes nothing, then the same for real."""
    asked = AskedYear(request, user, year=year, section="run")
    card_year = asked.card_year
    trial = _fresh_trial(card_year)
    today = timezone.localdate(asked.at)
    first_day = card_year.reference_date or today
    form = ReferenceDateForm(
        request.POST if request.method == "POST" else None,
        year=year,
        initial={"reference_date": trial.options["reference_date"] if trial else first_day},
    )
    if request.method == "POST" and form.is_valid():
        is_trial = request.POST.get("wat") != "echt"
        on = form.cleaned_data["reference_date"].isoformat()
        if is_trial or (trial is not None and trial.options["reference_date"] == on):
            options = {"reference_date": on, "dry_run": is_trial, "late": False}
            return office_page.start(request, JobKind.RUN, card_year=card_year, by=user, options=options)
        messages.warning(request, "Proef eerst op deze peildatum: sinds de vorige proef veranderde er iets.")
        return redirect("distribution:office-year-run", year)
    done = year_jobs.latest_event(card_year, "run")
    return asked.page(
        "run",
        form=form,
        is_frozen=asked.is_frozen,
        going_on=year_jobs.going_on(card_year, JobKind.RUN),
        trial=trial,
        trial_on=_day(trial.options["reference_date"]) if trial else None,
        tried=words.outcome(trial.result) if trial else None,
        done=done,
        done_on=_day(done.summary.get("reference_date", "")) if done else None,
        outcome=words.outcome(done.summary) if done else None,
        not_in_yet=_not_in_yet(card_year),
        rules_count=len(years.rules(card_year).entitled),
    )


@require_safe
@office_only(may_read=True)
def compare(request: HttpRequest, user: User, year: int) -> HttpResponse:
    """This year beside the one before."""
    asked = AskedYear(request, user, year=year, section="compare")
    comparison = office_compare.compare(asked.card_year)
    return asked.page(
        "compare",
        comparison=comparison,
        much=office_compare.MUCH,
        totals=(*comparison.totals, *comparison.ways) if comparison else (),
        way_bars=_bars((*comparison.totals, *comparison.ways)) if comparison else [],
        province_bars=_bars(comparison.provinces) if comparison else [],
    )


@require_http_methods(["GET", "HEAD", "POST"])
@office_only()
def late(request: HttpRequest, user: User, year: int) -> HttpResponse:
    """What changed since freezing: giving newcomers a card, freezing the addition, its print run and its lists."""
    asked = AskedYear(request, user, year=year, section="late")
    card_year = asked.card_year
    counts = pending_changes.count(card_year)
    if request.method == "POST":
        return _decide(request, user, card_year, counts=counts)
    today = timezone.localdate(asked.at)
    mailing = channels.next_mailing(years.mailings(card_year), on=card_year.reference_date or today)
    kind = request.GET.get("soort", "")
    kind = kind if kind in counts else ""
    number = _page_number(request)
    people, has_more = pending_changes.page(card_year, number=number, kind=kind) if asked.is_frozen else ([], False)
    if people:
        readings.note(
            ReadingKind.OFFICE,
            by=user,
            point_id=None,
            at=asked.at,
            cards=[one.card_id for one in people if one.card_id],
            count=len(people),
            secret=settings.SECRET_KEY,
        )
    all_batches = batches.of_year(card_year)
    moves, left = pending_changes.moves(card_year), pending_changes.left(card_year)
    return asked.page(
        "late",
        is_frozen=bool(all_batches),
        counts=[(one, pending_changes.KINDS[one], number) for one, number in counts.items()],
        total=sum(counts.values()),
        newcomers=counts["new"],
        choices=office_late.choices(counts, moves) if all_batches else [],
        moves=moves,
        left=left,
        left_kinds=office_late.by_kind(left),
        mailing=mailing,
        stale=changed_since_run(card_year),
        loose=batches.loose(card_year).cards,
        additions=all_batches[1:],
        has_lists=bool(batches.revisions(card_year)),
        going_on=year_jobs.going_on(card_year, JobKind.RUN, JobKind.CHANGES),
        lists=year_jobs.fetched(card_year, JobKind.CHANGES),
        needs_second=needs_second(JobKind.CHANGES, people=sum(counts.values())),
        people=people,
        kind=kind,
        number=number,
        has_more=has_more,
        today=today,
        reference_date=max(today, card_year.reference_date or today),
    )


def _decide(request: HttpRequest, user: User, card_year: CardYear, *, counts: dict[str, int]) -> HttpResponse:
    wanted = request.POST.get("wat", "")
    if wanted in office_late.WORDS:
        office_late.decide(request, user, card_year)
        return redirect("distribution:office-year-late", card_year.year)
    if wanted == "lijst":
        kind = request.POST.get("formaat", "")
        return office_page.start(
            request,
            JobKind.CHANGES,
            card_year=card_year,
            by=user,
            options={"format": kind if kind in FORMATS else FORMATS[0]},
            needs_second=needs_second(JobKind.CHANGES, people=sum(counts.values())),
        )
    form = ReferenceDateForm(request.POST, year=card_year.year)
    if not form.is_valid():
        messages.error(request, " ".join(map(str, form.errors["reference_date"])))
        return redirect("distribution:office-year-late", card_year.year)
    on = form.cleaned_data["reference_date"].isoformat()
    # Looking again, or giving the newcomers a card as well.
    options = {"reference_date": on, "dry_run": False, "late": wanted == "kaarten"}
    return office_page.start(request, JobKind.RUN, card_year=card_year, by=user, options=options)


def _bars(changes: Sequence[office_compare.Change]) -> list[tuple[str, int, int, bool]]:
    """What the picture draws: each label with its two widths, of a thousand."""
    widest = max((number for one in changes for number in (one.before or 0, one.now)), default=0) or 1
    return [
        (one.label, round(1000 * (one.before or 0) / widest), round(1000 * one.now / widest), one.is_marked)
        for one in changes
    ]


def _fresh_trial(card_year: CardYear) -> Job | None:
    """The latest trial, when nothing changed since that it did not see."""
    trial = year_jobs.latest(card_year, JobKind.RUN, dry_run=True)
    if trial is None or trial.started_at is None:
        return None
    return None if year_jobs.changed_since(card_year, trial.started_at, kinds=SINCE_A_TRIAL) else trial


def _not_in_yet(card_year: CardYear) -> list[str]:
    """What a first run would do without."""
    missing = {
        "points_imported": "de afhaalpunten",
        "personnel_imported": "het personeel",
        "subscribers_imported": "de abonnees",
    }
    return [text for kind, text in missing.items() if year_jobs.latest_event(card_year, kind) is None]


def _page_number(request: HttpRequest) -> int:
    typed = request.GET.get("blad", "")
    is_number = typed.isascii() and typed.isdecimal() and len(typed) <= LONGEST_PAGE
    return max(int(typed), 1) if is_number else 1


def _day(written: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(written)
    except ValueError:
        return None
