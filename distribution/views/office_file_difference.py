"""The difference a file would make, made ready to be read: counts, warnings, rejects, and what is behind them by kind."""

from dataclasses import dataclass, field
from typing import Any

from distribution.models import Upload
from distribution.views import office_file_words as words
from distribution.views.office_file_words import FileKind

SHOWN = 100


@dataclass(frozen=True)
class Count:
    name: str
    label: str
    number: int


@dataclass(frozen=True)
class Sample:
    """Twenty at most of one sort: rows and last four digits, never a person."""

    title: str
    rows: list[dict[str, Any]]
    has_rows: bool


@dataclass(frozen=True)
class Shown:
    """What the page of a file shows."""

    rows: int
    accepted: int
    rejected: int
    counts: list[Count]
    unit: str
    notices: list[str]
    warnings: list[tuple[str, int]]
    rejects: list[tuple[str, int]]
    samples: list[Sample] = field(default_factory=list)
    unserved: list[dict[str, Any]] = field(default_factory=list)
    points: dict[str, Any] = field(default_factory=dict)
    years: list[dict[str, Any]] = field(default_factory=list)
    # Many go, though no rule forbids it: lists of numbers have no such rule.
    many_leave: bool = False


def shown(upload: Upload, kind: FileKind) -> Shown | None:
    """None as long as nobody looked, and for a file that cannot be taken."""
    told = upload.difference
    if "counts" not in told:
        return None
    counts = {name: int(number) for name, number in told["counts"].items()}
    known = sum(number for name, number in counts.items() if name != "new")
    return Shown(
        rows=told["rows"],
        accepted=told["accepted"],
        rejected=told["rejected"],
        counts=[
            Count(name, label or kind.left, counts[name]) for name, label in words.COUNTS.items() if name in counts
        ],
        unit=kind.more,
        notices=told["notices"],
        warnings=[(words.label(words.WARNINGS, code), number) for code, number in told["warnings"].items()],
        rejects=[(words.label(words.REJECTS, code), number) for code, number in told.get("reject_codes", {}).items()],
        samples=_samples(told.get("samples", {})),
        unserved=told.get("samples", {}).get("unserved", []),
        points=_points(told.get("points", {})),
        years=[
            one
            | {
                "figures": [
                    {
                        "label": words.label(words.FIGURES, each["name"]),
                        "was": words.figure(each["was"]),
                        "becomes": words.figure(each["becomes"]),
                        "is_text": isinstance(each["becomes"], str),
                    }
                    for each in one["figures"]
                ]
            }
            for one in told.get("years", [])
        ],
        many_leave="refusal" not in told and counts.get("left", 0) * 5 > known > 0,
    )


def _samples(told: dict[str, list[dict[str, Any]]]) -> list[Sample]:
    found = [
        Sample(title, told[name], has_rows=name != "left") for name, title in words.SAMPLES.items() if told.get(name)
    ]
    warned: dict[str, list[dict[str, Any]]] = {}
    for one in told.get("warnings", []):
        warned.setdefault(one["code"], []).append(one)
    return found + [
        Sample(words.label(words.WARNINGS, code).capitalize(), rows, has_rows=True) for code, rows in warned.items()
    ]


def _points(told: dict[str, Any]) -> dict[str, Any]:
    """Nothing for another kind; postcodes apart by what happens to them, the lost ones first."""
    if not told:
        return {}
    lost = [one for one in told["moved"] if not one["becomes"]]
    moved = [one for one in told["moved"] if one["was"] and one["becomes"]]
    gained = [one for one in told["moved"] if not one["was"]]
    return {
        "new": told["new"],
        "changed": told["changed"][:SHOWN],
        "more_changed": max(0, len(told["changed"]) - SHOWN),
        "left": told["left"],
        "lost": lost,
        "moved": moved,
        "gained": gained,
        "people_lost": sum(one["people"] for one in lost),
        "people_moved": sum(one["people"] for one in moved),
    }
