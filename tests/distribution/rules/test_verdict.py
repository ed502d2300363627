"""The verdict test by test says what rules.eligibility says, of every combination of facts."""

import datetime as dt
import itertools

from hypothesis import given
from hypothesis import strategies as st

from distribution.enums import Reason
from distribution.rules import eligibility, verdict
from distribution.rules.eligibility import CATEGORIES, LEVELS, PAYERS, Facts, RuleTable
from distribution.rules.verdict import Considered, Passed

TABLE = RuleTable()
facts = st.builds(
    Facts,
    is_active=st.booleans(),
    paid_by=st.sampled_from(PAYERS),
    level=st.sampled_from(LEVELS),
    category=st.sampled_from(CATEGORIES),
    interrupted_in_full_by=st.sampled_from(["", "107", "100"]),
)
considered = st.builds(
    Considered,
    facts=facts,
    begins_on=st.dates(dt.date(2020, 1, 1), dt.date(2020, 1, 3)),
    institution_postcode=st.sampled_from(["9000", "9300"]),
)


@given(facts)
def test_steps_stop_where_the_rule_stops(one: Facts) -> None:
    steps = verdict.steps(one, table=TABLE)

    failed = [step.test for step in steps if step.passed == Passed.NO]
    assert [step.test for step in steps] == list(Reason)
    assert failed == [reason for reason in [eligibility.judge_appointment(one, table=TABLE)] if reason]
    # Passed, then the one that fails, then what is not asked: never in another order.
    order = [Passed.YES, Passed.NO, Passed.NOT_ASKED]
    assert all(order.index(a.passed) <= order.index(b.passed) for a, b in itertools.pairwise(steps))


@given(st.lists(considered, max_size=4))
def test_deciding_is_the_appointment_the_verdict_rests_on(those: list[Considered]) -> None:
    place = verdict.deciding(those, table=TABLE)

    if place is None:
        assert those == []
        return
    reason = eligibility.judge([one.facts for one in those], table=TABLE)
    assert eligibility.judge_appointment(those[place].facts, table=TABLE) == reason
    alike = [one for one in those if eligibility.judge_appointment(one.facts, table=TABLE) == reason]
    assert those[place].begins_on == max(one.begins_on for one in alike)
