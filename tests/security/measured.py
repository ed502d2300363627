"""Figures of an attack, for docs/security.md: written down only when `make test-security` asks for it."""

import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

# The file that tests.security.run reads afterwards; not there in `make test`.
FILE = os.environ.get("SECURITY_RESULTS", "")
# At full size, as `make test-security` runs it; `make test` attacks in small.
IS_FULL = bool(FILE)


@dataclass
class Attack:
    """One line of the table. `threat`: its number in hardening.md; `limit`: what it must stay within, in words."""

    threat: str
    what: str
    began: float = field(default_factory=time.monotonic)

    def came_to(self, figure: str, *, limit: str) -> None:
        """Write down what was measured. Called before the assertion, so that a failure is in the table too."""
        if not FILE:
            return
        line = {
            "threat": self.threat,
            "what": self.what,
            "figure": figure,
            "limit": limit,
            "seconds": round(time.monotonic() - self.began, 1),
        }
        with Path(FILE).open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")


def read(path: Path) -> Iterator[dict[str, str]]:
    """The lines of a run, by number of the threat."""
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    yield from sorted(lines, key=lambda line: (line["threat"], line["what"]))
