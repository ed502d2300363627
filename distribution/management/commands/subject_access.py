"""python manage.py subject_access NUMBER --out DIR: everything we keep about one person."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from django.utils import timezone

from distribution.actions import subject_access
from distribution.management import person
from distribution.management.base import OfficeCommand
from distribution.rules.retention import Retention


class Command(OfficeCommand):
    help = (
        "Schrijft alles wat bij één stamboeknummer bewaard wordt, over alle jaren, als inzage.json en inzage.pdf. "
        "Dat je het deed, wordt genoteerd. Ga eerst na wie het vraagt, en wis de bestanden na het versturen."
    )

    def arguments(self, parser: CommandParser) -> None:
        person.add_arguments(parser)
        parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="map voor de twee bestanden")

    def work(self, **options: Any) -> dict[str, Any]:
        given = subject_access.give(
            person.number(options["number"]),
            out=options["out"],
            by=person.who(options["by"]),
            at=timezone.now(),
            terms=Retention(**settings.RETENTION),
            office_email=settings.OFFICE_EMAIL,
            secret=settings.SECRET_KEY,
        )
        return {"years": list(given.years), "rows": given.rows, "files": [str(path) for path in given.files]}
