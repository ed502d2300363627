"""/beheer/wissen/: what is kept under one number, counted, handed out and erased; the number in no address, every look written down."""

import json
import re
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from distribution.actions.readings import term_hash
from distribution.enums import ReadingKind
from distribution.models import Person, Reading, Subscriber, YearEvent
from pickup_points.models import User
from tests import make
from tests.distribution import lived_year, office_year
from tests.distribution.lived_year import LivedYear

pytestmark = pytest.mark.django_db
ADDRESS = "/beheer/wissen/"
WHY = "vraag per mail van 3 maart"


@pytest.fixture
def klasse(lived: LivedYear) -> User:
    return office_year.klasse()


@pytest.fixture
def client(klasse: User) -> Client:
    client = Client()
    client.force_login(klasse)
    return client


def send(client: Client, number: str, **more: str) -> HttpResponse:
    answer = client.post(ADDRESS, {"nummer": number, "waarom": WHY} | more)
    assert isinstance(answer, HttpResponse)
    return answer


def erase(client: Client, number: str, **more: str) -> HttpResponse:
    return send(client, number, wat="wis", **({"opnieuw": number} | more))


def last_name(person: Person) -> str:
    return Person.objects.get(pk=person.pk).last_name


def test_the_page_asks_for_a_number_and_why(client: Client, lived: LivedYear) -> None:
    page = client.get(ADDRESS)

    shown = page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert ('name="nummer"' in shown, 'name="opnieuw"' in shown) == (True, False)


def test_a_number_shows_how_many_rows_of_each_kind_and_nothing_of_them(client: Client, lived: LivedYear) -> None:
    page = send(client, lived.number)

    shown: list[tuple[str, str]] = re.findall(r"<dt>([^<]+)</dt>\s*<dd>\s*(\d+)\s*</dd>", page.content.decode())
    assert {title: int(rows) for title, rows in shown} == {
        "Naam en adres": 1,
        "Opdrachten": 1,
        "Kaart": 1,
        "Wat er met je kaart gebeurde": 3,
        "Afgiftes": 2,
        "Overdrachten tussen afhaalpunten": 1,
        "Ongeldige nummers": 1,
        "Afhaallijsten": 1,
        "Wijzigingen na het drukken": 1,
        "Lijst van abonnees": 1,
        "Lijst van kaarthouders": 2,
        "Wie je gegevens inkeek": 1,
    }
    assert [word for word in lived_year.SECRETS if word in page.content.decode()] == []


def test_a_look_is_written_down_with_its_reason(client: Client, lived: LivedYear, klasse: User, settings: Any) -> None:
    send(client, lived.number)

    look = Reading.objects.latest("pk")
    assert (look.kind, look.by, look.cards, look.count, look.reason) == (
        ReadingKind.OFFICE,
        klasse,
        [lived.card.pk],
        1,
        WHY,
    )
    assert look.term_hash == term_hash(lived.number, secret=settings.SECRET_KEY)


def test_a_number_nobody_knows_is_said_and_written_down(client: Client, lived: LivedYear) -> None:
    page = send(client, make.staff_number(999))

    assert "Onder dit stamboeknummer is er niets bewaard." in page.content.decode()
    assert make.staff_number(999) not in page.content.decode()
    assert Reading.objects.latest("pk").count == 0


@pytest.mark.parametrize(
    ("typed", "what_is_wrong"),
    [
        # Two digits of 10001110026 the wrong way round.
        ("10001110062", "de laatste twee cijfers passen niet bij de rest"),
        ("18513250240", "na het eerste cijfer (1 of 2) staat geen geboortedatum"),
    ],
)
@pytest.mark.parametrize("what", ["", "pdf"])
def test_of_a_mistyped_number_it_is_not_said_that_nothing_is_kept(
    client: Client, lived: LivedYear, typed: str, what_is_wrong: str, what: str
) -> None:
    page = send(client, typed, wat=what).content.decode()

    assert f"Niets gevonden, en {what_is_wrong}: kijk het nummer na." in page
    assert ("niets bewaard" in page, typed in page) == (False, False)


def test_what_is_kept_under_a_mistyped_number_is_found(client: Client, lived: LivedYear) -> None:
    Subscriber.objects.create(card_year=lived.card_year, staff_number="10001110062")

    page = send(client, "10001110062").content.decode()

    assert ("Wat we onder dit nummer bewaren" in page, "Niets gevonden" in page) == (True, False)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Dit is geen stamboeknummer. Typ de 11 cijfers."),
        ("Vermeulen", "Dit is geen stamboeknummer. Typ de 11 cijfers."),
        ("85073003328", "Dit lijkt een rijksregisternummer."),
    ],
)
def test_what_is_no_number_is_refused_and_not_shown_again(
    client: Client, lived: LivedYear, typed: str, sentence: str
) -> None:
    readings = Reading.objects.count()

    page = send(client, typed).content.decode()

    assert (sentence in page, bool(typed) and typed in page, Reading.objects.count()) == (True, False, readings)


@pytest.mark.parametrize("what", ["", "pdf", "json"])
def test_without_a_reason_nothing_is_shown(client: Client, lived: LivedYear, what: str) -> None:
    readings = Reading.objects.count()

    page = send(client, lived.number, wat=what, waarom="  ")

    assert "Zeg waarom, bijvoorbeeld: vraag van 3 maart." in page.content.decode()
    assert (b"Naam en adres" in page.content, Reading.objects.count()) == (False, readings)


@pytest.mark.parametrize(("form", "begins"), [("pdf", b"%PDF-"), ("json", b"{")])
def test_everything_as_a_file(client: Client, lived: LivedYear, form: str, begins: bytes) -> None:
    answer = send(client, lived.number, wat=form)

    assert answer["Content-Disposition"] == f'attachment; filename="inzage.{form}"'
    assert answer.content.startswith(begins)
    look = Reading.objects.latest("pk")
    assert (look.kind, look.cards, look.reason) == (ReadingKind.EXPORT, [lived.card.pk], f"verzoek om inzage ({WHY})")


def test_a_file_of_someone_who_is_only_on_a_list(client: Client, lived: LivedYear) -> None:
    Subscriber.objects.create(card_year=lived.card_year, staff_number=make.staff_number(999))

    answer = send(client, make.staff_number(999), wat="json")

    assert len(json.loads(answer.content)["subscriber"]) == 1
    assert send(client, make.staff_number(998), wat="json")["Content-Type"].startswith("text/html")


def test_erase_says_what_went_and_what_stays(client: Client, lived: LivedYear, klasse: User) -> None:
    page = erase(client, lived.number).content.decode()

    assert "Naam, adres en vrije woorden zijn gewist in 2027: 7 rijen." in page
    assert "wie vorig jaar een kaart had is geen starter, tot 8 oktober 2028." in page
    assert (last_name(lived.person), lived.number in page) == ("(gewist)", False)
    event = YearEvent.objects.get(kind="person_erased")
    assert (event.by, event.summary["reason"]) == (klasse, WHY)


def test_erase_of_a_number_on_a_list_alone_says_that_it_stays(client: Client, lived: LivedYear) -> None:
    Subscriber.objects.create(card_year=lived.card_year, staff_number=make.staff_number(999))

    page = erase(client, make.staff_number(999)).content.decode()

    assert "Dit nummer staat enkel op een lijst, zonder naam of adres." in page
    assert "Nummer op de lijst van abonnees of kaarthouders" in page


@pytest.mark.parametrize("again", ["", "x", "another"])
def test_erase_wants_the_number_twice(client: Client, lived: LivedYear, again: str) -> None:
    typed = make.staff_number(999) if again == "another" else again

    page = erase(client, lived.number, opnieuw=typed)

    assert "Dit is niet hetzelfde stamboeknummer. Er is niets gewist." in page.content.decode()
    assert (last_name(lived.person), YearEvent.objects.filter(kind="person_erased").exists()) == ("Vermeulen", False)


def test_erase_takes_the_number_again_however_it_is_typed(client: Client, lived: LivedYear) -> None:
    number = lived.number

    erase(client, number, opnieuw=f" {number[0]} {number[1:3]}.{number[3:5]}.{number[5:]} ")

    assert last_name(lived.person) == "(gewist)"


def test_erase_wants_a_reason(client: Client, lived: LivedYear) -> None:
    page = erase(client, lived.number, waarom=" ").content.decode()

    assert "Zeg waarom, bijvoorbeeld: vraag van 3 maart." in page
    assert last_name(lived.person) == "Vermeulen"


def test_a_card_that_still_has_to_go_out_is_not_overruled_here(client: Client, lived: LivedYear) -> None:
    waiting = make.card(make.person(lived.card_year, "Wachter", "Wim"), at=lived.points[0])

    page = erase(client, waiting.person.staff_number, force="toch").content.decode()

    assert "Zonder naam vindt geen balie ze terug. Er is niets gewist." in page
    assert ("--force" in page, last_name(waiting.person)) == (False, "Wachter")


def test_the_menu_leads_there(client: Client, lived: LivedYear) -> None:
    assert f'href="{ADDRESS}"' in client.get("/beheer/").content.decode()


def test_questions_asked_do_not_grow_with_what_is_kept(client: Client, lived: LivedYear) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            send(client, lived.number)
        return len(queries)

    asked()  # the session notes once a minute that it is in use
    before = asked()
    for _ in range(3):
        make.appointment(lived.person)

    assert asked() == before
