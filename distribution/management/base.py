"""What every command of the year has in common: --json, a progress bar, and a clear refusal (interface.md §4)."""

import json
import sys
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from distribution.errors import DistributionError

BAR_WIDTH = 30


class OfficeCommand(BaseCommand):
    """A command that answers with one JSON object or a few Dutch lines.

    Subclasses give `arguments` and `work`; `work` returns the object that --json prints. A
    DistributionError becomes exit code 2 with its sentence on standard error.
    """

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="één JSON-object op de standaarduitvoer, niets anders")
        self.arguments(parser)

    def arguments(self, parser: CommandParser) -> None:
        """Options of this command alone."""

    def work(self, **options: Any) -> dict[str, Any]:
        """Do it, and return the counts."""
        raise NotImplementedError

    def report(self, result: dict[str, Any]) -> str:
        """The result in words for a person at a terminal."""
        return "\n".join(f"{key:>16}  {_in_words(value)}" for key, value in result.items())

    def handle(self, *args: Any, **options: Any) -> None:
        as_json = options["json"]
        try:
            result = self.work(**options)
        except DistributionError as refusal:
            raise CommandError(str(refusal), returncode=2) from refusal
        self.stdout.write(json.dumps(result, ensure_ascii=False, default=str) if as_json else self.report(result))


class ProgressBar:
    """Draws `done` of `total` on a terminal, and stays silent anywhere else."""

    def __init__(self, label: str) -> None:
        self.label = label
        self.drawn_at = 0.0
        self.on_terminal = sys.stderr.isatty()

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        if not self.on_terminal or (done < total and now - self.drawn_at < 0.1):
            return
        self.drawn_at = now
        filled = BAR_WIDTH * done // max(total, 1)
        end = "\n" if done >= total else ""
        sys.stderr.write(f"\r{self.label} {'█' * filled}{'·' * (BAR_WIDTH - filled)} {done}/{total}{end}")
        sys.stderr.flush()


def _in_words(value: Any) -> str:
    if isinstance(value, dict):
        return " · ".join(f"{key} {_in_words(inner)}" for key, inner in value.items()) or "–"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "–"
    return "–" if value is None else str(value)
