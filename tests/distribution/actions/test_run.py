"""The year run, case by case."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from distribution.actions import freeze, run, run_cards, years
from distribution.enums import AssignedBy, CardEventKind, CardState, Channel
from distribution.models import Appointment, Card, CardEvent, CardYear, NotEntitled, Person, YearEvent, bulk
from distribution.rules import card_number
from tests import make
from tests.distribution.actions.populations import Human, Job, as_it_is, by_the_rules, content, settle

ON = dt.date(2026, 11, 15)
LEFT = Job(ends_on=dt.date(2026, 6, 30))
ABROAD = "5613 LJ"


def go(card_year: CardYear, now: dt.datetime, *, on: dt.date = ON, **options: Any) -> run.RunSummary:
    return run.run(card_year, on=on, at=now, **options)


def test_run_gives_the_keys_of_the_interface(card_year: CardYear, now: dt.datetime) -> None:
    make.point(year=2027, serves="9000")
    settle(card_year, [Human(), Human(subscribes=True), Human(jobs=(LEFT,)), Human(postcode="2000")])

    summary = go(card_year, now).as_json()

    assert summary == {
        "people": 4,
        "entitled": 3,
        "not_entitled": {
            "no_active_appointment": 1,
            "not_paid_by_ministry": 0,
            "category_not_entitled": 0,
            "full_interruption": 0,
        },
        "cards": {"new": 3, "existing": 0, "withdrawn": 0, "reinstated": 0, "moved": 0, "channel_changed": 0},
        "channels": {"subscription": 1, "starter": 0, "pickup": 2},
        "assigned": {"by_residence": 1, "by_institution": 0, "by_office": 0, "unassigned": 1},
        "too_late": 0,
        "is_frozen": False,
        "would_change": {"new": 0, "withdrawn": 0, "moved": 0, "channel": 0},
    }


@pytest.mark.parametrize(
    ("job", "reason"),
    [
        (Job(begins_on=dt.date(2026, 11, 16)), "no_active_appointment"),
        (Job(ends_on=dt.date(2026, 11, 14)), "no_active_appointment"),
        (Job(begins_on=ON, ends_on=ON), ""),
        (Job(paid_by="enveloppe"), "not_paid_by_ministry"),
        (Job(paid_by="inrichtende_macht", level="ander"), "not_paid_by_ministry"),
        (Job(level="ander"), "category_not_entitled"),
        (Job(level="internaat"), "category_not_entitled"),
        (Job(level="internaat", category="opvoedend_hulp"), ""),
        (Job(level="universiteit", category="opvoedend_hulp"), "category_not_entitled"),
        (Job(interruption="228", in_full=True), "full_interruption"),
        (
            Job(interruption="228", in_full=True, interruption_begins_on=ON, interruption_ends_on=ON),
            "full_interruption",
        ),
        (Job(interruption="228", in_full=True, interruption_ends_on=dt.date(2026, 11, 14)), ""),
        (Job(interruption="228", in_full=False), ""),
        (Job(interruption="300", in_full=True), ""),
    ],
)
def test_run_judges_one_appointment(card_year: CardYear, now: dt.datetime, job: Job, reason: str) -> None:
    settle(card_year, [Human(jobs=(job,))])

    go(card_year, now)

    assert list(NotEntitled.objects.values_list("reason", flat=True)) == ([reason] if reason else [])
    assert Card.objects.count() == (0 if reason else 1)


def test_run_takes_the_reason_that_got_furthest(card_year: CardYear, now: dt.datetime) -> None:
    settle(card_year, [Human(jobs=(Job(level="ander"), LEFT, Job(paid_by="enveloppe")))])

    go(card_year, now)

    assert NotEntitled.objects.get().reason == "category_not_entitled"


def test_run_uses_the_tables_of_the_year(card_year: CardYear, now: dt.datetime) -> None:
    card_year.entitled_categories.filter(level="lager").delete()
    card_year.excluding_codes.create(code="300", meaning="proef")
    settle(card_year, [Human(), Human(jobs=(Job(level="kleuter", interruption="300", in_full=True),))])

    go(card_year, now)

    reasons = NotEntitled.objects.order_by("person_id").values_list("reason", flat=True)
    assert list(reasons) == ["category_not_entitled", "full_interruption"]


def test_run_places_by_residence_then_institution(card_year: CardYear, now: dt.datetime) -> None:
    home, school = make.point(year=2027, serves="9000"), make.point(year=2027, serves="2000")
    at_school = (Job(institution_postcode="2000"),)
    settle(
        card_year,
        [
            Human(jobs=at_school),
            Human(jobs=at_school, postcode=ABROAD, country="NL"),
            Human(postcode=ABROAD, country="NL"),
        ],
    )

    go(card_year, now)

    cards = Card.objects.order_by("person_id").values_list("pickup_point", "assigned_by", "nis", "province")
    assert list(cards) == [
        (home.pk, "by_residence", "44021", "Oost-Vlaanderen"),
        (school.pk, "by_institution", "", ""),
        (None, "unassigned", "", ""),
    ]


def test_run_ignores_points_of_choice_and_of_other_years(card_year: CardYear, now: dt.datetime) -> None:
    make.point(year=2026, serves="9000")
    make.point(year=2027).served_postcodes.create(year=2027, postcode="9000", is_choice=True)
    settle(card_year, [Human()])

    go(card_year, now)

    assert Card.objects.get().assigned_by == AssignedBy.UNASSIGNED


def test_run_follows_the_latest_begin_among_those_that_give_the_right(card_year: CardYear, now: dt.datetime) -> None:
    older = Job(begins_on=dt.date(2019, 9, 1), level="dko", institution_postcode="2000")
    newer = Job(begins_on=dt.date(2024, 9, 1), level="clb", institution_postcode="9000")
    without_right = Job(begins_on=dt.date(2025, 9, 1), level="ander", institution_postcode="3000")
    for postcode in ("2000", "9000", "3000"):
        make.point(f"punt-{postcode}", year=2027, serves=postcode)
    settle(card_year, [Human(jobs=(older, newer, without_right), postcode=ABROAD, country="NL")])

    go(card_year, now)

    card = Card.objects.select_related("pickup_point").get()
    assert card.pickup_point is not None
    assert (card.level, card.pickup_point.code) == ("clb", "punt-9000")


def test_run_makes_starters_only_when_last_years_cards_are_known(card_year: CardYear, now: dt.datetime) -> None:
    settle(card_year, [Human(), Human()])
    unknown = go(card_year, now).channels
    settle(card_year, [Human(held="listed"), Human()])
    known = go(card_year, now).channels

    assert unknown == {"subscription": 0, "starter": 0, "pickup": 2}
    assert known == {"subscription": 0, "starter": 1, "pickup": 1}
    assert Card.objects.get(channel=Channel.STARTER).mailing_on == dt.date(2027, 1, 15)


def test_run_numbers_cards_in_the_order_of_people(card_year: CardYear, now: dt.datetime) -> None:
    settle(card_year, [Human(), Human(jobs=(LEFT,)), Human()])
    go(card_year, now)
    settle(card_year, [Human()] * 4)
    go(card_year, now)

    numbers = Card.objects.order_by("person_id").values_list("number", flat=True)
    card_year.refresh_from_db()
    assert list(numbers) == [card_number.make(2027, sequence) for sequence in (1, 3, 2, 4)]
    assert card_year.last_sequence == 4


@pytest.mark.django_db
@pytest.mark.parametrize("sequence", [1, 96, 97, 98, 12_345, 700_001, 999_999])
@pytest.mark.parametrize("year", [2015, 2027, 2099])
def test_number_sql_is_the_rule(year: int, sequence: int) -> None:
    number = bulk.fetch(f"SELECT {run_cards.number_sql(f'CAST({sequence} AS bigint)', year=year)}")[0][0]

    assert number == card_number.make(year, sequence)


def test_run_refuses_more_cards_than_numbers(card_year: CardYear, now: dt.datetime) -> None:
    CardYear.objects.update(last_sequence=999_998)
    settle(card_year, [Human(), Human(), Human(jobs=(LEFT,))])

    with pytest.raises(run_cards.NumbersUsedUp):
        go(card_year, now)

    assert (Card.objects.count(), NotEntitled.objects.count(), YearEvent.objects.filter(kind="run").count()) == (
        0,
        0,
        0,
    )


def test_run_uses_the_very_last_number(card_year: CardYear, now: dt.datetime) -> None:
    CardYear.objects.update(last_sequence=999_998)
    settle(card_year, [Human()])

    go(card_year, now)

    assert Card.objects.get().number == card_number.make(2027, 999_999)


def test_run_withdraws_and_reinstates_the_same_card(card_year: CardYear, now: dt.datetime) -> None:
    settle(card_year, [Human()])
    go(card_year, now)
    number = Card.objects.get().number
    settle(card_year, [Human(jobs=(LEFT,))])

    withdrawn = go(card_year, now).cards

    card = Card.objects.get()
    assert (withdrawn["withdrawn"], card.state, card.withdrawn_at) == (1, CardState.WITHDRAWN, now)

    settle(card_year, [Human()])
    back = go(card_year, now).cards

    card.refresh_from_db()
    assert (back["new"], back["reinstated"], card.state, card.number) == (1, 1, CardState.ISSUED, number)
    assert [event.kind for event in CardEvent.objects.order_by("pk")] == ["withdrawn", "reinstated"]


def test_run_withdraws_the_card_of_someone_who_left(card_year: CardYear, now: dt.datetime) -> None:
    settle(card_year, [Human(), Human()])
    go(card_year, now)
    Appointment.objects.filter(person=Person.objects.earliest("pk")).delete()

    summary = go(card_year, now)

    assert (summary.people, summary.cards["withdrawn"], summary.cards["existing"]) == (1, 1, 1)


def test_run_moves_a_card_with_an_event(card_year: CardYear, now: dt.datetime) -> None:
    old, new = make.point(year=2027, serves="9000"), make.point(year=2027, serves="2000")
    user = make.new_user()
    settle(card_year, [Human()])
    go(card_year, now)
    settle(card_year, [Human(postcode="2000")])

    summary = go(card_year, now, by=user)

    event = CardEvent.objects.get()
    assert summary.cards["moved"] == 1
    assert (event.kind, event.at, event.by, event.from_point, event.to_point) == ("moved", now, user, old, new)
    assert Card.objects.get().province == "Antwerpen"


def test_run_changes_the_channel_with_an_event(card_year: CardYear, now: dt.datetime) -> None:
    point = make.point(year=2027, serves="9000")
    settle(card_year, [Human()])
    go(card_year, now)
    settle(card_year, [Human(subscribes=True)])

    summary = go(card_year, now)

    event = CardEvent.objects.get()
    assert summary.cards["channel_changed"] == 1
    assert (event.kind, event.from_point, event.to_point) == (CardEventKind.CHANNEL_CHANGED, point, None)


@pytest.mark.parametrize("state", [CardState.HANDED_OVER, CardState.VOID])
def test_run_never_touches_a_card_handed_over_or_void(card_year: CardYear, now: dt.datetime, state: str) -> None:
    make.point(year=2027, serves="9000")
    settle(card_year, [Human(), Human()])
    go(card_year, now)
    handed_over_at = now if state == CardState.HANDED_OVER else None
    Card.objects.update(state=state, handed_over_at=handed_over_at)
    before = list(Card.objects.order_by("pk").values_list())
    settle(card_year, [Human(jobs=(LEFT,)), Human(postcode="2000", subscribes=True)])

    go(card_year, now)

    assert list(Card.objects.order_by("pk").values_list()) == before


def test_run_keeps_the_point_that_klasse_decided_on(card_year: CardYear, now: dt.datetime) -> None:
    chosen = make.point(year=2027)
    make.point(year=2027, serves="9000")
    settle(card_year, [Human()])
    go(card_year, now)
    Card.objects.update(pickup_point=chosen, assigned_by=AssignedBy.OFFICE)

    summary = go(card_year, now)

    card = Card.objects.get()
    assert (card.pickup_point, card.assigned_by, summary.assigned["by_office"]) == (chosen, AssignedBy.OFFICE, 1)


def test_run_twice_changes_nothing(card_year: CardYear, now: dt.datetime) -> None:
    make.point(year=2027, serves="9000")
    settle(card_year, [Human(), Human(subscribes=True), Human(jobs=(LEFT,)), Human(held="listed", postcode="2000")])
    first = go(card_year, now)
    before = content(card_year)

    second = go(card_year, now + dt.timedelta(hours=1))

    assert content(card_year) == before
    assert second.cards == first.cards | {"new": 0, "existing": 3}
    assert second.channels == first.channels
    assert CardEvent.objects.count() == 0


def test_run_dry_leaves_everything_as_it_was(card_year: CardYear, now: dt.datetime) -> None:
    settle(card_year, [Human(), Human(jobs=(LEFT,))])

    rehearsed = go(card_year, now, dry_run=True)

    card_year.refresh_from_db()
    assert (Card.objects.count(), NotEntitled.objects.count(), card_year.last_run_at) == (0, 0, None)
    assert card_year.last_sequence == 0
    assert go(card_year, now) == rehearsed


def test_run_writes_its_event_and_date(card_year: CardYear, now: dt.datetime) -> None:
    settle(card_year, [Human()])

    summary = go(card_year, now)

    card_year.refresh_from_db()
    event = YearEvent.objects.get(kind="run")
    assert (card_year.last_run_at, card_year.reference_date) == (now, ON)
    assert event.summary == summary.as_json() | {"reference_date": "2026-11-15", "late": False}


def test_run_after_the_last_starter_mailing_makes_no_cards(card_year: CardYear, now: dt.datetime) -> None:
    settle(card_year, [Human(held="listed"), Human(jobs=(LEFT,), held="listed")])
    go(card_year, now)
    settle(card_year, [Human(), Human(held="listed")])

    summary = go(card_year, now, on=dt.date(2027, 6, 16))

    card = Card.objects.get()
    assert (summary.cards["new"], summary.too_late, card.channel) == (0, 1, Channel.PICKUP)


def test_run_moves_an_unprinted_starter_to_the_next_mailing(card_year: CardYear, now: dt.datetime) -> None:
    settle(card_year, [Human(held="listed"), Human()])
    go(card_year, now)

    go(card_year, now, on=dt.date(2027, 1, 16))

    assert Card.objects.get(channel=Channel.STARTER).mailing_on == dt.date(2027, 3, 15)
    assert CardEvent.objects.count() == 0


def test_run_leaves_other_years_alone(card_year: CardYear, now: dt.datetime) -> None:
    other = years.open_year(2028, at=now)
    settle(card_year, [Human(), Human(jobs=(LEFT,))])
    settle(other, [Human(), Human(), Human(jobs=(LEFT,))])
    # A person of the first year whose key lies beyond those of the second.
    make.appointment(make.person(card_year))
    go(card_year, now)
    before = content(card_year)

    summary = go(other, now, on=dt.date(2027, 11, 15))

    assert content(card_year) == before
    assert (summary.people, summary.cards["new"]) == (3, 2)
    assert as_it_is(other) == by_the_rules(other, on=dt.date(2027, 11, 15))


def test_run_knows_last_years_holders_from_its_own_cards(card_year: CardYear, now: dt.datetime) -> None:
    settle(card_year, [Human()] * 4)
    go(card_year, now)
    cards = list(Card.objects.order_by("person_id"))
    Card.objects.filter(pk=cards[0].pk).update(state=CardState.HANDED_OVER, handed_over_at=now)
    Card.objects.filter(pk=cards[1].pk).update(state=CardState.WITHDRAWN, withdrawn_at=now)
    Card.objects.filter(pk=cards[2].pk).update(state=CardState.VOID)
    other = years.open_year(2028, at=now)
    settle(other, [Human()] * 4)

    go(other, now, on=dt.date(2027, 11, 15))

    ways = Card.objects.filter(card_year=other).order_by("person__staff_number").values_list("channel", flat=True)
    assert list(ways) == ["pickup", "starter", "starter", "pickup"]


def test_run_of_a_year_without_people(card_year: CardYear, now: dt.datetime) -> None:
    summary = go(card_year, now)

    assert (summary.people, summary.entitled, sum(summary.not_entitled.values())) == (0, 0, 0)


@pytest.mark.parametrize("is_first", [True, False], ids=["first", "again"])
def test_run_asks_as_many_questions_for_one_as_for_three(
    card_year: CardYear, now: dt.datetime, *, is_first: bool
) -> None:
    asked = []
    for people in (1, 3):
        settle(card_year, [Human(subscribes=True)] * people)
        if not is_first:
            go(card_year, now)
        with CaptureQueriesContext(connection) as queries:
            go(card_year, now, dry_run=is_first)
        asked.append(len(queries))

    assert asked[0] == asked[1]


def test_run_leaves_no_temporary_tables(card_year: CardYear, now: dt.datetime) -> None:
    settle(card_year, [Human(held="listed"), Human()])

    go(card_year, now)

    catalogue = "pg_tables" if bulk.is_postgres() else "sqlite_temp_master"
    name = "tablename" if bulk.is_postgres() else "name"
    assert bulk.fetch(f"SELECT {name} FROM {catalogue} WHERE {name} LIKE 'run_%%'", {}) == []


def test_run_after_freezing_only_lists(card_year: CardYear, now: dt.datetime) -> None:
    here, there = make.point("hier", year=2027, serves="9000"), make.point("daar", year=2027, serves="2000")
    settle(card_year, [Human(), Human(), Human(), Human(jobs=(LEFT,)), Human()])
    go(card_year, now)
    freeze.freeze(card_year, at=now)
    before = content(card_year)
    settle(
        card_year,
        [Human(postcode="2000"), Human(subscribes=True), Human(jobs=(LEFT,)), Human(postcode="2000"), Human()],
    )

    summary = go(card_year, now)

    changes = card_year.pending_changes.order_by("person_id").values_list("kind", "was", "becomes")
    assert [row for row in content(card_year) if len(row) > 2] == [row for row in before if len(row) > 2]
    assert (summary.is_frozen, summary.would_change) == (True, {"new": 1, "withdrawn": 1, "moved": 1, "channel": 1})
    assert summary.cards == {
        "new": 0,
        "existing": 4,
        "withdrawn": 0,
        "reinstated": 0,
        "moved": 0,
        "channel_changed": 0,
    }
    assert list(changes) == [
        ("moved", here.name, there.name),
        ("channel", here.name, "met het magazine"),
        ("withdrawn", here.name, "geen kaart: geen lopende opdracht"),
        ("new", "", there.name),
    ]


def test_run_after_freezing_replaces_the_list(card_year: CardYear, now: dt.datetime) -> None:
    settle(card_year, [Human()])
    go(card_year, now)
    freeze.freeze(card_year, at=now)
    settle(card_year, [Human(jobs=(LEFT,))])
    first = go(card_year, now).would_change
    again = go(card_year, now).would_change
    settle(card_year, [Human()])

    last = go(card_year, now).would_change

    assert (first["withdrawn"], again["withdrawn"], sum(last.values())) == (1, 1, 0)
    assert card_year.pending_changes.count() == 0


def test_run_late_gives_newcomers_a_card_and_changes_nothing_else(card_year: CardYear, now: dt.datetime) -> None:
    settle(card_year, [Human(held="listed"), Human(held="listed"), Human(jobs=(LEFT,), held="listed")])
    go(card_year, now)
    freeze.freeze(card_year, at=now)
    before = list(Card.objects.order_by("number").values_list())
    settle(card_year, [Human(jobs=(LEFT,), held="listed"), Human(subscribes=True), Human(held="listed"), Human()])

    summary = go(card_year, now, on=dt.date(2027, 2, 1), late=True)

    cards = list(Card.objects.order_by("number"))
    assert list(Card.objects.order_by("number").values_list())[:2] == before
    assert [(card.channel, card.mailing_on, card.batch_id) for card in cards[2:]] == [
        ("pickup", None, None),
        ("starter", dt.date(2027, 3, 15), None),
    ]
    assert summary.cards["new"] == 2
    assert summary.would_change == {"new": 0, "withdrawn": 1, "moved": 0, "channel": 1}


def test_run_late_brings_back_a_card_that_was_never_printed(card_year: CardYear, now: dt.datetime) -> None:
    settle(card_year, [Human(), Human()])
    go(card_year, now)
    settle(card_year, [Human(), Human(jobs=(LEFT,))])
    go(card_year, now)
    freeze.freeze(card_year, at=now)
    settle(card_year, [Human(), Human()])

    listed = go(card_year, now).would_change
    done = go(card_year, now, late=True)

    assert listed["new"] == 1
    assert (done.cards["reinstated"], done.cards["new"], done.would_change["new"]) == (1, 1, 0)
    assert Card.objects.filter(state=CardState.ISSUED).count() == 2
