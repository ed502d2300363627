"""/beheer/punten/: postcodes, the map, a point that stops, a settlement opened again; as Klasse, as a reader, as a stranger."""

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from distribution import tasks
from distribution.actions import settlements, transfers_all
from distribution.models import Card, PrintBatch, Settlement, Transfer, YearEvent
from distribution.rules.reconciliation import Tolerance
from pickup_points.models import PickupPoint, PointYear
from tests import at_once, make
from tests.distribution import office_year
from tests.distribution.office_year import IN_SEASON, OfficeYear
from tests.pages import text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_season")]
POSTCODES, STOP = "/beheer/punten/postcodes/", "/beheer/punten/aalst/stopt/"
TOLERANCE = Tolerance(cards=2, percent=1)


@pytest.fixture(autouse=True)
def queue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "enqueue", at_once.enqueue)


@pytest.fixture
def office(year: OfficeYear, office: Client) -> Client:
    return office


@pytest.fixture
def reader(year: OfficeYear, reader: Client) -> Client:
    return reader


def test_postcodes_unserved_first_and_filtered(office: Client) -> None:
    page = text(office.get(POSTCODES))
    rows = re.findall(r'<th scope="row" role="rowheader">(\d{4})', office.get(POSTCODES).content.decode())
    only = office.get(f"{POSTCODES}?zoek=aalst").context["postcodes"]

    assert rows[0] == "8000"
    assert "1 postcode waar mensen met een kaart om af te halen wonen, heeft geen afhaalpunt: 2 mensen." in page
    others = sum(one.serving is None for one in office.get(POSTCODES).context["postcodes"]) - 1
    assert f"Ook {others:,} postcodes".replace(",", ".") in page
    assert "waar niemand met een kaart om af te halen woont, hebben geen afhaalpunt." in page
    assert "De kaarten zijn bevroren: er verhuist niets vanzelf." in page
    assert {one.municipality for one in only} == {"Aalst"}


def test_a_reader_sees_no_small_numbers_and_cannot_give(reader: Client) -> None:
    answer = reader.get(f"{POSTCODES}?zoek=8000")

    assert "minder dan 5" in text(answer)
    assert (answer.context["points"], 'type="checkbox"' in answer.content.decode()) == ((), False)


def test_the_list_of_attention_leads_to_the_postcodes(office: Client) -> None:
    Card.objects.filter(batch__isnull=False).update(batch=None)
    PrintBatch.objects.all().delete()

    page = office.get("/beheer/aandacht/postcodes-zonder-afhaalpunt/?jaar=2027").content.decode()

    assert f'href="{POSTCODES}?jaar=2027&amp;zonder=1"' in page


@pytest.mark.parametrize(("item", "address"), [("zonder-uren", "gegevens/#uren"), ("zonder-collega", "collegas/")])
def test_attention_leads_to_the_form_that_solves_it(item: str, address: str, office: Client, reader: Client) -> None:
    pages = [one.get(f"/beheer/aandacht/{item}/").content.decode() for one in (office, reader)]

    assert [f'href="/beheer/punten/aalst/{address}"' in one for one in pages] == [True, False]


def test_the_map_has_a_dot_for_each_point_with_its_figures(office: Client) -> None:
    answer = office.get("/beheer/punten/")

    dots = answer.context["map"].dots
    assert [(dot.code, dot.kind, dot.text) for dot in dots] == [
        ("aalst", "dot-1", "Bibliotheek aalst: 30 kaarten, 0,0 % aangeduid als afgehaald"),
        ("gent", "dot-3", "Bibliotheek gent: 20 kaarten, 40,0 % aangeduid als afgehaald"),
    ]
    assert dots[0].radius > dots[1].radius
    assert answer.content.decode().count('tabindex="-1"><title>') == 2


def test_the_map_by_concern_and_a_point_that_lies_nowhere(office: Client) -> None:
    make.point("elders", year=2027, postcode="0000", municipality="Elders")

    drawn = office.get("/beheer/punten/?kleur=aandacht").context["map"]

    assert (drawn.legend, drawn.nowhere) == ([("dot-care", "vraagt aandacht", 1), ("dot-fine", "in orde", 1)], 1)


def test_stopping_is_shown_first(office: Client) -> None:
    page = text(office.get(STOP))

    assert "30 gedrukte kaarten wachten hier." in page
    assert "1 postcode gaat over: 9300 Aalst." in page
    assert not PointYear.objects.filter(stopped_at__isnull=False).exists()


def test_stopping_asks_who_follows_and_whether_it_is_sure(office: Client) -> None:
    answers = [office.post(STOP, {"doe": "stop"} | typed) for typed in ({}, {"zeker": "ja"}, {"opvolger": "gent"})]

    assert [one.status_code for one in answers] == [422] * 3
    assert "Vink aan dat je het zeker weet." in text(answers[2])
    assert not PointYear.objects.filter(stopped_at__isnull=False).exists()


def test_stopping_sends_cards_and_mails_and_says_how_far_it_is(
    office: Client, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        answer = office.post(STOP, {"doe": "stop", "opvolger": "gent", "zeker": "ja"})

    assert answer["Location"] == STOP
    page = text(office.get(STOP))
    # Two were asked for by Gent itself before.
    assert "Bibliotheek aalst stopt en Bibliotheek gent volgt. 28 kaarten gaan mee." in page
    assert "30 kaarten moeten nog vertrekken." in page
    assert sorted(one.subject for one in mail.outbox) == ["Bibliotheek aalst stopt als afhaalpunt"] * 2
    assert "Dit afhaalpunt stopt sinds" in text(office.get("/beheer/punten/aalst/"))


def test_taking_it_back(office: Client) -> None:
    office.post(STOP, {"doe": "stop", "opvolger": "gent", "zeker": "ja"})

    page = text(office.post(STOP, {"doe": "terug"}, follow=True))

    assert "Bibliotheek aalst stopt niet: alles ligt weer zoals het lag." in page
    assert Transfer.objects.filter(ended_at=None).count() == 2


def test_taking_it_back_too_late_is_said(office: Client, year: OfficeYear) -> None:
    office.post(STOP, {"doe": "stop", "opvolger": "gent", "zeker": "ja"})
    transfers_all.send(
        desk=year.aalst, to=year.gent.point, card_year_id=year.card_year.pk, by=year.aalst.user, at=IN_SEASON
    )

    answer = office.post(STOP, {"doe": "terug"})

    assert answer.status_code == 422
    assert "Er vertrokken al kaarten" in text(answer)


def test_a_point_that_stopped_is_told_to_the_public_and_asks_for_nothing_but_its_count(
    office: Client, year: OfficeYear, client: Client
) -> None:
    office.post(STOP, {"doe": "stop", "opvolger": "gent", "zeker": "ja"})
    card = Card.objects.filter(pickup_point=year.aalst.point).select_related("person")[0]

    place, all_places = client.get("/afhaalpunten/aalst/"), client.get("/afhaalpunten/")
    answer = client.post(
        "/api/v1/lookup/", {"staff_number": card.person.staff_number}, content_type="application/json"
    ).json()

    assert "Dit afhaalpunt stopt. Voor je Lerarenkaart ga je voortaan naar Bibliotheek gent" in text(place)
    assert "Bibliotheek aalst" not in text(all_places)
    assert answer["message"] == (
        "Je Lerarenkaart 2027 lag klaar in Bibliotheek aalst, maar dat stopt als afhaalpunt. "
        "Ze verhuist naar Bibliotheek gent. Bel eerst even waar ze nu ligt."
    )
    rows = {row.point.code: row for row, _ in office.get("/beheer/punten/").context["points"]}
    assert set(map(str, rows["aalst"].concerns)) == {"stil", "te-weinig-aangekomen"}


def test_a_settlement_is_opened_again_with_a_reason(office: Client, year: OfficeYear) -> None:
    office_year.counted_left_over(year.gent, year.card_year, 12, at=IN_SEASON)
    settlements.close(year.card_year, desk=year.gent, tolerance=TOLERANCE, at=IN_SEASON)
    url = "/beheer/punten/gent/heropenen/"

    refused = text(office.post(url, {"reden": " "}, follow=True))
    still_closed = Settlement.objects.filter(reopened_at=None).count()
    done = office.post(url, {"reden": "een doos vergeten"}, follow=True)

    assert "Zeg in enkele woorden waarom" in refused
    assert still_closed == 1
    assert "Heropende: een doos vergeten" in text(done)
    assert "Telde 12 kaarten overgebleven" in text(done)
    assert Settlement.objects.get().reopened_at == IN_SEASON
    assert YearEvent.objects.get(kind="settlement_reopened").summary == {"point": "gent", "reason": "een doos vergeten"}


def test_what_is_not_closed_cannot_be_opened(office: Client) -> None:
    assert "nog niet afgesloten" in text(office.post("/beheer/punten/gent/heropenen/", {"reden": "x"}, follow=True))


def test_a_reader_sees_the_history_without_names(reader: Client, year: OfficeYear) -> None:
    office_year.counted_left_over(year.gent, year.card_year, 12, at=IN_SEASON)

    page = text(reader.get("/beheer/punten/gent/"))

    assert "Telde 12 kaarten overgebleven" in page
    assert str(year.gent.user) not in page


def test_a_point_outside_the_year_joins_and_cannot_stop(office: Client) -> None:
    make.point("oud")

    assert office.get("/beheer/punten/oud/stopt/").status_code == 404
    assert "Laat meedoen in 2027" in text(office.get("/beheer/punten/oud/"))


def test_nobody_else_stops_a_point(reader: Client, year: OfficeYear) -> None:
    boss = Client()
    boss.force_login(year.aalst.user)

    typed = {"doe": "stop", "opvolger": "gent", "zeker": "ja"}
    assert [one.post(STOP, typed).status_code for one in (reader, boss)] == [404, 404]
    assert PickupPoint.objects.filter(years__stopped_at__isnull=False).count() == 0


def test_postcodes_before_any_year_are_not_there(client: Client, db: None) -> None:
    client.force_login(office_year.klasse())
    assert client.get(POSTCODES).status_code == 404


def test_the_desk_that_stops_reads_what_to_do(office: Client, year: OfficeYear) -> None:
    desk = Client()
    desk.force_login(year.aalst.user)
    before = text(desk.get("/balie/aalst/overdrachten/"))

    office.post(STOP, {"doe": "stop", "opvolger": "gent", "zeker": "ja"})
    page = text(desk.get("/balie/aalst/overdrachten/"))

    assert "Jullie stoppen als afhaalpunt" not in before
    assert "Jullie stoppen als afhaalpunt, en Bibliotheek gent volgt." in page
    assert "Alle 30 gaan mee met de bode" in page
