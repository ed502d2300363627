"""Finding someone for Klasse: by name in one year, by staff number or card number in all of them. Twenty at most."""

from dataclasses import dataclass

from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Collate

from distribution.enums import CardState, Channel, Reason
from distribution.models import Card, CardYear, Person, VoidedNumber, bulk
from distribution.queries import desk
from distribution.rules import name_order, staff_number
from pickup_points.models import PickupPoint, PointYear

MOST_HITS = 20
FEWEST_LETTERS = 3
TOO_SHORT = "Typ minstens 3 letters van de naam, of een volledig stamboeknummer of kaartnummer."


@dataclass(frozen=True)
class Hit:
    """Someone who was found. Of a shielded person no place is given."""

    person_id: int
    card_id: int | None
    year: int
    name: str
    last_four: str
    home: str
    is_shielded: bool
    stands: str
    is_live: bool


@dataclass(frozen=True)
class Found:
    """What a search gives. `refusal`: nothing was looked for, and why; `old_number`: what was typed is void."""

    hits: tuple[Hit, ...] = ()
    has_more: bool = False
    is_number: bool = False
    is_old_number: bool = False
    refusal: str = ""


def search(typed: str, *, card_year: CardYear, is_strict: bool) -> Found:
    """Who is meant. A number finds someone in the year asked, or else in the latest year that knows it.

    Every word typed must begin a word of the name, in any order; names that begin as typed come first.
    """
    typed = typed[: desk.LONGEST_TERM].strip()
    number = desk.number_in(typed)
    if number is not None:
        return _by_number(number, card_year=card_year)
    if any(map(str.isdigit, typed)) and not any(map(str.isalpha, typed)):
        return Found(is_number=True, refusal=_what_is_wrong(typed, is_strict=is_strict))
    words = [word for word in name_order.search_prefix(typed).split("1") if word]
    if sum(map(len, words)) < FEWEST_LETTERS:
        return Found(refusal=TOO_SHORT)
    wanted = Q(card_year=card_year)
    for word in words:
        wanted &= Q(sort_key__startswith=word) | Q(sort_key__contains=f"0{word}") | Q(sort_key__contains=f"1{word}")
    begins = Case(
        When(sort_key__startswith="1".join(words), then=Value(0)), default=Value(1), output_field=IntegerField()
    )
    key = Collate("sort_key", "C") if bulk.is_postgres() else F("sort_key")
    shown = _hits(Person.objects.filter(wanted).order_by(begins, key, "pk")[: MOST_HITS + 1])
    return Found(shown[:MOST_HITS], has_more=len(shown) > MOST_HITS)


def _by_number(number: str, *, card_year: CardYear) -> Found:
    is_old = False
    if number.startswith("6"):
        people = Person.objects.filter(card__in=Card.objects.filter(number=number))
        if not people.exists():
            people = Person.objects.filter(card__voided_numbers__in=VoidedNumber.objects.filter(number=number))
            is_old = True
    else:
        # Every year by its key: that is how the numbers are indexed.
        years = list(CardYear.objects.order_by("-year").values_list("pk", flat=True))
        people = Person.objects.filter(card_year__in=years, staff_number=number)
        if people.filter(card_year=card_year).exists():
            people = people.filter(card_year=card_year)
    hits = _hits(people.order_by("-card_year__year")[:1])
    return Found(hits, is_number=True, is_old_number=is_old and bool(hits))


def _hits(people: "QuerySet[Person]") -> tuple[Hit, ...]:
    """One question, however many they are."""
    return tuple(_hit(person) for person in people.select_related("card_year", "card__pickup_point", "not_entitled"))


def _hit(person: Person) -> Hit:
    card = getattr(person, "card", None)
    return Hit(
        person_id=person.pk,
        card_id=card.pk if card else None,
        year=person.card_year.year,
        name=str(person),
        last_four=person.staff_number[-4:],
        home="" if person.shielded else home(person),
        is_shielded=person.shielded,
        stands=stands(person),
        is_live=card is not None and card.state in {CardState.ISSUED, CardState.HANDED_OVER},
    )


def home(person: Person) -> str:
    """Postcode and place, with the country when it is another."""
    abroad = "" if person.country in {"BE", ""} else f" ({person.country})"
    return f"{person.postcode} {person.municipality}".strip() + abroad


def stands(person: Person) -> str:
    """How it stands with someone's card, in a few words. `person` with card, its point and not_entitled."""
    card: Card | None = getattr(person, "card", None)
    if card is None:
        verdict = getattr(person, "not_entitled", None)
        return f"geen kaart: {Reason(verdict.reason).label}" if verdict else "geen kaart"
    if card.state in {CardState.WITHDRAWN, CardState.VOID}:
        return f"kaart {card.get_state_display()}"
    if card.channel == Channel.SUBSCRIPTION:
        return "kaart met het magazine"
    if card.channel == Channel.STARTER:
        return "kaart in een starterspakket"
    if card.state == CardState.HANDED_OVER:
        return f"afgehaald in {card.pickup_point}" if card.pickup_point else "afgehaald"
    return f"kaart voor {card.pickup_point}" if card.pickup_point else "nog geen afhaalpunt"


def taking_part(card_year: CardYear) -> list[PickupPoint]:
    """The points that Klasse may send cards to, by municipality and name."""
    keys = PointYear.objects.filter(year=card_year.year, stopped_at=None).values("point")
    return list(PickupPoint.objects.filter(pk__in=keys).order_by("municipality", "name", "pk"))


def _what_is_wrong(typed: str, *, is_strict: bool) -> str:
    try:
        staff_number.parse(typed, strict=is_strict)
    except staff_number.Refused as refused:
        return str(refused)
    return TOO_SHORT
