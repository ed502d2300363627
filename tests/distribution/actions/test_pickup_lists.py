"""Making pickup lists: which cards, in which order, and when there is a new revision."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from distribution.actions import pickup_lists
from distribution.enums import CardState, Channel
from distribution.models import Card, CardYear, PickupList, PrintBatch, YearEvent
from distribution.queries import pickup_lists as queries
from pickup_points.models import PickupPoint, PointYear
from tests import make


@pytest.fixture
def year(card_year: CardYear, now: dt.datetime) -> CardYear:
    """A year in which cards were issued."""
    CardYear.objects.filter(pk=card_year.pk).update(last_run_at=now, reference_date=now.date())
    card_year.refresh_from_db()
    return card_year


def card(year: CardYear, point: PickupPoint, last_name: str, first_name: str = "An", **fields: object) -> Card:
    return make.card(make.person(year, last_name, first_name), at=point, **fields)


def names(list_id: int) -> list[str]:
    (sheet,) = queries.sheets([list_id])
    return [f"{line.last_name} {line.first_name}" for line in sheet.lines]


def revisions() -> list[tuple[str, int, int | None, int]]:
    return [
        (made.pickup_point.code, made.revision, made.since, len(made.card_numbers))
        for made in PickupList.objects.select_related("pickup_point").order_by("pk")
    ]


def test_make_orders_cards_as_people_look_for_them(year: CardYear, now: dt.datetime) -> None:
    point = make.point("bib-gent", year=2027)
    for last_name in ["Zeeman", "van Damme", "Çelik", "Van den Broeck", "Dhondt", "Claes", "Van Aken"]:
        card(year, point, last_name)
    card(year, point, "D'Hondt", "Bo")

    (list_id,) = pickup_lists.make(year, at=now)

    assert [name.rpartition(" ")[0] for name in names(list_id)] == [
        "Çelik", "Claes", "Dhondt", "D'Hondt", "Van Aken", "van Damme", "Van den Broeck", "Zeeman",
    ]  # fmt: skip


def test_make_orders_people_of_one_name_by_card_number(year: CardYear, now: dt.datetime) -> None:
    point = make.point("bib-gent", year=2027)
    numbers = [card(year, point, "Peeters").number for _ in range(4)]

    pickup_lists.make(year, at=now)

    assert PickupList.objects.get().card_numbers == sorted(numbers)


def test_make_takes_only_cards_that_wait_at_the_point(year: CardYear, now: dt.datetime) -> None:
    point, other = make.point("bib-gent", year=2027), make.point("bib-aalst", year=2027)
    card(year, point, "Waiting")
    card(year, other, "Elsewhere")
    card(year, point, "Fetched", state=CardState.HANDED_OVER, handed_over_at=now)
    card(year, point, "Withdrawn", state=CardState.WITHDRAWN, withdrawn_at=now)
    card(year, point, "Void", state=CardState.VOID)
    make.card(make.person(year, "Subscriber"), channel=Channel.SUBSCRIPTION)
    make.card(make.person(year, "Nowhere"))

    first, second = pickup_lists.make(year, at=now)

    assert (names(first), names(second)) == (["Elsewhere An"], ["Waiting An"])


def test_make_gives_every_point_of_the_year_a_list(year: CardYear, now: dt.datetime) -> None:
    for code in ("bib-b", "bib-a"):
        make.point(code, year=2027)
    make.point("bib-2028", year=2028)

    pickup_lists.make(year, at=now)

    assert sorted(revisions()) == [("bib-a", 1, None, 0), ("bib-b", 1, None, 0)]


def test_make_gives_the_same_revision_while_nothing_changes(year: CardYear, now: dt.datetime) -> None:
    card(year, make.point("bib-gent", year=2027), "Peeters")
    first = pickup_lists.make(year, at=now)

    again = pickup_lists.make(year, at=now + dt.timedelta(days=3))

    assert again == first
    assert PickupList.objects.get().made_at == now
    assert YearEvent.objects.filter(kind="pickup_lists_made").count() == 1


def test_make_gives_a_new_revision_only_where_cards_changed(year: CardYear, now: dt.datetime) -> None:
    changes, stays = make.point("bib-a", year=2027), make.point("bib-b", year=2027)
    gone = card(year, changes, "Peeters")
    card(year, stays, "Maes")
    pickup_lists.make(year, at=now)
    Card.objects.filter(pk=gone.pk).update(pickup_point=None)

    pickup_lists.make(year, at=now)

    assert revisions() == [("bib-a", 1, None, 1), ("bib-b", 1, None, 1), ("bib-a", 2, None, 0)]


def test_make_leaves_an_event_with_counts(year: CardYear, now: dt.datetime) -> None:
    card(year, make.point("bib-gent", year=2027), "Peeters")
    by = make.new_user()

    pickup_lists.make(year, at=now, by=by)

    event = YearEvent.objects.get(kind="pickup_lists_made")
    assert (event.summary, event.by, event.at) == ({"lists": 1, "rows": 1}, by, now)


def test_make_since_lists_what_was_added(year: CardYear, now: dt.datetime) -> None:
    grows, stays = make.point("bib-a", year=2027), make.point("bib-b", year=2027)
    gone = card(year, grows, "Peeters")
    card(year, grows, "Maes")
    card(year, stays, "Claes")
    pickup_lists.make(year, at=now)
    Card.objects.filter(pk=gone.pk).update(pickup_point=None)
    card(year, grows, "Zeeman")
    card(year, grows, "Aerts")

    (delta,) = pickup_lists.make(year, at=now, since=1)

    assert names(delta) == ["Aerts An", "Zeeman An"]
    assert revisions() == [("bib-a", 1, None, 2), ("bib-b", 1, None, 1), ("bib-a", 2, None, 3), ("bib-a", 2, 1, 2)]


def test_make_since_gives_the_same_delta_again(year: CardYear, now: dt.datetime) -> None:
    point = make.point("bib-a", year=2027)
    pickup_lists.make(year, at=now)
    card(year, point, "Aerts")

    first = pickup_lists.make(year, at=now, since=1)

    assert pickup_lists.make(year, at=now, since=1) == first


def test_make_since_gives_a_new_point_its_whole_list(year: CardYear, now: dt.datetime) -> None:
    make.point("bib-a", year=2027)
    pickup_lists.make(year, at=now)
    card(year, make.point("bib-new", year=2027), "Aerts")

    made = pickup_lists.make(year, at=now, since=1)

    assert [(heading.point_code, heading.since) for heading in queries.headings(made)] == [("bib-new", None)]


def test_make_for_one_point_leaves_the_others_alone(year: CardYear, now: dt.datetime) -> None:
    card(year, make.point("bib-a", year=2027), "Aerts")
    card(year, make.point("bib-b", year=2027), "Beckers")

    pickup_lists.make(year, at=now, point="bib-b")

    assert revisions() == [("bib-b", 1, None, 1)]


def test_make_refuses_a_year_without_cards(card_year: CardYear, now: dt.datetime) -> None:
    with pytest.raises(pickup_lists.YearNotRun, match="nog geen kaarten toegekend"):
        pickup_lists.make(card_year, at=now)


def test_make_refuses_a_point_that_takes_no_part(year: CardYear, now: dt.datetime) -> None:
    make.point("bib-2028", year=2028)

    with pytest.raises(pickup_lists.UnknownPoint, match="bib-2028"):
        pickup_lists.make(year, at=now, point="bib-2028")


@pytest.mark.parametrize("since", [0, 2, 99])
def test_make_refuses_a_revision_that_never_was(year: CardYear, now: dt.datetime, since: int) -> None:
    make.point("bib-a", year=2027)
    pickup_lists.make(year, at=now)

    with pytest.raises(pickup_lists.UnknownRevision):
        pickup_lists.make(year, at=now, since=since)


def test_make_and_sheets_ask_as_much_of_three_points_as_of_one(year: CardYear, now: dt.datetime) -> None:
    card(year, make.point("bib-1", year=2027), "Aerts")
    with CaptureQueriesContext(
        connection,
    ) as one:
        list(queries.sheets(pickup_lists.make(year, at=now)))
    for code in ("bib-2", "bib-3"):
        card(year, make.point(code, year=2027), "Aerts")
    PickupList.objects.all().delete()
    with CaptureQueriesContext(connection) as three:
        list(queries.sheets(pickup_lists.make(year, at=now)))

    assert len(three) == len(one)


def test_sheets_show_the_day_in_brussels_and_the_points_own_dates(year: CardYear) -> None:
    point = make.point("bib-a", year=2027)
    PointYear.objects.filter(point=point).update(collect_until=dt.date(2027, 6, 30))
    late = dt.datetime(2026, 11, 21, 23, 30, tzinfo=dt.UTC)

    (sheet,) = queries.sheets(pickup_lists.make(year, at=late))

    assert sheet.made_on == dt.date(2026, 11, 22)
    assert (sheet.collect_from, sheet.collect_until) == (dt.date(2026, 12, 27), dt.date(2027, 6, 30))


def test_sheets_are_provisional_until_the_cards_are_frozen(year: CardYear, now: dt.datetime) -> None:
    make.point("bib-a", year=2027)
    (list_id,) = pickup_lists.make(year, at=now)

    before = next(queries.sheets([list_id])).is_provisional
    PrintBatch.objects.create(card_year=year, number=1, frozen_at=now, cards=0)

    assert (before, next(queries.sheets([list_id])).is_provisional) == (True, False)


def test_sheets_keep_the_line_of_a_card_that_has_gone(year: CardYear, now: dt.datetime) -> None:
    gone = card(year, make.point("bib-a", year=2027), "Peeters")
    (list_id,) = pickup_lists.make(year, at=now)

    Card.objects.filter(pk=gone.pk).update(state=CardState.WITHDRAWN, withdrawn_at=now, pickup_point=None)

    assert names(list_id) == ["Peeters An"]
