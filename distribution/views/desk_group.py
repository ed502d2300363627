"""A group collection: one person takes cards for others. Each card is handed over by itself, row by row.

The basket travels in the form: nothing is kept of a group that was not handed over, and two tabs do
not mix. The key of each hand-over follows from the form's own and the card: sending twice is harmless.
"""

import uuid
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from distribution.actions import hand_overs, readings
from distribution.enums import Evidence, ReadingKind
from distribution.errors import DistributionError
from distribution.queries import desk_group, desk_screen
from distribution.queries.desk import Hit
from distribution.views import desk_answers
from distribution.views.desk_hand_over import key_from
from pickup_points.desks import Desk
from pickup_points.http import at_desk

NO_COLLECTOR = "Schrijf op wie de kaarten meeneemt: een naam, en eventueel de school."
NOTHING_CHOSEN = "Er zit nog geen kaart in de mand."
FULL = f"In één keer gaan er {desk_group.MOST_CARDS} kaarten mee. Geef deze eerst af, en begin dan een nieuwe groep."


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk()
def index(request: HttpRequest, desk: Desk) -> HttpResponse:
    if request.method != "POST":
        return _page(request, desk, {"group_id": uuid.uuid4()})
    posted = request.POST
    numbers = list(dict.fromkeys(posted.getlist("card")))[: desk_group.MOST_CARDS]
    context: dict[str, Any] = {"group_id": posted.get("id", ""), "collector": posted.get("collector", "").strip()}
    if "remove" in posted:
        numbers = [number for number in numbers if number != posted["remove"]]
    elif "add" in posted:
        numbers = _with(numbers, posted["add"], context)
    elif "leave" in posted and numbers:
        return _ask_to_leave(request, desk, numbers, context)
    elif "hand-over" in posted:
        return _hand_over(request, desk, numbers, context)
    elif posted.get("q", "").strip():
        numbers = _search(request, desk, numbers, context)
    return _page(request, desk, context | {"basket": _basket(desk, numbers)})


def _with(numbers: list[str], number: str, context: dict[str, Any]) -> list[str]:
    if len(numbers) >= desk_group.MOST_CARDS and number not in numbers:
        context["error"] = FULL
        return numbers
    return list(dict.fromkeys([*numbers, number]))


def _search(request: HttpRequest, desk: Desk, numbers: list[str], context: dict[str, Any]) -> list[str]:
    """Hits to choose from; a scanned card goes in the basket at once."""
    at = timezone.now()
    typed = request.POST["q"]
    looked = desk_screen.look(typed, point=desk.point, at=at, is_strict=settings.STAFF_NUMBER_CHECK == "strict")
    context["again"] = desk_answers.again(looked, typed)
    if looked.refusal:
        context["answer"] = {"kind": "error", "message": looked.refusal}
        return numbers
    kind = ReadingKind.ELSEWHERE if looked.elsewhere else ReadingKind.SEARCH
    readings.note(
        kind,
        by=desk.user,
        point_id=desk.point.pk,
        at=at,
        cards=[hit.card_id for hit in looked.hits],
        term=typed,
        secret=settings.SECRET_KEY,
    )
    only = looked.only_hit
    if only and only.waits and looked.is_card_number:
        return _with(numbers, only.number, context)
    if looked.elsewhere:
        # Asking for it is a form of its own, at the desk: here it would take the basket along.
        context["answer"] = desk_answers.elsewhere(looked.elsewhere) | {"sealed": ""}
        return numbers
    context["typed"] = "" if looked.is_number else typed.strip()[:60]
    context["looked"] = looked
    context["rows"] = [(hit, hit.number in numbers) for hit in looked.hits]
    context["first_waiting"] = next((hit.number for hit in looked.hits if hit.waits and hit.number not in numbers), "")
    return numbers


def _ask_to_leave(request: HttpRequest, desk: Desk, numbers: list[str], context: dict[str, Any]) -> HttpResponse:
    """The basket is nowhere but in the form: leaving empties it, so that is asked first. The names need not be shown."""
    shown = {"desk": desk, "tab": "desk", "numbers": numbers}
    return render(request, "distribution/desk/group_leave.html", shown | context)


def _hand_over(request: HttpRequest, desk: Desk, numbers: list[str], context: dict[str, Any]) -> HttpResponse:
    """Every card its own hand-over: one that cannot go stops no other."""
    basket = _basket(desk, numbers)
    if not context["collector"] or not basket:
        wrong = {"basket": basket, "collector_error": "" if context["collector"] else NO_COLLECTOR}
        return _page(request, desk, context | wrong | {"error": "" if basket else NOTHING_CHOSEN})
    at = timezone.now()
    results: list[tuple[Any, DistributionError | None, bool]] = []
    for hit in basket:
        try:
            marked = hand_overs.mark(
                key_from(context["group_id"], card=hit.number),
                card_number=hit.number,
                desks={desk.point.pk: desk},
                by=desk.user,
                at=at,
                evidence=Evidence.GROUP,
                collector=context["collector"],
            )
        except DistributionError as refused:
            results.append((hit, refused, False))
        else:
            results.append((hit, None, marked.hand_over.undone_at is None))
    done = sum(is_done for _, _, is_done in results)
    return _page(request, desk, context | {"results": results, "done_count": done})


def _basket(desk: Desk, numbers: list[str]) -> tuple[Hit, ...]:
    """The cards chosen so far. Their names are shown, so it is a reading: a number can be made up."""
    basket = desk_group.basket(numbers, point=desk.point)
    if basket:
        readings.note(
            ReadingKind.CARD,
            by=desk.user,
            point_id=desk.point.pk,
            at=timezone.now(),
            cards=[hit.card_id for hit in basket],
            secret=settings.SECRET_KEY,
        )
    return basket


def _page(request: HttpRequest, desk: Desk, context: dict[str, Any]) -> HttpResponse:
    template = "group_done" if "results" in context else "group"
    return render(request, f"distribution/desk/{template}.html", {"desk": desk, "tab": "desk"} | context)
