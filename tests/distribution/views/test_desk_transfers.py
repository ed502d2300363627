"""Transfers on the page: what is to be done at each end, in few clicks; nobody else's, and a mail that says nothing."""

from dataclasses import dataclass

import pytest
from django.core import mail, signing
from django.db import connection
from django.http.response import HttpResponseBase
from django.test import Client
from django.test.utils import CaptureQueriesContext

from distribution import tasks
from distribution.actions import transfers
from distribution.enums import CardState, ReadingKind
from distribution.models import Card, CardYear, Reading, Transfer
from distribution.views import desk_answers, desk_transfers
from pickup_points.desks import Desk
from tests import at_once, make
from tests.conftest import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
HERE, THERE = "/balie/bib-hier/overdrachten/", "/balie/bib-daar/overdrachten/"


@dataclass(frozen=True)
class Scene:
    """Three cards at `here`; the teachers stand at `there`; `third` has nothing to do with it."""

    here: Desk
    there: Desk
    third: Desk
    cards: list[Card]

    def ask(self, number: int = 0) -> Transfer:
        return transfers.request(card_number=self.cards[number].number, to=self.there, by=self.there.user, at=NOW)

    def send(self, number: int = 0) -> Transfer:
        return transfers.send(self.ask(number).pk, desk=self.here, by=self.here.user, at=NOW)


@pytest.fixture(autouse=True)
def queue(monkeypatch: pytest.MonkeyPatch) -> None:
    """A queue that does its tasks at once."""
    monkeypatch.setattr(tasks, "enqueue", at_once.enqueue)


@pytest.fixture
def scene(card_year: CardYear, client: Client) -> Scene:
    here, there, third = (
        make.member(make.point(code, year=2027), is_manager=True) for code in ("bib-hier", "bib-daar", "bib-ver")
    )
    cards = [make.card(make.person(card_year, name), at=here.point) for name in ("Aerts", "Beckers", "Claes")]
    client.force_login(here.user)
    return Scene(here, there, third, cards)


def _page(answer: HttpResponseBase) -> str:
    return " ".join(getattr(answer, "content", b"").decode().split())


def _stands() -> list[tuple[object, ...]]:
    fields = ("pk", "sent_at", "received_at", "ended_at", "end_reason", "card__pickup_point")
    return list(Transfer.objects.order_by("pk").values_list(*fields))


def test_the_page_is_for_members_alone(scene: Scene, client: Client) -> None:
    scene.ask()
    client.logout()
    anonymous = client.get(HERE)
    client.force_login(scene.third.user)
    foreign = client.get(HERE)
    own = client.get("/balie/bib-ver/overdrachten/")

    assert (anonymous.status_code, foreign.status_code, own.status_code) == (302, 404, 200)
    assert "Aerts" not in _page(own)
    assert Reading.objects.count() == 0


def test_both_ends_see_it_and_it_is_written_down(scene: Scene, client: Client) -> None:
    scene.ask()

    here = _page(client.get(HERE))
    client.force_login(scene.there.user)
    there = _page(client.get(THERE))

    assert ("Gaat mee met de bode" in here, "Is aangekomen" in there) == (True, False)
    four = scene.cards[0].person.staff_number[-4:]
    assert (f"…{four}" in here, f"…{four}" in there) == (True, True)
    assert [(one.kind, one.by, one.point, one.cards) for one in Reading.objects.all()] == [
        (ReadingKind.CARD, desk.user, desk.point, [scene.cards[0].pk]) for desk in (scene.here, scene.there)
    ]
    assert [
        number for card in scene.cards for number in (card.number, card.person.staff_number) if number in here
    ] == []


def test_a_card_travels_in_one_click_at_each_end(scene: Scene, client: Client) -> None:
    made = scene.ask()

    sent = client.post(f"{HERE}verstuurd/", {"een": made.pk}, follow=True)
    client.force_login(scene.there.user)
    arrived = client.post(f"{THERE}aangekomen/", {"een": made.pk}, follow=True)

    assert sent.redirect_chain == [(HERE, 302)]
    assert "1 kaart gaat mee met de bode." in _page(sent)
    assert "1 kaart is aangekomen. Ze ligt nu bij jullie klaar." in _page(arrived)
    assert _stands() == [(made.pk, NOW, NOW, None, "", scene.there.point.pk)]


def test_ticked_cards_go_together_and_only_those(scene: Scene, client: Client) -> None:
    first, second, third = (scene.ask(number) for number in range(3))

    answer = client.post(f"{HERE}verstuurd/", {"overdracht": [first.pk, third.pk]}, follow=True)

    assert "2 kaarten gaan mee met de bode." in _page(answer)
    assert [bool(sent_at) for _, sent_at, *_ in _stands()] == [True, False, True]
    assert second.pk == _stands()[1][0]


def test_the_button_of_one_card_leaves_the_ticks_alone(scene: Scene, client: Client) -> None:
    first, second = scene.ask(0), scene.ask(1)

    client.post(f"{HERE}verstuurd/", {"een": second.pk, "overdracht": [first.pk]})

    assert [bool(sent_at) for _, sent_at, *_ in _stands()] == [False, True]


def test_without_a_choice_nothing_happens(scene: Scene, client: Client) -> None:
    scene.ask()
    before = _stands()

    answer = client.post(f"{HERE}verstuurd/", follow=True)

    assert "Vink minstens één kaart aan." in _page(answer)
    assert _stands() == before


@pytest.mark.parametrize("act", ["verstuurd", "aangekomen", "stopgezet"])
@pytest.mark.parametrize("written", ["foreign", "987654", "x", "-1", "9" * 30])
def test_another_points_transfer_is_answered_like_a_missing_one(
    scene: Scene, client: Client, act: str, written: str
) -> None:
    made = scene.send()
    pk = str(made.pk) if written == "foreign" else written
    before = _stands()
    client.force_login(scene.third.user)

    answer = client.post(
        f"/balie/bib-ver/overdrachten/{act}/", {"een": pk, f"reden-{pk}": "De kaart is niet aangekomen"}
    )

    assert (answer.status_code, _stands()) == (404, before)


@pytest.mark.parametrize("act", ["verstuurd", "aangekomen", "stopgezet"])
def test_looking_and_forging_change_nothing(scene: Scene, client: Client, act: str) -> None:
    made = scene.ask()
    before = _stands()
    forged = Client(enforce_csrf_checks=True)
    forged.force_login(scene.here.user)

    answers = [client.get(f"{HERE}{act}/"), forged.post(f"{HERE}{act}/", {"een": made.pk})]

    assert [answer.status_code for answer in answers] == [405, 403]
    assert _stands() == before


def test_a_transfer_is_stopped_for_a_reason_of_the_page(scene: Scene, client: Client) -> None:
    made = scene.ask()

    answer = client.post(
        f"{HERE}stopgezet/", {"een": made.pk, f"reden-{made.pk}": "De kaart is al meegegeven"}, follow=True
    )

    assert "De overdracht gaat niet door. De kaart blijft waar ze was." in _page(answer)
    assert _stands() == [(made.pk, None, None, NOW, "De kaart is al meegegeven", scene.here.point.pk)]
    assert "niet doorgegaan op 12 januari: de kaart is al meegegeven" in _page(answer)


@pytest.mark.parametrize("reason", ["", "Jan Peeters heeft ze", None])
def test_words_of_ones_own_are_no_reason(scene: Scene, client: Client, reason: str | None) -> None:
    made = scene.ask()
    sent = {"een": str(made.pk)} | ({f"reden-{made.pk}": reason} if reason is not None else {})

    answer = client.post(f"{HERE}stopgezet/", sent, follow=True)

    assert "Kies waarom deze overdracht niet doorgaat." in _page(answer)
    assert _stands() == [(made.pk, None, None, None, "", scene.here.point.pk)]


def test_a_refusal_is_told_once_for_all_cards(scene: Scene, client: Client) -> None:
    made = [scene.send(number) for number in range(3)]
    Card.objects.filter(pk__in=[card.pk for card in scene.cards[:2]]).update(
        state=CardState.WITHDRAWN, withdrawn_at=NOW
    )
    client.force_login(scene.there.user)

    answer = client.post(f"{THERE}aangekomen/", {"overdracht": [one.pk for one in made]}, follow=True)

    assert "1 kaart is aangekomen." in _page(answer)
    assert "2 kaarten: Deze kaart is niet meer geldig." in _page(answer)
    assert [one.card.pickup_point_id for one in Transfer.objects.order_by("pk")] == [
        scene.here.point.pk, scene.here.point.pk, scene.there.point.pk,
    ]  # fmt: skip


def test_the_page_asks_as_much_for_one_as_for_three(scene: Scene, client: Client) -> None:
    client.get("/balie/bib-hier/lijsten/")  # the session's own questions, once a minute
    counts = []
    for number in range(3):
        scene.ask(number)
        with CaptureQueriesContext(connection) as asked:
            client.get(HERE)
        counts.append(len(asked))

    assert counts[0] == counts[1] == counts[2]


def test_before_a_year_was_opened_the_page_is_empty(client: Client) -> None:
    desk = make.member(make.point("bib-hier"), is_manager=True)
    client.force_login(desk.user)

    assert [client.get(HERE).status_code, client.get(f"{HERE}aanbieden/").status_code] == [200, 404]


def test_managers_of_the_point_that_is_asked_get_a_mail_without_a_name_or_a_number(scene: Scene) -> None:
    second = make.member(scene.here.point, is_manager=True)
    make.member(scene.here.point)
    made = scene.ask()

    desk_transfers.tell_other_end(made)

    assert [letter.to for letter in mail.outbox] == [[scene.here.user.email], [second.user.email]]
    letter = mail.outbox[0]
    assert letter.subject == "Lerarenkaart: er is een kaart gevraagd"
    assert str(letter.body).splitlines()[2] == f"{scene.there.point} vraagt een kaart die bij jullie ligt."
    assert str(letter.body).splitlines()[5].endswith(HERE)
    person, card = scene.cards[0].person, scene.cards[0]
    secrets = (person.last_name, person.staff_number, person.staff_number[-4:], card.number)
    assert [secret for secret in secrets if secret in f"{letter.subject}{letter.body}"] == []


def test_asking_at_the_desk_mails_the_other_end(scene: Scene, client: Client) -> None:
    client.force_login(scene.there.user)
    sealed = signing.dumps(scene.cards[0].pk, salt=desk_answers.ELSEWHERE_SALT)

    client.post("/balie/bib-daar/opvragen/", {"sealed": sealed})
    client.post("/balie/bib-daar/opvragen/", {"sealed": sealed})

    assert [letter.to for letter in mail.outbox] == [[scene.here.user.email]]


def test_a_queue_that_is_away_stops_nobody(scene: Scene, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "enqueue", lambda *what: False)

    answer = client.post(f"{HERE}aanbieden/", {"naar": "bib-daar", "kaart": [scene.cards[0].number]}, follow=True)

    assert "1 kaart is op weg naar" in _page(answer)
    assert mail.outbox == []


def test_tasks_get_keys_only(scene: Scene, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    put: list[tuple[object, ...]] = []
    monkeypatch.setattr(tasks, "enqueue", lambda *what: put.append(what))

    made = scene.ask()
    desk_transfers.tell_other_end(made)
    client.post(f"{HERE}aanbieden/", {"naar": "bib-daar", "kaart": [scene.cards[1].number]})

    assert put == [
        (tasks.mail_card_asked, made.pk),
        (tasks.mail_cards_offered, scene.here.point.pk, scene.there.point.pk),
    ]


def test_what_was_asked_and_is_over_is_not_mailed(scene: Scene) -> None:
    made = scene.ask()
    transfers.send(made.pk, desk=scene.here, by=scene.here.user, at=NOW)

    tasks.mail_card_asked(made.pk)

    assert mail.outbox == []


def test_a_manager_sends_several_cards_along(scene: Scene, client: Client) -> None:
    numbers = [card.number for card in scene.cards[:2]]

    answer = client.post(f"{HERE}aanbieden/", {"naar": "bib-daar", "kaart": numbers}, follow=True)

    assert answer.redirect_chain == [(HERE, 302)]
    assert f"2 kaarten zijn op weg naar {scene.there.point}." in _page(answer)
    assert [(one.card, one.to_point, one.sent_by) for one in Transfer.objects.order_by("pk")] == [
        (card, scene.there.point, scene.here.user) for card in scene.cards[:2]
    ]
    assert [(letter.to, letter.subject) for letter in mail.outbox] == [
        ([scene.there.user.email], "Lerarenkaart: er zijn kaarten naar jullie onderweg")
    ]


def test_partial_success_is_told(scene: Scene, client: Client, card_year: CardYear) -> None:
    foreign = make.card(make.person(card_year), at=scene.third.point)
    numbers = [scene.cards[0].number, foreign.number, "60000000000"]

    answer = client.post(f"{HERE}aanbieden/", {"naar": "bib-daar", "kaart": numbers}, follow=True)

    assert "1 kaart is op weg naar" in _page(answer)
    assert "2 kaarten: Deze kaart ligt in geen enkel afhaalpunt." in _page(answer)
    assert Transfer.objects.count() == 1


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"naar": "bib-daar"}, "Vink minstens één kaart aan."),
        ({"kaart": ["1"]}, "Kies eerst waar de kaarten naartoe gaan."),
        ({"naar": "bib-hier", "kaart": ["1"]}, "Kies eerst waar de kaarten naartoe gaan."),
        ({"naar": "bib-nergens", "kaart": ["1"]}, "Kies eerst waar de kaarten naartoe gaan."),
        ({}, "Kies eerst waar de kaarten naartoe gaan."),
    ],
)
def test_an_offer_without_a_place_or_a_card_is_asked_again(
    scene: Scene, client: Client, sent: dict[str, object], words: str
) -> None:
    answer = client.post(f"{HERE}aanbieden/", sent)

    assert (answer.status_code, words in _page(answer)) == (422, True)
    assert Transfer.objects.count() == 0


def test_only_a_manager_offers(scene: Scene, client: Client) -> None:
    client.force_login(make.member(scene.here.point).user)

    answers = [
        client.get(f"{HERE}aanbieden/"),
        client.post(f"{HERE}aanbieden/", {"naar": "bib-daar", "kaart": [scene.cards[0].number]}),
    ]
    page = _page(client.get(HERE))

    assert [answer.status_code for answer in answers] == [404, 404]
    assert ("aanbieden" in page, Transfer.objects.count()) == (False, 0)


def test_what_is_offered_is_written_down_and_goes_by_letter(scene: Scene, client: Client) -> None:
    page = _page(client.get(f"{HERE}aanbieden/", {"letter": "b"}))

    assert [name for name in ("Aerts", "Beckers", "Claes") if name in page] == ["Beckers"]
    assert [(one.kind, one.cards) for one in Reading.objects.all()] == [(ReadingKind.SEARCH, [scene.cards[1].pk])]


@pytest.mark.parametrize("query", ["?letter=%C3%87", "?letter=ab", "?letter=1", "?blad=0", "?blad=x", "?blad=99999"])
def test_an_odd_letter_or_page_is_the_first_page_of_all(scene: Scene, client: Client, query: str) -> None:
    page = _page(client.get(f"{HERE}aanbieden/{query}"))

    assert [name for name in ("Aerts", "Beckers", "Claes") if name in page] == ["Aerts", "Beckers", "Claes"]


def test_the_offer_asks_as_much_for_one_card_as_for_three(scene: Scene, client: Client) -> None:
    client.get(HERE)  # the session's own questions, once a minute
    counts = []
    for letter in ("a", "", "b"):
        with CaptureQueriesContext(connection) as asked:
            client.get(f"{HERE}aanbieden/", {"letter": letter})
        counts.append(len(asked))

    assert counts[0] == counts[1] == counts[2]
