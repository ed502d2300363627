"""The pages of counting: a path that can be left and resumed, blind where it counts, and nobody else's."""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.http.response import HttpResponseBase
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pypdfium2 import PdfDocument

from distribution.models import Card, CardYear, PointStatement, Settlement, StockCount
from pickup_points.desks import Desk
from tests import make
from tests.conftest import BRUSSELS, NOW
from tests.distribution import settled

pytestmark = pytest.mark.django_db
AFTER_THE_SEASON = dt.datetime(2027, 7, 14, 10, 0, tzinfo=BRUSSELS)
URL = "/balie/gent/tellen/"
PAGES = ["", "aankomst/", "jaar/", "einde/", "afsluiten/", "bedankt/", "bedankt.pdf"]
POSTS = ["jaar/intrekken/", "heropenen/"]


@dataclass(frozen=True)
class Scene:
    """A manager of a point with 50 cards in three boxes, 20 of them marked; after the season."""

    desk: Desk
    cards: list[Card]
    client: Client

    def get(self, page: str = "") -> str:
        return text(self.client.get(URL + page))

    def post(self, page: str, **fields: object) -> HttpResponseBase:
        return self.client.post(URL + page, {name.replace("_", "-"): value for name, value in fields.items()})

    def count(self, counted: object, *, seen: int = 0) -> HttpResponseBase:
        return self.post("einde/", wat="tellen", over=counted, gezien=seen)


def text(answer: HttpResponseBase) -> str:
    """The words of the page's content, without the marks around them."""
    html = getattr(answer, "content", b"").decode()
    main = html.partition("<main")[2].partition("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def numbers_below_the_path(shown: str) -> list[str]:
    return re.findall(r"\d+", shown.partition("Wat blijft er over?")[2])


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(AFTER_THE_SEASON, tick=False):
        yield


@pytest.fixture
def scene(card_year: CardYear, client: Client) -> Scene:
    desk = make.member(make.point("gent", year=2027, name="Bib Gent"), is_manager=True)
    cards = settled.cards(card_year, 50, at=desk.point)
    settled.printed(card_year)
    settled.handed_over(cards[:20], desk=desk, at=NOW)
    client.force_login(desk.user)
    return Scene(desk, cards, client)


@pytest.mark.parametrize("page", PAGES)
def test_page_for_its_manager_someone_else_and_a_stranger(card_year: CardYear, scene: Scene, page: str) -> None:
    elsewhere = make.member(make.point("aalst", year=2027), is_manager=True)
    colleague = make.member(scene.desk.point)

    own = scene.client.get(URL + page, follow=True).status_code
    scene.client.force_login(elsewhere.user)
    others = scene.client.get(URL + page).status_code
    missing = scene.client.get("/balie/bestaat-niet/tellen/" + page).status_code
    scene.client.force_login(colleague.user)
    no_manager = scene.client.get(URL + page).status_code
    scene.client.logout()
    stranger = scene.client.get(URL + page)

    assert (own, others, missing, no_manager) == (200, 404, 404, 404)
    assert (stranger.status_code, stranger["Location"].partition("?")[0]) == (302, "/account/login/")


@pytest.mark.parametrize("page", ["aankomst/", "jaar/", "einde/", "afsluiten/", *POSTS])
def test_post_to_someone_else_s_point_changes_nothing(scene: Scene, page: str) -> None:
    scene.client.force_login(make.member(make.point("aalst", year=2027), is_manager=True).user)
    fields = {"doos-1": "20", "kaarten": "4", "wat": "tellen", "over": "30", "gezien": "0", "niet_geteld": "ja"}

    answer = scene.client.post(URL + page, fields)

    assert answer.status_code == 404
    assert (StockCount.objects.count(), PointStatement.objects.count(), Settlement.objects.count()) == (0, 0, 0)


@pytest.mark.parametrize("page", POSTS)
def test_what_changes_things_is_asked_by_post(scene: Scene, page: str) -> None:
    assert scene.client.get(URL + page).status_code == 405


def test_path_shows_where_they_are_and_what_is_next(scene: Scene) -> None:
    assert "Tel wat aankwam" in scene.get()

    scene.post("aankomst/", samen=50)
    assert "Verder: tijdens het jaar" in scene.get()

    scene.post("jaar/", kaarten=10, wat="naar school", gezien=0)
    assert "Verder: wat is er over?" in scene.get()

    scene.post("einde/", wat="aanduiden", aanduiden="partial")
    scene.count(20)
    shown = scene.get()
    assert shown.count("Klaar") == 3
    assert "Verder: nakijken en afsluiten" in shown


def test_without_an_opened_year_there_is_nothing_to_count(client: Client, db: None) -> None:
    desk = make.member(make.point("gent"), is_manager=True)
    client.force_login(desk.user)

    assert "Er is nog geen jaar geopend." in text(client.get(URL))
    assert client.get(URL + "aankomst/")["Location"] == URL


def test_arrival_shows_what_was_sent_only_after_the_count(scene: Scene) -> None:
    assert "op de paklijst" not in scene.get("aankomst/")

    scene.post("aankomst/", doos_1=20, doos_2=" 1 8 ", doos_3="11")

    shown = scene.get("aankomst/")
    for said in ["✓ Klopt 20 op de paklijst", "2 minder dan de 20 op de paklijst", "1 meer dan de 10 op de paklijst"]:
        assert said in shown
    assert list(StockCount.objects.values_list("box", "counted")) == [(1, 20), (2, 18), (3, 11)]


def test_arrival_notes_only_what_changed(scene: Scene) -> None:
    for third in ("", "10"):
        scene.post("aankomst/", doos_1=20, doos_2=20, doos_3=third)

    assert list(StockCount.objects.values_list("box", "counted")) == [(1, 20), (2, 20), (3, 10)]


def test_arrival_with_a_mistake_keeps_what_was_typed_and_saves_nothing(scene: Scene) -> None:
    answer = scene.post("aankomst/", doos_1=20, doos_2="twintig", doos_3="")

    assert "Vul een aantal in, met cijfers alleen." in text(answer)
    assert b'value="twintig"' in getattr(answer, "content", b"")
    assert StockCount.objects.count() == 0


def test_arrival_of_a_late_addition_has_a_heading_of_its_own(card_year: CardYear, scene: Scene) -> None:
    assert "Eerste zending" not in scene.get("aankomst/")

    settled.cards(card_year, 3, at=scene.desk.point)
    make.batch(card_year, 2)

    shown = scene.get("aankomst/")
    assert "Eerste zending Doos 1 Doos 2 Doos 3 Nalevering (drukreeks 2) Doos 1" in shown


def test_arrival_before_anything_was_printed(card_year: CardYear, client: Client) -> None:
    client.force_login(make.member(make.point("gent", year=2027), is_manager=True).user)

    assert "Er zijn nog geen kaarten voor jullie gedrukt." in text(client.get(URL + "aankomst/"))


def test_statement_is_noted_and_taken_back(scene: Scene) -> None:
    scene.post("jaar/", kaarten=4, wat="naar de school gebracht", gezien=0)
    assert "4 kaarten · naar de school gebracht An Voorbeeld, 14 juli" in scene.get("jaar/")

    scene.post("jaar/intrekken/", melding=PointStatement.objects.get().pk)

    assert "naar de school gebracht An" not in scene.get("jaar/")
    assert PointStatement.objects.get().taken_back_by == scene.desk.user


@pytest.mark.parametrize(
    ("cards", "what", "said"),
    [
        ("vier", "naar school", "Vul een aantal in, met cijfers alleen."),
        ("4", "", "Vul in hoeveel kaarten het zijn, en zeg in enkele woorden wat ermee gebeurde."),
        ("99999", "naar school", "Misschien staat er een cijfer te veel?"),
    ],
)
def test_statement_that_is_no_statement(scene: Scene, cards: str, what: str, said: str) -> None:
    assert said in text(scene.post("jaar/", kaarten=cards, wat=what, gezien=0))
    assert PointStatement.objects.count() == 0


def test_taking_back_what_is_not_there(scene: Scene) -> None:
    answer = scene.client.post(URL + "jaar/intrekken/", {"melding": "7"}, follow=True)

    assert "Deze melding is er niet." in text(answer)


def test_transfers_and_void_cards_come_by_themselves(card_year: CardYear, scene: Scene) -> None:
    there = make.member(make.point("aalst", year=2027))
    settled.transferred(scene.cards[48:], sender=scene.desk, receiver=there, at=NOW)
    Card.objects.filter(pk=scene.cards[47].pk).update(state="void")

    shown = scene.get("jaar/")

    assert "Bijgekregen 0 kaarten Doorgegeven 2 kaarten" in shown
    assert "1 kaart is niet meer geldig." in shown
    assert "Tel de kaarten die niet meer geldig zijn, niet mee." in scene.get("einde/")


def test_counting_is_blind_until_it_is_done(scene: Scene) -> None:
    scene.post("aankomst/", samen=50)

    before = scene.get("einde/")
    scene.count(23)
    again = scene.get("einde/")
    scene.count(23, seen=1)
    after = scene.get("einde/")

    # Neither what should be left (30), nor what was marked (20), nor their own first count.
    assert numbers_below_the_path(before) == ["0"]
    assert "Tel nog één keer" in again
    assert numbers_below_the_path(again) == ["0"]
    assert "✓ Geteld 23 kaarten over" in after
    assert list(StockCount.objects.filter(kind="left_over").values_list("counted", flat=True)) == [23, 23]


def test_two_counts_that_differ_ask_a_last_one(scene: Scene) -> None:
    scene.count(13)
    scene.count(23, seen=1)

    assert "De twee tellingen verschillen." in scene.get("einde/")
    scene.count(22, seen=2)
    assert "✓ Geteld 22 kaarten over" in scene.get("einde/")


@pytest.mark.parametrize("typed", ["", "veel", "-3", "1,5", "²"])
def test_count_that_is_no_number(scene: Scene, typed: str) -> None:
    assert "Vul een aantal in, met cijfers alleen." in text(scene.count(typed))
    assert StockCount.objects.count() == 0


def test_count_of_a_stale_form_is_explained(scene: Scene) -> None:
    scene.count(30)

    assert "Er werd intussen al iets ingevuld" in text(scene.count(29))
    assert StockCount.objects.count() == 1


def test_marking_without_a_choice(scene: Scene) -> None:
    assert "Kies wat het best past." in text(scene.post("einde/", wat="aanduiden"))
    assert PointStatement.objects.count() == 0


def test_before_the_last_day_it_says_to_wait(scene: Scene) -> None:
    with time_machine.travel(NOW, tick=False):
        scene.client.force_login(scene.desk.user)
        shown = [scene.get(page) for page in ("einde/", "afsluiten/")]

    assert "Tel pas na de laatste afhaaldag." in shown[0]
    assert "De afhaalperiode loopt nog." in shown[1]
    assert "laatste afhaaldag" not in scene.get("einde/")


def test_closing_shows_what_follows_from_what_was_filled_in(scene: Scene) -> None:
    scene.post("aankomst/", samen=49)
    scene.post("einde/", wat="aanduiden", aanduiden="partial")
    scene.count(19)

    shown = scene.get("afsluiten/")

    assert "Aangekomen 49 Over 19 Aangeduid 20 Afgehaald 30" in shown
    assert "Er gingen 10 kaarten meer mee dan er zijn aangeduid. Dat past bij wat jullie vertelden." in shown


def test_closing_with_a_difference_nobody_explains_blames_nobody(scene: Scene) -> None:
    for seen in (0, 1):
        scene.count(19, seen=seen)

    assert "Weet je het niet, dan is dat ook goed." in scene.get("afsluiten/")


def test_closing_with_impossible_stock_offers_to_count_again(scene: Scene) -> None:
    scene.count(45)

    shown = scene.get("afsluiten/")

    assert "Er liggen meer kaarten dan we kunnen verklaren." in shown
    assert "We vroegen om nog een keer te tellen." in shown
    assert "Afgehaald" not in shown


def test_closing_uncounted_is_refused_until_they_say_so(scene: Scene) -> None:
    assert "Aangeduid" not in scene.get("afsluiten/")
    assert "De overgebleven kaarten zijn nog niet geteld." in text(scene.post("afsluiten/"))
    assert Settlement.objects.count() == 0

    scene.client.post(URL + "afsluiten/", {"niet_geteld": "ja"})

    assert "minstens 20 leraren kwamen hun Lerarenkaart 2027 bij jullie halen" in scene.get("bedankt/")


def test_one_card_without_a_date_is_said_as_one(scene: Scene) -> None:
    scene.count(29)
    scene.post("afsluiten/")

    assert "Daarbij komt 1 kaart zonder datum." in scene.get("bedankt/")


def test_closed_season_leads_to_the_thanks_from_every_page(scene: Scene) -> None:
    scene.count(30)
    scene.post("aankomst/", samen=50)
    answer = scene.post("afsluiten/")

    assert answer["Location"] == URL + "bedankt/"
    for page in ("", "aankomst/", "jaar/", "einde/", "afsluiten/"):
        assert scene.client.get(URL + page, follow=True).redirect_chain[-1][0] == URL + "bedankt/"
    assert scene.post("afsluiten/")["Location"] in {URL, URL + "bedankt/"}
    shown = scene.get("bedankt/")
    for said in ["20 leraren kwamen hun Lerarenkaart 2027", "50 kaarten", "40,0 %", "dinsdag 12 januari, 20 kaarten"]:
        assert said in shown
    assert Settlement.objects.count() == 1


def test_pdf_is_one_page_without_a_name_of_a_person(scene: Scene) -> None:
    scene.count(30)
    scene.post("afsluiten/")

    answer: Any = scene.client.get(URL + "bedankt.pdf")

    assert (answer["Content-Type"], answer["Content-Disposition"]) == (
        "application/pdf",
        'inline; filename="bedankt-2027-gent.pdf"',
    )
    assert "no-store" in answer["Cache-Control"]
    pdf = PdfDocument(answer.content)
    assert len(pdf) == 1
    shown = str(pdf[0].get_textpage().get_text_range())
    assert "Bib Gent!" in shown
    assert "Voorbeeld" not in shown


def test_reopening_and_its_last_day(scene: Scene) -> None:
    scene.count(30)
    scene.post("afsluiten/")
    assert "Heropenen kan tot en met 28 juli." in scene.get("bedankt/")

    answer = scene.client.post(URL + "heropenen/", follow=True)

    assert "Het jaar is weer open." in text(answer)
    assert "✓ Geteld 30 kaarten over" in scene.get("einde/")


def test_reopening_too_late_is_not_offered_and_refused(scene: Scene) -> None:
    scene.count(30)
    scene.post("afsluiten/")

    with time_machine.travel(AFTER_THE_SEASON + dt.timedelta(days=15), tick=False):
        scene.client.force_login(scene.desk.user)
        shown = scene.get("bedankt/")
        answer = scene.client.post(URL + "heropenen/", follow=True)

    assert "Heropenen" not in shown
    assert "Heropenen kan tot 14 dagen na het afsluiten." in text(answer)


@pytest.mark.parametrize("page", ["", "aankomst/", "jaar/", "einde/", "afsluiten/"])
def test_as_many_questions_for_one_box_as_for_three(card_year: CardYear, scene: Scene, page: str) -> None:
    small = make.member(make.point("klein", year=2027), is_manager=True)
    settled.cards(card_year, 5, at=small.point)
    make.batch(card_year, 2)
    scene.post("aankomst/", doos_1=20, doos_2=20, doos_3=10)
    scene.post("jaar/", kaarten=4, wat="naar school", gezien=0)
    scene.post("jaar/", kaarten=5, wat="naar een andere school", gezien=1)

    asked = []
    for desk in (scene.desk, small):
        scene.client.force_login(desk.user)
        scene.client.get(f"/balie/{desk.point.code}/")  # the first page of a session writes it down
        with CaptureQueriesContext(connection) as questions:
            scene.client.get(f"/balie/{desk.point.code}/tellen/{page}")
        asked.append(len(questions))

    assert asked[0] == asked[1]
