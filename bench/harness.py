"""One figure of the benchmarks: a measured value as a ratio to a limit measured in the same run.

`make bench` runs every module that BENCHES names, on SQLite and on a private PostgreSQL, and writes
RESULTS.md. A bench module has one function `figures(people: int) -> Iterable[Figure]`; it uses the
database that DATABASE_URL names, which the harness has emptied and migrated.
"""

import gc
import resource
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """`value` and `limit` in `unit`; `ratio` must stay at or below (or above) `goal`.

    A figure without a goal is for information. `better` says which way is good.
    """

    name: str
    value: float
    unit: str
    limit: float | None = None
    limit_name: str = ""
    goal: float | None = None
    better: str = "lower"

    @property
    def ratio(self) -> float | None:
        return self.value / self.limit if self.limit else None

    @property
    def is_met(self) -> bool | None:
        """None when there is no goal. Without a limit the goal holds for the value itself."""
        if self.goal is None:
            return None
        measured = self.value if self.ratio is None else self.ratio
        return measured <= self.goal if self.better == "lower" else measured >= self.goal


def seconds(work: Callable[[], object]) -> float:
    """Wall time of one call."""
    gc.collect()
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def median_seconds(work: Callable[[], object], *, runs: int = 3) -> float:
    """The median wall time of several calls; `work` must bring itself back to where it began."""
    return statistics.median(seconds(work) for _ in range(runs))


def peak_megabytes() -> float:
    """The most memory this process has held so far, in MB (Linux counts in kB)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
