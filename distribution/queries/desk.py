"""What a desk sees of the cards at its own point: at most ten names, the last four digits, never more of a number."""

import datetime as dt
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db.models import Case, IntegerField, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Collate, Concat, Replace

from distribution.enums import CardState, Channel
from distribution.models import Card, HandOver, Person, VoidedNumber, bulk
from distribution.models.hand_over import HOLDS
from distribution.queries import lookup, voided
from distribution.rules import name_order, staff_number

MOST_HITS = 10
FEWEST_LETTERS = 3
CARD_NUMBER = re.compile("6[0-9]{10}")
LONGEST_TERM = 120


@dataclass(frozen=True)
class Hit:
    """A card as a desk may see it. `state` is a CardState; the rest from `at` on is there when it was handed over.

    `replaces`: the void number that its old plastic carries; `state` is void as long as the new one is not made.
    """

    card_id: int
    number: str
    name: str
    last_four: str
    state: str
    point_id: int
    year: int
    at: dt.datetime | None = None
    by: str = ""
    evidence: str = ""
    collector: str = ""
    hand_over_id: str = ""
    evidence_code: str = ""
    replaces: str = ""

    @property
    def waits(self) -> bool:
        return self.state == CardState.ISSUED

    @property
    def is_being_replaced(self) -> bool:
        return bool(self.replaces) and self.state == CardState.VOID


@dataclass(frozen=True)
class Found:
    """The hits of a search. `is_too_short`: nothing was looked for; `has_more`: there are more than are shown."""

    hits: tuple[Hit, ...]
    is_too_short: bool = False
    has_more: bool = False
    is_number: bool = False


def current_year(on: dt.date) -> lookup.LookupYear | None:
    """The card year a desk works in on a day: the one the public lookup speaks of."""
    return lookup.current_year(on)


def search(term: str, *, points: Collection[int], on: dt.date) -> Found:
    """Cards of the running year at these points: by card number, staff number, or the beginning of words of a name.

    A number finds one card or none: a card in the hand whatever its year, a person by the card of the running
    year. Names need three letters in all; every word typed must begin a word of the name, in any order.
    Who waits comes first, then names that begin as typed: on a phone the others would push them out of sight.
    """
    typed = term[:LONGEST_TERM]
    number = number_in(typed)
    cards = Card.objects.filter(pickup_point__in=points, channel=Channel.PICKUP)
    if number is not None and number.startswith("6"):
        return Found(hits(cards.filter(number=number)), is_number=True)
    year = current_year(on)
    if number is not None:
        found = cards.filter(person__staff_number=number, card_year=year.pk) if year else cards.none()
        return Found(hits(found), is_number=True)
    words = [word for word in name_order.search_prefix(typed).split("1") if word]
    if sum(map(len, words)) < FEWEST_LETTERS:
        return Found((), is_too_short=True)
    if year is None:
        return Found(())
    named = cards.filter(card_year=year.pk).alias(name=_words())
    for word in words:
        named = named.filter(name__contains=f"0{word}")
    waits, begins = _first(state=CardState.ISSUED), _first(person__sort_key__startswith="1".join(words))
    ordered = named.order_by(waits, begins, _by_name(), "number")
    shown = hits(ordered[: MOST_HITS + 1])
    return Found(shown[:MOST_HITS], has_more=len(shown) > MOST_HITS)


def _words() -> Subquery:
    """The name on a card as words that each begin with a 0.

    Looked up card by card: by joining, PostgreSQL first reads the name of everyone in Flanders, whatever lies here.
    """
    words = Concat(Value("0"), Replace("sort_key", Value("1"), Value("0")))
    return Subquery(Person.objects.filter(pk=OuterRef("person")).values(words=words))


def _first(**condition: object) -> Case:
    """Puts the rows for which the condition holds before the others."""
    return Case(When(**condition, then=Value(0)), default=Value(1), output_field=IntegerField())


def number_in(typed: str) -> str | None:
    """The card number or staff number in what was typed or scanned, as it is stored; None when it is neither."""
    digits = "".join(character for character in typed if character.isascii() and character.isdigit())
    if CARD_NUMBER.fullmatch(digits) and not any(character.isalpha() for character in typed):
        return digits
    try:
        # A slip of the finger finds nobody; asked as a name it would be called too short.
        return staff_number.parse(typed, strict=False).digits
    except staff_number.Refused:
        return None


@dataclass(frozen=True)
class SnapshotCard:
    """A card as a desk without network may find it; `key` is what is searched in."""

    number: str
    name: str
    last_four: str
    state: str
    key: str
    point: str


@dataclass(frozen=True)
class Snapshot:
    """Every card that waits or was handed over at some points, in the order of names. `year`: None before the first."""

    year: int | None
    cards: tuple[SnapshotCard, ...]


def snapshot(points: Mapping[int, str], *, on: dt.date) -> Snapshot:
    """What a desk takes along for when the network is away, of the points given by key and code."""
    year = current_year(on)
    if year is None:
        return Snapshot(None, ())
    rows = (
        Card.objects.filter(
            card_year=year.pk,
            pickup_point__in=points,
            channel=Channel.PICKUP,
            state__in=(CardState.ISSUED, CardState.HANDED_OVER),
        )
        .exclude(voided.being_replaced())
        .order_by(_by_name(), "number")
        .values_list(
            "number",
            "person__last_name",
            "person__first_name",
            "person__staff_number",
            "state",
            "person__sort_key",
            "pickup_point_id",
        )
    )
    return Snapshot(
        year.year,
        tuple(
            SnapshotCard(number, f"{last} {first}".strip(), staff[-4:], state, key, points[point])
            for number, last, first, staff, state, key, point in rows
            if point is not None
        ),
    )


def _by_name() -> Collate | str:
    """The order of the key in plain characters, on every database the same."""
    return Collate("person__sort_key", "C") if bulk.is_postgres() else "person__sort_key"


def hits(cards: QuerySet[Card]) -> tuple[Hit, ...]:
    """Cards as a desk may see them, in their order; two questions, however many there are, one when all of them wait."""
    old = VoidedNumber.objects.filter(card=OuterRef("pk")).order_by("-at", "-pk").values("number")[:1]
    rows = list(
        cards.annotate(replaces=Subquery(old)).values_list(
            "pk",
            "number",
            "person__last_name",
            "person__first_name",
            "person__staff_number",
            "state",
            "pickup_point_id",
            "card_year__year",
            "batch_id",
            "replaces",
        )
    )
    gone = [row[0] for row in rows if row[5] == CardState.HANDED_OVER]
    held = HandOver.objects.filter(HOLDS, card__in=gone).select_related("by")
    handed = {one.card_id: one for one in held} if gone else {}
    return tuple(_hit(row, handed.get(row[0])) for row in rows)


def _hit(row: tuple[int, str, str, str, str, str, int, int, int | None, str | None], hand_over: HandOver | None) -> Hit:
    card_id, number, last_name, first_name, staff, state, point_id, year, batch_id, replaces = row
    if replaces and batch_id is None and state == CardState.ISSUED:
        state = CardState.VOID
    name = f"{last_name} {first_name}".strip()
    plain = Hit(card_id, number, name, staff[-4:], state, point_id, year, replaces=replaces or "")
    if hand_over is None:
        return plain
    return Hit(
        card_id,
        number,
        plain.name,
        plain.last_four,
        state,
        point_id,
        year,
        at=hand_over.at,
        by=str(hand_over.by),
        evidence=hand_over.get_evidence_display(),
        collector=hand_over.collector,
        hand_over_id=str(hand_over.pk),
        evidence_code=hand_over.evidence,
        replaces=plain.replaces,
    )
