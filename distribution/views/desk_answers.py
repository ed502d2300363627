"""The large answer after something was done at a desk: kept for one moment in the session, by key, never by name."""

import datetime as dt
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from distribution.models import HandOver
from distribution.queries import desk_screen
from distribution.queries.desk import Hit
from pickup_points.desks import Desk

KEY = "desk_answer"
# Whoever comes back to the screen later finds an empty one: the next visitor does not read who was here before.
SHOWN_FOR = dt.timedelta(minutes=2)


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
