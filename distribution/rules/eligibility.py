"""Who gets a card: the four tests of interface.md §3, in order, and the reason of who fails.

The level × category table and the excluding codes are data of the year and are passed in;
the values here are those a first year starts with.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from distribution.enums import Reason

MINISTRY = "ministerie"
LEVELS = (
    "kleuter",
    "lager",
    "secundair",
    "dko",
    "clb",
    "cvo",
    "cbe",
    "leersteuncentrum",
    "internaat",
    "hogeschool",
    "universiteit",
    "inspectie",
    "begeleidingsdienst",
    "ander",
)
CATEGORIES = (
    "bestuur_onderwijzend",
    "beleids_ondersteunend",
    "opvoedend_hulp",
    "paramedisch",
    "psychologisch",
    "sociaal",
    "administratief",
    "technisch",
    "mvd",
)
PAYERS = ("ministerie", "inrichtende_macht", "enveloppe")
ONLY_CATEGORY_AT = {"internaat": "opvoedend_hulp", "universiteit": "bestuur_onderwijzend"}
FIRST_ENTITLED = frozenset(
    (level, category)
    for level in LEVELS
    for category in CATEGORIES
    if level != "ander" and ONLY_CATEGORY_AT.get(level, category) == category
)
FIRST_EXCLUDING = {
    "107": "bonus voor de terbeschikkingstelling",
    "228": "volledige loopbaanonderbreking",
    "TBS": "terbeschikkingstelling voor het pensioen",
}
ORDER = tuple(Reason)


@dataclass(frozen=True)
class RuleTable:
    """What gives a right in one year."""

    entitled: frozenset[tuple[str, str]] = FIRST_ENTITLED
    excluding_codes: frozenset[str] = frozenset(FIRST_EXCLUDING)


@dataclass(frozen=True)
class Facts:
    """What counts of one appointment on the reference date.

    `interrupted_in_full_by` is the code of an interruption in full that runs on that date, or empty.
    """

    is_active: bool
    paid_by: str
    level: str
    category: str
    interrupted_in_full_by: str = ""


def runs_on(date: dt.date, *, begin: dt.date | None, end: dt.date | None) -> bool:
    """True when `date` lies in the period, both ends included; an empty end is open."""
    return (begin is None or begin <= date) and (end is None or date <= end)


def judge_appointment(facts: Facts, *, table: RuleTable) -> Reason | None:
    """None when this appointment gives a right to a card; otherwise the first test it fails."""
    if not facts.is_active:
        return Reason.NO_ACTIVE_APPOINTMENT
    if facts.paid_by != MINISTRY:
        return Reason.NOT_PAID_BY_MINISTRY
    if (facts.level, facts.category) not in table.entitled:
        return Reason.CATEGORY_NOT_ENTITLED
    if facts.interrupted_in_full_by in table.excluding_codes:
        return Reason.FULL_INTERRUPTION
    return None


def judge(appointments: Iterable[Facts], *, table: RuleTable) -> Reason | None:
    """None for an entitled person; otherwise the reason of the appointment that got furthest.

    Someone without any appointment has no active one. The order of the appointments does not matter.
    """
    reasons = [judge_appointment(facts, table=table) for facts in appointments]
    if None in reasons:
        return None
    return max((reason for reason in reasons if reason), key=ORDER.index, default=Reason.NO_ACTIVE_APPOINTMENT)
