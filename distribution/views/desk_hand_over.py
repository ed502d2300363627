"""Handing over, taking back, and asking for a card from another point: each a POST, each answered by the screen."""

import datetime as dt
import uuid

from django.conf import settings
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from distribution.actions import hand_overs, readings, transfers
from distribution.enums import Evidence, ReadingKind
from distribution.errors import DistributionError
from distribution.queries import desk_screen
from distribution.views import desk_answers, desk_transfers
from pickup_points.desks import Desk
from pickup_points.http import at_desk

# What a button on a screen can know; lists have their own page.
EVIDENCE = {"click": Evidence.CLICK, "scan": Evidence.SCAN}
SEAL_HOLDS = dt.timedelta(minutes=30)
# Where an undo button stands, and so where one comes back to.
PLACES = {"overview": "distribution:desk-overview"}


@require_POST
@at_desk()
def mark(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The button beside a name."""
    evidence = EVIDENCE.get(request.POST.get("evidence", ""), Evidence.CLICK)
    card = request.POST.get("card", "")
    return hand_over_and_tell(
        request, desk, card, key=key_from(request.POST.get("id", "")), evidence=evidence, at=timezone.now()
    )


def hand_over_and_tell(
    request: HttpRequest,
    desk: Desk,
    card: str,
    *,
    key: uuid.UUID,
    evidence: Evidence,
    at: dt.datetime,
) -> HttpResponseRedirect:
    """Mark it, keep the answer for the screen, and go there."""
    try:
        marked = hand_overs.mark(
            key,
            card_number=card,
            desks={desk.point.pk: desk},
            by=desk.user,
            at=at,
            evidence=evidence,
        )
    except hand_overs.AlreadyHandedOver as refused:
        _note_reading(desk, refused.hand_over.card_id, at=at)
        desk_answers.keep(request, desk, "already", hand_over=refused.hand_over)
    except (hand_overs.NoSuchCard, hand_overs.CardNotValid, hand_overs.IdReused) as refused:
        desk_answers.keep(request, desk, "error", message=str(refused))
    else:
        kind = "done" if marked.hand_over.undone_at is None else "undone"
        desk_answers.keep(request, desk, kind, hand_over=marked.hand_over)
    return redirect("distribution:desk", desk.point.code)


def key_from(form: str, *, card: str = "") -> uuid.UUID:
    """The key a form was drawn with: pressing twice is handing over once. With `card`, a form for many cards."""
    try:
        key = uuid.UUID(form)
    except ValueError:
        return uuid.uuid4()
    return uuid.uuid5(key, card) if card else key


def _note_reading(desk: Desk, card_id: int, *, at: dt.datetime) -> None:
    """The screen is about to show a name that no search showed."""
    readings.note(
        ReadingKind.CARD, by=desk.user, point_id=desk.point.pk, at=at, cards=[card_id], secret=settings.SECRET_KEY
    )


@require_POST
@at_desk()
def undo(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Take a hand-over back; where a reason is needed, ask for it first."""
    at = timezone.now()
    place = request.POST.get("from", "")
    try:
        hand_over_id = uuid.UUID(request.POST.get("id", ""))
        undone = hand_overs.undo(
            hand_over_id,
            desks={desk.point.pk: desk},
            by=desk.user,
            at=at,
            reason=request.POST.get("reason", ""),
        )
    except (ValueError, hand_overs.NoSuchHandOver):
        raise Http404 from None
    except hand_overs.ReasonNeeded as refused:
        done = desk_screen.done(hand_over_id, desk=desk, at=at)
        if done:
            _note_reading(desk, done.hand_over.card_id, at=at)
        context = {
            "desk": desk,
            "tab": "desk",
            "done": done,
            "from": place,
            "error": str(refused) if "reason" in request.POST else "",
            "longest": hand_overs.LONGEST_REASON,
        }
        return render(request, "distribution/desk/undo.html", context)
    except hand_overs.UndoRefused as refused:
        desk_answers.keep(request, desk, "error", message=str(refused))
        return redirect("distribution:desk", desk.point.code)
    if place == "card":
        return redirect("distribution:desk-card", desk.point.code, undone.card_id)
    desk_answers.keep(request, desk, "undone", hand_over=undone)
    return redirect(PLACES.get(place, "distribution:desk"), desk.point.code)


@require_POST
@at_desk()
def ask(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Ask the other point for the card that was just looked up. Which one is in the sealed answer the screen gave."""
    at = timezone.now()
    try:
        card_id = signing.loads(request.POST.get("sealed", ""), salt=desk_answers.ELSEWHERE_SALT, max_age=SEAL_HOLDS)
    except signing.BadSignature:
        desk_answers.keep(request, desk, "error", message="Zoek de kaart nog eens op: dat is te lang geleden.")
        return redirect("distribution:desk", desk.point.code)
    try:
        transfer = transfers.request(card_number=desk_screen.number_of(card_id), to=desk, by=desk.user, at=at)
    except DistributionError as refused:
        desk_answers.keep(request, desk, "error", message=str(refused))
    else:
        desk_transfers.tell_other_end(transfer)
        desk_answers.keep(request, desk, "asked", message=transfer.from_point.name)
    return redirect("distribution:desk", desk.point.code)
