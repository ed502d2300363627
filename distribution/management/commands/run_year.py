"""python manage.py run_year Y: judge, issue, assign."""

import datetime as dt
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from distribution.actions import run
from distribution.management.base import OfficeCommand, ProgressBar
from distribution.queries import years


class Command(OfficeCommand):
    help = (
        "Beoordeelt iedereen, kent kaarten toe en wijst ze toe aan een afhaalpunt. Nog eens doen mag altijd. "
        "Na het bevriezen verandert er niets meer: je krijgt dan een lijst (pending_changes)."
    )

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("year", type=int)
        parser.add_argument("--reference-date", type=dt.date.fromisoformat, help="peildatum; standaard vandaag")
        parser.add_argument("--dry-run", action="store_true", help="toont wat er zou gebeuren en verandert niets")
        parser.add_argument(
            "--late",
            action="store_true",
            help="na het bevriezen: wie er nu recht bij krijgt, krijgt toch een kaart voor een volgende drukreeks",
        )

    def work(self, **options: Any) -> dict[str, Any]:
        summary = run.run(
            years.get(options["year"]),
            on=options["reference_date"] or timezone.localdate(),
            at=timezone.now(),
            dry_run=options["dry_run"],
            late=options["late"],
            progress=ProgressBar("Toekennen"),
        )
        return summary.as_json()
