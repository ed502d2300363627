"""After freezing nothing changes silently: what a run would have changed is listed for Klasse."""

import datetime as dt
from collections.abc import Collection

from distribution.actions.run_judge import REASONS
from distribution.actions.run_wanted import Wanted
from distribution.enums import CardEventKind, CardState, Channel, Reason
from distribution.models import Card, CardYear, PendingChange, bulk
from distribution.queries import pending_changes
from pickup_points.models import PickupPoint, User

CARD, PENDING, POINT = bulk.table(Card), bulk.table(PendingChange), bulk.table(PickupPoint)
Kind = PendingChange.Kind
LISTED_AS = {
    CardEventKind.REINSTATED: Kind.NEW,
    CardEventKind.WITHDRAWN: Kind.WITHDRAWN,
    CardEventKind.MOVED: Kind.MOVED,
    CardEventKind.CHANNEL_CHANGED: Kind.CHANNEL,
}
NO_POINT_YET = "nog geen afhaalpunt"
# Rows read or written in one statement.
TOGETHER = 500


def replace(card_year: CardYear, *, wanted: Wanted, has_newcomers: bool) -> dict[str, int]:
    """List what run_change only tells, and everyone in run_newcomer, instead of the list there was.

    What Klasse left as it is and still is the same change, stays left. Counts all of them per kind, left or not.
    """
    left = list(PendingChange.objects.filter(card_year=card_year, left_at__isnull=False))
    clear(card_year)
    kind = "CASE r.kind " + " ".join(f"WHEN '{change}' THEN '{kind}'" for change, kind in LISTED_AS.items()) + " END"
    reasons = " ".join(f"WHEN {place} THEN '{_quoted(reason.label)}'" for place, reason in REASONS.items())
    no_card = f"'geen kaart: ' || CASE j.got {reasons} ELSE '{_quoted(Reason.NO_ACTIVE_APPOINTMENT.label)}' END"
    bulk.execute(
        f"""INSERT INTO {PENDING} (card_year_id, person_id, kind, was, becomes, to_point_id)
            SELECT %(card_year)s, r.person_id, {kind},
                CASE WHEN r.kind = '{CardEventKind.REINSTATED}' THEN '{CardState.WITHDRAWN.label}'
                    ELSE {_way("c.channel", "old_point.name")} END,
                CASE WHEN r.kind = '{CardEventKind.WITHDRAWN}' THEN {no_card}
                    ELSE {_way("r.channel", "new_point.name")} END,
                r.point_id
            FROM run_change r
            JOIN {CARD} c ON c.id = r.card_id
            LEFT JOIN run_person j ON j.person_id = r.person_id
            LEFT JOIN {POINT} old_point ON old_point.id = c.pickup_point_id
            LEFT JOIN {POINT} new_point ON new_point.id = r.point_id
            WHERE r.applies = 0 AND r.kind <> ''""",
        wanted.parameters,
    )
    if has_newcomers:
        bulk.execute(
            f"""INSERT INTO {PENDING} (card_year_id, person_id, kind, was, becomes, to_point_id)
                SELECT %(card_year)s, w.person_id, '{Kind.NEW}', '', {_way("w.channel", "point.name")}, w.point_id
                FROM ({wanted.of("run_newcomer")}) w LEFT JOIN {POINT} point ON point.id = w.point_id""",
            wanted.parameters,
        )
    _leave_again(card_year, left)
    return pending_changes.count(card_year, with_left=True)


def _leave_again(card_year: CardYear, left: list[PendingChange]) -> None:
    """What was left before stays left, as long as it is the same change."""
    known = {_same(one): one for one in left}
    again = []
    for start in range(0, len(left), TOGETHER):
        people = [one.person_id for one in left[start : start + TOGETHER]]
        for one in PendingChange.objects.filter(card_year=card_year, person__in=people):
            if before := known.get(_same(one)):
                one.left_at, one.left_by_id = before.left_at, before.left_by_id
                again.append(one)
    PendingChange.objects.bulk_update(again, ["left_at", "left_by"], batch_size=TOGETHER)


def _same(one: PendingChange) -> tuple[object, ...]:
    return one.person_id, one.kind, one.was, one.becomes, one.to_point_id


def moved(people: Collection[int]) -> None:
    """Klasse gave the cards of these people a point: that they would move, is decided and done."""
    PendingChange.objects.filter(person__in=people, kind=Kind.MOVED).delete()


def asked(people: Collection[int], *, by: User, at: dt.datetime) -> None:
    """Klasse asked for the cards of these people: they move when they arrive, and nobody needs to decide again."""
    PendingChange.objects.filter(person__in=people, kind=Kind.MOVED).update(left_at=at, left_by=by)


def clear(card_year: CardYear) -> dict[str, int]:
    """An empty list, as it is before freezing; and its counts."""
    PendingChange.objects.filter(card_year=card_year).delete()
    return {str(kind): 0 for kind in Kind}


def _way(channel: str, point: str) -> str:
    """SQL for where a card goes, in words: the point's name, or the way."""
    words = " ".join(f"WHEN '{way}' THEN '{_quoted(way.label)}'" for way in Channel if way != Channel.PICKUP)
    return f"CASE {channel} {words} ELSE COALESCE({point}, '{NO_POINT_YET}') END"


def _quoted(label: str) -> str:
    """A label of ours inside a statement."""
    return str(label).replace("'", "''").replace("%", "%%")
