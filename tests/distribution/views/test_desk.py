"""The desk's screen without a script: find, hand over, take back, and what to say of a card that is not here."""

import datetime as dt
import re
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from distribution import tasks
from distribution.actions import hand_overs, years
from distribution.enums import CardState, Channel, Evidence, ReadingKind
from distribution.models import Card, CardEvent, CardYear, HandOver, Reading, Transfer
from pickup_points.desks import Desk
from tests import make
from tests.conftest import BRUSSELS, NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("season")]
PAGE = "/balie/de-leeshoek/"


@pytest.fixture(autouse=True)
def today() -> Iterator[Any]:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def season(card_year: CardYear) -> CardYear:
    """2027, with a run behind it: the public answer speaks of cards."""
    card_year.last_run_at, card_year.reference_date = NOW - dt.timedelta(days=40), dt.date(2026, 11, 1)
    card_year.save()
    return card_year


def _text(page: str) -> str:
    """What someone reads: the moulds for the script, the tags and the spaces gone."""
    shown = re.sub(r"<template.*?</template>|<svg.*?</svg>", "", page.split("<main")[1], flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", shown).split())


def _search(client: Client, typed: str, **more: Any) -> str:
    response = client.post(PAGE, {"q": typed} | more, follow=True)
    assert response.status_code == 200
    assert response.request["QUERY_STRING"] == ""
    return str(response.content.decode())


def _answer(page: str) -> str:
    """The kind of the large answer; empty without one."""
    found = re.search(r'data-answer="(\w+)"', page.split("<template")[0])
    return found[1] if found else ""


def _field(page: str) -> str:
    """What stands in the field to search in."""
    found = re.search(r'<input[^>]* id="q"[^>]* value="([^"]*)"', page)
    assert found
    return found[1]


def _form(page: str) -> dict[str, str]:
    """The hidden fields of the first hand-over button."""
    form = page.split("data-hand-over>")[1].split("</form>")[0]
    return dict(re.findall(r'name="(id|card|evidence)" value="([^"]*)"', form))


def _card(desk: Desk, season: CardYear, last_name: str = "Peeters", first_name: str = "An", **fields: Any) -> Card:
    return make.card(make.person(season, last_name, first_name), at=desk.point, **fields)


def _handed(card: Card, desk: Desk, *, at: dt.datetime = NOW) -> HandOver:
    return hand_overs.mark(
        uuid.uuid4(),
        card_number=card.number,
        desks={desk.point.pk: desk},
        by=desk.user,
        at=at,
        evidence=Evidence.CLICK,
    ).hand_over


def test_home_leads_straight_to_the_only_desk(at_counter: Client) -> None:
    response = at_counter.get("/balie/")

    assert (response.status_code, response["Location"]) == (302, PAGE)


def test_home_lets_choose_between_desks(at_counter: Client, desk: Desk) -> None:
    make.member(make.point("aalter", name="Bibliotheek Aalter"), desk.user)
    make.member(make.point("elders", name="Bibliotheek Elders"))

    page = at_counter.get("/balie/").content.decode()

    assert re.findall(r'href="/balie/([a-z-]+)/"', page) == ["aalter", "de-leeshoek"]


def test_home_without_a_desk_says_whom_to_ask(client: Client) -> None:
    client.force_login(make.new_user())

    assert "Je staat nog aan geen enkele balie" in client.get("/balie/").content.decode()


@pytest.mark.parametrize("path", ["", "afgeven/", "ongedaan/", "opvragen/", "groep/", "overzicht/"])
def test_a_desk_is_for_its_own_people(client: Client, desk: Desk, path: str) -> None:
    """Three visitors: a stranger finds what someone finds where there is nothing."""
    method = client.post if path in {"afgeven/", "ongedaan/", "opvragen/"} else client.get

    anonymous = method(PAGE + path)
    client.force_login(make.member(make.point("elders")).user)
    stranger, nowhere = method(PAGE + path), method("/balie/nergens/" + path)
    client.force_login(desk.user)
    member = method(PAGE + path)

    assert (anonymous.status_code, anonymous["Location"].split("?")[0]) == (302, "/account/login/")
    assert (stranger.status_code, nowhere.status_code) == (404, 404)
    assert stranger.content == nowhere.content
    assert member.status_code in {200, 302, 404 if path == "ongedaan/" else 200}


def test_index_has_the_field_and_says_nothing_yet(at_counter: Client) -> None:
    page = at_counter.get(PAGE).content.decode()

    assert page.count("autofocus") == 1
    assert re.search(r"<input[^>]*name=\"q\"[^>]*autofocus", page)
    assert _answer(page) == ""
    assert '<strong data-counter="today">0</strong>' in page
    assert [name for name in ("hit", "answer-done", "answer-already", "answer-none", "answer-error", "answer-undone")
            if f'<template id="{name}">' not in page] == []  # fmt: skip


def test_search_shows_name_and_last_four_and_no_more(at_counter: Client, desk: Desk, season: CardYear) -> None:
    card = _card(desk, season, "Van den Broeck", "Nele")
    _card(desk, season, "Peeters", "Mo")
    make.card(make.person(season, "Van den Broeck", "Elders"), at=make.point("elders", year=2027))

    page = _search(at_counter, "van")

    assert re.findall(r'data-card="(\d+)"', page) == [card.number]
    assert "Van den Broeck Nele" in page
    assert f"</span>{card.person.staff_number[-4:]}" in page.replace('<span data-slot="last-four">', "")
    assert card.person.staff_number not in page
    assert card.person.street not in page
    assert re.search(r'hit-button" type="submit" autofocus', page)
    assert page.split("<template")[0].count("autofocus") == 1


def test_search_is_a_reading_and_keeps_no_term(at_counter: Client, desk: Desk, season: CardYear) -> None:
    card = _card(desk, season)

    _search(at_counter, "pee")

    reading = Reading.objects.get()
    assert (reading.kind, reading.by, reading.point_id, reading.cards) == (
        ReadingKind.SEARCH,
        desk.user,
        desk.point.pk,
        [card.pk],
    )
    assert "pee" not in reading.term_hash


@pytest.mark.parametrize("typed", ["", "pe", "1234", "16203040857", "  ", "p3"])
def test_search_refuses_with_a_sentence_and_shows_nobody(
    at_counter: Client, desk: Desk, season: CardYear, typed: str
) -> None:
    _card(desk, season)

    page = _search(at_counter, typed)

    assert _answer(page) == "error"
    assert "Peeters" not in page
    assert Reading.objects.count() == 0
    # What was typed stays, to be corrected: nobody types eleven digits twice for one slip.
    assert _field(page) == typed.strip()


def test_search_says_nothing_of_a_national_register_number(at_counter: Client, desk: Desk) -> None:
    page = _search(at_counter, "85.07.30-033.28")

    assert "rijksregisternummer" in _text(page)
    assert "033" not in _text(page)
    assert _field(page) == ""


def test_nobody_found_is_no_error_and_leaves_the_name(at_counter: Client, desk: Desk, season: CardYear) -> None:
    page = _search(at_counter, "Peters")

    assert _answer(page) == "none"
    assert "Niemand gevonden voor “Peters”" in _text(page)
    assert _field(page) == "Peters"


def test_a_number_that_is_right_is_not_shown_again(at_counter: Client, desk: Desk, season: CardYear) -> None:
    card = _card(desk, season)
    nobodys = make.person(season, "Elders", "Eva").staff_number

    found, nowhere = (_search(at_counter, typed) for typed in (card.person.staff_number, nobodys))

    assert (_field(found), _field(nowhere)) == ("", "")
    assert [number in page for number, page in ((card.person.staff_number, found), (nobodys, nowhere))] == [False] * 2
    assert f"Zeg aan de leraar met nummer … dat eindigt op {nobodys[-4:]} :" in _text(nowhere)


def test_the_button_hands_over_and_the_answer_survives_a_refresh(
    at_counter: Client, desk: Desk, season: CardYear
) -> None:
    card = _card(desk, season)
    form = _form(_search(at_counter, "peeters"))

    answer = at_counter.post(f"{PAGE}afgeven/", form)
    once, twice = (_text(at_counter.get(PAGE).content.decode()) for _ in range(2))

    assert (answer.status_code, answer["Location"]) == (302, PAGE)
    assert once == twice
    assert "1 vandaag" in once
    assert "Afgegeven Peeters An" in once
    assert "Maak ongedaan" in once
    hand_over = HandOver.objects.get()
    assert (str(hand_over.pk), hand_over.card, hand_over.evidence) == (form["id"], card, Evidence.CLICK)
    assert CardEvent.objects.filter(card=card).count() == 1


def test_pressing_twice_is_pressing_once(at_counter: Client, desk: Desk, season: CardYear) -> None:
    _card(desk, season)
    form = _form(_search(at_counter, "peeters"))

    pages = [at_counter.post(f"{PAGE}afgeven/", form, follow=True).content.decode() for _ in range(2)]

    assert [_answer(page) for page in pages] == ["done", "done"]
    assert HandOver.objects.count() == 1


def test_the_answer_is_gone_for_the_next_visitor(at_counter: Client, desk: Desk, season: CardYear, today: Any) -> None:
    _card(desk, season)
    at_counter.post(f"{PAGE}afgeven/", _form(_search(at_counter, "peeters")))

    today.shift(dt.timedelta(minutes=3))

    assert "Peeters" not in at_counter.get(PAGE).content.decode()


def test_a_scanned_card_is_handed_over_at_once(at_counter: Client, desk: Desk, season: CardYear) -> None:
    card = _card(desk, season)
    form = str(uuid.uuid4())

    pages = [_search(at_counter, f"{card.number}\r\n", id=form) for _ in range(2)]

    assert [_answer(page) for page in pages] == ["done", "done"]
    assert HandOver.objects.get().evidence == Evidence.SCAN
    assert Reading.objects.filter(kind=ReadingKind.SEARCH, cards=[card.pk]).count() == 2


def test_a_staff_number_shows_the_card_and_waits(at_counter: Client, desk: Desk, season: CardYear) -> None:
    card = _card(desk, season)

    page = _search(at_counter, card.person.staff_number)

    assert re.findall(r'data-card="(\d+)"', page) == [card.number]
    assert card.person.staff_number not in page
    assert HandOver.objects.count() == 0


def test_a_card_of_last_year_leads_to_the_card_of_this_year(at_counter: Client, desk: Desk, season: CardYear) -> None:
    last_year = years.open_year(2026, at=dt.datetime(2025, 11, 3, 9, 0, tzinfo=BRUSSELS))
    card = _card(desk, season)
    old = make.card(make.person(last_year, staff_number=card.person.staff_number), at=desk.point)

    page = _search(at_counter, old.number)

    assert re.findall(r'data-card="(\d+)"', page) == [card.number]
    assert HandOver.objects.count() == 0


def test_already_collected_says_when_by_whom_and_how(at_counter: Client, desk: Desk, season: CardYear) -> None:
    card = _card(desk, season)
    _handed(card, make.member(desk.point), at=dt.datetime(2027, 1, 8, 14, 3, tzinfo=BRUSSELS))

    for typed in ("peeters", card.number, card.person.staff_number):
        page = _search(at_counter, typed)

        assert _answer(page) == "already"
        assert "vrijdag 8 januari om 14.03 uur Door An Voorbeeld Hoe aangeduid aan de balie" in _text(page)


def test_the_slower_of_two_desks_hears_who_was_first(at_counter: Client, desk: Desk, season: CardYear) -> None:
    card = _card(desk, season)
    form = _form(_search(at_counter, "peeters"))
    first = _handed(card, make.member(desk.point))

    page = at_counter.post(f"{PAGE}afgeven/", form, follow=True).content.decode()

    assert _answer(page) == "already"
    assert HandOver.objects.get() == first
    assert list(Reading.objects.order_by("pk").values_list("kind", "cards")) == [
        (ReadingKind.SEARCH, [card.pk]),
        (ReadingKind.CARD, [card.pk]),
    ]


def test_another_points_card_cannot_be_handed_over(at_counter: Client, season: CardYear) -> None:
    card = make.card(make.person(season), at=make.point("elders", year=2027))

    page = at_counter.post(f"{PAGE}afgeven/", {"id": str(uuid.uuid4()), "card": card.number}, follow=True)

    assert _answer(page.content.decode()) == "error"
    assert HandOver.objects.count() == 0


def test_a_withdrawn_card_has_no_button(at_counter: Client, desk: Desk, season: CardYear) -> None:
    _card(desk, season, state=CardState.WITHDRAWN, withdrawn_at=NOW)

    page = _search(at_counter, "peeters").split("<template")[0]

    assert "Niet meer geldig" in page
    assert "data-hand-over" not in page


@pytest.mark.parametrize(
    ("channel", "fields", "heading", "message"),
    [
        (Channel.SUBSCRIPTION, {}, "Deze kaart komt met de post", "Je bent geabonneerd op Klasse Magazine"),
        (
            Channel.STARTER,
            {"mailing_on": dt.date(2027, 1, 15)},
            "Deze kaart komt in een starterspakket",
            "Dat vertrekt op vrijdag 15 januari 2027.",
        ),
        (Channel.PICKUP, {}, "Deze kaart heeft nog geen afhaalpunt", "Neem contact op met Klasse."),
    ],
)
def test_a_card_that_is_nowhere_gets_the_public_answer(
    at_counter: Client, season: CardYear, channel: str, fields: dict[str, Any], heading: str, message: str
) -> None:
    card = make.card(make.person(season), channel=channel, **fields)

    for number in (card.number, card.person.staff_number):
        page = _search(at_counter, number)

        assert _answer(page) == "none"
        assert heading in _text(page)
        assert message in _text(page)
        assert "Peeters" not in page
    assert set(Reading.objects.values_list("kind", flat=True)) == {ReadingKind.ELSEWHERE}


def test_unknown_and_not_entitled_hear_the_same(at_counter: Client, season: CardYear) -> None:
    without_right = make.person(season)
    numbers = (without_right.staff_number, make.staff_number(), "62700099944")

    # The last four digits are of what was typed, and say nothing of whether anybody has them.
    pages = [_text(_search(at_counter, number)).replace(number[-4:], "…") for number in numbers]

    assert "Geen kaart bij dit nummer" in pages[0]
    assert pages[0] == pages[1] == pages[2]


def test_a_card_elsewhere_shows_the_name_of_the_point_only_and_can_be_asked_for(
    at_counter: Client,
    desk: Desk,
    season: CardYear,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    monkeypatch.setattr(tasks, "enqueue", lambda task, *keys: task(*keys))
    elsewhere = make.point(
        "elders", year=2027, name="Bibliotheek Elders", street="Verborgenstraat", phone="09 123 45 67"
    )
    make.member(elsewhere, is_manager=True)
    card = make.card(make.person(season), at=elsewhere)

    page = _search(at_counter, card.person.staff_number)

    assert _answer(page) == "elsewhere"
    assert "Bibliotheek Elders" in _text(page)
    assert [secret for secret in ("Peeters", card.number, "Verborgenstraat", "09 123") if secret in page] == []

    sealed = re.findall(r'name="sealed" value="([^"]+)"', page)[0]
    with django_capture_on_commit_callbacks(execute=True):
        asked = [
            at_counter.post(f"{PAGE}opvragen/", {"sealed": sealed}, follow=True).content.decode() for _ in range(2)
        ]

    assert [_answer(one) for one in asked] == ["asked", "error"]
    transfer = Transfer.objects.get()
    assert (transfer.card, transfer.from_point, transfer.to_point) == (card, elsewhere, desk.point)
    assert [card.number in f"{message.body} {message.subject}" for message in mail.outbox] == [False]


@pytest.mark.parametrize("sealed", ["", "1", "1:abc:def"])
def test_asking_for_a_card_needs_the_seal(at_counter: Client, season: CardYear, sealed: str) -> None:
    make.card(make.person(season), at=make.point("elders", year=2027))

    page = at_counter.post(f"{PAGE}opvragen/", {"sealed": sealed}, follow=True).content.decode()

    assert _answer(page) == "error"
    assert Transfer.objects.count() == 0


def test_undo_by_the_same_person(at_counter: Client, desk: Desk, season: CardYear) -> None:
    card = _card(desk, season)
    hand_over = _handed(card, desk)

    page = at_counter.post(f"{PAGE}ongedaan/", {"id": str(hand_over.pk)}, follow=True).content.decode()

    assert _answer(page) == "undone"
    assert "0 vandaag" in _text(page)
    card.refresh_from_db()
    assert card.state == CardState.ISSUED


def test_undo_later_asks_a_manager_for_a_reason(client: Client, season: CardYear) -> None:
    manager = make.member(make.point("de-leeshoek", year=2027), is_manager=True)
    client.force_login(manager.user)
    hand_over = _handed(_card(manager, season), manager, at=NOW - dt.timedelta(hours=2))
    wanted = {"id": str(hand_over.pk), "from": "overview"}

    asked = client.post(f"{PAGE}ongedaan/", wanted).content.decode()
    again = client.post(f"{PAGE}ongedaan/", wanted | {"reason": "  "}).content.decode()
    done = client.post(f"{PAGE}ongedaan/", wanted | {"reason": "verkeerde Peeters"})

    assert "Waarom?" in asked
    assert ("aria-invalid" in asked, "aria-invalid" in again) == (False, True)
    assert (done.status_code, done["Location"]) == (302, f"{PAGE}overzicht/")
    hand_over.refresh_from_db()
    assert (hand_over.undone_by, hand_over.undo_reason) == (manager.user, "verkeerde Peeters")


def test_undo_later_is_not_for_everyone(at_counter: Client, desk: Desk, season: CardYear) -> None:
    hand_over = _handed(_card(desk, season), make.member(desk.point))

    page = at_counter.post(f"{PAGE}ongedaan/", {"id": str(hand_over.pk), "reason": "zomaar"}, follow=True)

    assert _answer(page.content.decode()) == "error"
    hand_over.refresh_from_db()
    assert hand_over.undone_at is None


@pytest.mark.parametrize("sent", ["", "geen-uuid", "6f1c3a52-7d0e-4b7e-9a54-0c1d2e3f4a5b"])
def test_undo_of_nothing_is_not_found(at_counter: Client, sent: str) -> None:
    assert at_counter.post(f"{PAGE}ongedaan/", {"id": sent}).status_code == 404


def test_undo_of_another_points_hand_over_is_not_found(at_counter: Client, season: CardYear) -> None:
    other = make.member(make.point("elders", year=2027))
    hand_over = _handed(_card(other, season), other)

    assert at_counter.post(f"{PAGE}ongedaan/", {"id": str(hand_over.pk)}).status_code == 404
    hand_over.refresh_from_db()
    assert hand_over.undone_at is None


def test_an_undone_hand_over_sent_again_is_not_done_again(at_counter: Client, desk: Desk, season: CardYear) -> None:
    card = _card(desk, season)
    form = _form(_search(at_counter, "peeters"))
    at_counter.post(f"{PAGE}afgeven/", form)
    at_counter.post(f"{PAGE}ongedaan/", {"id": form["id"]})

    page = at_counter.post(f"{PAGE}afgeven/", form, follow=True).content.decode()

    assert _answer(page) == "undone"
    card.refresh_from_db()
    assert card.state == CardState.ISSUED


def test_search_asks_as_many_questions_for_three_as_for_one(at_counter: Client, desk: Desk, season: CardYear) -> None:
    for name in ("Wouters", "Peeters", "Peeters", "Peeters"):
        _handed(_card(desk, season, name), make.member(desk.point))
        _card(desk, season, name)
    at_counter.get(PAGE)
    asked = {}

    for typed, shown in (("wou", 2), ("pee", 6)):
        with CaptureQueriesContext(connection) as queries:
            page = _search(at_counter, typed)
        assert len(re.findall(r'data-card="\d', page)) == shown
        asked[typed] = len(queries)

    assert asked["wou"] == asked["pee"]
