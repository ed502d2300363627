"""Shielding someone (afschermen): nobody outside Klasse finds where their card lies, in any year, whatever file comes in."""

import datetime as dt

from django.db import IntegrityError, transaction

from distribution.errors import DistributionError
from distribution.models import Person, ShieldedNumber
from pickup_points.models import User


class AlreadyShielded(DistributionError):
    code = "already_shielded"

    def __init__(self) -> None:
        super().__init__("Deze persoon is al afgeschermd.")


class NotShielded(DistributionError):
    code = "not_shielded"

    def __init__(self) -> None:
        super().__init__("Deze persoon is niet afgeschermd.")


def shield(staff_number: str, *, by: User, at: dt.datetime) -> ShieldedNumber:
    """From now on this number is shielded, in every year there is and in those to come. Raises AlreadyShielded."""
    try:
        with transaction.atomic():
            made = ShieldedNumber.objects.create(staff_number=staff_number, since=at, since_by=by)
            Person.objects.filter(staff_number=staff_number).update(shielded=True)
    except IntegrityError as error:
        raise AlreadyShielded from error
    return made


def unshield(staff_number: str, *, by: User, at: dt.datetime) -> None:
    """Found again like everyone else, in every year. Raises NotShielded."""
    with transaction.atomic():
        ended = ShieldedNumber.objects.filter(staff_number=staff_number, ended_at=None).update(ended_at=at, ended_by=by)
        shown = Person.objects.filter(staff_number=staff_number, shielded=True).update(shielded=False)
        if not ended and not shown:
            raise NotShielded
