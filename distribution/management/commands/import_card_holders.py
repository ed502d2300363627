"""python manage.py import_card_holders PATH --year Y: who held a card of an earlier year."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from django.utils import timezone

from distribution.actions import staff_lists
from distribution.management.base import OfficeCommand
from pickup_points.tables import Limits


class Command(OfficeCommand):
    help = "Leest in wie vroeger al een kaart had. Zo weten we wie (her)starter is. De lijst is volledig voor dat jaar."

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, metavar="PATH", help="CSV of XLSX met een kolom stamboeknummer")
        parser.add_argument("--year", type=int, required=True)

    def work(self, **options: Any) -> dict[str, Any]:
        return staff_lists.load_card_holders(
            options["year"],
            options["path"],
            at=timezone.now(),
            rejects_folder=settings.VAR_DIR / "rejects",
            strict=settings.STAFF_NUMBER_CHECK == "strict",
            limits=Limits(rows=settings.IMPORT_MAX_ROWS),
        ).as_dict()
