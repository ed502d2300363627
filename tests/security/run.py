"""`make test-security`: every attack at full size on a private PostgreSQL, Redis and processes of our own.

Writes what was measured into docs/security.md, between its two marks. Extra arguments go to pytest.
"""

import contextlib
import datetime as dt
import os
import re
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from tests import servers
from tests.security import measured

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "docs" / "security.md"
OLD_ROW = re.compile(r"^(\| ([TP]\d\d) \| ([^|]+) \|.*\|)$", re.MULTILINE)
BEGIN, END = "<!-- gemeten: begin -->", "<!-- gemeten: einde -->"
# Longer than the longest attack by far; an attack that hangs ends the run.
MOST_SECONDS = 45 * 60
EVERYTHING = ["tests/security", "tests/browser/test_hostile_pages.py"]
LEFT_OUT = {"DATABASE_URL", "REDIS_URL", "VAR_DIR"}


def main(arguments: list[str]) -> int:
    """Attack; the table is written also when an attack came through."""
    with tempfile.TemporaryDirectory(prefix="lerarenkaart-attack-") as folder:
        results = Path(folder) / "results"
        results.touch()
        environment = {name: value for name, value in os.environ.items() if name not in LEFT_OUT}
        with servers.postgres() as database, servers.redis() as broker:
            variables = {"DATABASE_URL": database, "REDIS_URL": broker, "SECURITY_RESULTS": str(results)}
            code = attack(arguments or EVERYTHING, environment | variables)
        lines = list(measured.read(results))
    write(lines, passed=code == 0, at=dt.datetime.now(tz=dt.UTC))
    return code


def attack(arguments: list[str], environment: dict[str, str]) -> int:
    """The tests, for so long as they may take; interrupted as from a keyboard, so that they stop what they started."""
    process = subprocess.Popen([sys.executable, "-m", "pytest", "-q", *arguments], cwd=ROOT, env=environment)
    try:
        return process.wait(timeout=MOST_SECONDS)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=120)
        process.kill()
        return 1


def write(lines: list[dict[str, str]], *, passed: bool, at: dt.datetime) -> None:
    """Put the table between the marks; everything around it stays, and so do the rows this run did not measure anew."""
    text = DOCUMENT.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    table, after = rest.split(END)
    rows = {(threat, what): row for row, threat, what in OLD_ROW.findall(table)}
    for line in lines:
        cells = [
            line["threat"],
            line["what"],
            line["figure"],
            line["limit"],
            str(line["seconds"]),
            f"{at:%Y-%m-%d %H:%M}",
        ]
        rows[line["threat"], line["what"]] = f"| {' | '.join(cells)} |"
    outcome = "alles binnen de grenzen" if passed else "NIET alles binnen de grenzen"
    written = [
        f"De laatste keer op {at:%Y-%m-%d %H:%M} UTC, op PostgreSQL en Redis: {outcome} ({len(lines)} metingen).",
        "",
        "| nr. | aanval | uitkomst | grens | s | gemeten (UTC) |",
        "|---|---|---|---|---|---|",
        *(rows[key] for key in sorted(rows)),
    ]
    DOCUMENT.write_text(f"{before}{BEGIN}\n" + "\n".join(written) + f"\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
