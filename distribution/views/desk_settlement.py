"""Counting, step by step: where they are, what happened through the year, what is left."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from distribution.actions import settlements
from distribution.enums import Marking
from distribution.errors import DistributionError
from distribution.models import CardYear
from distribution.queries import settlements as queries
from distribution.queries.settlements import PointTally
from distribution.rules.reconciliation import Tolerance
from pickup_points.desks import Desk
from pickup_points.http import at_desk

# The steps: the name of their address, what they are called on the path, and what a button to them says.
STEPS = (
    ("desk-settlement-arrival", "Aankomst", "Tel wat aankwam"),
    ("desk-settlement-year", "Tijdens het jaar", "Verder: tijdens het jaar"),
    ("desk-settlement-end", "Einde", "Verder: wat is er over?"),
    ("desk-settlement-close", "Afsluiten", "Verder: nakijken en afsluiten"),
)
LONGEST_NUMBER = 12
NOT_A_NUMBER = "Vul een aantal in, met cijfers alleen."


@dataclass(frozen=True)
class Step:
    """A step on the path. `is_done`: there is nothing left to fill in, though one may always come back."""

    number: int
    name: str
    title: str
    button: str
    is_done: bool
    is_here: bool


@require_safe
@at_desk(as_manager=True)
def index(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Where they are, and the next step."""
    card_year = year_now()
    if card_year is None:
        return page(request, desk, "no_year", {})
    tally = queries.tally(card_year, point=desk.point)
    if tally.settlement:
        return redirect("distribution:desk-settlement-thanks", desk.point.code)
    steps = path(tally)
    following = next(step for step in steps if not step.is_done)
    return page(
        request,
        desk,
        "index",
        {
            "card_year": card_year,
            "tally": tally,
            "steps": steps,
            "following": following,
            "last_day": last_day_to_come(card_year, desk=desk),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(as_manager=True)
def during(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What came in and went out through the year, and cards that went out without being marked."""
    counting = still_counting(desk)
    if counting is None:
        return redirect("distribution:desk-settlement", desk.point.code)
    card_year, tally = counting
    errors: dict[str, str] = {}
    if request.method == "POST":
        cards = number_in(request.POST.get("kaarten", ""))
        if cards is None:
            errors["cards"] = NOT_A_NUMBER
        else:
            try:
                settlements.say_cards(
                    card_year,
                    desk=desk,
                    cards=cards,
                    text=request.POST.get("wat", ""),
                    seen=number_in(request.POST.get("gezien", "")) or 0,
                    at=timezone.now(),
                )
                messages.success(request, "Genoteerd. Dat helpt om de telling te begrijpen.", "good")
                return redirect("distribution:desk-settlement-year", desk.point.code)
            except DistributionError as refused:
                errors["text" if isinstance(refused, settlements.BadStatement) else "cards"] = str(refused)
    return step_page(
        request,
        desk,
        card_year,
        tally,
        place=2,
        context={
            "errors": errors,
            "typed": {"cards": request.POST.get("kaarten", ""), "text": request.POST.get("wat", "")},
            "seen": sum(1 for one in tally.statements if one.cards),
        },
    )


@require_POST
@at_desk(as_manager=True)
def take_back(request: HttpRequest, desk: Desk) -> HttpResponse:
    card_year = year_now()
    if card_year:
        try:
            settlements.take_back(
                card_year, desk=desk, statement_id=number_in(request.POST.get("melding", "")) or 0, at=timezone.now()
            )
            messages.success(request, "De melding is ingetrokken.", "good")
        except DistributionError as refused:
            messages.warning(request, str(refused), "care")
    return redirect("distribution:desk-settlement-year", desk.point.code)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(as_manager=True)
def end(request: HttpRequest, desk: Desk) -> HttpResponse:
    """How marking went, and what is left. Nothing here shows what should be left: they count blind."""
    counting = still_counting(desk)
    if counting is None:
        return redirect("distribution:desk-settlement", desk.point.code)
    card_year, tally = counting
    errors: dict[str, str] = {}
    if request.method == "POST":
        _end(request, card_year, desk=desk, errors=errors)
        if not errors:
            back = reverse("distribution:desk-settlement-end", args=[desk.point.code])
            return redirect(f"{back}#tellen" if request.POST.get("wat") == "tellen" else back)
    return step_page(
        request,
        desk,
        card_year,
        tally,
        place=3,
        context={
            "errors": errors,
            "typed": request.POST.get("over", ""),
            "choices": Marking,
            "seen": len(tally.left_over_counts),
            "asks_recount": settlements.asks_recount(tally, tolerance=tolerance()),
            "last_day": last_day_to_come(card_year, desk=desk),
        },
    )


def _end(request: HttpRequest, card_year: CardYear, *, desk: Desk, errors: dict[str, str]) -> None:
    at = timezone.now()
    is_count = request.POST.get("wat") == "tellen"
    try:
        if not is_count:
            if request.POST.get("aanduiden") not in Marking.values:
                errors["marking"] = "Kies wat het best past."
                return
            settlements.say_marking(card_year, desk=desk, marking=Marking(request.POST["aanduiden"]), at=at)
            messages.success(request, "Bewaard.", "good")
            return
        counted = number_in(request.POST.get("over", ""))
        if counted is None:
            errors["count"] = NOT_A_NUMBER
            return
        seen = number_in(request.POST.get("gezien", "")) or 0
        told = settlements.count_left_over(
            card_year, desk=desk, counted=counted, seen=seen, tolerance=tolerance(), at=at
        )
        if told is settlements.Counted.KEPT:
            messages.success(request, "De telling is bewaard. Dank je wel!", "good")
    except DistributionError as refused:
        errors["count" if is_count else "marking"] = str(refused)


def year_now() -> CardYear | None:
    return queries.current_year(timezone.localdate())


def still_counting(desk: Desk) -> tuple[CardYear, PointTally] | None:
    """The year and what is known of this point in it, as long as it is not closed; None without a year or afterwards."""
    card_year = year_now()
    tally = queries.tally(card_year, point=desk.point) if card_year else None
    return (card_year, tally) if card_year and tally and not tally.settlement else None


def tolerance() -> Tolerance:
    return Tolerance(cards=settings.COUNT_TOLERANCE_CARDS, percent=settings.COUNT_TOLERANCE_PERCENT)


def number_in(typed: str) -> int | None:
    """A number as people type it, `1.250` or `1 250` too; None when it is none."""
    digits = typed.strip()[:LONGEST_NUMBER].replace(".", "").replace(" ", "")
    return int(digits) if digits.isascii() and digits.isdigit() else None


def path(tally: PointTally, *, place: int = 0) -> list[Step]:
    """The steps, and which are done; `place` is where they are, from 1."""
    done = (
        not tally.boxes or tally.receipt.is_whole,
        bool(tally.marking or tally.left_over is not None or tally.stated),
        tally.left_over is not None
        and tally.marking is not None
        and not settlements.asks_recount(tally, tolerance=tolerance()),
        tally.settlement is not None,
    )
    return [
        Step(number, *step, is_done=is_done, is_here=number == place)
        for number, (step, is_done) in enumerate(zip(STEPS, done, strict=True), start=1)
    ]


def step_page(
    request: HttpRequest, desk: Desk, card_year: CardYear, tally: PointTally, *, place: int, context: Mapping[str, Any]
) -> HttpResponse:
    """The page of a step, with the path on top and the next step below."""
    steps = path(tally, place=place)
    following = steps[place] if place < len(steps) else None
    template = STEPS[place - 1][0].removeprefix("desk-settlement-")
    return page(
        request,
        desk,
        template,
        {"card_year": card_year, "tally": tally, "steps": steps, "following": following, **context},
    )


def page(request: HttpRequest, desk: Desk, name: str, context: Mapping[str, Any]) -> HttpResponse:
    return render(request, f"distribution/desk_settlement/{name}.html", {"desk": desk, "tab": "settlement", **context})


def last_day_to_come(card_year: CardYear, *, desk: Desk) -> dt.date | None:
    """The last day of collecting at this point; None when it is over."""
    last = queries.last_day(card_year, point=desk.point)
    return last if timezone.localdate() <= last else None
