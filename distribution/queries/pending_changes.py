"""What a run after freezing would have changed, as Klasse reads it."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from distribution.models import CardYear, PendingChange

KINDS = {str(kind): str(kind.label) for kind in PendingChange.Kind}
TOGETHER = 100
HEADER = ("stamboeknummer_einde", "naam", "voornaam", "wijziging", "nu", "zou_worden")


def rows(card_year: CardYear) -> Iterator[tuple[str, ...]]:
    """One row per change in Dutch name order; of the staff number only the last four digits."""
    changes = (
        _open(card_year)
        .order_by("person__sort_key", "person_id", "kind")
        .values_list("person__staff_number", "person__last_name", "person__first_name", "kind", "was", "becomes")
    )
    for number, last_name, first_name, kind, was, becomes in changes.iterator():
        yield number[-4:], last_name, first_name, KINDS[kind], was, becomes


@dataclass(frozen=True)
class Change:
    """One change as the office reads it. `card_id` is None for who has no card yet."""

    person_id: int
    card_id: int | None
    name: str
    last_four: str
    kind: str
    was: str
    becomes: str


def page(card_year: CardYear, *, number: int, kind: str = "") -> tuple[list[Change], bool]:
    """The changes in Dutch name order, a hundred to a page; and whether there are more."""
    wanted = {"kind": kind} if kind else {}
    start = (number - 1) * TOGETHER
    found = (
        _open(card_year)
        .filter(**wanted)
        .order_by("person__sort_key", "person_id", "kind")
        .values_list(
            "person_id",
            "person__card__pk",
            "person__last_name",
            "person__first_name",
            "person__staff_number",
            "kind",
            "was",
            "becomes",
        )[start : start + TOGETHER + 1]
    )
    changes = [
        Change(person_id, card_id, f"{last} {first}".strip(), staff_number[-4:], KINDS[kind], was, becomes)
        for person_id, card_id, last, first, staff_number, kind, was, becomes in found
    ]
    return changes[:TOGETHER], len(changes) > TOGETHER


def count(card_year: CardYear, *, with_left: bool = False) -> dict[str, int]:
    """How many changes of each kind wait for a decision, or with those that were left as they are; all four kinds."""
    those = PendingChange.objects.filter(card_year=card_year) if with_left else _open(card_year)
    counted = dict(those.order_by("kind").values_list("kind").annotate(Count("pk")))
    return {str(kind): counted.get(kind, 0) for kind in PendingChange.Kind}


@dataclass(frozen=True)
class Moves:
    """Changes to another point that can be carried out: `cards` in all; `plastic` of them lies at a point already."""

    cards: int
    plastic: int
    points: int


def moves(card_year: CardYear) -> Moves:
    """One question."""
    lies = Q(person__card__batch__isnull=False, person__card__pickup_point__isnull=False)
    counted = (
        _open(card_year)
        .filter(kind=PendingChange.Kind.MOVED, to_point__isnull=False)
        .aggregate(cards=Count("pk"), plastic=Count("pk", filter=lies), points=Count("to_point", distinct=True))
    )
    return Moves(**counted)


@dataclass(frozen=True)
class Left:
    """Changes of one kind that one of Klasse left as they are, at one moment."""

    kind: str
    cards: int
    by: str
    at: dt.datetime

    @property
    def label(self) -> str:
        return KINDS[self.kind]


def left(card_year: CardYear) -> list[Left]:
    """What was left as it is, the latest first. One question."""
    counted = (
        PendingChange.objects.filter(card_year=card_year, left_at__isnull=False)
        .values_list("kind", "left_by__name", "left_by__email", "left_at")
        .annotate(cards=Count("pk"))
        .order_by("-left_at", "kind")
    )
    return [Left(kind, cards, name or email, at) for kind, name, email, at, cards in counted]


def _open(card_year: CardYear) -> QuerySet[PendingChange]:
    """What still asks for a decision."""
    return PendingChange.objects.filter(card_year=card_year, left_at=None)
