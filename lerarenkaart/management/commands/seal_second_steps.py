"""python manage.py seal_second_steps: every second step sealed with the key of now, so that an old key may go."""

from dataclasses import asdict
from typing import Any

from distribution.errors import DistributionError
from distribution.management.base import OfficeCommand
from lerarenkaart.accounts import sealing


class KeyMissing(DistributionError):
    code = "key_missing"


class Command(OfficeCommand):
    help = (
        "Versleutelt elke tweede stap (app, herstelcodes) met SECOND_STEP_KEY, ook wat met een sleutel uit SECOND_STEP_OLD_KEYS "
        "versleuteld is of nog leesbaar in de databank staat. Daarna mag de oude sleutel weg. Nog eens doen kan geen kwaad."
    )

    def work(self, **options: Any) -> dict[str, Any]:
        done = sealing.seal_steps()
        if done.unreadable:
            raise KeyMissing(
                f"{done.unreadable} van de tweede stappen zijn met een andere sleutel versleuteld. Zet die in "
                f"SECOND_STEP_OLD_KEYS en doe het opnieuw. De rest is in orde: {done.anew} opnieuw versleuteld."
            )
        return asdict(done)

    def report(self, result: dict[str, Any]) -> str:
        return f"Klaar: {result['anew']} tweede stappen opnieuw versleuteld, {result['already']} waren dat al."
