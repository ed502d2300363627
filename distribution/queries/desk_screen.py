"""What the desk's screen says to what was typed: cards that lie here, or what the teacher hears otherwise."""

import dataclasses
import datetime as dt
import uuid
from dataclasses import dataclass

from distribution.enums import Outcome
from distribution.models import Card, HandOver
from distribution.queries import desk, lookup, voided
from distribution.rules import staff_number, undoing
from pickup_points.desks import Desk
from pickup_points.hours.calendar import BRUSSELS
from pickup_points.models import PickupPoint

LETTERS_EXPECTED = f"Typ minstens {desk.FEWEST_LETTERS} letters van de naam, of een volledig nummer."


@dataclass(frozen=True)
class Elsewhere:
    """A number that has no card here: what the public answer says. `card_id` when it waits at another point."""

    answer: lookup.Answer
    card_id: int | None = None
    # Of the number that was asked: enough to see which one it was.
    last_four: str = ""

    @property
    def place(self) -> str:
        """The name of the other point, and nothing else of it."""
        return self.answer.place.name if self.answer.place else ""


@dataclass(frozen=True)
class Looked:
    """What a search at a desk gives; exactly one of hits, `elsewhere`, `refusal`, or nothing found.

    `is_card_number`: the card of this year itself was typed or scanned, so it lies on the counter.
    `may_correct`: a slip of the finger, so that what was typed may stand on the screen again; a national register number never.
    """

    hits: tuple[desk.Hit, ...] = ()
    has_more: bool = False
    is_number: bool = False
    is_card_number: bool = False
    elsewhere: Elsewhere | None = None
    refusal: str = ""
    may_correct: bool = False

    @property
    def only_hit(self) -> desk.Hit | None:
        return self.hits[0] if len(self.hits) == 1 else None


@dataclass(frozen=True)
class Done:
    """A hand-over as its desk may see it. `undo`: None when the person asking may undo it at once."""

    hand_over: HandOver
    name: str
    last_four: str
    undo: undoing.Refusal | None

    @property
    def may_undo(self) -> bool:
        return self.hand_over.holds and self.undo is None

    @property
    def may_undo_with_reason(self) -> bool:
        return self.hand_over.holds and self.undo == undoing.Refusal.REASON_NEEDED


def look(typed: str, *, point: PickupPoint, at: dt.datetime, is_strict: bool) -> Looked:
    """Cards at this point; for a full number that has none here, what its holder hears.

    The number of a card of an earlier year (shown by its holder) leads to the card of this year.
    `is_strict`: a staff number with a typing error is called that (STAFF_NUMBER_CHECK).
    """
    typed = typed[: desk.LONGEST_TERM].strip()
    on = at.astimezone(BRUSSELS).date()
    number = asked = desk.number_in(typed)
    if number is None and any(map(str.isdigit, typed)) and not any(map(str.isalpha, typed)):
        return _wrong(typed, is_strict=is_strict) or Looked(is_number=True, refusal=LETTERS_EXPECTED, may_correct=True)
    year = desk.current_year(on)
    is_card_number = number is not None and number.startswith("6")
    if number and is_card_number and year and number[1:3] != f"{year.year % 100:02d}":
        number, is_card_number = _holder(number) or number, False
    found = desk.search(number or typed, points=[point.pk], on=on)
    if found.is_too_short:
        return Looked(refusal=LETTERS_EXPECTED, may_correct=True)
    hits = tuple(hit for hit in found.hits if year is None or hit.year == year.year)
    if hits or number is None or asked is None:
        return Looked(hits, found.has_more, is_number=number is not None, is_card_number=is_card_number)
    if number.startswith("6") and (old := voided.find(number)):
        return Looked(is_number=True, refusal=voided.sentence(old))
    if not number.startswith("6") and (wrong := _wrong(number, is_strict=is_strict)):
        return wrong
    elsewhere = dataclasses.replace(_elsewhere(number, at=at), last_four=asked[-4:])
    return Looked(is_number=True, elsewhere=elsewhere)


def done(hand_over_id: uuid.UUID | str, *, desk: Desk, at: dt.datetime) -> Done | None:
    """A hand-over at this desk's point, undone or not; None when there is no such one."""
    hand_over = (
        HandOver.objects.select_related("card__person", "by", "undone_by", "point")
        .filter(pk=hand_over_id, point=desk.point)
        .first()
    )
    return as_seen(hand_over, desk=desk, at=at) if hand_over else None


def as_seen(hand_over: HandOver, *, desk: Desk, at: dt.datetime) -> Done:
    """A hand-over read together with its card's person, for one who stands at the desk."""
    person = hand_over.card.person
    return Done(
        hand_over,
        name=f"{person.last_name} {person.first_name}".strip(),
        last_four=person.staff_number[-4:],
        undo=undoing.refusal(
            recorded_at=hand_over.recorded_at,
            at=at,
            is_same_person=hand_over.by_id == desk.user.pk,
            is_manager=desk.is_manager,
            has_reason=False,
        ),
    )


def handed_over_on(day: dt.date, *, point: PickupPoint) -> int:
    """The counter: hand-overs of one day at a point that were not undone."""
    start, end = day_in_brussels(day), day_in_brussels(day + dt.timedelta(days=1))
    return HandOver.objects.filter(point=point, at__gte=start, at__lt=end, undone_at=None).count()


def day_in_brussels(day: dt.date) -> dt.datetime:
    """The first moment of a day here."""
    return dt.datetime.combine(day, dt.time(), tzinfo=BRUSSELS)


def number_of(card_id: int) -> str:
    """The number of a card; empty when there is no such card."""
    return Card.objects.filter(pk=card_id).values_list("number", flat=True).first() or ""


def _wrong(typed: str, *, is_strict: bool) -> Looked | None:
    """What to say about a number that cannot be a staff number; None when it can."""
    try:
        staff_number.parse(typed, strict=is_strict)
    except staff_number.Refused as refused:
        may_correct = refused.code != staff_number.Code.NATIONAL_REGISTER_NUMBER
        return Looked(is_number=True, refusal=str(refused), may_correct=may_correct)
    return None


def _holder(card_number: str) -> str | None:
    holders = Card.objects.filter(number=card_number).values_list("person__staff_number", flat=True)
    return holders.first()


def _elsewhere(number: str, *, at: dt.datetime) -> Elsewhere:
    """Exactly what the public answer says, the dates first."""
    season = lookup.season(at.astimezone(BRUSSELS).date())
    if season.for_all or not season.year:
        assert season.for_all is not None
        return Elsewhere(season.for_all)
    holder = _holder(number) if number.startswith("6") else number
    # Without a holder the question is asked all the same: an unknown card and one without right look alike.
    answer = lookup.find(season.year, holder or number, postcode=None, at=at)
    if answer.outcome != Outcome.AT_PICKUP_POINT:
        return Elsewhere(answer)
    cards = Card.objects.filter(card_year=season.year.pk, person__staff_number=holder)
    return Elsewhere(answer, card_id=cards.values_list("pk", flat=True).first())
