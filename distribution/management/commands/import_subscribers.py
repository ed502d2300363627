"""python manage.py import_subscribers PATH --year Y: who gets the magazine, and the card with it."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from django.utils import timezone

from distribution.actions import staff_lists
from distribution.management.base import OfficeCommand
from distribution.queries import years
from pickup_points.tables import Limits


class Command(OfficeCommand):
    help = "Leest de lijst van abonnees van een jaar in. De lijst is volledig: wie er niet op staat, is geen abonnee."

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, metavar="PATH", help="CSV of XLSX met een kolom stamboeknummer")
        parser.add_argument("--year", type=int, required=True)

    def work(self, **options: Any) -> dict[str, Any]:
        return staff_lists.load_subscribers(
            years.get(options["year"]),
            options["path"],
            at=timezone.now(),
            rejects_folder=settings.VAR_DIR / "rejects",
            strict=settings.STAFF_NUMBER_CHECK == "strict",
            limits=Limits(rows=settings.IMPORT_MAX_ROWS),
        ).as_dict()
