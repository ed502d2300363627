"""python manage.py import_pickup_points PATH --year Y: points, hours, postcodes."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from django.utils import timezone

from distribution.management.base import OfficeCommand
from distribution.queries import years
from lerarenkaart import actions


class Command(OfficeCommand):
    help = (
        "Leest de afhaalpunten van een jaar in: adres, openingsuren en postcodes. Het bestand is de volledige lijst; "
        "wie er niet meer in staat, doet dat jaar niet meer mee."
    )

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, help="afhaalpunten.csv of .xlsx")
        parser.add_argument("--year", type=int, required=True, help="het kaartjaar")
        parser.add_argument(
            "--force",
            default="",
            metavar="REDEN",
            help="ook wanneer meer dan de helft van de punten wegvalt; zeg waarom",
        )

    def work(self, **options: Any) -> dict[str, Any]:
        card_year = years.get(options["year"])
        done = actions.import_pickup_points(
            options["path"], card_year=card_year, at=timezone.now(), force=options["force"]
        )
        for notice in done.file.notices:
            self.stderr.write(notice)
        rejects_file = actions.write_rejects(settings.VAR_DIR / "rejects", done.file)
        return {
            "rows": done.file.rows,
            "accepted": len(done.file.points),
            "rejected": done.file.rejected,
            "points": len(done.file.points),
            "postcodes": done.loaded.postcodes,
            "new": done.loaded.new,
            "changed": done.loaded.changed,
            "unchanged": done.loaded.unchanged,
            "left": len(done.loaded.left),
            "rejects_file": rejects_file,
        }
