"""Finding a card at a desk: by the beginning of words, by number, ten at most, own points alone."""

import string
from collections.abc import Iterable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from distribution.enums import Channel, Evidence
from distribution.models import Card, CardYear, HandOver, Person
from distribution.queries import desk
from distribution.rules import name_order
from pickup_points.models import PickupPoint
from tests import make
from tests.conftest import NOW

ON = NOW.date()
PEOPLE = [
    ("Van den Broeck", "Jan"),
    ("van Damme", "Els"),
    ("Vandamme", "Piet"),
    ("D'Hondt", "Marie-Claire"),
    ("Çelik", "Aylin"),
    ("Broeckx", "Tom"),
    ("Peeters", "Jan"),
    ("Janssens", "An"),
    ("王", "伟"),
]


@pytest.fixture
def point(db: None) -> PickupPoint:
    return make.point()


@pytest.fixture
def people(card_year: CardYear, point: PickupPoint) -> list[Card]:
    return [make.card(make.person(card_year, last, first), at=point) for last, first in PEOPLE]


def names(term: str, *points: PickupPoint) -> list[str]:
    return [hit.name for hit in desk.search(term, points=[one.pk for one in points], on=ON).hits]


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        ("broe", ["Broeckx Tom", "Van den Broeck Jan"]),
        ("van den broeck", ["Van den Broeck Jan"]),
        ("jan", ["Janssens An", "Peeters Jan", "Van den Broeck Jan"]),
        ("jan peeters", ["Peeters Jan"]),
        ("peeters jan", ["Peeters Jan"]),
        ("  PEE   ja ", ["Peeters Jan"]),
        ("vandam", ["Vandamme Piet"]),
        ("van dam", ["van Damme Els"]),
        ("dhon", ["D'Hondt Marie-Claire"]),
        ("d’hondt", ["D'Hondt Marie-Claire"]),
        ("claire", ["D'Hondt Marie-Claire"]),
        ("çel", ["Çelik Aylin"]),
        ("CELIK", ["Çelik Aylin"]),
        ("王", ["王 伟"]),
        ("eeters", []),
        ("jan tom", []),
        ("a%n", []),
        ("j_n", []),
        ("'; DROP TABLE", []),
    ],
)
def test_search_finds_by_the_beginning_of_words(
    people: list[Card], point: PickupPoint, term: str, expected: list[str]
) -> None:
    assert names(term, point) == expected


@pytest.mark.parametrize("term", ["", "ja", "j a", "…", "12", "0 1", "%%%%", "____"])
def test_search_wants_three_letters(people: list[Card], point: PickupPoint, term: str) -> None:
    assert desk.search(term, points=[point.pk], on=ON) == desk.Found((), is_too_short=True)


def test_search_before_the_first_year_finds_nobody(point: PickupPoint) -> None:
    assert desk.search("peeters", points=[point.pk], on=ON) == desk.Found(())


def test_search_by_number_finds_one(people: list[Card], point: PickupPoint) -> None:
    card = people[0]
    staff = card.person.staff_number

    for term in (card.number, f"{card.number[:6]} {card.number[6:]}", staff, f"{staff[0]}-{staff[1:7]}.{staff[7:]}"):
        found = desk.search(term, points=[point.pk], on=ON)
        assert ([hit.card_id for hit in found.hits], found.is_number) == ([card.pk], True)


def test_search_by_a_number_with_a_slip_finds_nobody(people: list[Card], point: PickupPoint) -> None:
    Person.objects.filter(pk=people[0].person_id).update(staff_number="16203040856")

    for term in ("16203040857", "62799999999"):
        assert desk.search(term, points=[point.pk], on=ON) == desk.Found((), is_number=True)


def test_search_keeps_to_the_points_given(people: list[Card], point: PickupPoint, card_year: CardYear) -> None:
    elsewhere = make.point()
    foreign = make.card(make.person(card_year, "Peeters", "Jan"), at=elsewhere)

    assert len(names("peeters", point, elsewhere)) == 2
    for term in ("peeters", foreign.number, foreign.person.staff_number):
        assert foreign.pk not in [hit.card_id for hit in desk.search(term, points=[point.pk], on=ON).hits]
        assert desk.search(term, points=[], on=ON).hits == ()


def test_search_leaves_other_ways_and_years_out(people: list[Card], point: PickupPoint, card_year: CardYear) -> None:
    other = CardYear.objects.create(
        year=2026,
        lookup_from=card_year.lookup_from.replace(year=2025),
        collect_from=card_year.collect_from.replace(year=2025),
        collect_until=card_year.collect_until.replace(year=2026),
        opened_at=NOW,
    )
    make.card(make.person(other, "Peeters", "Oud"), at=point)
    make.card(make.person(card_year, "Peeters", "Abonnee"), channel=Channel.SUBSCRIPTION)
    make.card(make.person(card_year, "Peeters", "Zonder"))

    assert names("peeters", point) == ["Peeters Jan"]


def test_search_shows_ten_those_that_begin_so_first(card_year: CardYear, point: PickupPoint) -> None:
    for letter in string.ascii_uppercase[:9]:
        make.card(make.person(card_year, f"{letter}de", "Jansen"), at=point)
    for first in ("An", "Bo"):
        make.card(make.person(card_year, "Jansen", first), at=point)

    found = desk.search("jan", points=[point.pk], on=ON)

    assert [hit.name for hit in found.hits][:3] == ["Jansen An", "Jansen Bo", "Ade Jansen"]
    assert (len(found.hits), found.has_more) == (10, True)


def test_hit_shows_little_of_a_person_and_who_gave_the_card(people: list[Card], point: PickupPoint) -> None:
    card, user = people[6], make.new_user()
    given = HandOver.objects.create(
        id="6f1c3a52-7d0e-4b7e-9a54-0c1d2e3f4a5b",
        card=card,
        point=point,
        at=NOW,
        said_at=NOW,
        recorded_at=NOW,
        by=user,
        evidence=Evidence.GROUP,
        collector="De directeur",
    )
    Card.objects.filter(pk=card.pk).update(state="handed_over", handed_over_at=NOW)

    (hit,) = desk.search("peeters", points=[point.pk], on=ON).hits

    assert hit == desk.Hit(
        card_id=card.pk,
        number=card.number,
        name="Peeters Jan",
        last_four=card.person.staff_number[-4:],
        state="handed_over",
        point_id=point.pk,
        year=2027,
        at=NOW,
        by="An Voorbeeld",
        evidence="meegegeven aan één afhaler",
        collector="De directeur",
        hand_over_id=str(given.pk),
        evidence_code="group",
    )
    assert not hit.waits


def test_search_asks_the_same_for_one_and_three(card_year: CardYear, point: PickupPoint) -> None:
    counts = []
    for more in (1, 2):
        for _ in range(more):
            card = make.card(make.person(card_year, "Janssens", "An"), at=point)
        with CaptureQueriesContext(connection) as seen:
            names("jan", point)
        counts.append(len(seen))
    with CaptureQueriesContext(connection) as by_number:
        names(card.number, point)

    assert (counts, len(by_number)) == ([2, 2], 1)


def test_snapshot_is_in_the_order_of_names(people: list[Card], point: PickupPoint) -> None:
    taken = desk.snapshot({point.pk: "bib"}, on=ON)

    assert taken.year == 2027
    assert [card.key for card in taken.cards] == sorted(card.person.sort_key for card in people)
    assert {card.point for card in taken.cards} == {"bib"}


words = st.text(string.ascii_letters + "éÇ'- 王", min_size=1, max_size=12)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    drawn=st.lists(st.tuples(words, words), min_size=1, max_size=6),
    term=st.text(string.ascii_letters + " é'0", max_size=8),
)
def test_search_is_what_the_rule_says(
    card_year: CardYear, point: PickupPoint, drawn: Iterable[tuple[str, str]], term: str
) -> None:
    """Every word typed begins a word of the name; found by hand in Python, with nothing of the database."""
    Card.objects.all().delete()
    cards = [make.card(make.person(card_year, last, first), at=point) for last, first in drawn]
    typed = [word for word in name_order.search_prefix(term).split("1") if word]

    found = desk.search(term, points=[point.pk], on=ON)

    if sum(map(len, typed)) < desk.FEWEST_LETTERS:
        assert found == desk.Found((), is_too_short=True)
        return
    expected = {
        card.pk
        for card in cards
        if all(
            any(part.startswith(word) for part in card.person.sort_key.replace("0", "1").split("1")) for word in typed
        )
    }
    assert {hit.card_id for hit in found.hits} == expected
