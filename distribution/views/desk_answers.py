"""The large answer after something was done at a desk: kept for one moment in the session, by key, never by name."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest
from django.utils import timezone

from distribution.enums import Outcome
from distribution.models import HandOver
from distribution.queries import desk_screen
from distribution.queries.desk import LONGEST_TERM, Hit
from pickup_points.desks import Desk

KEY = "desk_answer"
# Whoever comes back to the screen later finds an empty one: the next visitor does not read who was here before.
SHOWN_FOR = dt.timedelta(minutes=2)
ELSEWHERE_SALT = "desk-elsewhere"
HEADINGS = {
    Outcome.IN_PREPARATION: "De kaarten worden nog gemaakt",
    Outcome.SENT_HOME: "Deze kaart komt met de post",
    Outcome.STARTER_PACK: "Deze kaart komt in een starterspakket",
    Outcome.COLLECTED: "Deze kaart is al afgehaald",
    Outcome.CONTACT_KLASSE: "Deze kaart heeft nog geen afhaalpunt",
    Outcome.PERIOD_ENDED: "De afhaalperiode is voorbij",
    Outcome.NO_CARD: "Geen kaart bij dit nummer",
}


def keep(request: HttpRequest, desk: Desk, kind: str, *, hand_over: HandOver | None = None, message: str = "") -> None:
    """Remember what the screen must say when the browser comes back to it."""
    request.session[KEY] = {
        "point": desk.point.pk,
        "kind": kind,
        "hand_over": str(hand_over.pk) if hand_over else "",
        "message": message,
        "at": timezone.now().isoformat(),
    }


def kept(request: HttpRequest, desk: Desk) -> dict[str, Any] | None:
    """What was kept for this desk, if it is still of now. Reading it changes nothing: refreshing is harmless."""
    found = request.session.get(KEY)
    at = timezone.now()
    if not found or found["point"] != desk.point.pk or at - dt.datetime.fromisoformat(found["at"]) > SHOWN_FOR:
        return None
    answer = {"kind": found["kind"], "message": found["message"]}
    if not found["hand_over"]:
        return answer
    done = desk_screen.done(found["hand_over"], desk=desk, at=at)
    return answer | {"done": done} if done else None


def already(hit: Hit) -> dict[str, Any]:
    """A card that was handed over before, found by a search."""
    return {"kind": "already", "hit": hit}


def again(looked: desk_screen.Looked, typed: str) -> str:
    """What stands in the field once more, to be corrected: a slip of the finger, or a name that nobody here has."""
    finds_nobody = not (looked.hits or looked.elsewhere or looked.refusal)
    return typed.strip()[:LONGEST_TERM] if looked.may_correct or finds_nobody else ""


def elsewhere(found: desk_screen.Elsewhere) -> dict[str, Any]:
    """What to tell the teacher: the public answer. Of another point only its name."""
    outcome = found.answer.outcome
    if outcome == Outcome.AT_PICKUP_POINT:
        return {
            "kind": "elsewhere",
            "heading": "Deze kaart ligt in een ander punt",
            "message": found.answer.message,
            "last_four": found.last_four,
            # Which card is meant, sealed: its number is not shown at a desk that does not have it.
            "sealed": signing.dumps(found.card_id, salt=ELSEWHERE_SALT) if found.card_id else "",
        }
    return {
        "kind": "none",
        "outcome": outcome.value,
        "heading": HEADINGS[outcome],
        "message": found.answer.message,
        "last_four": found.last_four,
        "office_email": settings.OFFICE_EMAIL,
    }
