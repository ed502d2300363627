"""Rows as a person types them from paper, and what is said when they cannot be right."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from distribution.rules import row_ranges
from distribution.rules.row_ranges import Problem, Typed

LAST = 40


@pytest.mark.parametrize(
    ("typed", "rows"),
    [
        ("9", (9,)),
        ("1-5 9 12-14", (1, 2, 3, 4, 5, 9, 12, 13, 14)),
        ("12-14 9 1-3", (1, 2, 3, 9, 12, 13, 14)),
        ("1,2;3", (1, 2, 3)),
        ("1, 2 ; 3\n4\r\n\t5", (1, 2, 3, 4, 5)),
        ("  7  ", (7,)),
        ("1 - 3", (1, 2, 3)),
        ("1–3", (1, 2, 3)),
        ("1—3", (1, 2, 3)),
        ("1‑3", (1, 2, 3)),
        ("1−3", (1, 2, 3)),
        ("5-5", (5,)),
        ("007", (7,)),
        ("000000000000012", (12,)),
        ("40", (40,)),
        ("1-40", tuple(range(1, 41))),
    ],
)
def test_read_understands_what_people_type(typed: str, rows: tuple[int, ...]) -> None:
    assert row_ranges.read(typed, last=LAST) == Typed(rows)


@pytest.mark.parametrize(
    ("typed", "code", "sentence"),
    [
        ("", "nothing_typed", "Typ minstens één rij, bijvoorbeeld 1-5 9 12-14."),
        (" ,;\n", "nothing_typed", "Typ minstens één rij, bijvoorbeeld 1-5 9 12-14."),
        ("5-1", "turned_round", "‘5-1’ loopt achteruit. Bedoel je 1-5?"),
        ("0", "row_zero", "‘0’: de rijen beginnen bij 1, rij 0 is er niet."),
        ("0-4", "row_zero", "‘0-4’: de rijen beginnen bij 1, rij 0 is er niet."),
        ("41", "beyond_the_list", "‘41’ kan niet: de laatste rij is 40."),
        ("38-41", "beyond_the_list", "‘38-41’ kan niet: de laatste rij is 40."),
        ("1-999999999999999", "beyond_the_list", "‘1-999999999999999’ kan niet: de laatste rij is 40."),
        ("9" * 5_000, "beyond_the_list", f"‘{'9' * 30}…’ kan niet: de laatste rij is 40."),
        ("Peeters", "not_a_row", "‘Peeters’ is geen rij. Typ een nummer zoals 9, of 12-14."),
        ("1-2-3", "not_a_row", "‘1-2-3’ is geen rij. Typ een nummer zoals 9, of 12-14."),
        ("-3", "not_a_row", "‘-3’ is geen rij. Typ een nummer zoals 9, of 12-14."),
        ("4-", "not_a_row", "‘4-’ is geen rij. Typ een nummer zoals 9, of 12-14."),
        ("١٢", "not_a_row", "‘١٢’ is geen rij. Typ een nummer zoals 9, of 12-14."),
        ("3.5", "not_a_row", "‘3.5’ is geen rij. Typ een nummer zoals 9, of 12-14."),
        ("1 " * 10_001, "too_long", "Dat is te veel ineens. Voer de lijst blad per blad in."),
    ],
)
def test_read_says_what_is_wrong(typed: str, code: str, sentence: str) -> None:
    read = row_ranges.read(typed, last=LAST)

    assert [(problem.code, problem.sentence) for problem in read.problems] == [(code, sentence)]
    assert (read.rows, read.is_usable) == ((), False)


@pytest.mark.parametrize(
    ("typed", "rows", "sentence"),
    [
        ("3 3", (3,), "‘3’: rij 3 had je al getypt. Ze telt één keer."),
        ("3 1-4", (1, 2, 3, 4), "‘1-4’: rij 3 had je al getypt. Ze telt één keer."),
        ("1-4 2-5", (1, 2, 3, 4, 5), "‘2-5’: 3 van deze rijen had je al getypt (2 tot 4). Ze tellen één keer."),
    ],
)
def test_read_counts_a_double_once_and_says_so(typed: str, rows: tuple[int, ...], sentence: str) -> None:
    piece = typed.split()[-1]

    read = row_ranges.read(typed, last=LAST)

    assert read == Typed(rows, (Problem(piece, "typed_twice", sentence, stops=False),))
    assert read.is_usable


def test_read_on_a_page_names_the_rows_of_that_page() -> None:
    read = row_ranges.read("25-30 24 54", first=25, last=53)

    assert read.rows == (25, 26, 27, 28, 29, 30)
    assert [problem.sentence for problem in read.problems] == [
        "‘24’ staat niet op dit blad: dat heeft rij 25 tot 53.",
        "‘54’ staat niet op dit blad: dat heeft rij 25 tot 53.",
    ]


def test_read_of_a_list_without_rows() -> None:
    read = row_ranges.read("1", last=0)

    assert [problem.sentence for problem in read.problems] == ["‘1’ kan niet: hier staan geen rijen op."]


def test_read_keeps_the_sentences_few_and_what_stops_first() -> None:
    read = row_ranges.read("1 " + "1 " * 30 + "x", last=LAST)

    assert len(read.problems) == row_ranges.MOST_PROBLEMS
    assert [problem.code for problem in read.problems][:2] == ["not_a_row", "typed_twice"]


@pytest.mark.parametrize(
    ("rows", "text"), [((), ""), ((4,), "4"), ((1, 2, 3, 9), "1-3 9"), ((1, 3, 5), "1 3 5"), ((7, 8), "7-8")]
)
def test_written_is_short(rows: tuple[int, ...], text: str) -> None:
    assert row_ranges.written(rows) == text


@given(st.sets(st.integers(1, 12_000), min_size=1).map(lambda rows: tuple(sorted(rows))))
def test_what_is_written_reads_as_the_same_rows(rows: tuple[int, ...]) -> None:
    text = row_ranges.written(rows)

    if len(text) <= row_ranges.LONGEST:
        assert row_ranges.read(text, last=12_000) == Typed(rows)


@given(st.text(st.sampled_from("0123456789 -–,;\nx٣"), max_size=60), st.integers(1, 50), st.integers(0, 50))
@example("1-99999999999999999999999999", 1, 40)
def test_whatever_is_typed_the_rows_are_on_the_page(typed: str, first: int, length: int) -> None:
    last = first + length - 1

    read = row_ranges.read(typed, first=first, last=last)

    assert list(read.rows) == sorted(set(read.rows))
    assert all(first <= row <= last for row in read.rows)
    assert bool(read.rows) or not read.is_usable
    assert all(problem.sentence.endswith((".", "?")) for problem in read.problems)


@given(st.data(), st.integers(1, 60))
def test_everything_but_is_the_rest(data: st.DataObject, last: int) -> None:
    rows = tuple(sorted(data.draw(st.sets(st.integers(1, last)))))

    others = row_ranges.everything_but(rows, last=last)

    assert sorted(rows + others) == list(range(1, last + 1))
