"""Insight and erasure from the page of one person: with a reason, written down, and never of a number that is forgotten."""

import json
from typing import Any

import pytest
from django.test import Client

from distribution.actions import purge
from distribution.enums import ReadingKind
from distribution.models import Person, Reading, YearEvent
from pickup_points.models import User
from tests import make
from tests.distribution import office_year
from tests.distribution.lived_year import NUMBERS_DUE, LivedYear

pytestmark = pytest.mark.django_db
WHY = "Een leraar vraagt waar de kaart is"


@pytest.fixture
def office(lived: LivedYear) -> User:
    return office_year.klasse()


@pytest.fixture
def client(office: User) -> Client:
    client = Client()
    client.force_login(office)
    client.post("/beheer/mensen/reden/", {"reden": WHY})
    return client


def address(person: Person, what: str) -> str:
    return f"/beheer/mensen/{person.pk}/{what}/"


@pytest.mark.parametrize(
    ("form", "name", "begins"),
    [("pdf", "inzage.pdf", b"%PDF-"), ("json", "inzage.json", b"{"), ("", "inzage.pdf", b"%PDF-")],
)
def test_insight_is_a_file_without_a_name_in_its_name(
    client: Client, lived: LivedYear, form: str, name: str, begins: bytes
) -> None:
    answer = client.post(address(lived.person, "inzage"), {"vorm": form})

    assert (answer.status_code, answer["Content-Disposition"]) == (200, f'attachment; filename="{name}"')
    assert answer.content.startswith(begins)


def test_insight_has_everything_and_is_written_down(client: Client, lived: LivedYear, office: User) -> None:
    answer = client.post(address(lived.person, "inzage"), {"vorm": "json"})

    assert json.loads(answer.content)["years"][0]["person"][0]["last_name"] == "Vermeulen"
    look = Reading.objects.latest("pk")
    assert (look.kind, look.by, look.cards, look.reason) == (
        ReadingKind.EXPORT,
        office,
        [lived.card.pk],
        f"verzoek om inzage ({WHY})",
    )


@pytest.mark.parametrize("what", ["inzage", "wissen"])
def test_without_a_reason_it_is_asked_first_and_nothing_is_done(office: User, lived: LivedYear, what: str) -> None:
    client, readings = Client(), Reading.objects.count()
    client.force_login(office)

    answer = client.post(address(lived.person, what), {"waarom": "vraag"})

    assert (answer.status_code, answer["Location"]) == (302, "/beheer/mensen/")
    lived.person.refresh_from_db()
    assert (lived.person.last_name, Reading.objects.count()) == ("Vermeulen", readings)


def test_erase_is_explained_first_and_then_done(client: Client, lived: LivedYear, office: User) -> None:
    page = client.get(address(lived.person, "wissen")).content.decode()
    assert "Dat kan niet ongedaan" in page
    assert Person.objects.get(pk=lived.person.pk).last_name == "Vermeulen"

    answer = client.post(address(lived.person, "wissen"), {"waarom": "vraag per mail van 3 maart"}, follow=True)

    assert [str(one) for one in answer.context["messages"]] == ["Naam, adres en vrije woorden zijn gewist in 2027."]
    assert Person.objects.get(pk=lived.person.pk).last_name == "(gewist)"
    event = YearEvent.objects.get(kind="person_erased")
    assert (event.by, event.summary["reason"]) == (office, "vraag per mail van 3 maart")


@pytest.mark.parametrize("why", ["", "   "])
def test_erase_without_a_why_says_so(client: Client, lived: LivedYear, why: str) -> None:
    page = client.post(address(lived.person, "wissen"), {"waarom": why}).content.decode()

    assert "Zeg waarom, bijvoorbeeld: vraag van 3 maart." in page
    assert Person.objects.get(pk=lived.person.pk).last_name == "Vermeulen"


def test_erase_of_who_still_has_to_get_a_card_is_refused_in_words_of_a_page(client: Client, lived: LivedYear) -> None:
    waiting = make.card(make.person(lived.card_year, "Wachter", "Wim"), at=lived.points[0])

    page = client.post(address(waiting.person, "wissen"), {"waarom": "vraag"}).content.decode()

    assert "Zonder naam vindt geen balie ze terug." in page
    assert ("--force" in page, Person.objects.get(pk=waiting.person.pk).last_name) == (False, "Wachter")


def test_the_page_of_a_person_leads_there_as_long_as_there_is_a_number(client: Client, lived: LivedYear) -> None:
    links = [address(lived.person, what) for what in ("inzage", "wissen")]
    page = client.get(f"/beheer/mensen/{lived.person.pk}/").content.decode()
    assert [link in page for link in links] == [True, True]

    purge.purge_year(lived.card_year, days=90, at=NUMBERS_DUE)

    page = client.get(f"/beheer/mensen/{lived.person.pk}/").content.decode()
    assert [link in page for link in links] == [False, False]
    answers: list[Any] = [client.post(links[0]), client.post(links[1], {"waarom": "vraag"})]
    assert [answer.status_code for answer in answers] == [404, 404]
