"""What asks for Klasse's attention in a year: each with a count, and with what is behind it. Persons only where asked for."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import BooleanField, Count, ExpressionWrapper, F, Max, Min, Q, QuerySet
from django.db.models.functions import Collate

from distribution.enums import CardState, Channel
from distribution.models import Card, CardYear, Person, PrintBatch, Transfer, bulk
from distribution.models.transfer import OPEN
from distribution.queries import office_points, pending_changes
from distribution.queries.office_points import OF_POINTS, Concern, PointRow
from pickup_points.models import ServedPostcode
from pickup_points.reference import localities

SLOW_DAYS = 7
NAMES_TOGETHER = 100
# By what people without a point can be sent somewhere together.
BY_HOME, BY_SCHOOL = "woonplaats", "school"
MOST_SCHOOLS = 50


@dataclass(frozen=True)
class Item:
    """One thing to look at. `count` is None when it cannot be told yet, which is not nought; `people`: who is behind it.

    `is_frozen`: no run changes a card of this year any more, so what helps is another thing than before.
    """

    concern: Concern
    count: int | None
    people: int | None = None
    is_frozen: bool = False


@dataclass(frozen=True)
class Unserved:
    """A home postcode no point serves. Before the first run `people` is everyone who lives there, afterwards who has a card to collect."""

    postcode: str
    municipality: str
    people: int
    without_point: int


@dataclass(frozen=True)
class Group:
    """People without a point who live under one postcode, or in one other country."""

    country: str
    postcode: str
    municipality: str
    people: int

    @property
    def key(self) -> str:
        return f"{BY_HOME}:{self.postcode or self.country}"


@dataclass(frozen=True)
class School:
    """People without a point who have an appointment at one institution; who works at two is in both."""

    number: str
    name: str
    people: int

    @property
    def key(self) -> str:
        return f"{BY_SCHOOL}:{self.number}"


@dataclass(frozen=True)
class Unassigned:
    """Someone whose card lies nowhere yet. Of a shielded person no address is given."""

    person_id: int
    card_id: int
    name: str
    last_four: str
    home: str


@dataclass(frozen=True)
class Slow:
    """Cards on one way that is open for more than a week."""

    from_code: str
    from_name: str
    to_code: str
    to_name: str
    is_sent: bool
    cards: int
    since: dt.datetime


def items(card_year: CardYear, rows: Sequence[PointRow], *, at: dt.datetime) -> tuple[Item, ...]:
    """Everything that may ask for attention, in a fixed order and a fixed number of questions."""
    is_frozen = _is_frozen(card_year)
    return tuple(_item(concern, card_year, rows, at=at, is_frozen=is_frozen) for concern in Concern)


def item(concern: Concern, card_year: CardYear, rows: Sequence[PointRow], *, at: dt.datetime) -> Item:
    """One of them alone, with only its own questions."""
    return _item(concern, card_year, rows, at=at, is_frozen=_is_frozen(card_year))


def _item(concern: Concern, card_year: CardYear, rows: Sequence[PointRow], *, at: dt.datetime, is_frozen: bool) -> Item:
    is_run = card_year.last_run_at is not None
    if concern in OF_POINTS:
        return Item(concern, _count(concern, rows, at=at))
    if concern == Concern.UNSERVED:
        postcodes = unserved(card_year, is_frozen=is_frozen) if rows else []
        people = sum(one.without_point if is_frozen else one.people for one in postcodes)
        return Item(concern, len(postcodes) if rows else None, people, is_frozen=is_frozen)
    if concern == Concern.UNASSIGNED:
        nowhere = _nowhere(card_year).count() if is_run else None
        return Item(concern, nowhere, nowhere, is_frozen=is_frozen)
    if concern == Concern.TRANSFERS:
        return Item(concern, _slow(card_year, at=at).count() if is_run else None)
    return Item(concern, sum(pending_changes.count(card_year).values()) if is_frozen else None)


def _is_frozen(card_year: CardYear) -> bool:
    return PrintBatch.objects.filter(card_year=card_year).exists()


def unserved(card_year: CardYear, *, is_frozen: bool = False) -> list[Unserved]:
    """The home postcodes in this country that no point serves, most people first. One question.

    Once frozen a point for the postcode moves nobody any more: then it is those with someone whose card still lies
    nowhere, whether a point serves the postcode by now or not.
    """
    collecting = _collecting(card_year)
    if not is_frozen:
        served = ServedPostcode.objects.filter(year=card_year.year, is_choice=False).values("postcode")
        collecting = collecting.exclude(postcode__in=served)
    counted = (
        collecting.values("postcode")
        .annotate(people=Count("pk"), placed=Count("card__pickup_point"))
        .order_by("-people", "postcode")
    )
    if is_frozen:
        counted = counted.filter(people__gt=F("placed"))
    known = localities(card_year.year)
    return [
        Unserved(
            one["postcode"],
            known[one["postcode"]].municipality if one["postcode"] in known else "",
            one["people"],
            one["people"] - one["placed"],
        )
        for one in counted
    ]


def people_by_postcode(card_year: CardYear) -> dict[str, int]:
    """How many have a card to collect under each home postcode in this country; before the first run all who live there."""
    return dict(_collecting(card_year).values_list("postcode").annotate(Count("pk")).order_by())


def _collecting(card_year: CardYear) -> QuerySet[Person]:
    people = Person.objects.filter(card_year=card_year, country="BE")
    if card_year.last_run_at is None:
        return people
    alive = [CardState.ISSUED, CardState.HANDED_OVER]
    return people.filter(card__channel=Channel.PICKUP, card__state__in=alive)


def unassigned_groups(card_year: CardYear) -> list[Group]:
    """Where the people without a point live, most people first. One question, no names."""
    counted = (
        _nowhere(card_year)
        .values("person__country", "person__postcode")
        .annotate(people=Count("pk"))
        .order_by("-people", "person__country", "person__postcode")
    )
    known = localities(card_year.year)
    groups: dict[tuple[str, str], int] = {}
    for one in counted:
        # A postcode of another country says nothing here.
        postcode = one["person__postcode"] if one["person__country"] == "BE" else ""
        key = one["person__country"], postcode
        groups[key] = groups.get(key, 0) + one["people"]
    return [
        Group(country, postcode, known[postcode].municipality if postcode in known else "", people)
        for (country, postcode), people in groups.items()
    ]


def unassigned_schools(card_year: CardYear) -> list[School]:
    """Where the people without a point work, most people first, fifty at most. One question, no names."""
    counted = (
        _nowhere(card_year)
        .exclude(person__appointments=None)
        .values_list("person__appointments__institution_number")
        .annotate(name=Max("person__appointments__institution_name"), people=Count("person", distinct=True))
        .order_by("-people", "person__appointments__institution_number")
    )
    return [School(*values) for values in counted[:MOST_SCHOOLS]]


def unassigned(card_year: CardYear, *, page: int) -> tuple[list[Unassigned], bool]:
    """The people without a point in Dutch name order, a hundred to a page; and whether there are more."""
    key = Collate("person__sort_key", "C") if bulk.is_postgres() else F("person__sort_key")
    start = (page - 1) * NAMES_TOGETHER
    found = _nowhere(card_year).order_by(key, "number").select_related("person")[start : start + NAMES_TOGETHER + 1]
    people = [
        Unassigned(
            card.person_id,
            card.pk,
            str(card.person),
            card.person.staff_number[-4:],
            "" if card.person.shielded else _home(card.person),
        )
        for card in found
    ]
    return people[:NAMES_TOGETHER], len(people) > NAMES_TOGETHER


def slow_transfers(card_year: CardYear, *, at: dt.datetime) -> list[Slow]:
    """Transfers that are open for more than a week by their way, the oldest first. No persons."""
    counted = (
        _slow(card_year, at=at)
        .annotate(is_sent=ExpressionWrapper(Q(sent_at__isnull=False), output_field=BooleanField()))
        .values_list("from_point__code", "from_point__name", "to_point__code", "to_point__name", "is_sent")
        .annotate(cards=Count("pk"), since=Min("requested_at"))
        .order_by("since", "from_point__code", "to_point__code")
    )
    return [Slow(*values) for values in counted]


def _nowhere(card_year: CardYear) -> QuerySet[Card]:
    return Card.objects.filter(
        card_year=card_year, channel=Channel.PICKUP, state=CardState.ISSUED, pickup_point__isnull=True
    )


def _slow(card_year: CardYear, *, at: dt.datetime) -> QuerySet[Transfer]:
    before = at - dt.timedelta(days=SLOW_DAYS)
    return Transfer.objects.filter(OPEN, card__card_year=card_year, requested_at__lt=before)


def _home(person: Person) -> str:
    abroad = "" if person.country in {"BE", ""} else f" ({person.country})"
    return f"{person.postcode} {person.municipality}".strip() + abroad


def _count(concern: Concern, rows: Sequence[PointRow], *, at: dt.datetime) -> int | None:
    can_be_told = {
        Concern.NO_HOURS: bool(rows),
        Concern.NO_COLLEAGUE: bool(rows),
        Concern.SILENT: any(one.tally.sent and office_points.is_in_season(one, at=at) for one in rows),
        Concern.RECEIVED_FEWER: any(one.missing is not None for one in rows),
        Concern.QUARANTINE: any(one.tally.sent for one in rows),
        Concern.NOT_CLOSED: any(one.is_over and one.tally.sent for one in rows),
        Concern.LIST_MISSING: any(one.is_over and one.tally.sent for one in rows),
    }
    return sum(concern in one.concerns for one in rows) if can_be_told[concern] else None
