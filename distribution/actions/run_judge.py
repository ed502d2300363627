"""The first step of a run: who has a right to a card, and by which appointment.

The rule itself is asked once for every combination of facts that occurs (a few hundred); the
database then finds per person the appointment that got furthest. That takes no longer for a
person than reading the appointments, and rules.eligibility stays the only place that judges.
"""

import datetime as dt
from dataclasses import dataclass

from distribution.enums import Reason
from distribution.models import Appointment, CardYear, NotEntitled, Person, bulk
from distribution.queries import years
from distribution.rules import eligibility

APPOINTMENT, PERSON, NOT_ENTITLED = bulk.table(Appointment), bulk.table(Person), bulk.table(NotEntitled)

# How far an appointment got: the place of its reason in the order of the tests, or this when it passed all.
ENTITLED = len(eligibility.ORDER)
REASONS = dict(enumerate(eligibility.ORDER))

IS_ACTIVE = "CASE WHEN a.begins_on <= %(on)s AND (a.ends_on IS NULL OR a.ends_on >= %(on)s) THEN 1 ELSE 0 END"
INTERRUPTED_IN_FULL_BY = """CASE WHEN a.interruption_in_full
    AND (a.interruption_begins_on IS NULL OR a.interruption_begins_on <= %(on)s)
    AND (a.interruption_ends_on IS NULL OR a.interruption_ends_on >= %(on)s)
    THEN a.interruption_code ELSE '' END"""


@dataclass(frozen=True)
class KeyRange:
    """The keys of the year's people lie between these. Other years' may too; it only says where to look."""

    first: int
    last: int


def judge(card_year: CardYear, *, on: dt.date) -> KeyRange:
    """Fill the temporary table run_person: one row for everyone in the year with an appointment.

    `got` is ENTITLED or the place of the reason; `kind` (of run_kind) and `institution_postcode` are
    those of the appointment that decides: of those that got furthest the one with the latest begin,
    then the last by level, category and postcode, so that the order of rows does not matter.
    """
    first, last = bulk.fetch(f"SELECT MIN(id), MAX(id) FROM {PERSON} WHERE card_year_id = %s", [card_year.pk])[0]
    keys = KeyRange(first or 0, last or 0)
    known = {"on": on, "first": keys.first, "last": keys.last, "card_year": card_year.pk}
    _load_verdicts(card_year, known)
    bulk.create_temporary(
        "run_person", f"person_id {bulk.key_type()}, got integer, kind integer, institution_postcode varchar(4)"
    )
    # All that decides stands in one text of fixed places, so that one MAX finds it. SQLite takes the other
    # columns from the row that has the MAX, which is documented; elsewhere they are cut out of the text.
    if bulk.is_postgres():
        best = """MAX((v.got || CAST(a.begins_on AS text) || v.kind || a.institution_postcode) COLLATE "C")"""
        decided = (
            f"CAST(SUBSTR({best}, 1, 1) AS integer) AS got, CAST(SUBSTR({best}, 12, 4) AS integer) AS kind, "
            f"SUBSTR({best}, 16) AS institution_postcode"
        )
    else:
        best = "MAX(v.got || a.begins_on || v.kind || a.institution_postcode)"
        decided = "v.got, v.kind, a.institution_postcode"
    bulk.execute(
        f"""INSERT INTO run_person (person_id, got, kind, institution_postcode)
            SELECT person_id, got, kind, institution_postcode FROM (
                SELECT a.person_id, {best} AS best, {decided}
                FROM {APPOINTMENT} a
                JOIN run_verdict v ON v.paid_by = a.paid_by AND v.level = a.level AND v.category = a.category
                    AND v.is_active = {IS_ACTIVE} AND v.code = {INTERRUPTED_IN_FULL_BY}
                CROSS JOIN {PERSON} p
                WHERE a.person_id BETWEEN %(first)s AND %(last)s
                    AND p.id = a.person_id AND p.card_year_id = %(card_year)s
                GROUP BY a.person_id
            ) decided WHERE best IS NOT NULL""",
        known,
    )
    bulk.refresh_statistics("run_person")
    return keys


def replace_reasons(card_year: CardYear) -> dict[str, int]:
    """Make the year's NotEntitled rows those of run_person, touching only what differs; how many per reason."""
    reason = "CASE j.got " + " ".join(f"WHEN {place} THEN '{reason}'" for place, reason in REASONS.items()) + " END"
    known = {"card_year": card_year.pk}
    of_this_year = f"person_id IN (SELECT id FROM {PERSON} WHERE card_year_id = %(card_year)s)"
    if NotEntitled.objects.filter(person__card_year=card_year).exists():
        bulk.execute(
            f"""DELETE FROM {NOT_ENTITLED} WHERE {of_this_year}
                AND person_id NOT IN (SELECT person_id FROM run_person WHERE got < {ENTITLED})""",
            known,
        )
        bulk.execute(
            f"""UPDATE {NOT_ENTITLED} SET reason = {reason} FROM run_person j
                WHERE j.person_id = {NOT_ENTITLED}.person_id AND j.got < {ENTITLED} AND reason <> {reason}""",
        )
    bulk.execute(
        f"""INSERT INTO {NOT_ENTITLED} (person_id, reason)
            SELECT j.person_id, {reason} FROM run_person j
            WHERE j.got < {ENTITLED} AND NOT EXISTS (SELECT 1 FROM {NOT_ENTITLED} n WHERE n.person_id = j.person_id)"""
    )
    counted = dict(bulk.fetch(f"SELECT got, COUNT(*) FROM run_person WHERE got < {ENTITLED} GROUP BY got"))
    return {str(reason): counted.get(place, 0) for place, reason in REASONS.items()}


def count_people() -> int:
    """Everyone in run_person."""
    return int(bulk.fetch("SELECT COUNT(*) FROM run_person")[0][0])


def _load_verdicts(card_year: CardYear, known: dict[str, object]) -> None:
    """The temporary tables run_verdict (how far a combination of facts gets) and run_kind (level and category)."""
    # Read as they stand, without looking at dates: each may be active or not, and interrupted or not.
    found = bulk.fetch(
        f"""SELECT DISTINCT a.paid_by, a.level, a.category, a.interruption_code
            FROM {APPOINTMENT} a WHERE a.person_id BETWEEN %(first)s AND %(last)s""",
        known,
    )
    combinations = {
        (is_active, paid_by, level, category, running)
        for paid_by, level, category, code in found
        for is_active in (0, 1)
        for running in ("", code)
    }
    table = years.rule_table(card_year)
    kinds = sorted({(level, category) for _, _, level, category, _ in combinations})
    # Four digits that sort as the words do.
    kind_of = {kind: f"{number:04d}" for number, kind in enumerate(kinds)}
    verdicts = []
    for is_active, paid_by, level, category, code in combinations:
        facts = eligibility.Facts(
            is_active=bool(is_active), paid_by=paid_by, level=level, category=category, interrupted_in_full_by=code
        )
        reason = eligibility.judge_appointment(facts, table=table)
        verdicts.append((is_active, paid_by, level, category, code, _got(reason), kind_of[level, category]))
    columns = ("is_active", "paid_by", "level", "category", "code")
    bulk.create_temporary(
        "run_verdict",
        "is_active integer, paid_by varchar(20), level varchar(20), category varchar(24), code varchar(10), "
        "got integer, kind varchar(4), PRIMARY KEY (level, category, paid_by, is_active, code)",
        is_keyed_by_text=True,
    )
    bulk.load("run_verdict", (*columns, "got", "kind"), verdicts)
    bulk.create_temporary("run_kind", f"kind {bulk.key_type()}, level varchar(20), category varchar(24)")
    bulk.load("run_kind", ("kind", "level", "category"), [(number, *kind) for number, kind in enumerate(kinds)])
    bulk.refresh_statistics("run_verdict", "run_kind")


def _got(reason: Reason | None) -> int:
    return ENTITLED if reason is None else eligibility.ORDER.index(reason)
