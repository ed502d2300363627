"""/beheer/mensen/: why comes first, who is found, and that every look is written down with its reason."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from distribution.enums import AssignedBy, CardState, Channel, ReadingKind
from distribution.models import Card, CardYear, NotEntitled, Person, Reading, VoidedNumber
from distribution.queries import office_people
from distribution.views import office_reason
from pickup_points.models import User
from tests import make
from tests.conftest import NOW
from tests.distribution import office_year, settled
from tests.distribution.office_year import IN_SEASON
from tests.distribution.void_plastic import replaced

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_season")]
PEOPLE = "/beheer/mensen/"
WHY = "Een leraar vraagt waar de kaart is"


@pytest.fixture
def office(card_year: CardYear) -> User:
    office_year.run(card_year)
    return office_year.klasse()


@pytest.fixture
def client(office: User) -> Client:
    """Someone who said why already."""
    client = Client()
    client.force_login(office)
    client.post(f"{PEOPLE}reden/", {"reden": WHY})
    return client


def found(client: Client, typed: str) -> office_people.Found:
    result: office_people.Found = client.post(PEOPLE, {"q": typed}).context["found"]
    return result


def names(client: Client, typed: str) -> list[str]:
    return [hit.name for hit in found(client, typed).hits]


def test_nothing_is_looked_for_before_why_was_said(office: User, card_year: CardYear) -> None:
    person = make.person(card_year, "Peeters")
    client = Client()
    client.force_login(office)

    asked = client.post(PEOPLE, {"q": "peeters"})
    page = client.get(f"{PEOPLE}{person.pk}/")

    assert "Waarom zoek je iemand op?" in asked.content.decode()
    assert "Peeters" not in asked.content.decode()
    assert (page.status_code, page["Location"]) == (302, PEOPLE)
    assert Reading.objects.count() == 0
    # And after it on to the page that was asked for, once.
    said = client.post(f"{PEOPLE}reden/", {"reden": WHY})
    assert said["Location"] == f"{PEOPLE}{person.pk}/"
    assert client.post(f"{PEOPLE}reden/", {"reden": WHY})["Location"] == PEOPLE


@pytest.mark.parametrize(
    ("choice", "more", "kept"),
    [
        (WHY, "", WHY),
        (WHY, " via  mail ", f"{WHY}: via mail"),
        ("Iets anders", "Vraag van de ombudsman", "Vraag van de ombudsman"),
        ("Iets anders", "  ", ""),
        ("", "", ""),
        ("Verzonnen", "", ""),
        ("Iets anders", "x" * 300, "x" * 200),
    ],
)
def test_what_is_kept_as_the_reason(choice: str, more: str, kept: str) -> None:
    assert office_reason.written(choice, more) == kept


def test_a_reason_that_says_nothing_is_asked_again(office: User) -> None:
    client = Client()
    client.force_login(office)

    answer = client.post(f"{PEOPLE}reden/", {"reden": "Iets anders", "toelichting": ""}).content.decode()

    assert "Zeg in enkele woorden waarom je mensen opzoekt." in answer
    assert "Naam, stamboeknummer of kaartnummer" not in client.get(PEOPLE).content.decode()


def test_the_reason_holds_half_an_hour_after_the_last_look(client: Client) -> None:
    def seen(address: str, *, after: int) -> str:
        with time_machine.travel(IN_SEASON + dt.timedelta(minutes=after), tick=False):
            return client.get(address).content.decode()

    # Whoever does nothing is logged out sooner: in between other pages are looked at.
    assert [f"<b>{WHY}</b>" in seen(PEOPLE, after=minutes) for minutes in (10, 20, 30, 40)] == [True] * 4
    for minutes in (50, 60, 70):
        seen("/beheer/werk/", after=minutes)
    assert "Waarom zoek je iemand op?" in seen(PEOPLE, after=71)


def test_another_reason_is_asked_when_wished(client: Client) -> None:
    client.post(f"{PEOPLE}reden/", {"anders": "1"})

    assert "Waarom zoek je iemand op?" in client.get(PEOPLE).content.decode()


def test_every_search_is_written_down_with_its_reason_and_without_what_was_typed(
    client: Client, office: User, card_year: CardYear
) -> None:
    card = make.card(make.person(card_year, "Peeters"))
    make.person(card_year, "Peetermans")

    client.post(PEOPLE, {"q": "peet"})

    look = Reading.objects.get()
    assert (look.kind, look.by, look.point, look.at) == (ReadingKind.OFFICE, office, None, IN_SEASON)
    assert (look.reason, look.cards, look.count) == (WHY, [card.pk], 2)
    assert len(look.term_hash) == 64


def test_a_name_is_found_by_the_beginning_of_its_words(client: Client, card_year: CardYear) -> None:
    for last, first in [("Van den Broeck", "Els"), ("Broeckaert", "Jan"), ("Peeters", "Elsje"), ("Çelik", "Aylin")]:
        make.person(card_year, last, first)

    assert names(client, "broeck") == ["Broeckaert Jan", "Van den Broeck Els"]
    assert names(client, "els broe") == ["Van den Broeck Els"]
    assert names(client, "celik") == ["Çelik Aylin"]
    assert names(client, "roeck") == []
    assert found(client, "be").refusal == office_people.TOO_SHORT


def test_a_name_is_looked_for_in_the_year_asked(client: Client, card_year: CardYear) -> None:
    earlier = CardYear.objects.create(
        year=2026,
        lookup_from=dt.date(2025, 12, 1),
        collect_from=dt.date(2025, 12, 27),
        collect_until=dt.date(2026, 7, 10),
        opened_at=NOW,
    )
    make.person(card_year, "Peeters", "Nu")
    make.person(earlier, "Peeters", "Toen")

    assert names(client, "peeters") == ["Peeters Nu"]
    told = client.post(f"{PEOPLE}?jaar=2026", {"q": "peeters"}).context["found"]
    assert [(hit.name, hit.year) for hit in told.hits] == [("Peeters Toen", 2026)]


def test_twenty_at_most_and_it_says_that_there_are_more(client: Client, card_year: CardYear) -> None:
    for number in range(20):
        make.person(card_year, "Peeters", f"A{number:02d}")
    assert (len(found(client, "peeters").hits), found(client, "peeters").has_more) == (20, False)

    make.person(card_year, "Peeters", "Zoe")
    answer = client.post(PEOPLE, {"q": "peeters"})

    assert (len(answer.context["found"].hits), answer.context["found"].has_more) == (20, True)
    assert "Er zijn er meer" in answer.content.decode()


def test_a_number_is_found_whatever_its_kind_and_year(client: Client, office: User, card_year: CardYear) -> None:
    point = make.point(year=2027)
    card, other = settled.cards(card_year, 2, at=point)
    settled.printed(card_year)
    CardYear.objects.filter(pk=card_year.pk).update(last_sequence=800_000)
    new = replaced(card, office)
    person = card.person

    assert [hit.person_id for hit in found(client, person.staff_number).hits] == [person.pk]
    assert [hit.person_id for hit in found(client, new.number).hits] == [person.pk]
    by_old = found(client, card.number)
    assert ([hit.person_id for hit in by_old.hits], by_old.is_old_number) == ([person.pk], True)
    assert found(client, other.number).is_old_number is False
    assert found(client, make.staff_number()).hits == ()


def test_a_number_of_a_past_year_leads_to_its_latest_year(client: Client, card_year: CardYear) -> None:
    earlier = CardYear.objects.create(
        year=2025,
        lookup_from=dt.date(2024, 12, 1),
        collect_from=dt.date(2024, 12, 27),
        collect_until=dt.date(2025, 7, 10),
        opened_at=NOW,
    )
    number = make.staff_number()
    there = make.person(earlier, staff_number=number)
    assert [(hit.person_id, hit.year) for hit in found(client, number).hits] == [(there.pk, 2025)]

    here = make.person(card_year, staff_number=number)
    assert [(hit.person_id, hit.year) for hit in found(client, number).hits] == [(here.pk, 2027)]


def test_what_was_typed_as_a_number_is_not_shown_again(client: Client, card_year: CardYear) -> None:
    number = make.staff_number()
    make.person(card_year, staff_number=number)

    assert number not in client.post(PEOPLE, {"q": number}).content.decode()


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({}, "nog geen afhaalpunt"),
        ({"channel": Channel.SUBSCRIPTION}, "kaart met het magazine"),
        ({"channel": Channel.STARTER, "mailing_on": dt.date(2027, 3, 15)}, "kaart in een starterspakket"),
        ({"state": CardState.WITHDRAWN, "withdrawn_at": NOW}, "kaart ingetrokken"),
    ],
)
def test_how_it_stands_with_a_card(fields: dict[str, Any], told: str, client: Client, card_year: CardYear) -> None:
    make.card(make.person(card_year, "Peeters"), **fields)

    assert [hit.stands for hit in found(client, "peeters").hits] == [told]


def test_how_it_stands_with_who_has_no_card(client: Client, card_year: CardYear) -> None:
    NotEntitled.objects.create(person=make.person(card_year, "Peeters"), reason="full_interruption")

    assert [hit.stands for hit in found(client, "peeters").hits] == ["geen kaart: volledige onderbreking"]


def test_of_a_shielded_person_no_place_is_given(client: Client, card_year: CardYear) -> None:
    make.person(card_year, "Peeters", municipality="Geheimgem", shielded=True)

    answer = client.post(PEOPLE, {"q": "peeters"}).content.decode()

    assert "Geheimgem" not in answer
    assert "afgeschermd" in answer


def test_as_many_questions_for_three_as_for_one(
    client: Client, card_year: CardYear, django_assert_num_queries: Any
) -> None:
    for number in range(3):
        make.card(make.person(card_year, "Peeters", f"A{number}"), at=make.point(year=2027))
    make.card(make.person(card_year, "Aerts"), at=make.point(year=2027))

    with django_assert_num_queries(1):
        office_people.search("aerts", card_year=card_year, is_strict=True)
    with django_assert_num_queries(1):
        assert len(office_people.search("peeters", card_year=card_year, is_strict=True).hits) == 3


# A whole group at once.


def group(client: Client, key: str, code: str) -> str:
    answer = client.post(reverse("distribution:office-people-group"), {"groep": key, "punt": code}, follow=True)
    return " ".join(str(message) for message in answer.context["messages"])


def test_a_group_gets_a_point_from_the_attention_page(client: Client, card_year: CardYear) -> None:
    gent = make.point("gent", year=2027, name="Bib Gent")
    three = [make.card(make.person(card_year, postcode="8000", municipality="Brugge")) for _ in range(3)]
    abroad = make.card(make.person(card_year, postcode="8000", country="NL"))
    make.appointment(abroad.person, institution_number="111111", institution_name="School")

    page = client.get("/beheer/aandacht/mensen-zonder-afhaalpunt/")
    keys = [one.key for one in page.context["groups"]]
    assert keys == ["woonplaats:8000", "woonplaats:NL"]
    assert [one.key for one in page.context["schools"]] == ["school:111111"]
    assert f'href="{PEOPLE}{three[0].person_id}/"' in page.content.decode()

    said = group(client, "woonplaats:8000", "gent")

    assert said == "3 kaarten gaan naar Bib Gent. Dat blijft zo bij de volgende toekenning."
    assert set(Card.objects.filter(pickup_point=gent, assigned_by=AssignedBy.OFFICE)) == set(three)
    assert group(client, "school:111111", "gent").startswith("1 kaart gaat naar Bib Gent.")


@pytest.mark.parametrize(
    ("key", "code"), [("", "gent"), ("woonplaats:BE", "gent"), ("leeftijd:40", "gent"), ("woonplaats:8000", "nergens")]
)
def test_what_is_no_group_or_no_point_changes_nothing(key: str, code: str, client: Client, card_year: CardYear) -> None:
    make.point("gent", year=2027)
    make.card(make.person(card_year, postcode="8000"))

    assert group(client, key, code) == "Kies een groep en een afhaalpunt."
    assert Card.objects.get().pickup_point is None


def test_nobody_in_a_group_is_said(client: Client, card_year: CardYear) -> None:
    make.point("gent", year=2027)

    assert group(client, "woonplaats:8000", "gent").startswith("Niemand in deze groep wacht nog")
    assert (Person.objects.count(), VoidedNumber.objects.count()) == (0, 0)
