"""python manage.py add_user: an account for someone at a desk or at Klasse, with a one-time link to choose a password."""

from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone
from knox.models import AuthToken

from distribution.errors import DistributionError
from distribution.management.base import OfficeCommand
from lerarenkaart.accounts import links
from pickup_points.actions import members
from pickup_points.models import DeskRole, KlasseRole, PickupPoint, User
from pickup_points.security_events import SecurityEvent, tell


class UserRefused(DistributionError):
    """What pickup_points refuses, in the words of a command."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code  # type: ignore[misc]


class Command(OfficeCommand):
    help = "Maakt een account, of geeft een bestaand account er een balie of rol bij. Toont een link om een wachtwoord te kiezen."

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--desk", metavar="CODE", help="baliemedewerker van dit afhaalpunt")
        what.add_argument("--manager", metavar="CODE", help="beheerder van dit afhaalpunt")
        what.add_argument("--office", action="store_true", help="medewerker van Klasse")
        what.add_argument("--reader", action="store_true", help="leest de cijfers")
        parser.add_argument("--token", action="store_true", help="maak ook een sleutel voor de API (één keer getoond)")

    def work(self, **options: Any) -> dict[str, Any]:
        code = options["desk"] or options["manager"]
        role: DeskRole | KlasseRole
        try:
            if code is not None:
                role = at_desk = DeskRole.MANAGER if options["manager"] else DeskRole.DESK
                user = members.enrol(options["email"], point=_point(code), role=at_desk, at=timezone.now())
            else:
                role = at_klasse = KlasseRole.OFFICE if options["office"] else KlasseRole.READER
                user = members.give_klasse_role(options["email"], role=at_klasse, at=timezone.now())
        except members.MemberRefused as refused:
            raise UserRefused(refused.code, str(refused)) from refused
        return {
            "email": user.email,
            "role": str(role),
            "desk": code,
            "link": links.to_choose_a_password(user),
            "token": _token(user) if options["token"] else None,
        }

    def report(self, result: dict[str, Any]) -> str:
        lines = [
            f"{result['email']}: {result['role']}" + (f" van {result['desk']}" if result["desk"] else ""),
            f"Link om een wachtwoord te kiezen, één keer te gebruiken:\n  {result['link']}",
        ]
        if result["token"]:
            lines.append(f"Sleutel voor de API, alleen nu te zien:\n  Authorization: Token {result['token']}")
        return "\n".join(lines)


def _point(code: str) -> PickupPoint:
    point = PickupPoint.objects.filter(code=code).first()
    if point is None:
        raise UserRefused("unknown_point", f"Er is geen afhaalpunt met de code {code}.")
    return point


def _token(user: User) -> str:
    """Kept as a hash: shown once."""
    _, token = AuthToken.objects.create(user)
    tell(SecurityEvent.KEY_MADE, account=user.pk)
    return str(token)
