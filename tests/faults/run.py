"""`make test-faults`: every fault, fifty times where chance plays, on servers of its own; writes docs/faults.md."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests import servers
from tests.faults import table

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "faults.md"
HEAD = """# Fouten

Wat er misgaat in een zaal met machines, doen we hier zelf: processen doodschieten, servers herstarten, de schijf vullen, de klok
verzetten. De fouten en wat er dan mag gebeuren, staan in de lijst F1–F24. Deze tabel is geschreven door `make test-faults`: elk cijfer
is in die ene doorgang gemeten, op een private PostgreSQL en Redis, met de processen van `deploy/start.sh`. `make test` doet
dezelfde proeven met enkele herhalingen.

Waar het toeval speelt, is er {seeds} keer gegooid. *Gehouden* betekent dat elke voorwaarde van die fout waar bleef. De seconden zijn van
de hele proef, met het opbouwen erbij.
"""
NOTES = """
## Hoe we het doen

- Een werker wordt gedood met SIGKILL, op een willekeurig moment tussen het begin en het einde van het werk. Dat de werker twee minuten
  stil is, wachten we in één proef echt af (F9); in de andere zetten we de huurtijd van het werk in de databank terug.
- Het werk is telkens één transactie, of bestanden die opnieuw gemaakt hetzelfde zijn (ADR 0017). Hervatten is dus opnieuw doen: er is
  geen half werk om verder te zetten, en het kost hoogstens één keer de tijd van het werk zelf.
  Enkel afhaallijsten worden verdergezet: elke lijst is een rij, en wie het werk overneemt tekent wat er nog niet is.
- Twintig mensen die tegelijk hetzelfde vragen, krijgen geen 409 met een link maar worden naar het ene werk geleid (302), met de zin dat
  het al gevraagd was: dat is wat een mens helpt, één klik minder, en herladen stuurt niets opnieuw. Een programma kan dit niet vragen: er
  is enkel de pagina.
- Een volle schijf zet het werk niet op pauze maar maakt het *geweigerd: de schijf is vol*. Een gepauzeerd werk houdt zijn spoor bezet, zodat
  niemand iets anders van dat soort kan vragen, en gaat verder op een moment dat niemand koos. Na het opruimen vraagt *Probeer opnieuw*
  op de pagina van het werk precies hetzelfde, met dezelfde keuzes; geen werk duurt zo lang dat verder zetten loont. Vooraf wordt
  nagekeken of er plaats is.
- Een trage databank: het opzoeken krijgt anderhalve seconde van de databank, en daarna een pagina die zegt dat het druk is (503 met
  `Retry-After`). Wie daarna komt, krijgt die pagina meteen, tot de databank weer vlot is.
"""


def main(arguments: list[str]) -> int:
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="lerarenkaart-fouten-") as folder:
        lines = Path(folder) / "lines.jsonl"
        lines.touch()
        with servers.postgres() as database, servers.redis() as broker:
            inherited = {name: value for name, value in os.environ.items() if name != "VAR_DIR"}
            environment = (
                {"FAULT_SEEDS": "50"}
                | inherited
                | {
                    "DATABASE_URL": database,
                    "REDIS_URL": broker,
                    table.LINES: str(lines),
                }
            )
            where = (
                []
                if any(one.startswith("tests/") for one in arguments)
                else ["tests/faults", "--ignore=tests/faults/test_table.py"]
            )
            command = [sys.executable, "-m", "pytest", "-m", "faults", *where, *arguments]
            failed = subprocess.run(command, env=environment, check=False).returncode
        told = table.read(lines)
    for row in table.rows(told):
        print(row)  # noqa: T201
    if where == [] or "-k" in arguments:
        # A part of them is not the table.
        return failed
    left_out = table.missing(told)
    end = f"\n{len(told)} proeven in {(time.monotonic() - began) / 60:.0f} minuten, op een machine met {os.cpu_count()} kernen.\n"
    said = f"\nZonder regel: {', '.join(left_out)}.\n" if left_out else ""
    head = HEAD.format(seeds=environment["FAULT_SEEDS"])
    DOCUMENT.write_text("\n".join([head, *table.rows(told), end]) + said + NOTES, encoding="utf-8")
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
