"""The verdict on one person test by test, so that it can be told: what was asked of each appointment, and where it stopped."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from distribution.enums import Reason
from distribution.rules import eligibility
from distribution.rules.eligibility import Facts, RuleTable


class Passed(StrEnum):
    """What became of one test. After the first that fails nothing more is asked."""

    YES = "yes"
    NO = "no"
    NOT_ASKED = "not_asked"


@dataclass(frozen=True)
class Step:
    """One of the four tests, by the reason that failing it would give."""

    test: Reason
    passed: Passed


@dataclass(frozen=True)
class Considered:
    """What decides between appointments that got equally far: the latest begin, then these words in their order."""

    facts: Facts
    begins_on: dt.date
    institution_postcode: str


def steps(facts: Facts, *, table: RuleTable) -> tuple[Step, ...]:
    """The four tests in their order, as rules.eligibility makes them."""
    failed = eligibility.judge_appointment(facts, table=table)
    at = len(eligibility.ORDER) if failed is None else eligibility.ORDER.index(failed)
    return tuple(
        Step(test, Passed.YES if place < at else Passed.NO if place == at else Passed.NOT_ASKED)
        for place, test in enumerate(eligibility.ORDER)
    )


def deciding(appointments: Sequence[Considered], *, table: RuleTable) -> int | None:
    """Which appointment the verdict rests on, by its place: of those that got furthest the latest. None without any."""
    if not appointments:
        return None

    def rank(place: int) -> tuple[int, dt.date, str, str, str]:
        one = appointments[place]
        got = sum(step.passed == Passed.YES for step in steps(one.facts, table=table))
        return got, one.begins_on, one.facts.level, one.facts.category, one.institution_postcode

    return max(range(len(appointments)), key=rank)
