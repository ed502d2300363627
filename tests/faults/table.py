"""The table of docs/faults.md: each fault writes its own line, with what was measured in that very run."""

import json
import os
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path

# How often a fault of chance is thrown. A few in `make test`; `make test-faults` takes fifty.
SEEDS = int(os.environ.get("FAULT_SEEDS", "2"))
IS_WHOLE = SEEDS >= 50 or "FAULT_WHOLE" in os.environ
# One JSON object per line; where it is, is told by tests/faults/run.py.
LINES = "FAULT_LINES"
FAULTS = tuple(f"F{number}" for number in range(1, 25))


@dataclass
class Line:
    """One fault as it was thrown: how, how often, what was measured, and whether the system held."""

    ids: str
    injection: str
    times: int = 0
    figure: str = ""
    is_held: bool = False
    seconds: float = 0.0
    began: float = field(default_factory=time.perf_counter)

    def measured(self, *, times: int, figure: str) -> None:
        """Told before the last assertions: a fault that is not survived keeps its figure."""
        self.times, self.figure = times, figure

    def end(self, *, is_held: bool) -> None:
        self.is_held = is_held
        self.seconds = time.perf_counter() - self.began
        path = os.environ.get(LINES)
        if path:
            with Path(path).open("a", encoding="utf-8") as lines:
                lines.write(json.dumps(asdict(self)) + "\n")


def read(path: Path) -> list[Line]:
    return [Line(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]


def rows(lines: Iterable[Line]) -> list[str]:
    """Markdown, in the order of the faults."""
    in_order = sorted(lines, key=lambda line: (int(line.ids.split()[0][1:]), line.injection))
    return [
        "| fout | wat we doen | keer | uitkomst | gemeten | seconden |",
        "|---|---|---:|---|---|---:|",
        *(
            f"| {line.ids} | {line.injection} | {line.times} | {'gehouden' if line.is_held else '**niet gehouden**'} "
            f"| {line.figure} | {line.seconds:.0f} |"
            for line in in_order
        ),
    ]


def missing(lines: Iterable[Line]) -> list[str]:
    """The faults no line tells about."""
    told = {one for line in lines for one in line.ids.split()}
    return [fault for fault in FAULTS if fault not in told]
