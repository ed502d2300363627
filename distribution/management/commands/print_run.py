"""python manage.py print_run Y --out DIR: what goes to the card printer and the mailing house."""

import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from django.utils import timezone

from distribution.actions import print_run
from distribution.management.base import OfficeCommand, ProgressBar
from distribution.queries import years


class Command(OfficeCommand):
    help = (
        "Schrijft de bestanden van een bevroren drukreeks: voor de kaartdrukker (in de volgorde van de dozen), voor "
        "het verzendhuis, en de doosetiketten en paklijsten. Nog eens doen geeft dezelfde bestanden."
    )

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("year", type=int)
        parser.add_argument("--out", type=Path, required=True, help="de map waarin de bestanden komen")
        parser.add_argument("--batch", type=int, help="welke drukreeks; standaard de laatste")
        parser.add_argument(
            "--box-size",
            type=int,
            default=print_run.BOX_SIZE,
            help=f"hoeveel kaarten er hoogstens in een doos gaan; standaard {print_run.BOX_SIZE}",
        )
        parser.add_argument("--no-pdf", action="store_true", help="alleen de tabellen, geen etiketten en paklijsten")
        parser.add_argument(
            "--workers",
            type=int,
            default=os.cpu_count() or 1,
            help="hoeveel processen de pdf's tekenen; standaard zoveel als er rekenkernen zijn",
        )

    def work(self, **options: Any) -> dict[str, Any]:
        summary = print_run.write(
            years.get(options["year"]),
            out=options["out"],
            at=timezone.now(),
            office_email=settings.OFFICE_EMAIL,
            number=options["batch"],
            box_size=options["box_size"],
            with_pdf=not options["no_pdf"],
            workers=options["workers"],
            progress=ProgressBar("Drukwerk"),
        )
        return summary.as_json()

    def report(self, result: dict[str, Any]) -> str:
        # The names of hundreds of packing lists would push the counts off the screen.
        return super().report(result | {"files": f"{len(result['files'])} (zie {result['files'][-1]})"})
