"""python manage.py pickup_lists Y --out DIR: the lists that the desks tick off."""

import os
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from distribution.actions import pickup_list_files, pickup_lists
from distribution.management.base import OfficeCommand, ProgressBar
from distribution.queries import years


class Command(OfficeCommand):
    help = (
        "Schrijft per afhaalpunt een afhaallijst als pdf. Verandert er niets aan een lijst, dan blijft ze zoals ze is; "
        "anders komt er een nieuwe revisie. Onderbroken? Begin opnieuw: wat af is, blijft."
    )

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("year", type=int)
        parser.add_argument("--out", type=Path, required=True, help="de map waarin de bestanden komen")
        parser.add_argument("--point", help="alleen het afhaalpunt met deze code")
        parser.add_argument(
            "--workers",
            type=int,
            default=os.cpu_count() or 1,
            help="hoeveel processen de lijsten tekenen; standaard zoveel als er rekenkernen zijn",
        )
        parser.add_argument("--xlsx", action="store_true", help="ook een rekenblad met dezelfde rijen")
        parser.add_argument(
            "--since", type=int, metavar="REV", help="alleen wat erbij kwam sinds deze revisie, als aparte lijst"
        )
        parser.add_argument("--again", action="store_true", help="ook de lijsten die al af zijn opnieuw tekenen")

    def work(self, **options: Any) -> dict[str, Any]:
        began = time.monotonic()
        card_year = years.get(options["year"])
        list_ids = pickup_lists.make(card_year, at=timezone.now(), point=options["point"], since=options["since"])
        written = pickup_list_files.write(
            list_ids,
            out=options["out"],
            office_email=settings.OFFICE_EMAIL,
            workers=options["workers"],
            again=options["again"],
            with_xlsx=options["xlsx"],
            progress=ProgressBar("Afhaallijsten"),
        )
        self.failed = written.failed
        self.reason = "de schijf is vol" if written.disk_full else "kijk in het log"
        return {
            "lists": written.lists,
            "rows": written.rows,
            "seconds": round(time.monotonic() - began, 2),
            "written": written.written,
            "kept": written.kept,
            "failed": written.failed,
        }

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit code 1 when a list was not written: the others are there, and doing it again does the rest."""
        super().handle(*args, **options)
        if self.failed:
            raise CommandError(
                f"{len(self.failed)} afhaallijsten zijn niet geschreven ({self.reason}): {', '.join(self.failed[:20])}. "
                "De andere staan er; begin opnieuw voor de rest.",
                returncode=1,
            )
