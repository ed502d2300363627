"""A signed list that comes back: which list a point means, and how each of its rows stands now."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from distribution.enums import CardState, Evidence
from distribution.models import Card, HandOver, PickupList, VoidedNumber
from distribution.models.hand_over import HOLDS
from pickup_points.models import PickupPoint

# A database takes 32,766 parameters in one question; memory wants fewer.
NUMBERS_AT_ONCE = 5_000


class RowState(StrEnum):
    """How the card of a row stands now."""

    WAITS = "waits"
    COLLECTED = "collected"
    NOT_VALID = "not_valid"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a list with its card as the desk may see it.

    `at`, `by` and `evidence` are there when it was collected; `by` stays empty for another point's
    colleague. `where`: the other point, when it lies there or was collected there.
    """

    row: int
    card_id: int
    number: str
    name: str
    last_four: str
    state: RowState
    at: dt.datetime | None = None
    by: str = ""
    evidence: str = ""
    where: str = ""

    @property
    def waits(self) -> bool:
        return self.state is RowState.WAITS


def get(list_id: int, *, point: PickupPoint, card_year_id: int) -> PickupList | None:
    """This point's list with this number, of this year; None for another point's, exactly as for a missing one."""
    return (
        PickupList.objects.select_related("card_year")
        .filter(pk=list_id, pickup_point=point, card_year=card_year_id)
        .first()
    )


def rows(pickup_list: PickupList, *, numbers: Sequence[int]) -> list[Row]:
    """These rows of the list, in the order asked. Two questions for every five thousand rows."""
    on_paper = pickup_list.card_numbers
    wanted = {on_paper[number - 1]: number for number in numbers}
    found: dict[int, Row] = {}
    for some in _portions(list(wanted)):
        standing = {
            one.card_id: one
            for one in HandOver.objects.filter(HOLDS, card__number__in=some).select_related("point", "by")
        }
        cards = Card.objects.filter(number__in=some).values_list(
            "pk",
            "number",
            "person__last_name",
            "person__first_name",
            "person__staff_number",
            "state",
            "pickup_point_id",
            "pickup_point__name",
        )
        for card in cards:
            row = wanted[card[1]]
            found[row] = _row(row, card, standing.get(card[0]), point_id=pickup_list.pickup_point_id)
        if gone := [number for number in some if wanted[number] not in found]:
            found |= {row.row: row for row in _void_rows(gone, wanted, point_id=pickup_list.pickup_point_id)}
    return [found[number] for number in numbers]


def _void_rows(numbers: list[str], wanted: dict[str, int], *, point_id: int) -> Iterator[Row]:
    """The rows whose number is void since: the card goes on under another, which is no longer this row's."""
    handed = {
        one.voided_id: one
        for one in HandOver.objects.filter(voided__number__in=numbers, undone_at=None).select_related("point", "by")
    }
    for old in VoidedNumber.objects.filter(number__in=numbers).select_related("card__person"):
        person = old.card.person
        card = (old.card_id, old.number, person.last_name, person.first_name, person.staff_number, "void", None, None)
        yield _row(wanted[old.number], card, handed.get(old.pk), point_id=point_id)


def waiting_rows(pickup_list: PickupList, *, numbers: Sequence[int]) -> list[tuple[int, str]]:
    """Of these rows, those whose card waits at the point, with the number of the card; in the order asked."""
    on_paper = pickup_list.card_numbers
    wanted = {on_paper[number - 1]: number for number in numbers}
    waiting = {
        wanted[card_number]: card_number
        for some in _portions(list(wanted))
        for card_number in Card.objects.filter(
            number__in=some, state=CardState.ISSUED, pickup_point=pickup_list.pickup_point_id
        ).values_list("number", flat=True)
    }
    return [(number, waiting[number]) for number in numbers if number in waiting]


def times_undone(pickup_list: PickupList) -> dict[int, int]:
    """How often each row's hand-over by this list was undone; rows where that never happened are left out."""
    times: dict[int, int] = {}
    for row in HandOver.objects.filter(pickup_list=pickup_list, undone_at__isnull=False).values_list("row", flat=True):
        if row is not None:
            times[row] = times.get(row, 0) + 1
    return times


def _portions(numbers: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(numbers), NUMBERS_AT_ONCE):
        yield numbers[start : start + NUMBERS_AT_ONCE]


def _row(
    row: int,
    card: tuple[int, str, str, str, str, str, int | None, str | None],
    hand_over: HandOver | None,
    *,
    point_id: int,
) -> Row:
    card_id, number, last_name, first_name, staff, state, lies_at, lies_in = card
    name, last_four = f"{last_name} {first_name}".strip(), staff[-4:]
    if hand_over is not None:
        is_here = hand_over.point_id == point_id
        return Row(
            row,
            card_id,
            number,
            name,
            last_four,
            RowState.COLLECTED,
            at=hand_over.at,
            by=str(hand_over.by) if is_here else "",
            evidence=Evidence(hand_over.evidence).label,
            where="" if is_here else str(hand_over.point),
        )
    if state == CardState.ISSUED and lies_at == point_id:
        return Row(row, card_id, number, name, last_four, RowState.WAITS)
    if state == CardState.ISSUED:
        return Row(row, card_id, number, name, last_four, RowState.ELSEWHERE, where=lies_in or "")
    return Row(row, card_id, number, name, last_four, RowState.NOT_VALID)
