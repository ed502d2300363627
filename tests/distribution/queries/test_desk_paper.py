"""The questions behind the paper and transfer pages: whose they are, and how many it takes to answer."""

import datetime as dt
from collections.abc import Callable, Sequence

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from distribution.actions import pickup_lists, transfers
from distribution.enums import CardState
from distribution.models import Card, CardYear, PickupList, Transfer
from distribution.queries import desk_lists, keyed_lists
from distribution.queries import transfers as queries
from pickup_points.desks import Desk
from tests import make
from tests.conftest import NOW


@pytest.fixture
def year(card_year: CardYear) -> CardYear:
    CardYear.objects.filter(pk=card_year.pk).update(last_run_at=NOW, reference_date=NOW.date())
    card_year.refresh_from_db()
    return card_year


def _desk() -> Desk:
    return make.member(make.point(year=2027), is_manager=True)


def _cards(year: CardYear, desk: Desk, names: Sequence[str]) -> list[Card]:
    return [make.card(make.person(year, name), at=desk.point) for name in names]


def _questions(ask: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as asked:
        ask()
    return len(asked)


def test_lists_of_a_point_newest_first_and_of_no_other(year: CardYear) -> None:
    here, there = _desk(), _desk()
    cards = _cards(year, here, ["Aerts", "Beckers"])
    _cards(year, there, ["Claes"])
    pickup_lists.make(year, at=NOW)
    _cards(year, here, ["Dillen"])
    pickup_lists.make(year, at=NOW, since=1)
    Card.objects.filter(pk=cards[0].pk).update(state=CardState.HANDED_OVER, handed_over_at=NOW)
    _cards(year, here, ["Engels", "Frans"])

    lists = desk_lists.lists_of(here.point, year)

    assert [(row.revision, row.since, row.names) for row in lists.whole] == [(2, None, 3), (1, None, 2)]
    assert [(row.revision, row.since, row.names) for row in lists.deltas] == [(2, 1, 1)]
    assert (lists.waiting, lists.added, lists.gone, lists.is_current) == (4, 2, 1, False)
    assert lists.newest == lists.whole[0]
    assert list(lists.earlier) == lists.whole[1:]


def test_a_list_that_says_what_waits_is_current(year: CardYear) -> None:
    here = _desk()
    _cards(year, here, ["Aerts"])
    pickup_lists.make(year, at=NOW)

    lists = desk_lists.lists_of(here.point, year)

    assert (lists.is_current, lists.can_be_made) == (True, True)


def test_a_point_without_a_list(year: CardYear, card_year: CardYear) -> None:
    here = _desk()
    _cards(year, here, ["Aerts"])

    lists = desk_lists.lists_of(here.point, year)

    assert (lists.newest, lists.earlier, lists.waiting, lists.is_current) == (None, [], 1, False)


def test_lists_take_as_many_questions_for_one_as_for_three(year: CardYear) -> None:
    here = _desk()
    counts = []
    for names in (["Aerts"], ["Beckers"], ["Claes"]):
        _cards(year, here, names)
        pickup_lists.make(year, at=NOW)
        counts.append(_questions(lambda: desk_lists.lists_of(here.point, year)))

    assert counts == [3, 3, 3]


def test_a_list_of_another_point_or_year_is_none(year: CardYear) -> None:
    here, there = _desk(), _desk()
    _cards(year, here, ["Aerts"])
    pickup_lists.make(year, at=NOW, point=here.point.code)
    made = PickupList.objects.get()

    found = [
        keyed_lists.get(made.pk, point=here.point, card_year_id=year.pk),
        keyed_lists.get(made.pk, point=there.point, card_year_id=year.pk),
        keyed_lists.get(made.pk, point=here.point, card_year_id=year.pk + 1),
        keyed_lists.get(made.pk + 1, point=here.point, card_year_id=year.pk),
    ]

    assert found == [made, None, None, None]


def test_rows_come_in_the_order_asked_with_the_last_four_only(year: CardYear) -> None:
    here = _desk()
    cards = _cards(year, here, ["Aerts", "Beckers", "Claes"])
    pickup_lists.make(year, at=NOW)

    rows = keyed_lists.rows(PickupList.objects.get(), numbers=(3, 1))

    assert [(row.row, row.card_id, row.name, row.last_four) for row in rows] == [
        (number, card.pk, str(card.person), card.person.staff_number[-4:])
        for number, card in ((3, cards[2]), (1, cards[0]))
    ]


def test_rows_are_read_in_sets(year: CardYear, monkeypatch: pytest.MonkeyPatch) -> None:
    here = _desk()
    _cards(year, here, ["Aerts", "Beckers", "Claes", "Dillen", "Engels"])
    pickup_lists.make(year, at=NOW)
    made = PickupList.objects.get()

    counts = [_questions(lambda: keyed_lists.rows(made, numbers=range(1, last + 1))) for last in (1, 3, 5)]  # noqa: B023
    monkeypatch.setattr(keyed_lists, "NUMBERS_AT_ONCE", 2)
    in_portions = _questions(lambda: keyed_lists.rows(made, numbers=range(1, 6)))

    assert (counts, in_portions) == ([2, 2, 2], 6)
    assert [row.row for row in keyed_lists.rows(made, numbers=range(1, 6))] == [1, 2, 3, 4, 5]


def _ways(ways: queries.Ways) -> dict[str, list[tuple[str, str]]]:
    parts = ("asked_of_us", "on_its_way_to_us", "asked_by_us", "sent_by_us", "done")
    return {part: [(way.name.split()[0], way.other) for way in getattr(ways, part)] for part in parts}


def test_ways_as_each_end_sees_them(year: CardYear) -> None:
    here, there, third = _desk(), _desk(), _desk()
    cards = _cards(year, here, ["Asked", "Sent", "Arrived", "Stopped"])
    made = [
        transfers.request(card_number=card.number, to=there, by=there.user, at=NOW + dt.timedelta(minutes=minute))
        for minute, card in enumerate(cards)
    ]
    for one in made[1:3]:
        transfers.send(one.pk, desk=here, by=here.user, at=NOW)
    transfers.receive(made[2].pk, desk=there, by=there.user, at=NOW)
    transfers.stop(made[3].pk, desk=there, by=there.user, at=NOW + dt.timedelta(hours=1), reason="niet meer nodig")

    seen = {desk: queries.ways_of(desk.point, card_year_id=year.pk) for desk in (here, there, third)}

    to, from_ = there.point.name, here.point.name
    assert _ways(seen[here]) == {
        "asked_of_us": [("Asked", to)],
        "on_its_way_to_us": [],
        "asked_by_us": [],
        "sent_by_us": [("Sent", to)],
        "done": [("Stopped", to), ("Arrived", to)],
    }
    assert _ways(seen[there]) == {
        "asked_of_us": [],
        "on_its_way_to_us": [("Sent", from_)],
        "asked_by_us": [("Asked", from_)],
        "sent_by_us": [],
        "done": [("Stopped", from_), ("Arrived", from_)],
    }
    assert seen[third] == queries.Ways()
    assert sorted(seen[here].card_ids) == sorted(card.pk for card in cards)
    assert [queries.waiting_for_answer(desk.point, card_year_id=year.pk) for desk in (here, there, third)] == [1, 1, 0]


def test_of_what_is_done_only_the_latest_are_shown(year: CardYear) -> None:
    here, there = _desk(), _desk()
    (card,) = _cards(year, here, ["Peeters"])
    for minute in range(queries.MOST_DONE + 2):
        at = NOW + dt.timedelta(minutes=minute)
        made = transfers.request(card_number=card.number, to=there, by=there.user, at=at)
        transfers.stop(made.pk, desk=there, by=there.user, at=at, reason=f"{minute}")

    done = queries.ways_of(here.point, card_year_id=year.pk).done

    assert [way.end_reason for way in done] == [str(minute) for minute in range(queries.MOST_DONE + 1, 1, -1)]


def test_ways_take_as_many_questions_for_one_as_for_three(year: CardYear) -> None:
    here, there = _desk(), _desk()
    counts = []
    for card in _cards(year, here, ["Aerts", "Beckers", "Claes"]):
        transfers.request(card_number=card.number, to=there, by=there.user, at=NOW)
        counts.append(_questions(lambda: queries.ways_of(here.point, card_year_id=year.pk)))

    assert counts == [2, 2, 2]


def test_offer_shows_what_waits_here_by_letter(year: CardYear) -> None:
    here, there = _desk(), _desk()
    aerts, baert, _, _, _ = _cards(year, here, ["Aerts", "Çelik", "Claes", "Zeeman", "Asked"])
    _cards(year, there, ["Claeys"])
    make.card(make.person(year, "Cools"), at=here.point, state=CardState.HANDED_OVER, handed_over_at=NOW)
    asked = Card.objects.get(person__last_name="Asked")
    transfers.request(card_number=asked.number, to=there, by=there.user, at=NOW)

    everyone = queries.offer(here.point, card_year_id=year.pk, letter="", page=1)
    under_c = queries.offer(here.point, card_year_id=year.pk, letter="C", page=1)

    assert [card.name.split()[0] for card in everyone.cards] == ["Aerts", "Çelik", "Claes", "Zeeman"]
    assert (everyone.cards[0].number, everyone.letters, everyone.has_more) == (aerts.number, ["A", "C", "Z"], False)
    assert [card.name.split()[0] for card in under_c.cards] == ["Çelik", "Claes"]
    assert (under_c.cards[0].card_id, under_c.letters) == (baert.pk, ["A", "C", "Z"])


def test_offer_goes_by_the_page(year: CardYear, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "OFFERED_TOGETHER", 2)
    here = _desk()
    _cards(year, here, ["Aerts", "Beckers", "Claes"])

    pages = [queries.offer(here.point, card_year_id=year.pk, letter="", page=page) for page in (1, 2, 3)]

    assert [([card.name.split()[0] for card in page.cards], page.has_more) for page in pages] == [
        (["Aerts", "Beckers"], True), (["Claes"], False), ([], False),
    ]  # fmt: skip


def test_other_points_take_part_that_year(year: CardYear) -> None:
    here = _desk()
    aalst, gent = make.point(year=2027, municipality="Aalst"), make.point(year=2027, municipality="Gent")
    make.point(year=2026)

    assert queries.other_points(here.point, year=2027) == [aalst, gent]


def test_transfers_of_an_earlier_year_are_not_shown(year: CardYear) -> None:
    here, there = _desk(), _desk()
    (card,) = _cards(year, here, ["Peeters"])
    transfers.request(card_number=card.number, to=there, by=there.user, at=NOW)

    assert queries.ways_of(here.point, card_year_id=year.pk + 1) == queries.Ways()
    assert Transfer.objects.count() == 1
