"""python manage.py copy_database --to URL: everything into another, empty database."""

from dataclasses import asdict
from typing import Any

from django.core.management.base import CommandParser

from distribution.management.base import OfficeCommand, ProgressBar
from lerarenkaart import copying


class Command(OfficeCommand):
    help = "Kopieert alles naar een andere, lege databank, en vergelijkt ze. Stop eerst de site (docs/operations.md)."

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--to", required=True, help="adres van de andere databank, zoals in DATABASE_URL")

    def work(self, **options: Any) -> dict[str, Any]:
        return asdict(copying.copy(to=options["to"], progress=ProgressBar("Kopiëren")))

    def report(self, result: dict[str, Any]) -> str:
        return f"{result['rows']} rijen uit {result['tables']} tabellen gekopieerd; beide databanken zijn gelijk."
