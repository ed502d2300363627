"""python manage.py import_history PATH: the published totals of years before this system."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser

from distribution.actions import history
from distribution.management.base import OfficeCommand


class Command(OfficeCommand):
    help = "Leest de gepubliceerde totalen van vroegere jaren in. Een leeg veld is niet geteld, en dat is niet nul."

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, metavar="PATH", help="CSV of XLSX")

    def work(self, **options: Any) -> dict[str, Any]:
        return history.load(options["path"], rejects_folder=settings.VAR_DIR / "rejects").as_dict()
