"""A point changes its own data; who changed what stays readable."""

import datetime as dt

from django.db import transaction

from pickup_points.desks import Desk, NoSuchDesk
from pickup_points.intake import own_data
from pickup_points.intake.own_data import Changes, OwnData
from pickup_points.models import PickupPoint, PointChange, PointYear


class ChangedMeanwhile(Exception):
    """Somebody saved after this person began: `changes` says what, `current` is how it is now. Nothing was changed."""

    code = "changed_meanwhile"

    def __init__(self, *, changes: Changes, current: OwnData) -> None:
        super().__init__("Iemand anders heeft intussen ook iets veranderd. Er is nog niets van jou bewaard.")
        self.changes = changes
        self.current = current


@transaction.atomic
def save(desk: Desk, *, wanted: OwnData, basis: OwnData, year: int | None, at: dt.datetime) -> PointChange | None:
    """Make the point's own data what its manager wants; None when nothing differs.

    `basis` is what the manager saw when starting. Raises ChangedMeanwhile when that is no longer so.
    Cards are not moved: who waits here, waits here until the new last day.
    """
    if not desk.is_manager:
        raise NoSuchDesk
    point = PickupPoint.objects.select_for_update().get(pk=desk.point.pk)
    part = PointYear.objects.select_for_update().filter(point=point, year=year).first() if year else None
    current = own_data.of(point, part)
    takes_no_part = part is None and (wanted.collect_from or wanted.collect_until)
    if current != basis or takes_no_part:
        raise ChangedMeanwhile(changes=own_data.changes(basis, current), current=current)
    changed = own_data.changes(current, wanted)
    if not changed:
        return None
    _write(point, [name for name in own_data.OF_POINT if name in changed], wanted)
    if part:
        _write(part, [name for name in own_data.OF_YEAR if name in changed], wanted)
    return PointChange.objects.create(
        point=point, year=part.year if part else None, at=at, by=desk.user, fields=changed
    )


def _write(row: PickupPoint | PointYear, names: list[str], wanted: OwnData) -> None:
    for name in names:
        setattr(row, name, getattr(wanted, name))
    if names:
        row.save(update_fields=names)
