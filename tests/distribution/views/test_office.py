"""/beheer/: who may see it, where the year stands, what asks for attention, the points; and no person for a reader."""

import datetime as dt
import re

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.formats import date_format

from distribution.actions import freeze, years
from distribution.enums import CountKind, ReadingKind
from distribution.models import Card, CardYear, PrintBatch, Reading, Settlement, StockCount
from distribution.queries.office import Step
from distribution.views import office_words
from pickup_points.models import KlasseRole, PointChange, User
from tests import make
from tests.conftest import NOW
from tests.distribution import office_year, settled
from tests.distribution.office_year import AFTER_SEASON, IN_SEASON, OfficeYear
from tests.pages import read

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_season")]


def later() -> Client:
    """Someone of the office who logs in after the season."""
    client = Client()
    client.force_login(office_year.klasse())
    return client


def test_who_works_at_klasse_comes_home_there(office: Client) -> None:
    assert office.get("/balie/")["Location"] == "/beheer/"


PAGES = ["/beheer/", "/beheer/aandacht/zonder-uren/", "/beheer/punten/", "/beheer/punten/gent/"]


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_for_klasse(path: str, year: OfficeYear, office: Client, reader: Client) -> None:
    stranger, boss = Client(), Client()
    boss.force_login(year.gent.user)

    assert [one.get(path).status_code for one in (office, reader, boss)] == [200, 200, 404]
    assert stranger.get(path)["Location"].startswith("/account/login/")


@pytest.mark.parametrize("path", PAGES)
def test_pages_ask_for_the_second_factor(path: str, year: OfficeYear) -> None:
    user = make.new_user()
    User.objects.filter(pk=user.pk).update(klasse_role=KlasseRole.OFFICE)
    client = Client()
    client.force_login(User.objects.get(pk=user.pk))

    assert client.get(path)["Location"] == reverse("mfa_index")


@pytest.mark.parametrize("path", [*PAGES, "/beheer/aandacht/postcodes-zonder-afhaalpunt/"])
def test_queries_do_not_grow_with_the_points(path: str, year: OfficeYear, office: Client) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert office.get(path).status_code == 200
        return len(queries)

    asked()  # the session notes when it was last used
    two = asked()
    for name in ("brugge", "hasselt", "leuven"):
        desk = make.member(make.point(name, year=2027, hours={}), is_manager=True)
        settled.cards(year.card_year, 3, at=desk.point)
        make.card(make.person(year.card_year, postcode="8400"))
        StockCount.objects.create(
            card_year=year.card_year, point=desk.point, kind=CountKind.RECEIVED, counted=1, at=NOW, by=desk.user
        )

    assert asked() == two


def test_index_before_any_year(office: Client) -> None:
    assert 'href="/beheer/jaar/openen/"' in office.get("/beheer/").content.decode()
    assert office.get("/beheer/punten/").status_code == 404


@pytest.mark.parametrize("path", ["/beheer/?jaar=2031", "/beheer/?jaar=abc", "/beheer/punten/?jaar=02027"])
def test_a_year_that_was_not_opened_is_not_there(path: str, card_year: CardYear, office: Client) -> None:
    assert office.get(path).status_code == 404


def test_index_chooses_the_year_klasse_works_on(card_year: CardYear, office: Client) -> None:
    years.open_year(2028, at=IN_SEASON)

    assert "<h1>Lerarenkaart 2027</h1>" in office.get("/beheer/").content.decode()
    assert "<h1>Lerarenkaart 2028</h1>" in office.get("/beheer/?jaar=2028").content.decode()
    assert 'href="/beheer/punten/?jaar=2028"' in office.get("/beheer/?jaar=2028").content.decode()
    with time_machine.travel(AFTER_SEASON, tick=False):
        assert "<h1>Lerarenkaart 2028</h1>" in later().get("/beheer/").content.decode()


def test_index_of_a_year_that_was_just_opened(card_year: CardYear, office: Client) -> None:
    shown = read(office, "/beheer/")

    assert "Nu aan de beurt: de afhaalpunten inlezen" in shown
    assert (
        '<a class="button primary" href="/beheer/bestanden/?soort=afhaalpunten">'
        in office.get("/beheer/").content.decode()
    )
    assert "Er is niets dat nu aandacht vraagt." in shown


def test_index_says_who_froze_and_when_to_the_office_alone(year: OfficeYear, office: Client, reader: Client) -> None:
    by = make.new_user()
    User.objects.filter(pk=by.pk).update(name="Fien Vriezer")
    settled.cards(year.card_year, 1, at=year.gent.point)
    freeze.freeze(year.card_year, at=IN_SEASON, by=by)

    for_office, for_reader = read(office, "/beheer/"), read(reader, "/beheer/")

    assert "3 februari 2027, 10.00 uur · Fien Vriezer" in for_office
    assert "3 februari 2027, 10.00 uur" in for_reader
    assert "Fien" not in for_reader


def test_index_counts_and_asks_for_attention(year: OfficeYear, office: Client) -> None:
    shown = read(office, "/beheer/")

    assert "8 kaarten aangeduid als afgehaald, 42 wachten nog" in shown
    assert "53 kaarten op peildatum 20 november 2026: 53 af te halen, 0 met het magazine" in shown
    listed = shown.split("Vraagt aandacht")[1].split("In orde")[0]
    assert re.findall(r"(\d+) (\w+ \w+ \w+)", listed)[:1] == [("1", "postcode telt mensen")]
    for sentence in (
        "1 postcode telt mensen zonder afhaalpunt Daar wonen 2 mensen met een kaart om af te halen.",
        "3 mensen hebben recht op een kaart, maar nog geen afhaalpunt",
        "1 afhaalpunt heeft geen openingsuren",
        "1 afhaalpunt heeft niemand die al inlogde",
        "1 afhaalpunt duidde al 14 dagen niets aan",
        "1 afhaalpunt telde minder kaarten dan er verstuurd zijn",
        "1 kaart is al meer dan een week onderweg of gevraagd",
        "1 verandering wacht op jouw beslissing",
    ):
        assert sentence in listed
    assert "Afrekeningen die niet kloppen: geen" in shown
    assert "Afrekeningen die nog open zijn. Dat telt pas na de laatste afhaaldag." in shown
    assert "niet geteld Nog geen enkel afhaalpunt telde wat overbleef. Aangeduid zijn 8 kaarten" in shown


def test_index_shows_margins_once_something_was_counted(year: OfficeYear, office: Client) -> None:
    office_year.counted_left_over(year.gent, year.card_year, 9)

    shown = read(office, "/beheer/")

    # Gent: 20 sent, 9 left; Aalst: 20 received of 30, nothing marked, and one point is too few to compare with.
    assert "tussen 16,0 en 62,0 % (40 % van de kaarten geteld)" in shown


BEHIND = {
    "postcodes-zonder-afhaalpunt": "8000 Brugge 2 2",
    "mensen-zonder-afhaalpunt": "8000 Brugge: 2 In het buitenland (NL): 1",
    "zonder-uren": "Bibliotheek aalst Aalst 30 kaarten",
    "zonder-collega": "Bibliotheek aalst Aalst 1 uitgenodigd, nog niet ingelogd",
    "stil": "30 kaarten wachten · nog geen enkele afgifte",
    "te-weinig-aangekomen": "30 verstuurd, 10 minder aangekomen",
    "overdrachten": "1 kaart van Bibliotheek aalst naar Bibliotheek gent",
    "sinds-het-bevriezen": "Nieuw recht op een kaart 0 Geen recht meer 0 Ander afhaalpunt 1 Andere weg 0",
    "afrekening-klopt-niet": "Hier is niets aan de hand.",
    "niet-afgesloten": "Dat telt pas na de laatste afhaaldag.",
}


@pytest.mark.parametrize("item", BEHIND)
def test_attention_shows_what_is_behind_a_count(item: str, year: OfficeYear, office: Client) -> None:
    assert BEHIND[item] in read(office, f"/beheer/aandacht/{item}/")


def test_once_frozen_the_advice_is_what_still_helps(year: OfficeYear, office: Client) -> None:
    """Another run moves nobody then."""
    whole = office.get("/beheer/").content.decode()
    behind = office.get("/beheer/aandacht/postcodes-zonder-afhaalpunt/").content.decode()
    postcodes = office.get("/beheer/punten/postcodes/?zonder=1").content.decode()

    assert "Ken daarna opnieuw toe" not in whole + behind
    assert "en ken opnieuw toe" not in whole + read(office, "/beheer/aandacht/mensen-zonder-afhaalpunt/")
    assert "kies bij “Mensen zonder afhaalpunt” een afhaalpunt voor de groep" in whole
    assert [
        re.findall(r'href="(/beheer/aandacht/mensen[^"]+|/beheer/punten/postcodes[^"]+)"', page)
        for page in (behind, postcodes)
    ] == [["/beheer/aandacht/mensen-zonder-afhaalpunt/"]] * 2


@pytest.mark.parametrize("is_frozen", [True, False])
def test_a_reader_is_never_told_what_to_do(year: OfficeYear, reader: Client, *, is_frozen: bool) -> None:
    """Who may not do it reads no advice and gets no link."""
    if not is_frozen:
        Card.objects.filter(card_year=year.card_year, batch__isnull=False).update(batch=None)
        PrintBatch.objects.all().delete()
    pages = ["/beheer/", "/beheer/punten/aalst/", *(f"/beheer/aandacht/{item}/" for item in BEHIND)]
    everything = " ".join(read(reader, path) for path in pages)

    orders = ("Geef ", "Nodig ", "Bel ", "Vraag ", "Bekijk de lijst", "kies ", "Ken daarna", "je opnieuw toekent")
    assert [one for one in orders if one in everything] == []
    assert (
        "/beheer/punten/postcodes/" not in reader.get("/beheer/aandacht/postcodes-zonder-afhaalpunt/").content.decode()
    )


@pytest.mark.parametrize("step", [None, *Step])
def test_a_reader_is_told_no_next_step_to_take(step: Step | None) -> None:
    told = office_words.next_step(step, is_quiet=False, is_reader=True)

    assert told.button in {"", "Naar de afhaalpunten"}
    assert not told.why.startswith(("Lees", "Ken", "Bevries", "Maak", "Laat", "Volg"))


def test_attention_after_the_season(year: OfficeYear) -> None:
    # More left over than can be, beyond the tolerance.
    office_year.counted_left_over(year.gent, year.card_year, 19)
    with time_machine.travel(AFTER_SEASON, tick=False):
        office = later()
        assert "20 kaarten op voorraad, 8 aangeduid, 19 overgebleven" in read(
            office, "/beheer/aandacht/afrekening-klopt-niet/"
        )
        not_closed = read(office, "/beheer/aandacht/niet-afgesloten/")
        assert "2 afhaalpunten sloten nog niet af" in not_closed
        assert "Bibliotheek aalst Aalst laatste dag was 10 juli 2027 · overgebleven niet geteld" in not_closed
        assert "Dat telt enkel tijdens de afhaalperiode." in read(office, "/beheer/aandacht/stil/")


def test_attention_that_does_not_exist(year: OfficeYear, office: Client) -> None:
    assert office.get("/beheer/aandacht/iets-anders/").status_code == 404


def test_names_are_for_the_office_and_written_down(year: OfficeYear, office: Client, reader: Client) -> None:
    path = "/beheer/aandacht/mensen-zonder-afhaalpunt/"

    seen = read(office, path)
    reading = Reading.objects.get()
    unseen = read(reader, path)

    assert (reading.kind, reading.point_id, set(reading.cards)) == (
        ReadingKind.CARD,
        None,
        {card.pk for card in year.nowhere},
    )
    assert "Zonder Punt" in seen
    assert "8000 Brugge" in seen
    assert "Stil Adres" in seen
    assert seen.count("adres afgeschermd") == 1
    assert [name for name in ("Zonder Punt", "Ver Weg", "Stil Adres", "Brugge") if name in unseen] == []
    assert "Verspreid over plaatsen met minder dan 5 mensen: 3" in unseen
    assert Reading.objects.count() == 1


def test_a_reader_sees_no_small_groups_and_no_person_anywhere(year: OfficeYear, reader: Client) -> None:
    User.objects.filter(pk=year.gent.user.pk).update(name="Geheime Collega")
    PointChange.objects.create(point=year.gent.point, at=NOW, by=year.gent.user, fields={"phone": ["", "09 123 45 67"]})
    everything = "".join(
        reader.get(path).content.decode() for path in [*PAGES, *(f"/beheer/aandacht/{item}/" for item in BEHIND)]
    )

    assert "8000 Brugge minder dan 5 niet getoond" in read(reader, "/beheer/aandacht/postcodes-zonder-afhaalpunt/")
    hidden = ["Geheime Collega", year.gent.user.email, "Peeters", *(card.number for card in year.nowhere)]
    assert [secret for secret in hidden if secret in everything] == []
    assert "09 123 45 67" in everything


def names(client: Client, query: str) -> list[str]:
    table = client.get(f"/beheer/punten/{query}").content.decode().partition("<table")[2]
    return re.findall(r'<a href="/beheer/punten/([a-z]+)/', table)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["aalst", "gent"]),
        ("?sorteer=-naam", ["gent", "aalst"]),
        ("?sorteer=kaarten", ["gent", "aalst"]),
        ("?sorteer=-kaarten", ["aalst", "gent"]),
        ("?sorteer=-afgehaald", ["gent", "aalst"]),
        ("?sorteer=wacht", ["gent", "aalst"]),
        ("?sorteer=laatste", ["gent", "aalst"]),
        ("?sorteer=-laatste", ["gent", "aalst"]),
        ("?sorteer=iets", ["aalst", "gent"]),
        ("?aandacht=zonder-uren", ["aalst"]),
        ("?aandacht=niet-afgesloten", []),
        ("?provincie=Oost-Vlaanderen", ["aalst", "gent"]),
        ("?provincie=Limburg", ["aalst", "gent"]),
    ],
)
def test_points_can_be_sorted_and_chosen(query: str, expected: list[str], year: OfficeYear, office: Client) -> None:
    assert names(office, query) == expected


def test_points_by_province(year: OfficeYear, office: Client) -> None:
    make.point("hasselt", year=2027, postcode="3500", municipality="Hasselt")

    assert names(office, "?provincie=Limburg") == ["hasselt"]


def test_points_sum_to_the_count_of_the_year(year: OfficeYear, office: Client) -> None:
    shown = read(office, "/beheer/punten/")

    assert "2 afhaalpunten: 50 kaarten, 8 aangeduid als afgehaald, 42 wachten nog." in shown
    assert "Gent 20 8 12 2 feb 2027 1 niet geteld" in shown


def test_point_shows_figures_people_and_history(year: OfficeYear, office: Client) -> None:
    office_year.counted_left_over(year.gent, year.card_year, 11)
    counted = date_format(StockCount.objects.get(kind=CountKind.LEFT_OVER).at, "j F Y")
    PointChange.objects.create(point=year.gent.point, at=NOW, by=year.gent.user, fields={"phone": ["", "09 123 45 67"]})

    shown = read(office, "/beheer/punten/gent/")

    assert "9 afgehaald Minstens 8, hoogstens 9. Zekerheid B : geteld, met een klein of verklaard verschil." in shown
    assert "Aangekomen niet geteld" in shown
    assert "Overgebleven 11" in shown
    assert f"8 aangeduid als afgehaald 11 over, geteld op {counted} 12 niet aangeduid als afgehaald" in shown
    assert "wachten nog" not in shown
    assert "Niet aangeduid 1" in shown
    assert f"An Voorbeeld {year.gent.user.email} beheerder sinds 1 december 2026" in shown
    assert "12 januari 2027, 10.00 uur · An Voorbeeld Telefoon Was niets ingevuld Werd 09 123 45 67" in shown


def test_point_that_counted_nothing_says_so(year: OfficeYear, office: Client) -> None:
    shown = read(office, "/beheer/punten/aalst/")

    assert "Afrekening niet geteld Minstens 0, hoogstens 20." in shown
    assert "Overgebleven niet geteld" in shown
    assert "30 wachten nog" in shown
    assert "Zekerheid" not in shown
    assert "Er zijn geen openingsuren ingevuld." in shown


def test_point_that_takes_no_part(year: OfficeYear, office: Client) -> None:
    make.point("oud")

    assert "Dit afhaalpunt doet niet mee in 2027." in read(office, "/beheer/punten/oud/")
    assert office.get("/beheer/punten/bestaat-niet/").status_code == 404


def test_index_when_every_point_closed(year: OfficeYear) -> None:
    for desk in (year.gent, year.aalst):
        office_year.counted_left_over(desk, year.card_year, 12)
        Settlement.objects.create(
            card_year=year.card_year, point=desk.point, closed_at=AFTER_SEASON, closed_by=desk.user
        )
    with time_machine.travel(AFTER_SEASON + dt.timedelta(days=1), tick=False):
        shown = read(later(), "/beheer/")

    assert "Het jaar is rond Alles is afgesloten. Wat hieronder nog aandacht vraagt, kun je nog rechtzetten." in shown
    assert "Afgesloten klaar" in shown
    assert "100 % van de kaarten geteld" in shown
