"""python manage.py open_year Y: the first step of a year."""

import datetime as dt
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from distribution.actions import years
from distribution.management.base import OfficeCommand


def dates(written: str) -> list[dt.date]:
    return [dt.date.fromisoformat(day.strip()) for day in written.split(",")]


class Command(OfficeCommand):
    help = "Opent een kaartjaar. Zonder deze stap wordt elk ander commando voor dat jaar geweigerd."

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("year", type=int)
        parser.add_argument(
            "--lookup-from", type=dt.date.fromisoformat, help="standaard 1 december van het jaar ervoor"
        )
        parser.add_argument(
            "--collect-from", type=dt.date.fromisoformat, help="standaard 27 december van het jaar ervoor"
        )
        parser.add_argument("--collect-until", type=dt.date.fromisoformat, help="standaard 10 juli")
        parser.add_argument(
            "--starter-mailings",
            type=dates,
            help="data met een komma ertussen; standaard 15 januari, 15 maart, 15 juni",
        )

    def work(self, **options: Any) -> dict[str, Any]:
        card_year = years.open_year(
            options["year"],
            at=timezone.now(),
            lookup_from=options["lookup_from"],
            collect_from=options["collect_from"],
            collect_until=options["collect_until"],
            starter_mailings=options["starter_mailings"],
        )
        return {
            "year": card_year.year,
            "lookup_from": card_year.lookup_from,
            "collect_from": card_year.collect_from,
            "collect_until": card_year.collect_until,
            "starter_mailings": card_year.starter_mailings,
        }
