"""python manage.py demo: a whole fictitious year, made through the same commands Klasse uses."""

import io
import json
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandParser
from django.utils import timezone

from distribution.errors import DistributionError
from distribution.management.base import OfficeCommand
from distribution.models import CardYear
from lerarenkaart.fictitious import hand_overs, logins, people, points, published, season


class NotEmpty(DistributionError):
    code = "not_empty"


class Command(OfficeCommand):
    help = "Maakt een volledig fictief jaar, klaar om door te klikken. Enkel in een lege databank."

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--people", type=int, default=5000, help="aantal personeelsleden (standaard 5000)")
        parser.add_argument("--seed", type=int, default=1, help="een ander getal geeft andere mensen")

    def work(self, **options: Any) -> dict[str, Any]:
        if CardYear.objects.exists():
            raise NotEmpty("Deze databank is niet leeg: de demo zou echte en fictieve gegevens mengen.")
        now = timezone.now()
        dates = season.dates(timezone.localdate(now))
        self.dates = dates
        count, seed, year = options["people"], options["seed"], dates.year
        folder = Path(settings.VAR_DIR) / "fictief"
        folder.mkdir(parents=True, exist_ok=True)
        self._say(f"Fictief jaar {year} met {count} personeelsleden …")
        points.write(folder / "afhaalpunten.csv", year=year, seed=seed)
        people.write_personnel(folder / "personeel.csv", year=year, people=count, seed=seed)
        people.write_subscribers(folder / "abonnees.csv", people=count, seed=seed)
        people.write_card_holders(folder / "kaarthouders.csv", people=count, seed=seed)
        published.write(folder / "historiek.csv", year=year, people=count)

        self._order(
            "open_year",
            year,
            f"--lookup-from={dates.lookup_from}",
            f"--collect-from={dates.collect_from}",
            f"--collect-until={dates.collect_until}",
        )
        at = ("--year", year)
        result = {
            "year": year,
            "points": self._order("import_pickup_points", folder / "afhaalpunten.csv", *at)["points"],
            "personnel": self._order("import_personnel", folder / "personeel.csv", *at)["people"],
            "subscribers": self._order("import_subscribers", folder / "abonnees.csv", *at)["accepted"],
            "card_holders": self._order("import_card_holders", folder / "kaarthouders.csv", *at)["accepted"],
            "published": self._order("import_history", folder / "historiek.csv")["accepted"],
        }
        result |= {key: value for key, value in self._order("run_year", year).items() if key in {"cards", "channels"}}
        self._order("freeze_year", year)
        card_year = CardYear.objects.get(year=year)
        result["handed_over"] = hand_overs.write(
            card_year, invited_at=season.moment("import_pickup_points", dates), at=now, seed=seed
        )
        return result | {
            "seconds": round((timezone.now() - now).total_seconds(), 1),
            "files": str(folder),
            "users": [
                {"email": login.email, "password": login.password, "address": settings.SITE_URL + login.path}
                for login in logins.write(card_year, at=now)
            ],
            "addresses": [f"{settings.SITE_URL}/waarismijnlerarenkaart/", f"{settings.SITE_URL}/afhaalpunten/"],
            "try": season.examples(year),
        }

    def report(self, result: dict[str, Any]) -> str:
        lines = [
            "",
            f"  Fictief jaar {result['year']}: {sum(result['channels'].values())} kaarten, {result['points']} afhaalpunten, "
            f"gemaakt in {result['seconds']} s. Niemand hierin bestaat.",
            "",
            *(f"  {address}" for address in result["addresses"]),
            *(f"  {user['address']}   {user['email']}   {user['password']}" for user in result["users"]),
            "",
            "  Probeer deze fictieve stamboeknummers:",
            *(f"    {number}   {outcome}" for outcome, number in result["try"].items()),
            "",
            f"  De fictieve bestanden staan in {result['files']}.",
        ]
        return "\n".join(lines)

    def _order(self, command: str, *arguments: object) -> dict[str, Any]:
        """Run a command as Klasse would, on the day Klasse would, and read its --json answer."""
        answer = io.StringIO()
        self._say(f"  {command}")
        with season.clock_at(season.moment(command, self.dates)):
            call_command(command, *map(str, arguments), "--json", stdout=answer)
        result: dict[str, Any] = json.loads(answer.getvalue())
        return result

    def _say(self, line: str) -> None:
        sys.stderr.write(line + "\n")
