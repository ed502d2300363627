"""The order of names on every list: lessons.md 8."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distribution.rules import name_order

NAMES = st.text(max_size=60) | st.text(st.characters(codec="latin-1"), max_size=200)
# As people look for them: one list, in the order it must have.
IN_ORDER = [
    ("Aerts", "Jan"),
    ("Çelik", "Ayşe"),
    ("Claes", "An"),
    ("De Smet", "An"),
    ("De Smet", "Bart"),
    ("de Vries", "Wim"),
    ("Debacker", "An"),
    ("Dhondt", "An"),
    ("D'Hondt", "Bert"),
    ("Dhondt", "Carla"),
    ("Özdemir", "Can"),
    ("Peeters", "An"),
    ("Peeters", "Jan"),
    ("Peeters", "Jan-Pieter"),
    ("Peeters", "Jana"),
    ("Peeters-Claes", "An"),
    ("van Damme", "An"),
    ("Van Damme", "Bart"),
    ("Van den Broeck", "An"),
    ("Vandamme", "An"),
    ("Zoë", ""),
    ("Иванова", "Анна"),
]


def test_sort_key_names_stand_where_people_look() -> None:
    # Turned round: names with the same key would stay in the wrong order.
    turned = IN_ORDER[::-1]

    assert sorted(turned, key=lambda name: name_order.sort_key(*name)) == IN_ORDER


@pytest.mark.parametrize(
    ("name", "letter"),
    [
        ("Van den Broeck", "V"),
        ("van Damme", "V"),
        ("Çelik", "C"),
        ("'t Jampens", "T"),
        ("’t Jampens", "T"),
        ("Ødegård", "O"),
        ("Łukasz", "L"),
        ("Ĳsbrand", "I"),
        ("ß", "S"),
        ("İlknur", "I"),
        ("\u200bAerts", "A"),
        ("Zzz", "Z"),
        ("العربي", "#"),
        ("王", "#"),
        ("🎈", "#"),
        ("", "#"),
    ],
)
def test_letter(name: str, letter: str) -> None:
    assert name_order.letter(name_order.sort_key(name, "")) == letter


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("van Damme", "Van Damme", id="capitals"),
        pytest.param("D'Hondt", "Dhondt", id="apostrophe"),
        pytest.param("D’Hondt", "D'Hondt", id="typographic-apostrophe"),
        pytest.param("Zoe\u0308", "Zoë", id="R31-combining"),
        pytest.param("Peeters-Claes", "Peeters  Claes", id="hyphen"),
    ],
)
def test_sort_key_same_place(one: str, other: str) -> None:
    assert name_order.sort_key(one, "An") == name_order.sort_key(other, "An")


def test_sort_key_one_name_stands_under_that_name_r26() -> None:
    assert name_order.sort_key("", "Sukarno") == name_order.sort_key("Sukarno", "")


def test_sort_key_without_a_letter_comes_last() -> None:
    assert sorted([("🎈", "🎈"), ("Zwart", "An")], key=lambda name: name_order.sort_key(*name))[-1] == ("🎈", "🎈")


def test_sort_key_shorter_last_name_first_whatever_the_first_name() -> None:
    assert name_order.sort_key("De", "Zwarte") < name_order.sort_key("De Vos", "An")


def test_search_prefix_finds_names_that_start_as_typed() -> None:
    key = name_order.sort_key("Van den Broeck", "An")

    assert key.startswith(name_order.search_prefix("van D"))
    assert key.startswith(name_order.search_prefix("VAN-DEN-BRO"))


@given(NAMES, NAMES)
def test_sort_key_sorts_alike_in_every_collation(last: str, first: str) -> None:
    key = name_order.sort_key(last, first)

    assert set(key) <= set(string.ascii_lowercase + string.digits)
    assert 1 <= len(key) <= name_order.LONGEST_KEY


@given(NAMES, NAMES)
def test_sort_key_does_not_see_capitals(last: str, first: str) -> None:
    assert name_order.sort_key(last, first) == name_order.sort_key(last.casefold(), first.casefold())


@given(st.lists(st.tuples(NAMES, NAMES), max_size=12))
def test_letters_follow_each_other_in_a_sorted_list(people: list[tuple[str, str]]) -> None:
    keys = sorted(name_order.sort_key(*name) for name in people)

    letters = [name_order.letter(key) for key in keys]

    rank = string.ascii_uppercase + name_order.OTHER_LETTERS
    assert letters == sorted(letters, key=rank.index)


@given(NAMES.filter(lambda name: len(name) < 20))
def test_search_prefix_of_the_whole_last_name_finds_it(last: str) -> None:
    prefix = name_order.search_prefix(last)

    assert name_order.sort_key(last, "An").startswith(prefix)
