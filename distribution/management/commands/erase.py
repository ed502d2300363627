"""python manage.py erase NUMBER --reason R: forget one person now."""

from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from django.utils import timezone

from distribution.actions import erasure
from distribution.management import person
from distribution.management.base import OfficeCommand
from distribution.rules.retention import Retention


class Command(OfficeCommand):
    help = (
        "Wist van één persoon naam, adres, opdrachten en vrije woorden in alle jaren, en zegt wat moet blijven en waarom. "
        "Geen enkel cijfer verandert."
    )

    def arguments(self, parser: CommandParser) -> None:
        person.add_arguments(parser)
        parser.add_argument("--reason", required=True, help="waarom, zonder naam of nummer: dit wordt bewaard")
        parser.add_argument(
            "--force", default="", metavar="REASON", help="ook als de kaart nog naar deze persoon toe moet, en waarom"
        )

    def work(self, **options: Any) -> dict[str, Any]:
        terms = Retention(**settings.RETENTION)
        done = erasure.erase(
            person.number(options["number"]),
            reason=options["reason"],
            days=terms.people_days,
            months=terms.readings_months,
            by=person.who(options["by"]),
            at=timezone.now(),
            force=options["force"],
        )
        return {"years": list(done.years), "erased": done.counts, "kept": [one.as_json() for one in done.kept]}

    def report(self, result: dict[str, Any]) -> str:
        gone = sum(result["erased"].values())
        lines = [
            f"Gewist in {', '.join(map(str, result['years'])) or 'geen enkel kaartjaar'}: {gone} rijen.",
            "Wat blijft:",
        ]
        lines += [
            f"  - {one['what']}: {one['why']}" + (f" (tot {one['until']})" if one["until"] else "")
            for one in result["kept"]
        ]
        return "\n".join(lines)
