"""Changing the places: a points file becomes the year's picture."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction

from pickup_points.intake import PointRow
from pickup_points.models import PickupPoint, PointYear, ServedPostcode


@dataclass(frozen=True)
class PointsLoaded:
    """What loading changed. `left`: the points that took part in the year and do so no longer, by primary key."""

    new: int
    changed: int
    unchanged: int
    left: Mapping[int, str]
    postcodes: int
    postcodes_changed: int
    periods_changed: int

    @property
    def anything(self) -> bool:
        counts = (self.new, self.changed, self.postcodes_changed, self.periods_changed)
        return any(counts) or bool(self.left)


@transaction.atomic
def load(rows: Sequence[PointRow], *, year: int, unread: Iterable[str] = ()) -> PointsLoaded:
    """Make the year's points what the file says: a full picture, in a fixed number of statements.

    A point that is not in the file stays known (its cards of other years lie there) but takes no
    part in this year. `unread`: codes of points that are in the file but could not be read; they
    stay as they were, except that a postcode another point now claims is no longer theirs. What the
    file gives to a point that stopped goes to the one that follows. Loading the same rows again changes nothing. Cards are not moved: the
    next run, or the office, does that.
    """
    new, changed = _write_points(rows)
    ids = dict(PickupPoint.objects.filter(code__in=[row.code for row in rows]).values_list("code", "pk"))
    kept = set(PickupPoint.objects.filter(code__in=list(unread)).values_list("pk", flat=True))
    postcodes_changed = _write_postcodes(rows, ids, year, kept=kept)
    left = dict(
        PointYear.objects.filter(year=year, stopped_at=None)
        .exclude(point__in=[*ids.values(), *kept])
        .values_list("point_id", "point__name")
    )
    PointYear.objects.filter(year=year, point__in=left).delete()
    periods_changed = _write_periods(rows, ids, year)
    return PointsLoaded(
        new=new,
        changed=changed,
        unchanged=len(rows) - new - changed,
        left=left,
        postcodes=sum(len(row.serves) for row in rows),
        postcodes_changed=postcodes_changed,
        periods_changed=periods_changed,
    )


def _write_points(rows: Sequence[PointRow]) -> tuple[int, int]:
    names = list(rows[0].fields) if rows else []
    known = {
        code: tuple(kept)
        for code, *kept in PickupPoint.objects.filter(code__in=[row.code for row in rows]).values_list("code", *names)
    }
    new = [row for row in rows if row.code not in known]
    changed = [
        row for row in rows if row.code in known and known[row.code] != tuple(row.fields[name] for name in names)
    ]
    PickupPoint.objects.bulk_create(
        [PickupPoint(code=row.code, **row.fields) for row in (*new, *changed)],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=names,
    )
    return len(new), len(changed)


def _write_postcodes(rows: Sequence[PointRow], ids: Mapping[str, int], year: int, *, kept: set[int]) -> int:
    follower = _followers(year)
    # A point that stopped is spoken for by the one that follows.
    goes_to = {code: follower.get(key, key) for code, key in ids.items()}
    wanted = {(goes_to[row.code], postcode, False) for row in rows for postcode in row.serves}
    wanted |= {(goes_to[row.code], postcode, True) for row in rows for postcode in row.choice_for}
    wanted -= {(point, code, True) for point, code, is_choice in wanted if not is_choice}
    known = {
        (point, postcode, is_choice): key
        for key, point, postcode, is_choice in ServedPostcode.objects.filter(year=year).values_list(
            "pk", "point_id", "postcode", "is_choice"
        )
    }
    claimed = {postcode for _, postcode, is_choice in wanted if not is_choice}
    wanted |= {one for one in known if one[0] in kept and (one[2] or one[1] not in claimed)}
    gone, missing = known.keys() - wanted, sorted(wanted - known.keys())
    # First out, then in: a postcode that changes hands never has two points, not even for a moment.
    ServedPostcode.objects.filter(pk__in=[known[one] for one in gone]).delete()
    ServedPostcode.objects.bulk_create(
        ServedPostcode(point_id=point, year=year, postcode=postcode, is_choice=is_choice)
        for point, postcode, is_choice in missing
    )
    return len(gone) + len(missing)


def _followers(year: int) -> Mapping[int, int]:
    """Who follows each point that stopped, by key; past a follower that stopped as well."""
    stopped = PointYear.objects.filter(year=year, stopped_at__isnull=False, followed_by__isnull=False)
    direct: dict[int, int] = dict(stopped.values_list("point_id", "followed_by_id"))
    found = {}
    for point, follower in direct.items():
        seen = {point}
        while follower in direct and follower not in seen:
            seen.add(follower)
            follower = direct[follower]
        found[point] = follower
    return found


def _write_periods(rows: Iterable[PointRow], ids: Mapping[str, int], year: int) -> int:
    known = {
        point: (first, last)
        for point, first, last in PointYear.objects.filter(year=year).values_list(
            "point_id", "collect_from", "collect_until"
        )
    }
    different = [
        PointYear(point_id=ids[row.code], year=year, collect_from=row.collect_from, collect_until=row.collect_until)
        for row in rows
        if known.get(ids[row.code]) != (row.collect_from, row.collect_until)
    ]
    PointYear.objects.bulk_create(
        different,
        update_conflicts=True,
        unique_fields=["year", "point"],
        update_fields=["collect_from", "collect_until"],
    )
    return len(different)
