"""python manage.py import_personnel PATH --year Y: the personnel extract of a year."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from django.utils import timezone

from distribution.actions import personnel
from distribution.enums import Source
from distribution.management.base import OfficeCommand, ProgressBar
from distribution.queries import years
from pickup_points.tables import Limits


class Command(OfficeCommand):
    help = (
        "Leest een personeelsbestand in: het volledige beeld van één bron. Wie er niet meer in staat, is vertrokken. "
        "Een verbeterd afkeurbestand vult het beeld aan."
    )

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, metavar="PATH", help="CSV of XLSX")
        parser.add_argument("--year", type=int, required=True)
        parser.add_argument("--source", choices=Source.values, default=Source.EPD.value, help="standaard epd")
        parser.add_argument("--dry-run", action="store_true", help="toon wat er zou veranderen, verander niets")
        parser.add_argument("--force", default="", metavar="REASON", help="lees toch in, en waarom")

    def work(self, **options: Any) -> dict[str, Any]:
        summary = personnel.load(
            years.get(options["year"]),
            options["path"],
            source=options["source"],
            at=timezone.now(),
            rejects_folder=settings.VAR_DIR / "rejects",
            strict=settings.STAFF_NUMBER_CHECK == "strict",
            dry_run=options["dry_run"],
            forced_because=options["force"],
            progress=ProgressBar("rijen"),
            limits=Limits(rows=settings.IMPORT_MAX_ROWS),
        )
        return summary.as_dict() | {"dry_run": options["dry_run"]}

    def report(self, result: dict[str, Any]) -> str:
        counts = {key: result[key] for key in ("rows", "accepted", "rejected", "people", "warnings", "rejects_file")}
        lines = [super().report(counts), *result["notices"]]
        for kind, samples in result["samples"].items():
            if samples:
                lines.append(f"{kind}:")
                lines += [f"  {'  '.join(f'{key} {value}' for key, value in sample.items())}" for sample in samples]
        if result["dry_run"]:
            lines.append("Dit was een proef: er is niets veranderd.")
        return "\n".join(lines)
