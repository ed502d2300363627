"""python manage.py figures: the figures, as a table, CSV, XLSX or JSON."""

import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from django.utils import timezone

from distribution.documents import figures as files
from distribution.documents import figures_text
from distribution.enums import FiguresBy
from distribution.errors import DistributionError
from distribution.management.base import OfficeCommand
from distribution.queries import figures, figures_school_years, figures_words
from distribution.queries.figures_table import Table
from distribution.rules import year_span
from distribution.rules.reconciliation import Tolerance

WRITERS = {"csv": files.write_csv, "xlsx": files.write_xlsx}


class NoPlaceForTheFile(DistributionError):
    code = "no_place_for_the_file"


class Command(OfficeCommand):
    help = (
        "De cijfers per jaar, met hun marges. Een leeg cijfer is niet geteld, en dat is niet nul. In CSV en XLSX staan groepen "
        "van minder dan vijf personen zonder cijfers."
    )

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--years", metavar="A-B", help="bijvoorbeeld 2027 of 2017-2021; standaard alle jaren")
        parser.add_argument(
            "--by", choices=FiguresBy.values, default="channel", help="waarnaar de cijfers uitgesplitst zijn"
        )
        parser.add_argument("--format", choices=["table", "csv", "json", "xlsx"], default="table")
        parser.add_argument("--out", type=Path, metavar="FILE", help="het bestand voor csv of xlsx")
        parser.add_argument(
            "--school-year",
            action="store_true",
            help="per schooljaar: gedateerde afgiftes van 1 september tot 31 augustus",
        )
        parser.add_argument(
            "--borders", choices=["then", "now"], default="then", help="de grenzen van toen, of die van nu"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options | {"json": options["json"] or options["format"] == "json"})

    def work(self, **options: Any) -> dict[str, Any]:
        table = _table(options)
        self.said = figures_text.write(table) if options["format"] == "table" else ""
        if not options["json"] and options["format"] in WRITERS:
            self.said = _written(table, options["format"], options["out"])
        return figures_words.answer(table)

    def report(self, result: dict[str, Any]) -> str:
        return self.said


def _table(options: dict[str, Any]) -> Table:
    years = year_span.read(options["years"]) if options["years"] else None
    by = FiguresBy(options["by"])
    borders = timezone.localdate().year if options["borders"] == "now" else None
    if options["school_year"]:
        return figures_school_years.school_years(years, by, borders=borders)
    tolerance = Tolerance(cards=settings.COUNT_TOLERANCE_CARDS, percent=settings.COUNT_TOLERANCE_PERCENT)
    return figures.figures(years, by, tolerance=tolerance, borders=borders)


def _written(table: Table, kind: str, out: Path | None) -> str:
    """What to say: where the file is, or (CSV without a file) what would be in it."""
    if out is None and kind == "xlsx":
        raise NoPlaceForTheFile("Zeg met --out in welk bestand het rekenblad moet komen.")
    with tempfile.TemporaryDirectory() as folder:
        path = out or Path(folder) / "cijfers.csv"
        try:
            rows = WRITERS[kind](path, table)
        except OSError as error:
            raise NoPlaceForTheFile(f"Het bestand kan niet geschreven worden: {error.strerror}.") from error
        return f"{rows} rijen in {out}" if out else path.read_text(encoding="utf-8-sig").rstrip("\n")
