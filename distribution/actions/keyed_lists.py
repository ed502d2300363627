"""A signed list keyed back in: each row a hand-over with the list as its evidence, and a page keyed twice is harmless."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from distribution.actions import hand_overs
from distribution.enums import Evidence
from distribution.errors import DistributionError
from distribution.models import PickupList
from distribution.queries import keyed_lists
from pickup_points.desks import Desk
from pickup_points.hours.calendar import BRUSSELS
from pickup_points.models import User

# The ids of rows are made under this one: the same row of the same list is the same hand-over for ever.
ROWS = uuid.UUID("5d0c1a0e-6a53-5c0b-9a51-3f5f6f3b6f0e")
# What one request marks at most: some ten seconds. Asked again, it goes on where it was.
MOST_AT_ONCE = 1_000
# A list says on which day it was signed, never at which hour.
NOON = dt.time(12, 0)


class NotThisDesks(DistributionError):
    """The list is another point's: exactly as if it were not there."""

    code = "not_found"

    def __init__(self) -> None:
        super().__init__("Deze lijst is er niet.")


class BadSigningDay(DistributionError):
    code = "bad_signing_day"


@dataclass(frozen=True)
class Keyed:
    """The rows that are marked now, and how many are still to be done because there were too many for once."""

    rows: frozenset[int]
    left: int = 0


def key_in(
    pickup_list: PickupList,
    *,
    rows: Sequence[int],
    desk: Desk,
    by: User,
    at: dt.datetime,
    signed_on: dt.date | None = None,
    at_most: int = MOST_AT_ONCE,
) -> Keyed:
    """Mark these rows of a signed list as handed over, on the day it was signed; each row by itself.

    A row whose card no longer waits here is left as it is: queries.keyed_lists.rows says how it stands.
    Raises NotThisDesks or BadSigningDay, and then nothing was changed.
    """
    if pickup_list.pickup_point_id != desk.point.pk:
        raise NotThisDesks
    said_at = _moment(pickup_list, signed_on=signed_on, at=at)
    waiting = keyed_lists.waiting_rows(pickup_list, numbers=rows)
    undone = keyed_lists.times_undone(pickup_list)
    marked = set()
    for row, card_number in waiting[:at_most]:
        try:
            done = hand_overs.mark(
                hand_over_id(pickup_list.pk, row, times_undone=undone.get(row, 0)),
                card_number=card_number,
                desks={desk.point.pk: desk},
                by=by,
                at=at,
                said_at=said_at,
                evidence=Evidence.LIST,
                line=hand_overs.Line(pickup_list, row),
            )
        except (hand_overs.AlreadyHandedOver, hand_overs.CardNotValid, hand_overs.NoSuchCard):
            continue  # somebody was first, a moment ago
        if done.is_new:
            marked.add(row)
    return Keyed(frozenset(marked), left=len(waiting[at_most:]))


def hand_over_id(list_id: int, row: int, *, times_undone: int = 0) -> uuid.UUID:
    """The same for the same row of the same list, so that keying it twice is keying it once; another after each undo."""
    written = f"{list_id}/{row}" if times_undone == 0 else f"{list_id}/{row}/{times_undone}"
    return uuid.uuid5(ROWS, written)


def check_signing_day(pickup_list: PickupList, *, signed_on: dt.date, today: dt.date) -> None:
    """Raises BadSigningDay for a day to come, or one before cards were handed over."""
    first = min(pickup_list.card_year.collect_from, today)
    if signed_on > today:
        raise BadSigningDay("Die dag moet nog komen. Kies de dag waarop de lijst getekend werd.")
    if signed_on < first:
        raise BadSigningDay(f"Toen werden er nog geen kaarten afgehaald. De eerste dag was {first:%d/%m/%Y}.")


def _moment(pickup_list: PickupList, *, signed_on: dt.date | None, at: dt.datetime) -> dt.datetime:
    today = at.astimezone(BRUSSELS).date()
    if signed_on is None or signed_on == today:
        return at
    check_signing_day(pickup_list, signed_on=signed_on, today=today)
    return dt.datetime.combine(signed_on, NOON, tzinfo=BRUSSELS)
