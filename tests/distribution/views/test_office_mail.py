"""/beheer/mail/: whom, how it looks, sending it once, and what came of it."""

import re

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from distribution import tasks
from distribution.enums import CountKind, MailingKind, Marking
from distribution.models import CardYear, Job, Mailing, MailText, MailToPoint, PickupList, PointStatement, StockCount
from pickup_points.models import PickupPoint
from tests import make
from tests.conftest import NOW
from tests.distribution import office_year, settled
from tests.distribution.office_year import OfficeYear
from tests.pages import text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("after_season")]
MAIL = "/beheer/mail/"
OWN = {"onderwerp": "Tel eens", "tekst": "Dag {afhaalpunt}\r\n"}


@pytest.fixture
def year(card_year: CardYear) -> OfficeYear:
    made = office_year.with_everything(card_year)
    PickupPoint.objects.filter(code="gent").update(email="gent@voorbeeld.be")
    return made


def ticked(client: Client, address: str) -> list[str]:
    return re.findall(r'name="punt"\s+value="([^"]+)"', client.get(address).content.decode())


def work() -> None:
    tasks.do_job(Job.objects.get(ended_at=None).pk)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("aankondiging/", ["aalst", "gent"]),
        ("aankondiging/?provincie=Limburg", []),
        ("aankondiging/?provincie=&aandacht=zonder-uren", ["aalst"]),
        ("aankondiging/?punten=gent,bestaat-niet", ["gent"]),
        ("tellen/", ["aalst", "gent"]),
        ("lijst/", []),
        ("lijst/?provincie=&aandacht=", ["aalst", "gent"]),
    ],
)
def test_whom_it_is_for(query: str, expected: list[str], year: OfficeYear, office: Client) -> None:
    assert ticked(office, MAIL + query) == expected


def test_a_list_that_nobody_chose_says_why_it_is_empty(year: OfficeYear, office: Client) -> None:
    usual, chosen = office.get(f"{MAIL}lijst/"), office.get(f"{MAIL}lijst/?provincie=&aandacht=lijst-ontbreekt")

    assert "Deze mail is voor wat bij “Getekende lijsten die ontbreken” staat" in text(usual)
    assert "past bij wat je koos" not in text(usual)
    assert f'href="{MAIL}lijst/?provincie=&amp;aandacht="' in usual.content.decode()
    assert "Geen enkel afhaalpunt past bij wat je koos." in text(chosen)


def test_named_points_that_are_not_there_are_said(year: OfficeYear, office: Client) -> None:
    assert "Niet gevonden in 2027: bestaat-niet." in text(office.get(f"{MAIL}tellen/?punten=gent,bestaat-niet"))


def test_preview_is_what_the_point_gets(year: OfficeYear, office: Client) -> None:
    page = text(office.post(f"{MAIL}tellen/voorbeeld/", {"punt": ["gent", "aalst"], "voorbeeld": "gent"}))
    assert "2 afhaalpunten, 3 adressen." in page
    assert "Zoals Bibliotheek gent ze krijgt" in page
    assert f"Aan gent@voorbeeld.be, {year.gent.user.email}" in page

    office.post(f"{MAIL}tellen/versturen/", {"punt": ["gent"], "gezien": "0", "keuze": "gekozen afhaalpunten"})
    work()

    body = " ".join(str(mail.outbox[0].body).split())
    assert body in page


def test_who_has_no_address_is_listed_and_gets_nothing(year: OfficeYear, office: Client) -> None:
    make.point("hasselt", year=2027, phone="011 12 34 56")

    page = text(office.post(f"{MAIL}aankondiging/voorbeeld/", {"punt": ["hasselt", "gent"]}))

    assert "1 afhaalpunt heeft geen e-mailadres en krijgt dus niets: Bibliotheek hasselt 011 12 34 56" in page
    assert "Verstuur naar 1 afhaalpunt" in page


def test_sending_leads_to_the_log_that_says_how_it_went(year: OfficeYear, office: Client) -> None:
    make.point("hasselt", year=2027)
    sent = {"punt": ["gent", "aalst", "hasselt"], "gezien": "0", "keuze": "alle afhaalpunten"}

    answer = office.post(f"{MAIL}tellen/versturen/", sent)

    address = f"{MAIL}{Mailing.objects.get().pk}/"
    assert answer["Location"] == address
    assert "Ze zijn op weg: 0 van 3." in text(office.get(address))
    work()
    page = text(office.get(address))
    assert "2 verstuurd 1 niet aangekomen 0 wachten nog" in page
    assert "Bibliotheek hasselt Gent niet aangekomen Geen e-mailadres." in page
    assert "2 van 3 afhaalpunten 1 niet aangekomen" in text(office.get(MAIL))
    assert "Tel wat overbleef verstuurd op 14 juli 2027, 10.00 uur naar 2 adressen" in text(
        office.get("/beheer/punten/gent/")
    )


def test_who_got_it_this_week_is_asked_about(year: OfficeYear, office: Client) -> None:
    office.post(f"{MAIL}tellen/versturen/", {"punt": ["gent"], "gezien": "0"})
    work()
    both = {"punt": ["gent", "aalst"], "gezien": str(Mailing.objects.get().pk)}
    page = text(office.post(f"{MAIL}tellen/voorbeeld/", both))
    assert "1 afhaalpunt kreeg deze mail de laatste zeven dagen al" in page

    refused = office.post(f"{MAIL}tellen/versturen/", both)
    assert (refused.status_code, Mailing.objects.count()) == (422, 1)
    nobody = office.post(f"{MAIL}tellen/versturen/", both | {"punt": ["gent"], "opnieuw": "niet"})
    assert "Al deze afhaalpunten kregen de mail deze week al. Er vertrok niets." in text(nobody)
    office.post(f"{MAIL}tellen/versturen/", both | {"opnieuw": "niet"})

    assert [one.point.code for one in MailToPoint.objects.order_by("pk")] == ["gent", "aalst"]


def test_pressing_twice_sends_once(year: OfficeYear, office: Client) -> None:
    sent = {"punt": ["gent"], "gezien": "0", "opnieuw": "ook"}

    first = office.post(f"{MAIL}tellen/versturen/", sent)
    work()
    second = office.post(f"{MAIL}tellen/versturen/", sent)

    assert (first.status_code, second.status_code, Mailing.objects.count()) == (302, 422, 1)
    assert "Er vertrok intussen al zo'n mail." in text(second)


def test_nothing_ticked(year: OfficeYear, office: Client) -> None:
    for step in ("voorbeeld", "versturen"):
        answer = office.post(f"{MAIL}tellen/{step}/", {"gezien": "0"})
        assert (answer.status_code, Mailing.objects.count()) == (422, 0)


def test_once_more_to_who_did_not_get_it(year: OfficeYear, office: Client) -> None:
    make.point("hasselt", year=2027)
    office.post(f"{MAIL}tellen/versturen/", {"punt": ["gent", "hasselt"], "gezien": "0"})
    work()
    first = Mailing.objects.get()
    assert "Geen enkel van deze afhaalpunten heeft een e-mailadres." in text(
        office.post(f"{MAIL}{first.pk}/opnieuw/", follow=True)
    )
    PickupPoint.objects.filter(code="hasselt").update(email="hasselt@voorbeeld.be")
    mail.outbox.clear()

    answer = office.post(f"{MAIL}{first.pk}/opnieuw/")
    work()

    second = Mailing.objects.get(pk__gt=first.pk)
    assert answer["Location"] == f"{MAIL}{second.pk}/"
    assert [letter.to for letter in mail.outbox] == [["hasselt@voorbeeld.be"]]


def test_text_is_written_refused_and_taken_back(year: OfficeYear, office: Client) -> None:
    address = f"{MAIL}tellen/tekst/"

    assert office.post(address, OWN)["Location"] == f"{MAIL}tellen/"
    own = MailText.objects.get()
    assert (own.kind, own.subject, own.body) == (MailingKind.COUNT, "Tel eens", "Dag {afhaalpunt}\n")
    refused = office.post(address, OWN | {"tekst": "Dag {naam}"})
    assert refused.status_code == 422
    assert "“{naam}” in de tekst kennen we niet." in text(refused)
    assert "Dag {naam}" in text(refused)
    office.post(address, {"huis": "ja"})

    assert MailText.objects.count() == 0


@pytest.mark.parametrize("address", [f"{MAIL}tellen/?provincie=&aandacht=", MAIL])
def test_queries_do_not_grow(address: str, year: OfficeYear, office: Client) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert office.get(address).status_code == 200
        return len(queries)

    def another() -> None:
        made = Mailing.objects.create(
            card_year=year.card_year, kind="thanks", subject="x", body="x", selection="x", at=NOW, by=year.gent.user
        )
        MailToPoint.objects.create(mailing=made, point=make.member(make.point(year=2027), is_manager=True).point)

    another()
    asked()  # the session notes when it was last used
    one = asked()
    another()
    another()

    assert asked() == one


def test_a_list_is_missing_when_nothing_at_all_came_back(year: OfficeYear, office: Client) -> None:
    address = "/beheer/aandacht/lijst-ontbreekt/"
    for desk in (year.gent, year.aalst):
        PickupList.objects.create(card_year=year.card_year, pickup_point=desk.point, revision=1, made_at=NOW)
    assert "2 afhaalpunten gaven niets terug" in text(office.get(address))

    PointStatement.objects.create(
        card_year=year.card_year, point=year.gent.point, marking=Marking.COMPLETE, at=NOW, by=year.gent.user
    )
    assert ticked(office, f"{MAIL}lijst/") == ["aalst"]
    StockCount.objects.create(
        card_year=year.card_year,
        point=year.aalst.point,
        kind=CountKind.LEFT_OVER,
        counted=3,
        at=NOW,
        by=year.aalst.user,
    )

    assert "Hier is niets aan de hand." in text(office.get(address))


def test_a_keyed_row_is_a_list_that_came_back(year: OfficeYear, office: Client) -> None:
    cards = settled.cards(year.card_year, 1, at=year.aalst.point)
    made = PickupList.objects.create(
        card_year=year.card_year,
        pickup_point=year.aalst.point,
        revision=1,
        made_at=NOW,
        card_numbers=[cards[0].number],
    )
    assert ticked(office, f"{MAIL}lijst/") == ["aalst"]

    settled.handed_over(cards, desk=year.aalst, at=NOW)
    cards[0].hand_overs.update(pickup_list=made, row=1, evidence="list")

    assert ticked(office, f"{MAIL}lijst/") == []
