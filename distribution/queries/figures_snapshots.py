"""Figures as they were told, and what became different since."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from distribution.enums import FiguresBy
from distribution.models import FiguresSnapshot
from distribution.queries import figures_choice, figures_words, stored_files
from distribution.queries.figures_table import without_small_groups
from distribution.rules.reconciliation import Tolerance

# The columns that are compared, by the words of the answer, and what people call them.
COMPARED = {
    "cards": "Kaarten",
    "subscription": "Met het magazine",
    "starter": "(Re)starters",
    "at_points": "In afhaalpunt",
    "collected": "Afgehaald",
    "other": "Andere",
    "with_card": "Met kaart",
    "rate": "Percentage",
    "low99": "Interval, laagste",
    "high99": "Interval, hoogste",
    "lower": "Minstens",
    "upper": "Hoogstens",
}
Answer = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure that is another one now; None is not counted. A row that came or went has all its figures here."""

    year: int
    label: str
    column: str
    then: float | None
    now: float | None


def all_of_them() -> QuerySet[FiguresSnapshot]:
    """The latest first."""
    return FiguresSnapshot.objects.select_related("by").order_by("-at", "-id")


def then(snapshot: FiguresSnapshot) -> Answer:
    """The answer as it was told, from its kept file."""
    file = snapshot.files.get(content_type="application/json")
    answer: Answer = json.loads(b"".join(stored_files.pieces(file)))
    return answer


def now(snapshot: FiguresSnapshot, *, tolerance: Tolerance) -> Answer:
    """The answer to the same question today."""
    choice = figures_choice.of(snapshot.asked)
    return figures_words.answer(without_small_groups(figures_choice.table(choice, tolerance=tolerance)))


def differences(told: Answer, today: Answer) -> list[Difference]:
    """Every figure that differs, in the order of the table; the years as a whole first."""
    by = FiguresBy(told["by"])
    found = list(_differences(told["totals"], today["totals"], FiguresBy.CHANNEL))
    if by != FiguresBy.CHANNEL:
        found += _differences(told["rows"], today["rows"], by)
    return found


def _differences(told: list[Any], today: list[Any], by: FiguresBy) -> Iterator[Difference]:
    before = {(row["year"], row[by.value]): row for row in told}
    after = {(row["year"], row[by.value]): row for row in today}
    for key in [*before, *(key for key in after if key not in before)]:
        old, new = before.get(key, {}), after.get(key, {})
        for name, column in COMPARED.items():
            if old.get(name) != new.get(name):
                label = "in totaal" if by == FiguresBy.CHANNEL else (old or new)["label"]
                yield Difference(key[0], label, column, old.get(name), new.get(name))
