"""A point's own pickup lists: which there are, and whether they still say what waits."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Func, IntegerField
from django.db.models.sql.compiler import SQLCompiler

from distribution.models import CardYear, PickupList
from distribution.queries import pickup_lists
from distribution.queries.lookup import current_year
from pickup_points.models import PickupPoint


class ArrayLength(Func):
    """How many elements a JSON array has, counted where it lies."""

    function = "jsonb_array_length"
    output_field = IntegerField()

    def as_sqlite(self, compiler: SQLCompiler, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, function="json_array_length", **context)


@dataclass(frozen=True)
class ListRow:
    """One list, as little as the page shows of it. `since`: the revision it adds to, for a delta."""

    pk: int
    revision: int
    since: int | None
    made_at: dt.datetime
    names: int


@dataclass(frozen=True)
class Lists:
    """A point's lists of the running year, the newest first; `added` and `gone` since the latest whole one."""

    year: int
    can_be_made: bool
    whole: Sequence[ListRow] = ()
    deltas: Sequence[ListRow] = ()
    waiting: int = 0
    added: int = 0
    gone: int = 0

    @property
    def newest(self) -> ListRow | None:
        return self.whole[0] if self.whole else None

    @property
    def earlier(self) -> Sequence[ListRow]:
        return self.whole[1:]

    @property
    def is_current(self) -> bool:
        return bool(self.whole) and not self.added and not self.gone


def running_year(on: dt.date) -> CardYear | None:
    """The card year that a desk works in on a day."""
    year = current_year(on)
    return None if year is None else CardYear.objects.get(pk=year.pk)


def lists_of(point: PickupPoint, card_year: CardYear) -> Lists:
    """Three questions, whatever the number of lists."""
    rows = [
        ListRow(*values)
        for values in PickupList.objects.filter(card_year=card_year, pickup_point=point)
        .order_by("-revision", "-since", "-pk")
        .values_list("pk", "revision", "since", "made_at", ArrayLength("card_numbers"))
    ]
    whole = [row for row in rows if row.since is None]
    waiting = {number for _, numbers in pickup_lists.waiting_cards(card_year, points=[point.pk]) for number in numbers}
    listed = set(PickupList.objects.values_list("card_numbers", flat=True).get(pk=whole[0].pk)) if whole else set()
    return Lists(
        year=card_year.year,
        can_be_made=card_year.last_run_at is not None,
        whole=whole,
        deltas=[row for row in rows if row.since is not None],
        waiting=len(waiting),
        added=len(waiting - listed),
        gone=len(listed - waiting),
    )
