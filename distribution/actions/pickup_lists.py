"""Making the pickup lists of a year: a new revision only where something changed."""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence

from django.db.models import Max

from distribution.actions import year_lock
from distribution.errors import DistributionError
from distribution.models import CardYear, PickupList, YearEvent
from distribution.queries import pickup_lists
from pickup_points.models import User


class YearNotRun(DistributionError):
    code = "year_not_run"

    def __init__(self, year: int) -> None:
        super().__init__(f"Voor {year} zijn nog geen kaarten toegekend. Doe dat eerst (run_year).")


class UnknownPoint(DistributionError):
    code = "unknown_point"

    def __init__(self, point: str, year: int) -> None:
        super().__init__(f"Er is geen afhaalpunt met de code ‘{point}’ in {year}.")


class UnknownRevision(DistributionError):
    code = "unknown_revision"

    def __init__(self, revision: int) -> None:
        super().__init__(f"Er is nog geen afhaallijst met revisie {revision}.")


def make(
    card_year: CardYear,
    *,
    at: dt.datetime,
    by: User | None = None,
    point: str | None = None,
    since: int | None = None,
) -> list[int]:
    """The current list of every point of the year (or of one, by code), in order of the points' codes.

    A list holds the cards that wait at the point, in Dutch name order. When those are the cards of
    the point's latest revision, that revision is the list; otherwise a new one is made. So before the
    season everyone is on it, and a list made later leaves out who has been. A point without cards has
    an empty list.

    With `since` the answer is the delta lists instead: for each point the cards that are on its list
    now and were not on revision `since` (or its latest before that), numbered from 1. A point where
    nothing was added has no delta list; a point that gets its first list now gets the whole of it.
    Raises YearNotRun, UnknownPoint, UnknownRevision.
    """
    with year_lock.locked(card_year) as year:
        if year.last_run_at is None:
            raise YearNotRun(year.year)
        points = pickup_lists.points_of(year.year, code=point)
        if point is not None and not points:
            raise UnknownPoint(point, year.year)
        if since is not None and not 1 <= since <= _latest_revision(year):
            raise UnknownRevision(since)
        earlier = {} if since is None else _at_revision(year, points, up_to=since)
        whole = asked = _whole_lists(year, points, at=at)
        new = _save(whole.values())
        if since is not None:
            asked = _delta_lists(year, points, whole, earlier, at=at)
            new += _save(asked.values())
        if new:
            summary = {"lists": len(new), "rows": sum(len(made.card_numbers) for made in new)}
            YearEvent.objects.create(card_year=year, kind="pickup_lists_made", at=at, by=by, summary=summary)
        return [asked[point_id].pk for point_id in points if point_id in asked]


def _save(lists: Iterable[PickupList]) -> list[PickupList]:
    """Save what is new, and give it back."""
    return PickupList.objects.bulk_create([made for made in lists if made.pk is None], batch_size=100)


def _whole_lists(card_year: CardYear, points: Sequence[int], *, at: dt.datetime) -> dict[int, PickupList]:
    """For each point its list: the latest revision, or a new one (not saved yet) when the cards differ."""
    latest = _at_revision(card_year, points)
    waiting = dict(pickup_lists.waiting_cards(card_year, points=points))
    lists = {}
    for point_id in points:
        numbers, earlier = waiting.get(point_id, []), latest.get(point_id)
        if earlier is not None and earlier.card_numbers == numbers:
            lists[point_id] = earlier
        else:
            lists[point_id] = PickupList(
                card_year=card_year,
                pickup_point_id=point_id,
                revision=earlier.revision + 1 if earlier else 1,
                made_at=at,
                card_numbers=numbers,
            )
    return lists


def _delta_lists(
    card_year: CardYear,
    points: Sequence[int],
    whole: dict[int, PickupList],
    earlier: dict[int, PickupList],
    *,
    at: dt.datetime,
) -> dict[int, PickupList]:
    """For each point what its list has and the earlier one had not; the whole list where there was none."""
    made_before = {
        (delta.pickup_point_id, delta.revision, delta.since): delta
        for delta in PickupList.objects.filter(card_year=card_year, pickup_point__in=points, since__isnull=False)
    }
    deltas = {}
    for point_id, current in whole.items():
        base = earlier.get(point_id)
        if base is None:
            deltas[point_id] = current
            continue
        known = set(base.card_numbers)
        added = [number for number in current.card_numbers if number not in known]
        if added:
            deltas[point_id] = made_before.get((point_id, current.revision, base.revision)) or PickupList(
                card_year=card_year,
                pickup_point_id=point_id,
                revision=current.revision,
                since=base.revision,
                made_at=at,
                card_numbers=added,
            )
    return deltas


def _at_revision(card_year: CardYear, points: Collection[int], *, up_to: int | None = None) -> dict[int, PickupList]:
    """The latest whole list of each point, or the latest with a revision of at most `up_to`."""
    lists = PickupList.objects.filter(card_year=card_year, pickup_point__in=points, since=None)
    if up_to is not None:
        lists = lists.filter(revision__lte=up_to)
    # Ascending: the last one of each point stays. Only of those the cards are read.
    newest = dict(lists.order_by("revision").values_list("pickup_point_id", "pk"))
    return {found.pickup_point_id: found for found in PickupList.objects.filter(pk__in=newest.values())}


def _latest_revision(card_year: CardYear) -> int:
    return PickupList.objects.filter(card_year=card_year, since=None).aggregate(latest=Max("revision"))["latest"] or 0
