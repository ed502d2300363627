"""A point that stops during a year: its postcodes go to the point that follows, and the public reads so.

Its part in the year stays: its people still send the cards along and count. The cards are the project's (lerarenkaart.stopping).
"""

import datetime as dt

from django.db import transaction

from pickup_points.actions.places import NoPartInYear, PlaceRefused, Stopped
from pickup_points.intake.own_data import Changes
from pickup_points.models import PickupPoint, PointChange, PointYear, ServedPostcode, User


class FollowsItself(PlaceRefused):
    code = "follows_itself"

    def __init__(self) -> None:
        super().__init__("Een afhaalpunt kan zichzelf niet opvolgen. Kies een ander.")


class NotStopped(PlaceRefused):
    code = "not_stopped"

    def __init__(self) -> None:
        super().__init__("Dat afhaalpunt stopt niet.")


class FollowerStops(PlaceRefused):
    code = "follower_stopped"

    def __init__(self) -> None:
        super().__init__("Het afhaalpunt dat volgt, stopt intussen zelf. Draai dat eerst terug.")


@transaction.atomic
def stop(point: PickupPoint, *, follower: PickupPoint, year: int, by: User, at: dt.datetime) -> PointYear:
    """From now on the follower serves the postcodes of this point. Raises FollowsItself, NoPartInYear or Stopped."""
    if point.pk == follower.pk:
        raise FollowsItself
    parts = _parts(point, follower, year=year)
    if len(parts) < 2:
        raise NoPartInYear
    part = parts[point.pk]
    if part.stopped_at or parts[follower.pk].stopped_at:
        raise Stopped
    before = {one.pk: _codes(one, year) for one in (point, follower)}
    mine = ServedPostcode.objects.filter(point=point, year=year)
    theirs = ServedPostcode.objects.filter(point=follower, year=year)
    # What the follower serves is no longer a mere choice for it, and it offers no choice twice.
    theirs.filter(is_choice=True, postcode__in=before[point.pk]["serves"]).delete()
    mine.filter(is_choice=False).update(point=follower)
    mine.filter(postcode__in=list(theirs.values_list("postcode", flat=True))).delete()
    mine.update(point=follower)
    part.stopped_at, part.stopped_by, part.followed_by = at, by, follower
    part.save(update_fields=["stopped_at", "stopped_by", "followed_by"])
    _note(point, before[point.pk], {"stopped": ["", follower.name]}, year=year, by=by, at=at)
    _note(follower, before[follower.pk], {}, year=year, by=by, at=at)
    return part


@transaction.atomic
def go_on(point: PickupPoint, *, year: int, by: User, at: dt.datetime) -> PointYear:
    """It does not stop after all: the postcodes that still lie with the follower come back. Raises NotStopped or FollowerStops.

    Gives its part in the year as it was while it stopped.
    """
    part = PointYear.objects.select_for_update().filter(point=point, year=year).first()
    if part is None or part.stopped_at is None or part.followed_by is None:
        raise NotStopped
    follower = part.followed_by
    if PointYear.objects.filter(point=follower, year=year, stopped_at__isnull=False).exists():
        raise FollowerStops
    noted = PointChange.objects.filter(year=year, at=part.stopped_at, point__in=(point, follower))
    told: dict[int, Changes] = {one.point_id: one.fields for one in noted}
    before = {one.pk: _codes(one, year) for one in (point, follower)}
    theirs = ServedPostcode.objects.filter(point=follower, year=year)
    theirs.filter(is_choice=False, postcode__in=_was(told, point, "serves")).update(point=point)
    gained = set(_became(told, follower, "choice_for")) - set(_was(told, follower, "choice_for"))
    theirs.filter(is_choice=True, postcode__in=gained).delete()
    for one in (point, follower):
        now = _codes(one, year)
        missing = set(_was(told, one, "choice_for")) - {*now["serves"], *now["choice_for"]}
        ServedPostcode.objects.bulk_create(
            ServedPostcode(point=one, year=year, postcode=code, is_choice=True) for code in sorted(missing)
        )
    PointYear.objects.filter(pk=part.pk).update(stopped_at=None, stopped_by=None, followed_by=None)
    _note(point, before[point.pk], {"stopped": [follower.name, ""]}, year=year, by=by, at=at)
    _note(follower, before[follower.pk], {}, year=year, by=by, at=at)
    return part


def _parts(*points: PickupPoint, year: int) -> dict[int, PointYear]:
    """The parts of both in the year, held in the same order by whoever stops one of them."""
    found = PointYear.objects.select_for_update().filter(point__in=points, year=year).order_by("pk")
    return {one.point_id: one for one in found}


def _codes(point: PickupPoint, year: int) -> dict[str, list[str]]:
    served = ServedPostcode.objects.filter(point=point, year=year).order_by("postcode")
    pairs = list(served.values_list("postcode", "is_choice"))
    return {
        "serves": [code for code, is_choice in pairs if not is_choice],
        "choice_for": [code for code, is_choice in pairs if is_choice],
    }


def _note(
    point: PickupPoint, before: dict[str, list[str]], news: Changes, *, year: int, by: User, at: dt.datetime
) -> None:
    """What changed for a point, postcodes included; nothing is noted when nothing did."""
    after = _codes(point, year)
    fields = news | {name: [codes, after[name]] for name, codes in before.items() if codes != after[name]}
    if fields:
        PointChange.objects.create(point=point, year=year, at=at, by=by, fields=fields)


def _was(told: dict[int, Changes], point: PickupPoint, name: str) -> list[str]:
    return list(told.get(point.pk, {}).get(name, [[], []])[0])


def _became(told: dict[int, Changes], point: PickupPoint, name: str) -> list[str]:
    return list(told.get(point.pk, {}).get(name, [[], []])[1])
