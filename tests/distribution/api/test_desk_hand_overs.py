"""`/api/v1/desk/handovers/`: the contract of interface.md §6, one, many and taken back."""

import datetime as dt
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client

from distribution.enums import CardState
from distribution.models import Card, CardYear, HandOver
from tests import desk_api, make
from tests.conftest import NOW
from tests.desk_api import AT, Places, item, post, problem
from tests.distribution.void_plastic import replaced


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def _state(card: Card) -> str:
    return Card.objects.values_list("state", flat=True).get(pk=card.pk)


def test_hand_over_answers_201_and_the_same_again_200(places: Places, program: Client) -> None:
    sent = item(places.own, collector="Directeur De Smet", evidence="group")

    first, again = post(program, "handovers/", sent), post(program, "handovers/", sent)

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert first.json() == {
        "id": sent["id"],
        "card": places.own.number,
        "at": AT,
        "recorded_at": AT,
        "clock_doubtful": False,
        "point": "bib-eigen",
        "point_name": "Bibliotheek bib-eigen",
        "by": "An Voorbeeld",
        "evidence": "group",
        "collector": "Directeur De Smet",
    }
    assert first["Cache-Control"] == again["Cache-Control"] == "no-store"
    assert (_state(places.own), HandOver.objects.count()) == ("handed_over", 1)


def test_hand_over_again_is_the_same_answer_after_undo(places: Places, program: Client) -> None:
    sent = item(places.own)
    first = post(program, "handovers/", sent)
    post(program, f"handovers/{sent['id']}/undo/")

    again = post(program, "handovers/", sent)

    assert (again.status_code, again.json()) == (200, first.json())
    assert _state(places.own) == CardState.ISSUED


def test_hand_over_by_the_card_number_as_people_type_it(places: Places, program: Client) -> None:
    number = places.own.number
    typed = f" {number[:3]} {number[3:9]}.{number[9:]} "

    assert post(program, "handovers/", item(typed)).json()["card"] == number


def test_hand_over_of_a_card_that_is_gone_says_when_and_where(
    places: Places, program: Client, clock: time_machine.Traveller
) -> None:
    post(program, "handovers/", item(places.own))
    clock.shift(dt.timedelta(hours=3))
    colleague = desk_api.by_token(make.member(places.desk.point).user)

    late = post(colleague, "handovers/", item(places.own))

    assert problem(late) == (409, "already_handed_over")
    assert late.json()["detail"] == "Deze kaart is al afgehaald."
    assert late.json()["hand_over"] == {
        "at": AT,
        "point": "bib-eigen",
        "point_name": "Bibliotheek bib-eigen",
        "by": "An Voorbeeld",
        "evidence": "scan",
    }


def test_hand_over_with_an_id_of_another_card_is_422(places: Places, program: Client, card_year: CardYear) -> None:
    other = make.card(make.person(card_year), at=places.desk.point)
    sent = item(places.own)
    post(program, "handovers/", sent)

    assert problem(post(program, "handovers/", sent | {"card": other.number})) == (422, "id_reused")
    assert _state(other) == CardState.ISSUED


def test_hand_over_elsewhere_is_byte_for_byte_a_missing_card_j22(places: Places, program: Client) -> None:
    answers = [
        post(program, "handovers/", item(number))
        for number in (places.foreign.number, "62799999900", "62700000000", "16203040856", "geen kaart", "")
    ]

    assert {problem(answer) for answer in answers} == {(404, "not_found")}
    assert len({answer.content for answer in answers}) == 1
    assert _state(places.foreign) == CardState.ISSUED


def test_hand_over_of_an_id_used_elsewhere_tells_nothing(places: Places, program: Client) -> None:
    elsewhere = make.member(places.foreign.pickup_point)  # type: ignore[arg-type]
    used = item(places.foreign)
    post(desk_api.by_token(elsewhere.user), "handovers/", used)

    assert problem(post(program, "handovers/", used)) == (404, "not_found")


@pytest.mark.parametrize("state", ["withdrawn", "void"])
def test_hand_over_of_a_card_that_is_not_valid_is_409(
    places: Places, program: Client, card_year: CardYear, state: str
) -> None:
    card = make.card(
        make.person(card_year), at=places.desk.point, state=state, withdrawn_at=NOW if state == "withdrawn" else None
    )

    assert problem(post(program, "handovers/", item(card))) == (409, "card_not_valid")


def test_hand_over_with_a_wrong_clock_is_taken_and_flagged_f19(places: Places, program: Client) -> None:
    answer = post(program, "handovers/", item(places.own, at="2027-01-14T10:00:00Z"))

    assert (answer.status_code, answer.json()["at"], answer.json()["clock_doubtful"]) == (201, AT, True)


def test_undo_within_the_quarter(places: Places, program: Client, clock: time_machine.Traveller) -> None:
    sent = item(places.own)
    post(program, "handovers/", sent)
    clock.shift(dt.timedelta(minutes=15))

    undone, again = (post(program, f"handovers/{sent['id']}/undo/") for _ in range(2))

    assert (undone.status_code, undone.json()) == (again.status_code, again.json())
    assert undone.json()["undone_at"] == "2027-01-12T10:15:00+01:00"
    assert (undone.json()["undone_by"], undone.json()["undo_reason"]) == ("An Voorbeeld", "")
    assert _state(places.own) == CardState.ISSUED


def test_undo_later_is_for_a_manager_with_a_reason(
    places: Places, program: Client, clock: time_machine.Traveller
) -> None:
    sent = item(places.own)
    post(program, "handovers/", sent)
    clock.shift(dt.timedelta(minutes=15, seconds=1))
    door = f"handovers/{sent['id']}/undo/"
    manager = desk_api.by_token(make.member(places.desk.point, is_manager=True).user)

    assert problem(post(program, door, {"reason": "vergissing"})) == (409, "undo_too_late")
    assert problem(post(manager, door)) == (422, "reason_needed")
    assert problem(post(manager, door, {"reason": "  "})) == (422, "reason_needed")
    assert post(manager, door, {"reason": "verkeerde kaart"}).json()["undo_reason"] == "verkeerde kaart"


def test_undo_elsewhere_is_byte_for_byte_missing(places: Places, program: Client) -> None:
    sent = item(places.own)
    post(program, "handovers/", sent)
    stranger = desk_api.by_token(make.member(make.point(), is_manager=True).user)

    foreign = post(stranger, f"handovers/{sent['id']}/undo/", {"reason": "zomaar"})
    missing = post(stranger, f"handovers/{uuid.uuid4()}/undo/", {"reason": "zomaar"})

    assert problem(foreign) == problem(missing) == (404, "not_found")
    assert foreign.content == missing.content
    assert _state(places.own) == CardState.HANDED_OVER


def test_batch_answers_each_by_itself(places: Places, program: Client, card_year: CardYear) -> None:
    gone = make.card(make.person(card_year), at=places.desk.point)
    post(program, "handovers/", item(gone))
    mine = item(places.own)
    sent: list[Any] = [mine, mine, item(gone), item(places.foreign), item(gone, id="nul"), ["lijst"], mine | {"x": 1}]

    answer = post(program, "handovers/batch/", {"items": sent})

    results = answer.json()["results"]
    assert answer.status_code == 200
    assert {name: answer.json()[name] for name in ("count", "accepted", "replayed", "already", "refused")} == {
        "count": 7,
        "accepted": 1,
        "replayed": 1,
        "already": 1,
        "refused": 4,
    }
    assert [(one["status"], one["body"].get("code")) for one in results] == [
        (201, None),
        (200, None),
        (409, "already_handed_over"),
        (404, "not_found"),
        (400, "bad_uuid"),
        (400, "not_an_object"),
        (400, "unknown_field"),
    ]
    assert [one["id"] for one in results] == [
        mine["id"],
        mine["id"],
        sent[2]["id"],
        sent[3]["id"],
        None,
        None,
        mine["id"],
    ]
    assert results[0]["body"] == results[1]["body"]
    assert results[2]["body"]["hand_over"]["point"] == "bib-eigen"


def test_batch_of_another_desk_takes_nothing(places: Places) -> None:
    stranger = desk_api.by_token(make.member(make.point()).user)

    answer = post(stranger, "handovers/batch/", {"items": [item(places.own), item(places.foreign)]}).json()

    assert (answer["accepted"], answer["refused"], HandOver.objects.count()) == (0, 2, 0)


def test_batch_j23_500_and_no_more(places: Places, program: Client) -> None:
    full = [item("62799999900", collector="ë" * 120) for _ in range(500)]

    assert post(program, "handovers/batch/", {"items": []}).json() == {
        "count": 0,
        "accepted": 0,
        "replayed": 0,
        "already": 0,
        "refused": 0,
        "results": [],
    }
    assert post(program, "handovers/batch/", {"items": full}).json()["refused"] == 500
    assert problem(post(program, "handovers/batch/", {"items": [*full, full[0]]})) == (413, "too_many")
    assert problem(post(program, "handovers/batch/", {"items": {"0": full[0]}})) == (400, "not_a_list")
    assert problem(post(program, "handovers/batch/", {})) == (400, "not_a_list")


def test_an_old_number_is_409_card_not_valid_and_so_is_a_card_that_is_not_made_yet(
    places: Places, program: Client
) -> None:
    old = places.own.number
    make.batch(places.own.card_year)
    CardYear.objects.filter(pk=places.own.card_year_id).update(last_sequence=800_000)
    new = replaced(Card.objects.get(pk=places.own.pk), make.new_user(), at=NOW)

    by_old = post(program, "handovers/", item(old))
    too_early = post(program, "handovers/", item(new))

    assert problem(by_old) == (409, "card_not_valid")
    assert by_old.json()["detail"].startswith("Dit kaartnummer is ongeldig sinds ")
    assert problem(too_early) == (409, "card_not_valid")
    assert (_state(places.own), HandOver.objects.count()) == ("issued", 0)
    make.batch(places.own.card_year, 2)
    assert post(program, "handovers/", item(new)).status_code == 201
    assert problem(post(program, "handovers/", item(old))) == (409, "card_not_valid")
