"""python manage.py verify_audit: whether nobody touched the log of who saw whose data."""

from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from django.utils import timezone

from distribution.errors import DistributionError
from distribution.management.base import OfficeCommand
from distribution.queries import audit
from distribution.rules import seals
from distribution.rules.retention import Retention

SHOWN = 5


class ChainBroken(DistributionError):
    code = "chain_broken"


class SealUnknown(DistributionError):
    code = "seal_unknown"


class Command(OfficeCommand):
    help = (
        "Kijkt de keten na over alle inzages van persoonsgegevens: veranderd, verdwenen of bijgekomen is fout. "
        "Schrijf het laatste zegel af en toe elders op; met --digest kijk je na of het er nog in zit."
    )

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--digest", default="", help="een zegel dat je eerder opschreef, of uit het logboek")

    def work(self, **options: Any) -> dict[str, Any]:
        terms, at = Retention(**settings.RETENTION), timezone.now()
        found = audit.verify(
            secret=settings.AUDIT_KEY,
            at=at,
            words_before=terms.words_before(at),
            readings_before=terms.readings_before(at),
            digest=options["digest"],
        )
        if found.findings:
            told = "; ".join(_words(one) for one in found.findings[:SHOWN])
            more = len(found.findings) - SHOWN
            raise ChainBroken(f"De keten klopt niet: {told}" + (f"; en nog {more} keer." if more > 0 else "."))
        if found.has_digest is False:
            raise SealUnknown(
                "Dit zegel zit niet in de keten: er is een stuk van de keten verdwenen, of het zegel is verkeerd overgetypt."
            )
        return {
            "seals": found.seals,
            "readings": found.readings,
            "gone": found.gone,
            "unsealed": found.unsealed,
            "latest": seals.written(found.latest),
        }

    def report(self, result: dict[str, Any]) -> str:
        return (
            f"De keten klopt: {result['readings']} inzages onder {result['seals']} zegels, {result['gone']} na hun termijn gewist, "
            f"{result['unsealed']} nog zonder zegel.\nLaatste zegel: {result['latest'] or 'nog geen'}"
        )


def _words(one: audit.Finding) -> str:
    when = f" van {timezone.localtime(one.at):%d/%m/%Y %H.%M}" if one.at else ""
    return f"zegel {one.number}{when}: {one.fault}"
