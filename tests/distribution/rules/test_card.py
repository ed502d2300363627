"""Number, way, mailing and destination of a card: interface.md §3."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distribution.enums import AssignedBy, Channel
from distribution.rules import assignment, card_number, channels, staff_number
from distribution.rules.assignment import Placement

MAILINGS = [dt.date(2027, 1, 15), dt.date(2027, 3, 15), dt.date(2027, 6, 15)]
SEQUENCES = st.integers(1, 999_999)
POSTCODES = st.from_regex("[1-9][0-9]{3}", fullmatch=True)


@pytest.mark.parametrize(
    ("year", "sequence", "number"),
    [
        # By hand: 627000001 = 97 × 6463917 + 52.
        (2027, 1, "62700000152"),
        (2027, 999_999, "62799999977"),
        (2099, 12, "69900001267"),
        (2100, 12, "60000001213"),
    ],
)
def test_make_numbers(year: int, sequence: int, number: str) -> None:
    assert card_number.make(year, sequence) == number


def test_make_remainder_zero_is_written_00() -> None:
    sequence = next(sequence for sequence in range(1, 98) if (627_000_000 + sequence) % 97 == 0)

    assert card_number.make(2027, sequence) == f"627{sequence:06d}00"


@pytest.mark.parametrize("sequence", [0, -1, 1_000_000])
def test_make_refuses_what_six_digits_cannot_hold(sequence: int) -> None:
    with pytest.raises(ValueError, match="from 1 to 999999"):
        card_number.make(2027, sequence)


@pytest.mark.parametrize("written", ["", "6", "²" * 11, "6２700000152", "62700000153", "16203040856", "627000001520"])
def test_is_valid_refuses(written: str) -> None:
    assert card_number.is_valid(written) is False


@given(st.integers(2015, 2099), SEQUENCES)
def test_make_gives_eleven_valid_digits(year: int, sequence: int) -> None:
    number = card_number.make(year, sequence)

    assert card_number.is_valid(number)
    assert number[:3] == f"6{year % 100:02d}"


@given(st.lists(st.tuples(st.integers(2015, 2099), SEQUENCES), unique=True))
def test_make_gives_every_card_another_number_p1(cards: list[tuple[int, int]]) -> None:
    assert len({card_number.make(year, sequence) for year, sequence in cards}) == len(cards)


@given(st.integers(2015, 2099), SEQUENCES)
def test_a_card_number_is_no_staff_number_l06(year: int, sequence: int) -> None:
    with pytest.raises(staff_number.Refused):
        staff_number.parse(card_number.make(year, sequence))


@given(SEQUENCES, st.integers(0, 10), st.integers(1, 9))
def test_is_valid_finds_every_single_wrong_digit(sequence: int, place: int, step: int) -> None:
    number = card_number.make(2027, sequence)
    wrong = number[:place] + str((int(number[place]) + step) % 10) + number[place + 1 :]

    assert card_number.is_valid(wrong) is False


@pytest.mark.parametrize(
    ("is_subscriber", "held", "way"),
    [
        (True, True, Channel.SUBSCRIPTION),
        (True, False, Channel.SUBSCRIPTION),
        (True, None, Channel.SUBSCRIPTION),
        (False, False, Channel.STARTER),
        (False, True, Channel.PICKUP),
        (False, None, Channel.PICKUP),
    ],
    ids=["both", "R39-subscriber-and-starter", "subscriber-unknown", "starter", "pickup", "nobody-knows-last-year"],
)
def test_choose_first_way_that_fits(is_subscriber: bool, held: bool | None, way: Channel) -> None:  # noqa: FBT001
    assert channels.choose(is_subscriber=is_subscriber, held_card_before=held) == way


@pytest.mark.parametrize(
    ("on", "mailing"),
    [
        ("2026-11-15", "2027-01-15"),
        ("2027-01-15", "2027-01-15"),
        ("2027-01-16", "2027-03-15"),
        ("2027-06-15", "2027-06-15"),
        ("2027-06-16", None),
    ],
)
def test_next_mailing(on: str, mailing: str | None) -> None:
    expected = dt.date.fromisoformat(mailing) if mailing else None

    assert channels.next_mailing(MAILINGS, on=dt.date.fromisoformat(on)) == expected


def test_next_mailing_does_not_need_an_order() -> None:
    assert channels.next_mailing(MAILINGS[::-1], on=dt.date(2027, 2, 1)) == dt.date(2027, 3, 15)


@pytest.mark.parametrize(
    ("country", "home", "institution", "expected"),
    [
        pytest.param("BE", "9000", "2000", Placement(1, AssignedBy.RESIDENCE), id="home"),
        pytest.param("BE", "8000", "2000", Placement(2, AssignedBy.INSTITUTION), id="home-not-served"),
        pytest.param("BE", "9999", "", Placement(None, AssignedBy.UNASSIGNED), id="R16-unknown"),
        pytest.param("BE", "", "", Placement(None, AssignedBy.UNASSIGNED), id="R15-empty"),
        pytest.param("BE", "", "2000", Placement(2, AssignedBy.INSTITUTION), id="R15-empty-with-institution"),
        pytest.param("NL", "9000", "2000", Placement(2, AssignedBy.INSTITUTION), id="R18-country-wins"),
        pytest.param("NL", "9000", "", Placement(None, AssignedBy.UNASSIGNED), id="R17-abroad"),
        pytest.param("NL", "9000 AB", "8000", Placement(None, AssignedBy.UNASSIGNED), id="R17-letters"),
    ],
)
def test_place(country: str, home: str, institution: str, expected: Placement) -> None:
    served = {"9000": 1, "2000": 2}

    placement = assignment.place(country=country, home_postcode=home, institution_postcode=institution, served=served)

    assert placement == expected


def test_place_without_the_fall_back_on_the_school() -> None:
    placement = assignment.place(
        country="BE",
        home_postcode="8000",
        institution_postcode="2000",
        served={"2000": 2},
        falls_back_on_school=False,
    )

    assert placement == Placement(None, AssignedBy.UNASSIGNED)


@given(
    st.sampled_from(["BE", "NL", "FR"]),
    POSTCODES,
    POSTCODES | st.just(""),
    st.dictionaries(POSTCODES, st.integers(1, 9)),
)
def test_place_is_always_a_point_that_serves(country: str, home: str, institution: str, served: dict[str, int]) -> None:
    placement = assignment.place(country=country, home_postcode=home, institution_postcode=institution, served=served)

    by = {
        AssignedBy.RESIDENCE: served.get(home),
        AssignedBy.INSTITUTION: served.get(institution),
        AssignedBy.UNASSIGNED: None,
    }
    assert placement.point == by[placement.assigned_by]
    assert (placement.point is None) == (placement.assigned_by == AssignedBy.UNASSIGNED)
