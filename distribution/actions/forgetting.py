"""Taking people out of the tables, in sets: what stays counts the same and tells of nobody (ADR 0020).

No row that is counted goes: names become `GONE`, numbers a mark that is nobody's, and the rest empty.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from distribution.models import (
    Appointment,
    Card,
    CardYear,
    EarlierHolder,
    HandOver,
    PendingChange,
    Person,
    Subscriber,
    Transfer,
    VoidedNumber,
    bulk,
)
from distribution.rules import name_order

GONE = "(gewist)"
# Behind the key of the row: no staff number ends so, and the last four on a page say nothing.
NO_NUMBER = "----"
NO_DAY = dt.date(1900, 1, 1)

APPOINTMENT, CARD, PERSON = bulk.table(Appointment), bulk.table(Card), bulk.table(Person)


@dataclass(frozen=True)
class Whose:
    """Some people: SQL that gives their keys, with its parameters."""

    sql: str
    parameters: Sequence[object]


def of_year(card_year: CardYear) -> Whose:
    return Whose(f"SELECT id FROM {PERSON} WHERE card_year_id = %s", [card_year.pk])


def of_person(person: Person) -> Whose:
    return Whose(f"SELECT id FROM {PERSON} WHERE id = %s", [person.pk])


def people(whose: Whose, *, is_open: bool = False) -> dict[str, int]:
    """Forget names, addresses, appointments and every free word about these people; how many rows of each.

    While their year `is_open` what the rules ask stays: the postcode, and of appointments all but the
    institution; otherwise the next run would take a card back. What was forgotten before is not counted
    again: doing it twice is doing it once. Needs a transaction.
    """
    _overwrite()
    cards = f"card_id IN (SELECT id FROM {CARD} WHERE person_id IN ({whose.sql}))"
    return {
        "people": _names(whose, is_open=is_open),
        "appointments": _institutions(whose) if is_open else _appointments(whose),
        "pending_changes": _run(
            f"DELETE FROM {bulk.table(PendingChange)} WHERE person_id IN ({whose.sql})", whose.parameters
        ),
        "collectors": _empty(HandOver, "collector", cards, whose, becomes=GONE),
        "undo_reasons": _empty(HandOver, "undo_reason", cards, whose, becomes=GONE),
        "transfer_reasons": _empty(Transfer, "end_reason", cards, whose, becomes=GONE),
        "references": _empty(VoidedNumber, "reference", cards, whose, becomes=""),
    }


def subscribers(card_year: CardYear) -> int:
    """The numbers on the year's list of subscribers; how many stood on it stays known."""
    return _forget_numbers(Subscriber, "card_year_id = %s", [card_year.pk])


def numbers(card_year: CardYear) -> int:
    """The staff numbers of the year's people. Of who is shielded it stays: next year's file must find them shielded."""
    return _forget_numbers(Person, "card_year_id = %s AND NOT shielded", [card_year.pk])


def earlier_holders(*, before: int) -> int:
    """The numbers on the lists handed in under years before this one."""
    return _forget_numbers(EarlierHolder, "year < %s", [before])


def _forget_numbers(
    model: type[Person] | type[Subscriber] | type[EarlierHolder], where: str, parameters: Sequence[object]
) -> int:
    _overwrite()
    key = "to_hex(id)" if bulk.is_postgres() else "printf('%%x', id)"
    return _run(
        f"""UPDATE {bulk.table(model)} SET staff_number = {key} || %s
            WHERE {where} AND staff_number NOT LIKE %s""",
        [NO_NUMBER, *parameters, f"%{NO_NUMBER}"],
    )


def _names(whose: Whose, *, is_open: bool) -> int:
    more, left = ("", "") if is_open else ("postcode = '', country = '',", " OR postcode <> '' OR country <> ''")
    return _run(
        f"""UPDATE {PERSON} SET last_name = %s, first_name = '', street = '', house_number = '', box = '', {more}
            municipality = '', sort_key = %s WHERE id IN ({whose.sql}) AND (last_name <> %s{left})""",
        [GONE, name_order.sort_key("", ""), *whose.parameters, GONE],
    )


def _institutions(whose: Whose) -> int:
    return _run(
        f"""UPDATE {APPOINTMENT} SET institution_name = '', institution_number = ''
            WHERE person_id IN ({whose.sql}) AND institution_number <> ''""",
        whose.parameters,
    )


def _appointments(whose: Whose) -> int:
    """All but an empty one for each: that someone was in the picture is counted."""
    gone = _run(
        f"""DELETE FROM {APPOINTMENT} WHERE person_id IN ({whose.sql}) AND id NOT IN (
                SELECT MIN(id) FROM {APPOINTMENT} WHERE person_id IN ({whose.sql}) GROUP BY person_id)""",
        [*whose.parameters, *whose.parameters],
    )
    return gone + _run(
        f"""UPDATE {APPOINTMENT} SET institution_number = '', institution_name = '', institution_postcode = '',
                level = '', category = '', paid_by = '', begins_on = %s, ends_on = NULL, interruption_code = '',
                interruption_in_full = FALSE, interruption_begins_on = NULL, interruption_ends_on = NULL,
                row_number = 0, fingerprint = 0
            WHERE person_id IN ({whose.sql}) AND level <> ''""",
        [NO_DAY, *whose.parameters],
    )


def _empty(
    model: type[HandOver] | type[Transfer] | type[VoidedNumber], column: str, cards: str, whose: Whose, *, becomes: str
) -> int:
    return _run(
        f"UPDATE {bulk.table(model)} SET {column} = %s WHERE {column} NOT IN ('', %s) AND {cards}",
        [becomes, GONE, *whose.parameters],
    )


def _run(statement: str, parameters: Sequence[object]) -> int:
    return bulk.execute(statement, list(parameters))


def _overwrite() -> None:
    """SQLite leaves what it deletes in its file until something else comes there; not these."""
    if not bulk.is_postgres():
        bulk.execute("PRAGMA secure_delete = ON")
