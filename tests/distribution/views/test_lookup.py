"""The public page: what people type on a phone (L01–L12), and what they read."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.test import Client
from kombu.exceptions import OperationalError

from distribution import tasks
from distribution.views import lookup
from tests import outcomes, servers
from tests.conftest import BRUSSELS, NOW

PAGE = "/waarismijnlerarenkaart/"
HEADINGS = {
    "at_pickup_point": "Je kaart ligt in Bibliotheek De Leeshoek",
    "sent_home": "Je kaart komt met de post",
    "starter_pack": "Je kaart komt in een starterspakket",
    "collected": "Je kaart is al afgehaald",
    "contact_klasse": "Je kaart heeft nog geen afhaalpunt",
} | dict.fromkeys(outcomes.NO_CARD, "We vinden geen kaart bij dit nummer")
REGISTER_NUMBER = "85073003328"


pytestmark = pytest.mark.usefixtures("today", "fresh_counters")


def _ask(client: Client, number: str, **more: Any) -> tuple[int, str]:
    response = client.post(PAGE, {"stamboeknummer": number} | more)
    return response.status_code, response.content.decode()


def _heading(page: str) -> str:
    return page.split("<h1>")[1].split("</h1>")[0]


@pytest.mark.parametrize(("case", "heading"), HEADINGS.items())
def test_index_answers_each_with_their_own_page(
    season: outcomes.Season, client: Client, case: str, heading: str
) -> None:
    response = client.post(PAGE, {"stamboeknummer": season.numbers[case]})
    page = response.content.decode()

    assert response.status_code == 200
    assert _heading(page) == heading
    assert response["Cache-Control"] == "no-store"
    assert season.numbers[case] not in page
    assert [secret for secret in outcomes.SECRETS if secret in page] == []


def test_index_shows_the_place_with_its_hours(season: outcomes.Season, client: Client) -> None:
    _, page = _ask(client, season.numbers["at_pickup_point"])

    for text in (
        "Nu open tot 12.00 uur",
        "Voorbeeldplein 1",
        "zondag 27 december 2026",
        "<dd>zaterdag 10 juli 2027</dd>",
        "uitzonderlijk gesloten",
        '<a href="/afhaalpunten/de-leeshoek/openingsuren.ics">',
        "dinsdag 12 jan.",
        "maandag 18 jan.",
        'rel="noopener noreferrer"',
    ):
        assert page.count(text) == 1, text
    assert page.count('class="today"') == 1


@pytest.mark.parametrize(
    ("on", "heading", "lead"),
    [
        (dt.date(2026, 12, 5), "Je kaart komt naar", "Afhalen kan vanaf zondag 27 december 2026."),
        (dt.date(2027, 3, 5), "Je kaart ligt in", "Afhalen kan tot en met zaterdag 10 juli 2027."),
    ],
)
def test_index_speaks_of_now(season: outcomes.Season, client: Client, on: dt.date, heading: str, lead: str) -> None:
    with time_machine.travel(dt.datetime(on.year, on.month, on.day, 9, tzinfo=BRUSSELS)):
        _, page = _ask(client, season.numbers["at_pickup_point"])

    assert _heading(page) == f"{heading} Bibliotheek De Leeshoek"
    assert f'<p class="lead">{lead}</p>' in page


@pytest.mark.parametrize(
    ("on", "heading"),
    [(dt.date(2026, 11, 20), "Nog even geduld"), (dt.date(2027, 8, 1), "De afhaalperiode is voorbij")],
)
def test_index_out_of_season_has_no_field(season: outcomes.Season, client: Client, on: dt.date, heading: str) -> None:
    with time_machine.travel(dt.datetime(on.year, on.month, on.day, 9, tzinfo=BRUSSELS)):
        page = client.get(PAGE).content.decode()
        _, answer = _ask(client, season.numbers["at_pickup_point"])

    assert "<form" not in page
    assert f"<h2>{heading}</h2>" in page
    assert _heading(answer) == heading


@pytest.mark.parametrize(
    ("id_", "typed"),
    [
        ("L01", "{0} {1} {2} {3}"),
        ("L01", "{0}.{1}-{2}/{3}"),
        ("L01", "{0}\u00a0{1}\u2011{2}\u2013{3}\r\n"),
        ("L02", "full-width"),
        ("L05", "{0}{1}{2}{3}-22036"),
        ("L05", "{0}{1}{2}{3} – 122036"),
    ],
)
def test_index_takes_what_people_type(season: outcomes.Season, client: Client, id_: str, typed: str) -> None:
    number = season.numbers["sent_home"]
    wide = number.translate({ord("0") + digit: ord("０") + digit for digit in range(10)})
    written = wide if typed == "full-width" else typed.format(number[0], number[1:7], number[7:9], number[9:])

    _, page = _ask(client, written)

    assert _heading(page) == "Je kaart komt met de post"


@pytest.mark.parametrize(
    ("id_", "typed", "sentence", "kept"),
    [
        ("L03", "٢٧٧١١٢٣٠٠٨١", "Typ de 11 cijfers van je stamboeknummer.", "٢٧٧١١٢٣٠٠٨١"),
        ("L03", "2771123008²", "hier staan er 10", "2771123008²"),
        ("L03", "፩፩፩፩፩፩፩፩፩፩፩", "Typ de 11 cijfers van je stamboeknummer.", "፩፩፩፩፩፩፩፩፩፩፩"),
        ("L03", "MDCLXVI", "Typ de 11 cijfers van je stamboeknummer.", "MDCLXVI"),
        ("L04", "1_000000_00_00", "Typ enkel de 11 cijfers", "1_000000_00_00"),
        ("L06", "62700000175", "Dit lijkt het nummer van een Lerarenkaart", "62700000175"),
        ("L07", REGISTER_NUMBER, "Dit lijkt een rijksregisternummer", ""),
        ("L08", "1620304085", "hier staan er 10", "1620304085"),
        ("L08", "162030408566", "hier staan er 12", "162030408566"),
        ("L09", "", "Vul je stamboeknummer in", ""),
        ("L09", "   ", "Vul je stamboeknummer in", "   "),
        ("L09", "1" * 10_000, "hier staan er veel meer", ""),
        ("L09", "🎉", "Typ de 11 cijfers van je stamboeknummer.", "🎉"),
        ("L10", "<script>alert(1)</script>", "11 cijfers", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("L10", "'; DROP TABLE x; --", "11 cijfers", "&#x27;; DROP TABLE x; --"),
        ("L10", "1620304\x000856\r\nSet-Cookie: x", "11 cijfers", "16203040856Set-Cookie: x"),
        ("L12", "an.peeters@school.be", "11 cijfers", "an.peeters@school.be"),
    ],
)
def test_index_refuses_kindly_and_keeps_what_may_be_kept(
    season: outcomes.Season, client: Client, id_: str, typed: str, sentence: str, kept: str
) -> None:
    status, page = _ask(client, typed)

    assert status == 200
    assert sentence in page.split('role="alert"')[1].split("</p>")[0]
    assert f'value="{kept}"' in page
    assert page.count('aria-invalid="true"') == 1
    assert "<title>Fout: Waar is mijn Lerarenkaart?</title>" in page


def test_index_l09_refuses_a_body_over_64_kb(season: outcomes.Season) -> None:
    client = Client(raise_request_exception=False)

    status, page = _ask(client, "1" * 70_000)

    assert status == 413
    assert _heading(page) == "Dat is te veel tekst"


def test_index_l11_twice_is_the_same_answer(season: outcomes.Season, client: Client) -> None:
    number = season.numbers["at_pickup_point"]

    assert _ask(client, number) == _ask(client, number)


def test_index_l12_field_is_made_for_a_phone(season: outcomes.Season, client: Client) -> None:
    field = client.get(PAGE).content.decode().split('id="stamboeknummer"')[1].split(">")[0]

    assert 'type="text"' in field
    assert 'inputmode="numeric"' in field
    assert 'autocomplete="off"' in field


def test_index_asks_the_postcode_and_then_answers(season: outcomes.Season, client: Client, settings: Any) -> None:
    for serial in range(5):
        _ask(client, _sibling(serial))
    number = season.numbers["sent_home"]

    _, asked = _ask(client, number)
    _, pointed = _ask(client, number, postcode="")
    _, wrong = _ask(client, number, postcode="9001")
    _, unknown = _ask(client, season.numbers["unknown"], postcode="9000")
    _, right = _ask(client, number, postcode="9000")

    assert "Nog één stap" in asked
    assert f'value="{number}"' in asked
    assert "Vul de postcode van je thuisadres in." in pointed
    assert wrong == unknown
    assert _heading(right) == "Je kaart komt met de post"


def test_index_remembers_a_browser_that_was_right(season: outcomes.Season, client: Client) -> None:
    number = season.numbers["sent_home"]
    response = client.post(PAGE, {"stamboeknummer": number})
    for serial in range(5):
        _ask(client, _sibling(serial))

    cookie = response.cookies[lookup.COOKIE]
    assert number not in cookie.value
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
    assert _heading(_ask(client, number)[1]) == "Je kaart komt met de post"
    assert _heading(_ask(Client(), number)[1]) == "Waar is mijn Lerarenkaart?"


def test_index_pauses_after_ten_misses(season: outcomes.Season, client: Client) -> None:
    for number in _unknown(10):
        _ask(client, number)

    response = client.post(PAGE, {"stamboeknummer": season.numbers["sent_home"]})

    assert (response.status_code, response["Retry-After"]) == (429, "600")
    assert "10 minuten" in response.content.decode()


def test_index_alerts_klasse_once_when_the_breaker_trips(
    season: outcomes.Season, client: Client, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    put: list[tuple[object, ...]] = []
    monkeypatch.setattr(tasks, "enqueue", lambda *what: put.append(what))
    with django_capture_on_commit_callbacks(execute=True):
        for place, number in enumerate(_unknown(13)):
            client.post(PAGE, {"stamboeknummer": number, "postcode": "9000"}, REMOTE_ADDR=f"192.0.2.{place}")

    assert put == [(tasks.alert_lookup_breaker, NOW.astimezone(dt.UTC).isoformat())]


def test_index_login_mode_shows_nobody_anything(season: outcomes.Season, client: Client, settings: Any) -> None:
    settings.LOOKUP_MODE = "login"

    status, page = _ask(client, season.numbers["sent_home"])

    assert status == 403
    assert _heading(page) == "Meld je eerst aan"


def test_index_stepup_mode_asks_the_postcode_at_once(season: outcomes.Season, client: Client, settings: Any) -> None:
    settings.LOOKUP_MODE = "stepup"

    assert client.get(PAGE).content.decode().count('id="postcode"') == 1
    assert _heading(_ask(client, season.numbers["sent_home"], postcode="9000")[1]) == "Je kaart komt met de post"


def test_index_t10_wants_its_own_form(season: outcomes.Season) -> None:
    client = Client(enforce_csrf_checks=True)

    status, page = _ask(client, season.numbers["sent_home"])

    assert status == 403
    assert _heading(page) == "Je pagina stond te lang open"


def test_index_number_in_the_address_is_not_looked_at(season: outcomes.Season, client: Client) -> None:
    page = client.get(PAGE, {"stamboeknummer": season.numbers["sent_home"]}).content.decode()

    assert season.numbers["sent_home"] not in page
    assert _heading(page) == "Waar is mijn Lerarenkaart?"


@pytest.mark.parametrize("path", ["/toegankelijkheid/", "/privacy/", "/robots.txt"])
def test_statements_need_no_database(client: Client, path: str) -> None:
    response = client.get(path)

    assert response.status_code == 200
    assert response["Cache-Control"].startswith("max-age=")


def _sibling(serial: int) -> str:
    """An unknown number with the birth date of all people of the season."""
    first_nine = f"2771123{90 + serial}"
    return f"{first_nine}{int(first_nine) % 97:02d}"


def _unknown(count: int) -> list[str]:
    return [f"1{day:06d}55{int(f'1{day:06d}55') % 97:02d}" for day in range(700_101, 700_101 + count)]


def test_index_p4_answers_without_redis(season: outcomes.Season, client: Client, settings: Any) -> None:
    settings.REDIS_URL = f"redis://127.0.0.1:{servers.free_port()}/0"

    statuses = [_ask(client, number)[0] for number in season.numbers.values()]

    assert statuses == [200] * len(season.numbers)


def test_index_p4_a_trip_without_a_broker_is_still_an_answer(
    season: outcomes.Season,
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    def away(*arguments: object) -> None:
        raise OperationalError("the broker is away")

    monkeypatch.setattr(tasks.alert_lookup_breaker, "delay", away)
    with django_capture_on_commit_callbacks(execute=True) as called:
        statuses = [
            client.post(
                PAGE, {"stamboeknummer": number, "postcode": "9000"}, REMOTE_ADDR=f"192.0.2.{place}"
            ).status_code
            for place, number in enumerate(_unknown(13))
        ]

    assert statuses == [200] * 13
    assert len(called) == 1
