"""python manage.py reset_second_step: for who lost app and recovery codes and has no colleague who can help in the browser."""

from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from distribution.errors import DistributionError
from distribution.management.base import OfficeCommand
from lerarenkaart.accounts import changes, links
from pickup_points.models import User


class UnknownAccount(DistributionError):
    code = "unknown_account"


class Command(OfficeCommand):
    help = (
        "Haalt van een account de tweede stap en het wachtwoord weg en toont een link om opnieuw te beginnen. Ga eerst na wie het "
        "vraagt (docs/operations.md). Het wordt opgeschreven bij het account."
    )

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")

    def work(self, **options: Any) -> dict[str, Any]:
        user = User.objects.filter(email=options["email"].strip().lower(), is_active=True).first()
        if user is None:
            raise UnknownAccount("Er is geen account met dit e-mailadres, of het is uitgeschakeld.")
        changes.take_second_step(user, by=None, at=timezone.now())
        return {"email": user.email, "link": links.to_choose_a_password(user)}

    def report(self, result: dict[str, Any]) -> str:
        return f"{result['email']}: de tweede stap is weg.\nLink om opnieuw te beginnen, één keer te gebruiken:\n  {result['link']}"
