"""python manage.py freeze_year Y: fix the print run."""

from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from distribution.actions import freeze
from distribution.management.base import OfficeCommand
from distribution.queries import years


class Command(OfficeCommand):
    help = (
        "Legt de drukreeks vast: alle kaarten die er nu zijn. Daarna verandert er niets meer zonder dat je het ziet. "
        "Na run_year --late legt hetzelfde commando de volgende drukreeks vast, met alleen de nieuwe kaarten."
    )

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("year", type=int)

    def work(self, **options: Any) -> dict[str, Any]:
        batch = freeze.freeze(years.get(options["year"]), at=timezone.now())
        return {
            "cards": batch.cards,
            "frozen_at": timezone.localtime(batch.frozen_at).isoformat(),
            "batch": batch.number,
        }
