"""Readings: whoever sees a card holder's name leaves a row, in the same request that showed it (hardening.md T05)."""

import datetime as dt
import hashlib
import hmac
from collections.abc import Iterable

from distribution.enums import ReadingKind
from distribution.models import Reading
from distribution.queries import desk
from distribution.rules import name_order
from pickup_points.models import User

LONGEST_REASON = 200


def note(
    kind: ReadingKind,
    *,
    by: User,
    point_id: int | None,
    at: dt.datetime,
    cards: Iterable[int] = (),
    count: int | None = None,
    term: str = "",
    reason: str = "",
    secret: str,
) -> Reading:
    """Write down one look: one row, with the keys of the cards shown. `secret`: the door's SECRET_KEY.

    `point_id` is None when someone of several points searched them all at once. A snapshot or a list
    shows a whole point: give its `count` alone. Of what was typed only a keyed hash is kept; `reason`:
    why Klasse looked.
    """
    keys = list(cards)
    return Reading.objects.create(
        kind=kind,
        by=by,
        point_id=point_id,
        at=at,
        cards=keys,
        count=len(keys) if count is None else count,
        term_hash=term_hash(term, secret=secret),
        reason=reason[:LONGEST_REASON],
    )


def term_hash(term: str, *, secret: str) -> str:
    """The same for every way of typing the same; nothing for nothing. Without the secret it cannot be guessed back."""
    plain = desk.number_in(term[: desk.LONGEST_TERM]) or name_order.search_prefix(term[: desk.LONGEST_TERM])
    if not plain:
        return ""
    return hmac.new(f"reading:{secret}".encode(), plain.encode(), hashlib.sha256).hexdigest()
