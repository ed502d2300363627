"""After freezing nothing changes silently: what a run would have changed is listed for Klasse."""

from distribution.actions.run_judge import REASONS
from distribution.actions.run_wanted import Wanted
from distribution.enums import CardEventKind, CardState, Channel, Reason
from distribution.models import Card, CardYear, PendingChange, bulk
from pickup_points.models import PickupPoint

CARD, PENDING, POINT = bulk.table(Card), bulk.table(PendingChange), bulk.table(PickupPoint)
Kind = PendingChange.Kind
LISTED_AS = {
    CardEventKind.REINSTATED: Kind.NEW,
    CardEventKind.WITHDRAWN: Kind.WITHDRAWN,
    CardEventKind.MOVED: Kind.MOVED,
    CardEventKind.CHANNEL_CHANGED: Kind.CHANNEL,
}
NO_POINT_YET = "nog geen afhaalpunt"


def replace(card_year: CardYear, *, wanted: Wanted, has_newcomers: bool) -> dict[str, int]:
    """List what run_change only tells, and everyone in run_newcomer, instead of the list there was; counts per kind."""
    clear(card_year)
    kind = "CASE r.kind " + " ".join(f"WHEN '{change}' THEN '{kind}'" for change, kind in LISTED_AS.items()) + " END"
    reasons = " ".join(f"WHEN {place} THEN '{_quoted(reason.label)}'" for place, reason in REASONS.items())
    no_card = f"'geen kaart: ' || CASE j.got {reasons} ELSE '{_quoted(Reason.NO_ACTIVE_APPOINTMENT.label)}' END"
    bulk.execute(
        f"""INSERT INTO {PENDING} (card_year_id, person_id, kind, was, becomes)
            SELECT %(card_year)s, r.person_id, {kind},
                CASE WHEN r.kind = '{CardEventKind.REINSTATED}' THEN '{CardState.WITHDRAWN.label}'
                    ELSE {_way("c.channel", "old_point.name")} END,
                CASE WHEN r.kind = '{CardEventKind.WITHDRAWN}' THEN {no_card}
                    ELSE {_way("r.channel", "new_point.name")} END
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
            f"""INSERT INTO {PENDING} (card_year_id, person_id, kind, was, becomes)
                SELECT %(card_year)s, w.person_id, '{Kind.NEW}', '', {_way("w.channel", "point.name")}
                FROM ({wanted.of("run_newcomer")}) w LEFT JOIN {POINT} point ON point.id = w.point_id""",
            wanted.parameters,
        )
    counted = dict(
        bulk.fetch(f"SELECT kind, COUNT(*) FROM {PENDING} WHERE card_year_id = %s GROUP BY kind", [card_year.pk])
    )
    return {str(kind): counted.get(kind, 0) for kind in Kind}


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
