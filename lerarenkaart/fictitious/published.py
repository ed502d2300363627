"""Fictitious published totals of the years before, one of them an estimate and one not counted, each with its cause."""

import csv
from pathlib import Path

from distribution.intake import history

HEADER = (*history.REQUIRED, *history.OPTIONAL)
# Of a thousand cards: subscription, starters, collected, with a card; then whether it is an estimate, and why.
YEARS = (
    (87, 76, 481, 676, "", ""),
    (94, 82, 470, 650, "", ""),
    (102, 75, 380, 583, "1", "De afhaalpunten waren maanden dicht en telden niet allemaal wat overbleef."),
    (115, 85, None, None, "", "Voor dit jaar is aan de afhaalpunten geen telling gevraagd."),
)


def write(path: Path, *, year: int, people: int) -> int:
    """Write historiek.csv for the years before this one, about as large as it, and return how many."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(HEADER)
        for before, (*parts, estimate, cause) in zip(range(len(YEARS), 0, -1), YEARS, strict=True):
            cards = people * (100 - before) // 100
            counts = ["" if part is None else cards * part // 1000 for part in parts]
            writer.writerow([year - before, cards, *counts, estimate, cause])
    return len(YEARS)
