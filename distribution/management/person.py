"""What the commands about one person have in common: the number that was typed, and who asks."""

import sys

from django.core.management.base import CommandParser

from distribution.errors import DistributionError
from distribution.queries.subject_access import CONSOLE
from distribution.rules import staff_number
from pickup_points.models import KlasseRole, User


class BadNumber(DistributionError):
    code = "bad_number"


class NotOfKlasse(DistributionError):
    code = "not_of_klasse"


def add_arguments(parser: CommandParser) -> None:
    """NUMBER and --by."""
    parser.add_argument(
        "number",
        metavar="NUMBER",
        help="het stamboeknummer; - leest het van de standaardinvoer, buiten de geschiedenis van je terminal",
    )
    parser.add_argument(
        "--by", default="", metavar="EMAIL", help="het account van Klasse dat dit doet; anders: de server zelf"
    )


def number(typed: str) -> str:
    """Eleven digits; a typing error in the check digits is let through, for that may be how it is kept. Raises BadNumber."""
    try:
        return staff_number.parse(sys.stdin.readline() if typed == "-" else typed, strict=False).digits
    except staff_number.Refused as refused:
        raise BadNumber(str(refused)) from refused


def who(email: str) -> User:
    """The account that answers for this. Without one it is whoever works on the server. Raises NotOfKlasse."""
    if not email:
        made, is_new = User.objects.get_or_create(
            email=CONSOLE, defaults={"name": "opdrachtregel op de server", "is_active": False}
        )
        if is_new:
            made.set_unusable_password()
            made.save(update_fields=["password"])
        return made
    found = User.objects.filter(email=email.strip().lower(), is_active=True, klasse_role=KlasseRole.OFFICE).first()
    if found is None:
        raise NotOfKlasse("Dit is geen account van Klasse dat het jaar mag beheren.")
    return found
