"""Klasse changes the places: a point's data, a new point, a point that joins a year, who serves a postcode.

A postcode has one serving point a year, so who gives it to one point takes it from another. Cards are not moved:
the next run, or the office, does that.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any, ClassVar

from django.db import IntegrityError, transaction

from pickup_points.intake import own_data, place_data
from pickup_points.intake.own_data import Changes
from pickup_points.intake.place_data import PlaceData
from pickup_points.models import PickupPoint, PointChange, PointYear, ServedPostcode, User


class PlaceRefused(Exception):
    """Nothing was changed; the text is the Dutch sentence."""

    code: ClassVar[str] = "refused"


class CodeTaken(PlaceRefused):
    code = "code_taken"

    def __init__(self) -> None:
        super().__init__("Er is al een afhaalpunt met deze code.")


class NoPartInYear(PlaceRefused):
    code = "not_taking_part"

    def __init__(self) -> None:
        super().__init__("Dat afhaalpunt doet dit jaar niet mee.")


class Stopped(PlaceRefused):
    code = "stopped"

    def __init__(self) -> None:
        super().__init__("Dat afhaalpunt stopt dit jaar. Kies het punt dat volgt.")


class PlaceChanged(PlaceRefused):
    """Somebody saved after this person began: `changes` says what, `current` is how it is now."""

    code = "changed_meanwhile"

    def __init__(self, *, changes: Changes, current: PlaceData) -> None:
        super().__init__("Iemand anders heeft intussen ook iets veranderd. Er is nog niets van jou bewaard.")
        self.changes = changes
        self.current = current


@transaction.atomic
def create(code: str, *, wanted: PlaceData, year: int | None, by: User, at: dt.datetime) -> PickupPoint:
    """A new point, in a year when one is given. Raises CodeTaken."""
    try:
        with transaction.atomic():
            point = PickupPoint.objects.create(
                code=code, **{name: getattr(wanted, name) for name in place_data.OF_PLACE}
            )
    except IntegrityError:
        raise CodeTaken from None
    part = PointYear.objects.create(point=point, year=year) if year else None
    before = place_data.of(point, part)
    changed = _write(point, part, current=before, wanted=wanted, by=by, at=at)
    news: dict[str, Any] = {"takes_part": [None, year]} if year else {}
    PointChange.objects.create(point=point, year=year, at=at, by=by, fields=news | changed)
    return point


@transaction.atomic
def save(
    point: PickupPoint, *, wanted: PlaceData, basis: PlaceData, year: int | None, by: User, at: dt.datetime
) -> PointChange | None:
    """Make a point what Klasse wants; None when nothing differs. `basis`: what they saw when starting.

    Raises PlaceChanged when that is no longer so, Stopped for postcodes of a point that stops.
    """
    point = PickupPoint.objects.select_for_update().get(pk=point.pk)
    part = PointYear.objects.select_for_update().filter(point=point, year=year).first() if year else None
    current = place_data.of(point, part)
    if current != basis:
        raise PlaceChanged(changes=place_data.changes(basis, current), current=current)
    if part and part.stopped_at and wanted.serves:
        raise Stopped
    changed = _write(point, part, current=current, wanted=wanted, by=by, at=at)
    if not changed:
        return None
    return PointChange.objects.create(point=point, year=part.year if part else None, at=at, by=by, fields=changed)


@transaction.atomic
def join(point: PickupPoint, *, year: int, by: User, at: dt.datetime) -> PointYear:
    """A point takes part in a year from now on; saying it twice is saying it once."""
    part, is_new = PointYear.objects.get_or_create(point=point, year=year)
    if is_new:
        PointChange.objects.create(point=point, year=year, at=at, by=by, fields={"takes_part": [None, year]})
    return part


@transaction.atomic
def serve(postcodes: Collection[str], *, point: PickupPoint, year: int, by: User, at: dt.datetime) -> int:
    """Let a point serve these postcodes too; says how many are new to it. Raises NoPartInYear or Stopped."""
    part = PointYear.objects.select_for_update().filter(point=point, year=year).first()
    if part is None:
        raise NoPartInYear
    if part.stopped_at:
        raise Stopped
    current = place_data.of(point, part)
    serves = tuple(sorted({*current.serves, *postcodes}))
    choice_for = tuple(one for one in current.choice_for if one not in serves)
    changed = _write_postcodes(point, year, current=current, serves=serves, choice_for=choice_for, by=by, at=at)
    if changed:
        PointChange.objects.create(point=point, year=year, at=at, by=by, fields=changed)
    return len(serves) - len(current.serves)


def _write(
    point: PickupPoint, part: PointYear | None, *, current: PlaceData, wanted: PlaceData, by: User, at: dt.datetime
) -> Changes:
    changed = place_data.changes(current, wanted)
    of_point = [name for name in (*place_data.OF_PLACE, *own_data.OF_POINT) if name in changed]
    for name in of_point:
        setattr(point, name, getattr(wanted if name in place_data.OF_PLACE else wanted.own, name))
    if of_point:
        point.save(update_fields=of_point)
    if part is None:
        return {name: pair for name, pair in changed.items() if name in of_point}
    of_part = [name for name in own_data.OF_YEAR if name in changed]
    for name in of_part:
        setattr(part, name, getattr(wanted.own, name))
    if of_part:
        part.save(update_fields=of_part)
    _write_postcodes(
        point, part.year, current=current, serves=wanted.serves, choice_for=wanted.choice_for, by=by, at=at
    )
    return changed


def _write_postcodes(
    point: PickupPoint,
    year: int,
    *,
    current: PlaceData,
    serves: tuple[str, ...],
    choice_for: tuple[str, ...],
    by: User,
    at: dt.datetime,
) -> Changes:
    """First out, then in: a postcode that changes hands never has two points, not even for a moment."""
    mine = ServedPostcode.objects.filter(point=point, year=year)
    mine.filter(is_choice=False).exclude(postcode__in=serves).delete()
    mine.filter(is_choice=True).exclude(postcode__in=choice_for).delete()
    new = [one for one in serves if one not in current.serves]
    _take_from_others(new, point=point, year=year, by=by, at=at)
    new_choices = [one for one in choice_for if one not in current.choice_for]
    ServedPostcode.objects.bulk_create(
        ServedPostcode(point=point, year=year, postcode=postcode, is_choice=is_choice)
        for is_choice, found in ((False, new), (True, new_choices))
        for postcode in found
    )
    pairs = {"serves": (current.serves, serves), "choice_for": (current.choice_for, choice_for)}
    return {name: [list(was), list(became)] for name, (was, became) in pairs.items() if was != became}


def _take_from_others(postcodes: Iterable[str], *, point: PickupPoint, year: int, by: User, at: dt.datetime) -> None:
    """Whoever served these serves them no longer, and can read so."""
    losing = ServedPostcode.objects.filter(year=year, is_choice=False, postcode__in=list(postcodes)).exclude(
        point=point
    )
    losers = sorted(set(losing.values_list("point_id", flat=True)))
    if not losers:
        return
    before = _serving(year, losers)
    losing.delete()
    after = _serving(year, losers)
    PointChange.objects.bulk_create(
        PointChange(
            point_id=loser, year=year, at=at, by=by, fields={"serves": [before.get(loser, []), after.get(loser, [])]}
        )
        for loser in losers
    )


def _serving(year: int, points: Collection[int]) -> Mapping[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    served = ServedPostcode.objects.filter(year=year, is_choice=False, point__in=points).order_by("postcode")
    for key, postcode in served.values_list("point_id", "postcode"):
        found[key].append(postcode)
    return found
