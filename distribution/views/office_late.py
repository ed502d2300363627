"""Deciding about what changed since freezing: what the page offers per kind, and what came of it in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from distribution.actions import late_changes
from distribution.actions.late_changes import Given
from distribution.errors import DistributionError
from distribution.models import CardYear, PendingChange
from distribution.queries import pending_changes
from distribution.queries.pending_changes import Left, Moves
from distribution.views.desk_transfers import tell_other_end
from pickup_points.models import User

Kind = PendingChange.Kind
LEAVE, TAKE_UP, GIVE = "zo", "terug", "punten"
WORDS = {LEAVE, TAKE_UP, GIVE}
LONGEST_NUMBER = 9
WHY = {
    Kind.MOVED: "Hun kaart hoort nu in een ander afhaalpunt: ze verhuisden, of hun postcode kreeg een ander afhaalpunt.",
    Kind.WITHDRAWN: "Hun kaart is al bevroren en wordt niet ingetrokken. Wie ze nog niet afhaalde, kan dat nog.",
    Kind.CHANNEL: "Hun kaart gaat de weg waarlangs ze bevroren is. Die verandert niet meer.",
}


@dataclass(frozen=True)
class Choice:
    """What can be decided about the changes of one kind; of `unknown` moves there is no point to go to."""

    kind: str
    title: str
    why: str
    cards: int
    unknown: int = 0


def choices(counts: dict[str, int], moves: Moves) -> list[Choice]:
    """Moves first: there something can be done. Who is newly entitled is no choice, they get a card."""
    return [
        Choice(
            str(kind),
            pending_changes.KINDS[kind].capitalize(),
            why,
            counts[kind],
            unknown=counts[kind] - moves.cards if kind == Kind.MOVED else 0,
        )
        for kind, why in WHY.items()
        if counts[kind]
    ]


def by_kind(left: Iterable[Left]) -> list[tuple[str, str, int]]:
    """The kinds of what was left, each with its words and how many in all."""
    counts: dict[str, int] = {}
    for one in left:
        counts[one.kind] = counts.get(one.kind, 0) + one.cards
    return [(kind, pending_changes.KINDS[kind], number) for kind, number in counts.items()]


def decide(request: HttpRequest, user: User, card_year: CardYear) -> None:
    """Do what was chosen, and say what came of it."""
    what, kind = request.POST.get("wat", ""), request.POST.get("soort", "")
    typed = request.POST.get("aantal", "")
    expected = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) <= LONGEST_NUMBER else 0
    at = timezone.now()
    try:
        if what == GIVE:
            _tell(request, late_changes.give_points(card_year, expected=expected, by=user, at=at))
        elif kind not in set(Kind):
            messages.error(request, "Kies waarover je beslist.")
        elif what == LEAVE:
            left = late_changes.leave(card_year, kind=Kind(kind), expected=expected, by=user, at=at)
            _say(request, left, f"Zo gelaten: {_changes(left)}. Wat opnieuw verandert, komt terug op de lijst.")
        else:
            taken = late_changes.take_up(card_year, kind=Kind(kind), expected=expected, by=user, at=at)
            _say(request, taken, f"Terug op de lijst: {_changes(taken)}.")
    except DistributionError as refusal:
        messages.error(request, str(refusal))


def _tell(request: HttpRequest, given: Given) -> None:
    """One mail for each pair of points, however many cards were asked."""
    first = {(one.from_point_id, one.to_point_id): one for one in reversed(given.transfers)}
    for one in first.values():
        transaction.on_commit(partial(tell_other_end, one))
    sentences = []
    if given.assigned:
        sentences.append(f"Een ander afhaalpunt kreeg: {_cards(given.assigned)}.")
    if given.asked:
        sentences.append(f"Gevraagd aan het afhaalpunt dat ze heeft: {_cards(given.asked)}; dat verhuist bij aankomst.")
    if given.stayed:
        sentences.append(f"Blijft op de lijst, al onderweg of zonder afhaalpunt dat meedoet: {_cards(given.stayed)}.")
    _say(request, given.assigned + given.asked + given.stayed, " ".join(sentences))


def _say(request: HttpRequest, done: int, sentence: str) -> None:
    if done:
        messages.success(request, sentence, extra_tags="good")
    else:
        messages.info(request, "Daar was niets meer over te beslissen. Misschien was een collega je voor.")


def _changes(number: int) -> str:
    return "1 verandering" if number == 1 else f"{number} veranderingen"


def _cards(number: int) -> str:
    return "1 kaart" if number == 1 else f"{number} kaarten"
