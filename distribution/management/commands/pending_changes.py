"""python manage.py pending_changes Y: what the last run after freezing would have changed."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from distribution.documents import spreadsheet
from distribution.management.base import OfficeCommand
from distribution.queries import pending_changes, years


class Command(OfficeCommand):
    help = "Telt wat er na het bevriezen veranderd zou zijn, en schrijft met --out de lijst als CSV."

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("year", type=int)
        parser.add_argument("--out", type=Path, help="bestand voor de lijst")

    def work(self, **options: Any) -> dict[str, Any]:
        card_year = years.get(options["year"])
        if options["out"]:
            spreadsheet.write_csv(options["out"], pending_changes.HEADER, pending_changes.rows(card_year))
        return {"changes": pending_changes.count(card_year), "file": options["out"]}
