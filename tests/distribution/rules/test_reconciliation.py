"""The reconciliation of one point."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distribution.enums import Marking
from distribution.rules import reconciliation
from distribution.rules.reconciliation import Counts, Figures, Grade, Tolerance

# D 520, R 518, Tout 6, X 2, L 231, M 214: the example of lessons.md, whose lists were half signed.
EXAMPLE = Counts(sent=520, received=518, went_out=6, void=2, left_over=231, marked=214, marking=Marking.PARTIAL)
CARDS = st.integers(0, 3_000)
COUNTS = st.builds(
    Counts,
    sent=CARDS,
    received=st.none() | CARDS,
    is_receipt_whole=st.booleans(),
    came_in=st.integers(0, 40),
    went_out=st.integers(0, 40),
    void=st.integers(0, 40),
    left_over=st.none() | CARDS,
    marked=CARDS,
    stated=st.integers(0, 60),
    marking=st.none() | st.sampled_from(Marking),
)


def with_(**fields: object) -> Counts:
    return dataclasses.replace(EXAMPLE, **fields)  # type: ignore[arg-type]


def test_the_example_of_the_lessons() -> None:
    assert reconciliation.reconcile(EXAMPLE) == Figures(
        grade=Grade.B,
        stock=510,
        marked=214,
        derived=279,
        unrecorded=65,
        lower=214,
        upper=279,
        best=279,
        is_counted=True,
        is_quarantined=False,
    )


@pytest.mark.parametrize(
    ("counts", "grade"),
    [
        (with_(marked=279, marking=Marking.COMPLETE), Grade.A),
        (with_(marked=279, marking=None), Grade.A),
        (with_(marked=274), Grade.A),
        (with_(marked=273), Grade.B),
        (with_(marked=279, received=None, left_over=233), Grade.B),
        (with_(marked=279, is_receipt_whole=False), Grade.B),
        (with_(marking=Marking.NOTHING), Grade.B),
        (with_(marking=Marking.COMPLETE, stated=65), Grade.B),
        (with_(marking=None, stated=60), Grade.B),
        (with_(received=None, left_over=233), Grade.C),
        (with_(marking=Marking.COMPLETE), Grade.C),
        (with_(marking=None), Grade.C),
        (with_(marking=None, received=None), Grade.D),
        (with_(left_over=None, marking=Marking.COMPLETE), Grade.C),
        (with_(left_over=None, marking=Marking.COMPLETE, received=None), Grade.C),
        (with_(left_over=None), Grade.D),
        (with_(left_over=None, marking=None), Grade.D),
        (with_(left_over=None, marked=0), Grade.D),
        (with_(left_over=None, marked=0, marking=None, stated=40), Grade.D),
        (with_(left_over=None, marked=0, marking=None), Grade.E),
        (with_(left_over=None, marked=0, marking=Marking.NOTHING), Grade.E),
        (with_(left_over=400, marking=Marking.COMPLETE), Grade.D),
    ],
)
def test_grades(counts: Counts, grade: Grade) -> None:
    assert reconciliation.reconcile(counts).grade == grade


@pytest.mark.parametrize(
    ("counts", "derived", "unrecorded", "bounds", "best", "is_quarantined"),
    [
        pytest.param(with_(received=None), 281, 67, (214, 281), 281, False, id="arrival not counted: as sent"),
        pytest.param(with_(left_over=None), None, None, (214, 510), None, False, id="left over not counted"),
        pytest.param(with_(left_over=0), 510, 296, (214, 510), 510, False, id="nothing left"),
        pytest.param(with_(left_over=510, marked=0), 0, 0, (0, 0), 0, False, id="nobody came"),
        pytest.param(with_(came_in=10), 289, 75, (214, 289), 289, False, id="cards came in"),
        pytest.param(with_(left_over=301), 209, -5, (214, 214), 214, False, id="off within the tolerance"),
        pytest.param(with_(left_over=302), 208, -6, (214, 510), None, True, id="impossible stock"),
        pytest.param(with_(left_over=600, marked=0), -90, -90, (0, 510), None, True, id="more left than there were"),
        pytest.param(with_(left_over=None, marked=520), None, None, (520, 520), None, True, id="more marked than there were"),
        pytest.param(Counts(sent=0), None, None, (0, 0), None, False, id="nothing sent"),
        pytest.param(Counts(sent=7, left_over=7, marked=2), 0, -2, (2, 2), 2, False, id="two cards at a small point"),
        pytest.param(Counts(sent=7, left_over=7, marked=3), 0, -3, (3, 7), None, True, id="three cards at a small point"),
    ],
)  # fmt: skip
def test_figures(
    counts: Counts,
    derived: int | None,
    unrecorded: int | None,
    bounds: tuple[int, int],
    best: int | None,
    is_quarantined: bool,  # noqa: FBT001 -- a column of the table
) -> None:
    found = reconciliation.reconcile(counts)

    assert (found.derived, found.unrecorded, (found.lower, found.upper), found.best, found.is_quarantined) == (
        derived,
        unrecorded,
        bounds,
        best,
        is_quarantined,
    )
    assert found.is_estimate == (best is None)


def test_tolerance_is_the_larger_of_cards_and_percent() -> None:
    assert [Tolerance().of(stock) for stock in (0, 199, 200, 1_000)] == [2.0, 2.0, 2.0, 10.0]
    assert Tolerance(cards=5, percent=0).of(10_000) == 5.0


def test_tolerance_decides() -> None:
    assert reconciliation.reconcile(EXAMPLE, tolerance=Tolerance(cards=65)).grade == Grade.A


@pytest.mark.parametrize(
    ("counts", "left_over", "asks"),
    [
        pytest.param(EXAMPLE, [], False, id="not counted"),
        pytest.param(EXAMPLE, [231], False, id="explained by how marking went"),
        pytest.param(with_(marking=None), [231], True, id="nothing explains it"),
        pytest.param(with_(marking=None, stated=65), [231], False, id="explained by what was stated"),
        pytest.param(with_(marking=None, marked=279), [231], False, id="within the tolerance"),
        pytest.param(EXAMPLE, [302], True, id="more left than can be"),
        pytest.param(with_(marking=None), [231, 231], False, id="twice the same"),
        pytest.param(with_(marking=None), [231, 234], False, id="twice nearly the same"),
        pytest.param(with_(marking=None), [231, 251], True, id="two that disagree"),
        pytest.param(with_(marking=None, marked=279), [131, 231], False, id="the second fits"),
        pytest.param(with_(marking=None), [231, 251, 200], False, id="a third time is the last"),
    ],
)
def test_asks_recount(counts: Counts, left_over: list[int], asks: bool) -> None:  # noqa: FBT001
    assert reconciliation.asks_recount(counts, left_over) == asks


@given(COUNTS)
def test_bounds_contain_the_best_figure_and_nothing_is_negative(counts: Counts) -> None:
    found = reconciliation.reconcile(counts)

    assert 0 <= found.lower <= found.upper
    assert found.best is None or found.lower <= found.best <= found.upper
    assert found.stock >= 0
    assert found.lower == counts.marked


@given(COUNTS)
def test_not_counted_is_never_nought(counts: Counts) -> None:
    missing = reconciliation.reconcile(dataclasses.replace(counts, left_over=None))
    nought = reconciliation.reconcile(dataclasses.replace(counts, left_over=0))

    assert (missing.derived, missing.unrecorded, missing.best) == (None, None, None)
    assert (missing.is_counted, missing.is_estimate) == (False, True)
    assert nought.derived == counts.stock


@given(COUNTS)
def test_an_uncounted_point_is_never_graded_a_or_b(counts: Counts) -> None:
    found = reconciliation.reconcile(counts)

    assert found.is_counted or found.grade in {Grade.C, Grade.D, Grade.E}
    assert not (found.is_counted and found.is_quarantined)
