"""Around the desk's screen: a group that is collected for, a card's history, the overview."""

import datetime as dt
import re
import uuid

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from distribution.actions import hand_overs, transfers
from distribution.enums import CardState, Channel, Evidence, ReadingKind
from distribution.models import Card, CardYear, HandOver, Reading
from distribution.queries import desk_group, desk_overview
from distribution.views.desk_overview import BASE, bars
from pickup_points.desks import Desk
from tests import make
from tests.conftest import BRUSSELS, NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
PAGE = "/balie/de-leeshoek/"


def _text(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.split("<main")[1]).split())


def _card(desk: Desk, last_name: str = "Peeters", first_name: str = "An") -> Card:
    return make.card(make.person(CardYear.objects.get(), last_name, first_name), at=desk.point)


def _handed(card: Card, desk: Desk, *, at: dt.datetime = NOW) -> HandOver:
    return hand_overs.mark(
        uuid.uuid4(),
        card_number=card.number,
        desks={desk.point.pk: desk},
        by=desk.user,
        at=at,
        evidence=Evidence.CLICK,
    ).hand_over


def _group(client: Client, **posted: object) -> str:
    response = client.post(f"{PAGE}groep/", posted)
    assert response.status_code == 200
    return str(response.content.decode())


def _basket(page: str) -> list[str]:
    """What the form carries along that hands over; the one of the way back carries it too."""
    return re.findall(r'type="hidden" name="card" value="(\d+)"', page.split('class="desk-group"')[1])


# --- a group ------------------------------------------------------------------------------------


def test_group_is_found_put_together_and_handed_over(at_counter: Client, desk: Desk) -> None:
    first, second = _card(desk), _card(desk, "Wouters", "Bo")

    found = _group(at_counter, q="pee", card=[])
    added = _group(at_counter, add=first.number, card=[])
    scanned = _group(at_counter, q=second.number, card=[first.number])
    done = _group(
        at_counter,
        **{"id": str(uuid.uuid4()), "card": [first.number, second.number], "collector": " Mia ", "hand-over": "1"},
    )

    assert re.findall(r'name="add" value="(\d+)"', found) == [first.number]
    assert [_basket(page) for page in (found, added, scanned)] == [[], [first.number], [first.number, second.number]]
    assert "2 van 2 afgegeven Meegegeven aan Mia." in _text(done)
    assert set(HandOver.objects.values_list("card", "evidence", "collector")) == {
        (first.pk, Evidence.GROUP, "Mia"),
        (second.pk, Evidence.GROUP, "Mia"),
    }


def test_group_says_row_by_row_what_could_not(at_counter: Client, desk: Desk) -> None:
    good, collected, withdrawn = _card(desk), _card(desk, "Wouters"), _card(desk, "Zegers")
    _handed(collected, make.member(desk.point))
    Card.objects.filter(pk=withdrawn.pk).update(state=CardState.WITHDRAWN, withdrawn_at=NOW)

    page = _group(
        at_counter,
        **{"card": [good.number, collected.number, withdrawn.number], "collector": "Mia", "hand-over": "1"},
    )

    assert "1 van 3 afgegeven" in _text(page)
    rows = [_text("<main" + row) for row in page.split("<tr>")[2:]]
    assert [re.search(r"(✓ Afgegeven|! \w+ \w+)", row)[0] for row in rows] == [  # type: ignore[index]
        "✓ Afgegeven",
        "! Al afgehaald",
        "! Niet afgegeven",
    ]
    assert "om 10.00 uur · An Voorbeeld" in rows[1]
    assert HandOver.objects.count() == 2


def test_group_sent_twice_is_one_group(at_counter: Client, desk: Desk) -> None:
    card = _card(desk)
    posted = {"id": str(uuid.uuid4()), "card": [card.number], "collector": "Mia", "hand-over": "1"}

    pages = [_group(at_counter, **posted) for _ in range(2)]

    assert _text(pages[0]) == _text(pages[1])
    assert HandOver.objects.count() == 1


def test_group_undone_meanwhile_is_not_done_again(at_counter: Client, desk: Desk) -> None:
    card = _card(desk)
    posted = {"id": str(uuid.uuid4()), "card": [card.number], "collector": "Mia", "hand-over": "1"}
    _group(at_counter, **posted)
    hand_overs.undo(HandOver.objects.get().pk, desks={desk.point.pk: desk}, by=desk.user, at=NOW)

    page = _group(at_counter, **posted)

    assert "0 van 1 afgegeven" in _text(page)
    assert HandOver.objects.count() == 1


@pytest.mark.parametrize(
    ("posted", "error"),
    [
        ({"collector": "", "with_card": True}, "Schrijf op wie de kaarten meeneemt"),
        ({"collector": "Mia", "with_card": False}, "Er zit nog geen kaart in de mand"),
    ],
)
def test_group_asks_for_what_is_missing(at_counter: Client, desk: Desk, posted: dict[str, object], error: str) -> None:
    card = _card(desk)
    chosen = [card.number] if posted["with_card"] else []

    page = _group(at_counter, **{"card": chosen, "collector": posted["collector"], "hand-over": "1"})

    assert error in _text(page)
    assert _basket(page) == chosen
    assert HandOver.objects.count() == 0


def test_group_leaves_out_another_points_card(at_counter: Client, desk: Desk, card_year: CardYear) -> None:
    elsewhere = make.card(make.person(card_year, "Elders"), at=make.point("elders", year=2027))

    page = _group(at_counter, add=elsewhere.number, card=[])

    assert _basket(page) == []
    assert "Elders" not in _text(page)
    assert Reading.objects.count() == 0


def test_group_shows_no_name_without_a_reading(at_counter: Client, desk: Desk) -> None:
    card = _card(desk)

    _group(at_counter, add=card.number, card=[])

    assert list(Reading.objects.values_list("kind", "by", "cards")) == [(ReadingKind.CARD, desk.user.pk, [card.pk])]


def test_group_takes_one_away_and_is_never_too_large(at_counter: Client, desk: Desk) -> None:
    cards = [_card(desk, first_name=f"A{number}") for number in range(desk_group.MOST_CARDS + 1)]
    numbers = [card.number for card in cards]

    removed = _group(at_counter, remove=numbers[0], card=numbers[:2])
    full = _group(at_counter, add=numbers[-1], card=numbers[:-1])

    assert _basket(removed) == [numbers[1]]
    assert len(_basket(full)) == desk_group.MOST_CARDS
    assert "In één keer gaan er 100 kaarten mee" in _text(full)


def test_group_says_what_the_teacher_may_hear_and_which_number_it_was(
    at_counter: Client, desk: Desk, card_year: CardYear
) -> None:
    card_year.last_run_at, card_year.reference_date = NOW - dt.timedelta(days=40), dt.date(2026, 11, 1)
    card_year.save()
    subscriber = make.person(card_year, "Elders")
    make.card(subscriber, at=None, channel=Channel.SUBSCRIPTION)

    page = _group(at_counter, q=subscriber.staff_number, card=[])

    four = subscriber.staff_number[-4:]
    assert f"Zeg aan de leraar met nummer … dat eindigt op {four} :" in _text(page)
    assert subscriber.staff_number not in page
    assert '<blockquote class="desk-quote" data-slot="message">' in page


def test_group_keeps_a_slip_of_the_finger_and_the_basket(at_counter: Client, desk: Desk) -> None:
    card = _card(desk)

    page = _group(at_counter, q="16203040857", card=[card.number])

    assert 'value="16203040857"' in page
    assert 'data-answer="error"' in page
    assert _basket(page) == [card.number]


def test_group_offers_no_form_within_its_form_for_a_card_elsewhere(
    at_counter: Client, desk: Desk, card_year: CardYear
) -> None:
    card_year.last_run_at, card_year.reference_date = NOW - dt.timedelta(days=40), dt.date(2026, 11, 1)
    card_year.save()
    there = make.card(make.person(card_year, "Elders"), at=make.point("elders", year=2027, name="Bib Elders"))

    page = _group(at_counter, q=there.number, card=[])

    assert "Deze kaart ligt in een ander punt" in _text(page)
    assert "Opvragen doe je bij Afgeven" in _text(page)
    assert "opvragen/" not in page
    assert "Elders" in _text(page)


def test_group_asks_before_the_basket_is_thrown_away(at_counter: Client, desk: Desk) -> None:
    first, second = _card(desk), _card(desk, "Wouters", "Bo")
    basket = {"id": str(uuid.uuid4()), "card": [first.number, second.number], "collector": "Mia"}

    asked = _group(at_counter, leave="1", **basket)
    back = _group(at_counter, **basket)

    assert "In de mand zitten 2 kaarten die nog niet zijn afgegeven." in _text(asked)
    assert re.findall(r'name="(\w+)" value="([^"]*)"', asked.split("narrow")[1])[1:] == [
        ("id", basket["id"]),
        ("collector", "Mia"),
        ("card", first.number),
        ("card", second.number),
    ]
    assert _basket(back) == [first.number, second.number]
    assert 'value="Mia"' in back
    assert HandOver.objects.count() == 0


def test_group_with_nothing_in_the_basket_is_left_at_once(at_counter: Client, desk: Desk) -> None:
    empty, filled = _group(at_counter, card=[]), _group(at_counter, card=[_card(desk).number])

    assert [page.count(f'<a href="{PAGE}">‹ Afgeven</a>') for page in (empty, filled)] == [1, 0]
    assert [page.count('name="leave"') for page in (empty, filled)] == [0, 1]


def test_group_done_leads_to_each_card_where_it_is_undone(at_counter: Client, desk: Desk) -> None:
    cards = [_card(desk), _card(desk, "Wouters", "Bo")]

    done = _group(at_counter, **{"card": [card.number for card in cards], "collector": "Mia", "hand-over": "1"})

    assert re.findall(r'<a href="([^"]*/kaart/\d+/)">', done) == [f"{PAGE}kaart/{card.pk}/" for card in cards]
    assert "Maak ongedaan" in at_counter.get(f"{PAGE}kaart/{cards[0].pk}/").content.decode()


# --- a card -------------------------------------------------------------------------------------


def test_card_tells_its_whole_story(at_counter: Client, desk: Desk) -> None:
    card = _card(desk)
    make.batch(card.card_year)
    hand_over = _handed(card, desk)
    hand_overs.undo(hand_over.pk, desks={desk.point.pk: desk}, by=desk.user, at=NOW + dt.timedelta(minutes=2))
    _handed(card, make.member(desk.point), at=NOW + dt.timedelta(minutes=5))

    page = _text(at_counter.get(f"{PAGE}kaart/{card.pk}/").content.decode())

    steps = ["Gemaakt", "Afgehaald dinsdag 12 januari 2027 om 10.00 uur", "Afgifte ongedaan gemaakt", "om 10.05 uur"]
    assert [page.find(step) for step in steps] == sorted(page.find(step) for step in steps)
    assert page.find(steps[0]) > 0
    assert "✓ Afgehaald" in page
    assert "Maak ongedaan" not in page
    assert Reading.objects.get().kind == ReadingKind.CARD


def test_card_can_be_undone_from_its_page(at_counter: Client, desk: Desk) -> None:
    card = _card(desk)
    hand_over = _handed(card, desk)

    page = at_counter.get(f"{PAGE}kaart/{card.pk}/").content.decode()
    undone = at_counter.post(f"{PAGE}ongedaan/", {"id": str(hand_over.pk), "from": "card"})

    assert f'name="id" value="{hand_over.pk}"' in page
    assert undone["Location"] == f"{PAGE}kaart/{card.pk}/"
    assert "Wacht in jullie punt" in at_counter.get(undone["Location"]).content.decode()


def test_card_of_another_point_does_not_exist(at_counter: Client, desk: Desk, card_year: CardYear) -> None:
    foreign = make.card(make.person(card_year), at=make.point("elders", year=2027))
    nowhere = make.card(make.person(card_year))

    answers = [at_counter.get(f"{PAGE}kaart/{key}/") for key in (foreign.pk, nowhere.pk, 999_999)]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert answers[0].content == answers[2].content
    assert Reading.objects.count() == 0


def test_card_visitors(client: Client, desk: Desk) -> None:
    card = _card(desk)

    anonymous = client.get(f"{PAGE}kaart/{card.pk}/")
    client.force_login(make.member(make.point("elders")).user)
    stranger = client.get(f"{PAGE}kaart/{card.pk}/")

    assert (anonymous.status_code, stranger.status_code) == (302, 404)


def test_card_asks_as_many_questions_for_three_events_as_for_one(at_counter: Client, desk: Desk) -> None:
    short, long = _card(desk), _card(desk)
    _handed(short, desk)
    for _ in range(2):
        hand_overs.undo(_handed(long, desk).pk, desks={desk.point.pk: desk}, by=desk.user, at=NOW)
    _handed(long, desk)
    at_counter.get(PAGE)
    asked = []

    for card in (short, long):
        with CaptureQueriesContext(connection) as queries:
            at_counter.get(f"{PAGE}kaart/{card.pk}/")
        asked.append(len(queries))

    assert asked[0] == asked[1]


# --- the overview -------------------------------------------------------------------------------


def test_overview_counts(at_counter: Client, desk: Desk, card_year: CardYear) -> None:
    """NOW is a Tuesday: two today, one yesterday, one a week before; one undone counts nowhere."""
    days_ago = [0, 0, 1, 7, 0]
    handed = [_handed(_card(desk), desk, at=NOW - dt.timedelta(days=days)) for days in days_ago]
    hand_overs.undo(handed[-1].pk, desks={desk.point.pk: desk}, by=desk.user, at=NOW)
    _card(desk, "Çelik")
    _card(desk, "Иванов")
    other = make.member(make.point("elders", year=2027))
    _handed(_card(other), other)

    overview = desk_overview.overview(desk, at=NOW)

    assert (overview.today, overview.this_week, overview.collected, overview.waiting) == (2, 3, 4, 3)
    assert [day.count for day in overview.week] == [1, 2, None, None, None, None, None]
    assert [day.week_before for day in overview.week] == [0, 1, 0, 0, 0, 0, 0]
    assert [(one.letter, one.waiting) for one in overview.letters] == [("C", 1), ("P", 1), ("#", 1)]
    assert overview.share == 57
    assert {done.hand_over for done in overview.latest} == set(handed[:-1])


def test_overview_counts_a_night_to_its_own_day(desk: Desk) -> None:
    """Ten past midnight in Brussels is still yesterday in UTC."""
    _handed(_card(desk), desk, at=dt.datetime(2027, 1, 12, 0, 10, tzinfo=BRUSSELS))
    _handed(_card(desk), desk, at=dt.datetime(2027, 1, 11, 23, 50, tzinfo=BRUSSELS))

    overview = desk_overview.overview(desk, at=NOW)

    assert [day.count for day in overview.week[:2]] == [1, 1]


def test_overview_of_a_point_without_anything(at_counter: Client, desk: Desk) -> None:
    page = _text(at_counter.get(f"{PAGE}overzicht/").content.decode())

    assert "Hier werd nog geen kaart afgegeven." in page
    assert "Er wacht geen kaart meer." in page
    assert "%" not in page
    assert Reading.objects.count() == 0


def test_overview_shows_names_with_a_reading_and_undo_where_one_may(at_counter: Client, desk: Desk) -> None:
    mine, theirs = _handed(_card(desk), desk), _handed(_card(desk, "Wouters"), make.member(desk.point))

    page = at_counter.get(f"{PAGE}overzicht/").content.decode()

    assert re.findall(r'name="id" value="([^"]+)"', page) == [str(mine.pk)]
    assert "Wouters" in page
    assert sorted(Reading.objects.get().cards) == sorted([mine.card_id, theirs.card_id])


def test_overview_tells_of_transfers(at_counter: Client, desk: Desk) -> None:
    other = make.member(make.point("elders", year=2027))
    transfers.request(card_number=_card(desk).number, to=other, by=other.user, at=NOW)

    assert "Eén overdracht wacht op jullie." in _text(at_counter.get(f"{PAGE}overzicht/").content.decode())


def test_overview_asks_as_many_questions_for_three_as_for_one(at_counter: Client, desk: Desk) -> None:
    at_counter.get(PAGE)
    asked = []
    for more in (1, 2):
        for _ in range(more):
            _handed(_card(desk), make.member(desk.point))
            _card(desk, "Wouters")
        with CaptureQueriesContext(connection) as queries:
            at_counter.get(f"{PAGE}overzicht/")
        asked.append(len(queries))

    assert asked[0] == asked[1]


def test_the_curve_draws_what_the_table_says() -> None:
    week = tuple(
        desk_overview.Day(dt.date(2027, 1, 11) + dt.timedelta(days=number), count, before)
        for number, (count, before) in enumerate([(4, 0), (2, 8), (0, 1), (None, 0), (None, 0), (None, 0), (None, 2)])
    )

    drawn = bars(week)

    assert [bar.tall for bar in drawn] == [85, 42, 0, 0, 0, 0, 0]
    assert [bar.top + bar.tall for bar in drawn] == [BASE] * 7
    assert [bar.is_today for bar in drawn].index(True) == 2
    assert drawn[1].before == 30
