"""python manage.py purge [--year Y]: forget what has served its time."""

from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.module_loading import import_string

from distribution.actions import purge
from distribution.management.base import OfficeCommand
from distribution.queries import years
from distribution.rules.retention import Retention

LABELS = {
    "people": "namen en adressen",
    "appointments": "opdrachten",
    "pending_changes": "wijzigingen",
    "collectors": "namen van afhalers",
    "undo_reasons": "redenen (ongedaan)",
    "transfer_reasons": "redenen (overdracht)",
    "references": "kenmerken",
    "subscribers": "nummers van abonnees",
    "files": "bestanden",
    "samples": "voorbeelden",
    "staff_numbers": "stamboeknummers",
    "earlier_holders": "vroegere houders",
}


class Command(OfficeCommand):
    help = (
        "Wist wat zijn tijd gehad heeft: van een afgesloten kaartjaar de namen, adressen en opdrachten. De cijfers blijven "
        "tot op de eenheid gelijk. Zonder --year: alles waarvan de bewaartermijn om is, zoals elk uur vanzelf gebeurt."
    )

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--year", type=int, help="enkel dit kaartjaar")
        parser.add_argument(
            "--dry-run", action="store_true", help="toon wat er zou verdwijnen, en wis niets (met --year)"
        )
        parser.add_argument("--force", default="", metavar="REASON", help="wis het jaar voor zijn dag, en waarom")

    def work(self, **options: Any) -> dict[str, Any]:
        terms, at = Retention(**settings.RETENTION), timezone.now()
        if options["year"] is None:
            done = purge.purge_due(
                terms=terms, at=at, rejects_folder=settings.VAR_DIR / "rejects", secret=settings.AUDIT_KEY
            )
            forget_accounts = import_string(settings.ACCOUNTS_FORGETTING)
            return done | {"accounts": forget_accounts(terms.accounts_before(at), at=at)}
        return purge.purge_year(
            years.get(options["year"]),
            days=terms.people_days,
            at=at,
            force=options["force"],
            dry_run=options["dry_run"],
        ).as_json()

    def report(self, result: dict[str, Any]) -> str:
        if "year" not in result:
            return super().report(result)
        counts = "\n".join(f"{LABELS[kind]:>22}  {result[kind]}" for kind in LABELS)
        lines = [f"Kaartjaar {result['year']}", counts]
        if not result["numbers_gone"]:
            lines.append(
                f"De stamboeknummers blijven tot {result['numbers_on']}: het volgende jaar vraagt wie een kaart had."
            )
        if result["dry_run"]:
            lines.append("Dit was een proef: er is niets gewist.")
        return "\n".join(lines)
