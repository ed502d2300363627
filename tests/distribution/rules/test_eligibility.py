"""Who gets a card: interface.md §3 as tables, and what must hold for any appointments."""

import datetime as dt
import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distribution.enums import Reason
from distribution.rules import eligibility
from distribution.rules.eligibility import CATEGORIES, LEVELS, PAYERS, Facts, RuleTable

TABLE = RuleTable()
GOOD = Facts(is_active=True, paid_by="ministerie", level="lager", category="bestuur_onderwijzend")
FACTS = st.builds(
    Facts,
    is_active=st.booleans(),
    paid_by=st.sampled_from(PAYERS),
    level=st.sampled_from(LEVELS),
    category=st.sampled_from(CATEGORIES),
    interrupted_in_full_by=st.sampled_from(["", "107", "228", "TBS", "301"]),
)
# Written out from interface.md §3, not taken from the code.
EVERY_CATEGORY_AT = {
    "kleuter",
    "lager",
    "secundair",
    "dko",
    "clb",
    "cvo",
    "cbe",
    "leersteuncentrum",
    "hogeschool",
    "inspectie",
    "begeleidingsdienst",
}


def is_entitled_by_the_interface(level: str, category: str) -> bool:
    if level == "internaat":
        return category == "opvoedend_hulp"
    if level == "universiteit":
        return category == "bestuur_onderwijzend"
    return level in EVERY_CATEGORY_AT


def test_words_are_those_of_the_interface() -> None:
    assert " ".join(LEVELS) == (
        "kleuter lager secundair dko clb cvo cbe leersteuncentrum internaat hogeschool universiteit inspectie "
        "begeleidingsdienst ander"
    )
    assert " ".join(CATEGORIES) == (
        "bestuur_onderwijzend beleids_ondersteunend opvoedend_hulp paramedisch psychologisch sociaal administratief "
        "technisch mvd"
    )
    assert PAYERS == ("ministerie", "inrichtende_macht", "enveloppe")


@pytest.mark.parametrize(("level", "category"), list(itertools.product(LEVELS, CATEGORIES)))
def test_judge_every_level_and_category(level: str, category: str) -> None:
    verdict = eligibility.judge([replace(GOOD, level=level, category=category)], table=TABLE)

    expected = None if is_entitled_by_the_interface(level, category) else Reason.CATEGORY_NOT_ENTITLED
    assert verdict == expected


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        (GOOD, None),
        (replace(GOOD, is_active=False), Reason.NO_ACTIVE_APPOINTMENT),
        (replace(GOOD, paid_by="inrichtende_macht"), Reason.NOT_PAID_BY_MINISTRY),
        (replace(GOOD, paid_by="enveloppe"), Reason.NOT_PAID_BY_MINISTRY),
        (replace(GOOD, level="ander"), Reason.CATEGORY_NOT_ENTITLED),
        (replace(GOOD, interrupted_in_full_by="107"), Reason.FULL_INTERRUPTION),
        (replace(GOOD, interrupted_in_full_by="228"), Reason.FULL_INTERRUPTION),
        (replace(GOOD, interrupted_in_full_by="TBS"), Reason.FULL_INTERRUPTION),
        (replace(GOOD, interrupted_in_full_by="301"), None),
        (replace(GOOD, is_active=False, paid_by="enveloppe", level="ander"), Reason.NO_ACTIVE_APPOINTMENT),
        (replace(GOOD, paid_by="enveloppe", level="ander", interrupted_in_full_by="228"), Reason.NOT_PAID_BY_MINISTRY),
        (replace(GOOD, level="ander", interrupted_in_full_by="228"), Reason.CATEGORY_NOT_ENTITLED),
    ],
)
def test_judge_appointment_fails_the_first_test_in_order(facts: Facts, reason: Reason | None) -> None:
    assert eligibility.judge_appointment(facts, table=TABLE) == reason


def test_judge_without_appointments() -> None:
    assert eligibility.judge([], table=TABLE) == Reason.NO_ACTIVE_APPOINTMENT


def test_judge_follows_the_table_of_the_year() -> None:
    table = RuleTable(frozenset({("ander", "mvd")}), frozenset({"301"}))

    assert eligibility.judge([replace(GOOD, level="ander", category="mvd")], table=table) is None
    assert eligibility.judge([GOOD], table=table) == Reason.CATEGORY_NOT_ENTITLED
    on_leave = replace(GOOD, level="ander", category="mvd", interrupted_in_full_by="301")
    assert eligibility.judge([on_leave], table=table) == Reason.FULL_INTERRUPTION


@pytest.mark.parametrize(
    ("begin", "end", "runs"),
    [
        ("2027-01-15", "2027-01-15", True),
        ("2027-01-14", "2027-01-16", True),
        ("2027-01-16", None, False),
        ("2020-09-01", "2027-01-14", False),
        ("2020-09-01", None, True),
        (None, None, True),
        (None, "2027-01-15", True),
        (None, "2027-01-14", False),
    ],
)
def test_runs_on_includes_both_ends(begin: str | None, end: str | None, runs: bool) -> None:  # noqa: FBT001
    period = [dt.date.fromisoformat(day) if day else None for day in (begin, end)]

    assert eligibility.runs_on(dt.date(2027, 1, 15), begin=period[0], end=period[1]) is runs


@given(st.lists(FACTS, max_size=6).flatmap(lambda facts: st.tuples(st.just(facts), st.permutations(facts))))
def test_judge_does_not_depend_on_the_order(both: tuple[list[Facts], list[Facts]]) -> None:
    assert eligibility.judge(both[0], table=TABLE) == eligibility.judge(both[1], table=TABLE)


@given(st.lists(FACTS, max_size=6))
def test_judge_is_entitled_when_some_appointment_passes_all_four(appointments: list[Facts]) -> None:
    passes = [
        facts.is_active
        and facts.paid_by == "ministerie"
        and is_entitled_by_the_interface(facts.level, facts.category)
        and facts.interrupted_in_full_by not in {"107", "228", "TBS"}
        for facts in appointments
    ]

    assert (eligibility.judge(appointments, table=TABLE) is None) == any(passes)


@given(st.lists(FACTS, min_size=1, max_size=6))
def test_judge_gives_the_reason_that_got_furthest(appointments: list[Facts]) -> None:
    order = [
        "no_active_appointment",
        "not_paid_by_ministry",
        "category_not_entitled",
        "full_interruption",
    ]
    each = [eligibility.judge_appointment(facts, table=TABLE) for facts in appointments]
    failed = [reason.value for reason in each if reason is not None]
    if len(failed) < len(each):
        return

    verdict = eligibility.judge(appointments, table=TABLE)

    assert verdict is not None
    assert verdict.value == max(failed, key=order.index)


@given(st.lists(FACTS, max_size=4), FACTS)
def test_judge_one_more_appointment_never_takes_a_right_away(appointments: list[Facts], more: Facts) -> None:
    before = eligibility.judge(appointments, table=TABLE)
    after = eligibility.judge([*appointments, more], table=TABLE)

    assert after is None or (before is not None and list(Reason).index(after) >= list(Reason).index(before))
