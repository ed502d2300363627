"""A signed list keyed back in: the code, the rows, the names, and what became of each."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.http.response import HttpResponseBase
from django.test import Client
from django.test.utils import CaptureQueriesContext

from distribution.actions import keyed_lists, pickup_lists
from distribution.enums import CardState, ReadingKind
from distribution.models import Card, CardYear, HandOver, PickupList, Reading
from distribution.rules.page_code import PageCode
from pickup_points.desks import Desk
from tests import make
from tests.conftest import BRUSSELS, NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
KEYING = "/balie/bib-hier/lijsten/invoeren/"
LETTERS = "abcdefghijklmnopqrstuvwxyz"
UNKNOWN = "We herkennen deze bladcode niet."


@pytest.fixture
def desk(card_year: CardYear, client: Client) -> Desk:
    CardYear.objects.filter(pk=card_year.pk).update(last_run_at=NOW, reference_date=NOW.date())
    desk = make.member(make.point("bib-hier", year=2027))
    client.force_login(desk.user)
    return desk


@pytest.fixture
def made(desk: Desk, card_year: CardYear) -> PickupList:
    """A list of two pages: rows 1 to 24, and 25 and 26."""
    for letter in LETTERS:
        make.card(make.person(card_year, f"Peeters{letter}"), at=desk.point)
    return _list(card_year, desk)


def _list(card_year: CardYear, desk: Desk) -> PickupList:
    card_year.refresh_from_db()
    return PickupList.objects.get(pk=pickup_lists.make(card_year, at=NOW, point=desk.point.code)[0])


def _rows(made: PickupList, page: int | None = None) -> str:
    return f"/balie/bib-hier/lijsten/{made.pk}/invoeren/" + (f"?blad={page}" if page else "")


def _text(answer: HttpResponseBase) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", getattr(answer, "content", b"").decode()).split())


def _names(answer: HttpResponseBase) -> str:
    """The last letter of every Peeters on the page, in order, each once."""
    return "".join(dict.fromkeys(re.findall(r"Peeters([a-z]) An", _text(answer))))


def _marked() -> list[int]:
    return sorted(row for row in HandOver.objects.values_list("row", flat=True) if row is not None)


def test_a_page_code_leads_to_its_page(made: PickupList, client: Client) -> None:
    for written in (str(PageCode(made.pk, 1, 2)), f" {str(PageCode(made.pk, 1, 2)).lower()} "):
        answer = client.get(KEYING, {"code": written})

        assert (answer.status_code, answer["Location"]) == (302, _rows(made, 2))


def test_a_wrong_a_foreign_and_a_missing_code_get_the_same_words(
    made: PickupList, card_year: CardYear, client: Client
) -> None:
    stranger = make.member(make.point("bib-daar", year=2027))
    make.card(make.person(card_year), at=stranger.point)
    foreign = _list(card_year, stranger)
    codes = [
        "LK-1-2", "Peeters", str(PageCode(made.pk, 1, 1))[:-2] + "98", str(PageCode(foreign.pk, 1, 1)),
        str(PageCode(foreign.pk + 999, 1, 1)), str(PageCode(made.pk, 2, 1)),
    ]  # fmt: skip

    answers = [client.get(KEYING, {"code": code}) for code in codes]

    assert [answer.status_code for answer in answers] == [200] * 6
    assert [UNKNOWN in _text(answer) for answer in answers] == [True] * 6
    assert len({_text(answer) for answer in answers}) == 1


@pytest.mark.parametrize("page", [3, 4, 99_999])
def test_the_closing_page_has_no_rows(made: PickupList, client: Client, page: int) -> None:
    answer = client.get(KEYING, {"code": str(PageCode(made.pk, 1, page))})

    assert "Dit is het slotblad van de lijst" in _text(answer)


@pytest.mark.parametrize("page", ["0", "3", "-1", "x", "1.5", "9" * 400, "²"])
def test_a_page_that_is_not_there_is_404(made: PickupList, client: Client, page: str) -> None:
    assert client.get(f"/balie/bib-hier/lijsten/{made.pk}/invoeren/", {"blad": page}).status_code == 404


def test_a_page_offers_its_own_rows(made: PickupList, client: Client) -> None:
    second, whole = client.get(_rows(made, 2)), client.get(_rows(made))

    assert (_names(second), _names(whole)) == ("yz", "")
    assert "rij 25 tot 26" in _text(second)
    assert [(one.kind, one.count) for one in Reading.objects.all()] == [(ReadingKind.KEYING, 2)]


def test_names_are_shown_before_anything_is_kept(made: PickupList, client: Client) -> None:
    answer = client.post(_rows(made), {"rijen": "1-3 26", "hoe": "deze", "dag": "2027-01-08"})

    assert (answer.status_code, _names(answer)) == (200, "abcz")
    assert "4 kaarten worden aangeduid als afgehaald op 8 januari 2027" in _text(answer)
    assert HandOver.objects.count() == 0
    assert sorted(Reading.objects.get().cards) == sorted(
        Card.objects.filter(number__in=[made.card_numbers[row - 1] for row in (1, 2, 3, 26)]).values_list(
            "pk", flat=True
        )
    )


def test_what_was_shown_is_kept(made: PickupList, desk: Desk, client: Client) -> None:
    looked = client.post(_rows(made), {"rijen": "1-3 26", "hoe": "deze", "dag": "2027-01-08"}).content.decode()
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', looked))

    answer = client.post(_rows(made), hidden)

    assert "4 kaarten zijn aangeduid als afgehaald." in _text(answer)
    assert _marked() == [1, 2, 3, 26]
    noon = dt.datetime(2027, 1, 8, 12, tzinfo=BRUSSELS)
    assert {(one.at, one.by, one.point, one.recorded_at) for one in HandOver.objects.all()} == {
        (noon, desk.user, desk.point, NOW)
    }


def test_all_but_shows_who_stays_and_keeps_the_rest_of_the_page(made: PickupList, client: Client) -> None:
    looked = client.post(_rows(made, 1), {"rijen": "2-23", "hoe": "behalve"})
    kept = client.post(_rows(made, 1), {"rijen": "2-23", "hoe": "behalve", "stap": "bewaar"})

    assert "Niet getekend: deze kaarten blijven liggen (22)" in _text(looked)
    assert "2 kaarten worden aangeduid als afgehaald" in _text(looked)
    assert (_names(kept), _marked()) == ("ax", [1, 24])


def test_ticked_and_typed_count_together(made: PickupList, client: Client) -> None:
    client.post(_rows(made, 1), {"rijen": "4", "rij": ["1", "2", "25", "x"], "stap": "bewaar"})
    client.post(_rows(made, 1), {"rijen": "", "rij": ["7"], "stap": "bewaar"})

    assert _marked() == [1, 2, 4, 7]


def test_what_was_ticked_is_there_to_be_mended(made: PickupList, client: Client) -> None:
    looked = client.post(_rows(made, 1), {"rijen": "9", "rij": ["1", "2"]}).content.decode()

    assert re.findall(r'id="rijen" name="rijen" value="([^"]*)"', looked) == ["1-2 9"]


def test_ticks_belong_to_a_page(made: PickupList, client: Client) -> None:
    answer = client.post(_rows(made), {"rijen": "", "rij": ["1"], "stap": "bewaar"})

    assert (answer.status_code, _marked()) == (422, [])


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"rijen": "5-1"}, "‘5-1’ loopt achteruit. Bedoel je 1-5?"),
        ({"rijen": "1 25"}, "‘25’ kan niet: de laatste rij is 24."),
        ({"rijen": "<b>"}, "‘&lt;b&gt;’ is geen rij."),
        ({}, "Typ minstens één rij"),
        ({"rijen": "1", "dag": "2027-01-13"}, "Die dag moet nog komen."),
        ({"rijen": "1", "dag": "2026-12-26"}, "De eerste dag was 27/12/2026."),
        ({"rijen": "1", "dag": "gisteren"}, "Dat is geen dag."),
        ({"rijen": "1", "dag": "0000-00-00"}, "Dat is geen dag."),
    ],
)
@pytest.mark.parametrize("step", ["toon", "bewaar"])
def test_what_cannot_be_right_is_told_and_nothing_is_kept(
    made: PickupList, client: Client, sent: dict[str, str], words: str, step: str
) -> None:
    answer = client.post(_rows(made, 1), sent | {"stap": step})

    assert (answer.status_code, words in answer.content.decode()) == (422, True)
    assert HandOver.objects.count() == 0


def test_a_double_row_is_told_and_stops_nothing(made: PickupList, client: Client) -> None:
    answer = client.post(_rows(made), {"rijen": "3 3"})

    assert answer.status_code == 200
    assert "rij 3 had je al getypt" in _text(answer)


def test_a_page_kept_twice_tells_what_was_already_marked(made: PickupList, desk: Desk, client: Client) -> None:
    client.post(_rows(made), {"rijen": "1-3", "stap": "bewaar"})
    Card.objects.filter(number=made.card_numbers[3]).update(state=CardState.WITHDRAWN, withdrawn_at=NOW)
    Card.objects.filter(number=made.card_numbers[4]).update(pickup_point=make.point("bib-ver", name="Bibliotheek Ver"))

    looked = _text(client.post(_rows(made), {"rijen": "1-5"}))
    kept = _text(client.post(_rows(made), {"rijen": "1-5", "stap": "bewaar"}))

    for text in (looked, kept):
        assert text.count(f"al afgehaald op 12 januari 2027 door {desk.user} (getekende lijst)") == 3
        assert "niet meer geldig, niet meegeven" in text
        assert "ligt nu in Bibliotheek Ver" in text
    assert "Er is niets te bewaren" in looked
    assert "0 kaarten zijn aangeduid als afgehaald. 3 waren dat al. 2 rijen zijn niet aangeduid" in kept
    assert _marked() == [1, 2, 3]


def test_too_many_rows_for_once_go_on_with_a_button(
    made: PickupList, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyed_lists, "MOST_AT_ONCE", 10)

    texts = [_text(client.post(_rows(made), {"rijen": "1-26", "stap": "bewaar"})) for _ in range(3)]

    assert ["Ga verder" in text for text in texts] == [True, True, False]
    assert "Er zijn nog 16 kaarten te gaan." in texts[0]
    assert _marked() == list(range(1, 27))


def test_a_stranger_keys_nothing_in(made: PickupList, client: Client) -> None:
    stranger = make.member(make.point("bib-daar", year=2027), is_manager=True)
    client.force_login(stranger.user)

    answers = [
        client.post(_rows(made), {"rijen": "1", "stap": "bewaar"}),
        client.post(_rows(made).replace("bib-hier", "bib-daar"), {"rijen": "1", "stap": "bewaar"}),
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert (HandOver.objects.count(), Reading.objects.count()) == (0, 0)


def test_a_forged_post_keeps_nothing(made: PickupList, desk: Desk) -> None:
    forged = Client(enforce_csrf_checks=True)
    forged.force_login(desk.user)

    assert forged.post(_rows(made), {"rijen": "1", "stap": "bewaar"}).status_code == 403
    assert HandOver.objects.count() == 0


def test_an_empty_list_has_nothing_to_key_in(desk: Desk, card_year: CardYear, client: Client) -> None:
    made = _list(card_year, desk)

    assert "Op deze lijst staat niemand" in _text(client.get(_rows(made)))
    assert client.post(_rows(made), {"rijen": "1", "stap": "bewaar"}).status_code == 422


def test_the_look_asks_as_much_for_one_row_as_for_twenty(made: PickupList, client: Client) -> None:
    client.get(KEYING)  # the session's own questions, once a minute
    counts = []
    for rows in ("1", "1-3", "1-20"):
        with CaptureQueriesContext(connection) as asked:
            client.post(_rows(made), {"rijen": rows})
        counts.append(len(asked))

    assert counts[0] == counts[1] == counts[2]
