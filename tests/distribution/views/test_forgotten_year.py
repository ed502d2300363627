"""The pages of a year whose people are gone: they answer, show no name, and offer nothing that can not be done any more."""

from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client

from distribution.actions import erasure, purge
from distribution.models import Card, CardYear, Person, PickupList
from tests import make
from tests.distribution import lived_year, office_year
from tests.distribution.lived_year import IN_SEASON, NUMBERS_DUE, SECRETS, LivedYear

pytestmark = pytest.mark.django_db
NEVER = [word for word in SECRETS if len(word) > 4]


@pytest.fixture
def year(card_year: CardYear) -> LivedYear:
    made = lived_year.lived(card_year)
    office_year.run(card_year)
    make.member(made.points[0], made.user, is_manager=True)
    return made


@pytest.fixture
def forgotten(year: LivedYear) -> Iterator[LivedYear]:
    purge.purge_year(year.card_year, days=90, at=NUMBERS_DUE)
    with time_machine.travel(NUMBERS_DUE, tick=False):
        yield year


def office() -> Client:
    client = Client()
    client.force_login(office_year.klasse())
    client.post("/beheer/mensen/reden/", {"reden": "Een leraar vraagt waar de kaart is"})
    return client


def read(client: Client, address: str) -> str:
    answer = client.get(address, follow=True)
    assert answer.status_code == 200, address
    return answer.content.decode()


def test_every_page_of_the_office_over_a_forgotten_year_answers_without_a_name(forgotten: LivedYear) -> None:
    client, code = office(), forgotten.points[0].code
    addresses = [
        "/beheer/?jaar=2027",
        "/beheer/mensen/?jaar=2027",
        "/beheer/2027/regels/",
        "/beheer/bestanden/?jaar=2027",
        f"/beheer/punten/{code}/?jaar=2027",
        "/beheer/cijfers/",
        "/beheer/werk/",
        *(f"/beheer/aandacht/{item}/?jaar=2027" for item in ("zonder-punt", "sinds-het-bevriezen")),
        *(f"/beheer/mensen/{key}/" for key in Person.objects.values_list("pk", flat=True)),
    ]
    pages = {}
    for address in addresses:
        answer = client.get(address, follow=True)
        if answer.status_code != 404:
            assert answer.status_code == 200, address
            pages[address] = answer.content.decode()

    assert [(address, word) for address, page in pages.items() for word in NEVER if word in page] == []
    assert len(pages) > len(addresses) - 3


def test_the_page_of_one_person_says_it_is_forgotten_and_offers_nothing(forgotten: LivedYear) -> None:
    client = office()

    page = read(client, f"/beheer/mensen/{forgotten.person.pk}/")

    assert "<h1>(gewist)</h1>" in page
    assert "Dit kaartjaar is gewist" in page
    assert ("Wat je kunt doen" in page, "Recht op een kaart" in page, "----" in page) == (False, False, False)
    assert "Wat er met de kaart gebeurde" in page


def test_a_card_number_still_leads_to_its_history(forgotten: LivedYear) -> None:
    client = office()

    answer = client.post("/beheer/mensen/", {"zoek": forgotten.card.number}, follow=True)

    assert answer.status_code == 200
    assert Card.objects.get(pk=forgotten.card.pk).events.count() == 3


def test_the_desk_of_a_forgotten_year_answers_without_a_name(forgotten: LivedYear) -> None:
    client = Client()
    make.second_factor(forgotten.user)
    client.force_login(forgotten.user)
    code, kept = forgotten.points[0].code, PickupList.objects.get()

    pages = [
        client.get(f"/balie/{code}/{rest}", follow=True)
        for rest in ("", "lijsten/", "cijfers/", "overzicht/", "overdrachten/", f"lijsten/{kept.pk}/pdf/")
    ]

    shown = [page.content.decode(errors="ignore") for page in pages if page.status_code == 200]
    assert [page.status_code for page in pages if page.status_code not in {200, 404}] == []
    assert [word for page in shown for word in NEVER if word in page] == []


def test_the_page_of_someone_who_was_erased_stays_of_use(year: LivedYear) -> None:
    with time_machine.travel(IN_SEASON, tick=False):
        erasure.erase(year.number, reason="vraag", days=90, months=13, by=year.user, at=IN_SEASON)
        page = read(office(), f"/beheer/mensen/{year.person.pk}/")

    assert "<h1>(gewist)</h1>" in page
    assert ("Dit kaartjaar is gewist" in page, "Recht op een kaart" in page) == (False, True)
    assert [word for word in ("Vermeulen", "Geheimstraat", "Schoolgeheim") if word in page] == []
