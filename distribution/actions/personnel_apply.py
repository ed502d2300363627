"""What the picture of a personnel file says, done to the year's people and appointments, in sets."""

from collections.abc import Iterable

from distribution.actions.personnel_merge import (
    APPOINTMENT,
    CHANGED,
    LEFT,
    PERSON,
    PERSON_COLUMNS,
    PICTURE,
    SAME,
    STAGED,
)
from distribution.enums import Source
from distribution.models import Card, CardYear, NotEntitled, PendingChange, Person, ShieldedNumber, bulk

CARD, SHIELDED = bulk.table(Card), bulk.table(ShieldedNumber)
APPOINTMENT_COLUMNS = (
    "institution_number",
    "institution_name",
    "institution_postcode",
    "level",
    "category",
    "paid_by",
    "begins_on",
    "ends_on",
    "interruption_code",
    "interruption_in_full",
    "interruption_begins_on",
    "interruption_ends_on",
    "row_number",
    "fingerprint",
)


def apply(card_year: CardYear, *, source: str, is_supplement: bool) -> None:
    """Make the year's people and appointments as the picture says."""
    if not is_supplement:
        bulk.execute(
            f"""
            DELETE FROM {APPOINTMENT} WHERE source = %s AND person_id IN (
                SELECT person_id FROM {PICTURE} WHERE state = {CHANGED} UNION ALL SELECT person_id FROM {LEFT}
            )
            """,
            [source],
        )
    _update_people(source=source, is_supplement=is_supplement)
    _insert_people(card_year)
    columns = ", ".join(APPOINTMENT_COLUMNS)
    # CROSS JOIN: SQLite keeps the order, and the staged rows alone have no index to be looked up by.
    bulk.execute(
        f"""
        INSERT INTO {APPOINTMENT} (person_id, source, {columns})
        SELECT p.id, %s, {_of("s", APPOINTMENT_COLUMNS)}
        FROM {STAGED} s CROSS JOIN {PICTURE} g CROSS JOIN {PERSON} p
        WHERE g.staff_number = s.staff_number AND g.state <> {SAME}
        AND p.card_year_id = %s AND p.staff_number = g.staff_number
        """,
        [source, card_year.pk],
    )
    _delete_who_has_nothing_left()
    bulk.refresh_statistics(
        f"{PERSON} (id, card_year_id, staff_number, postcode, country)", f"{APPOINTMENT} (person_id, source, level)"
    )


def _update_people(*, source: str, is_supplement: bool) -> None:
    """Name and address as the winning row has them. The personnel record knows better than an institution."""
    columns = ", ".join(f"{column} = w.{column}" for column in PERSON_COLUMNS)
    not_ours = f"SELECT 1 FROM {APPOINTMENT} a WHERE a.person_id = {PERSON}.id AND"
    conditions, parameters = "", []
    if source != Source.EPD:
        conditions += f" AND NOT EXISTS ({not_ours} a.source = %s)"
        parameters.append(Source.EPD.value)
    if is_supplement:
        conditions += f" AND NOT EXISTS ({not_ours} a.source = %s AND a.begins_on > w.begins_on)"
        parameters.append(source)
    bulk.execute(
        f"""
        UPDATE {PERSON} SET {columns}
        FROM {PICTURE} g JOIN {STAGED} w ON w.row_number = g.winner
        WHERE {PERSON}.id = g.person_id AND g.state <> {SAME}{conditions}
        """,
        parameters,
    )


def _insert_people(card_year: CardYear) -> None:
    """People the year did not know; who is shielded, or was in the latest earlier year, stays so."""
    columns = ", ".join(PERSON_COLUMNS)
    inserted = bulk.execute(
        f"""
        INSERT INTO {PERSON} (card_year_id, staff_number, shielded, {columns})
        SELECT %s, g.staff_number, FALSE, {_of("w", PERSON_COLUMNS)}
        FROM {PICTURE} g JOIN {STAGED} w ON w.row_number = g.winner
        WHERE g.person_id IS NULL
        """,
        [card_year.pk],
    )
    if inserted:
        bulk.execute(
            f"""
            UPDATE {PERSON} SET shielded = TRUE WHERE card_year_id = %s AND staff_number IN (
                SELECT staff_number FROM {SHIELDED} WHERE ended_at IS NULL
            )
            """,
            [card_year.pk],
        )
    earlier_years = CardYear.objects.filter(year__lt=card_year.year).order_by("-year")
    if not inserted or not Person.objects.filter(card_year__in=earlier_years, shielded=True).exists():
        return
    seen: set[str] = set()
    shielded: set[str] = set()
    candidates = Person.objects.filter(
        staff_number__in=Person.objects.filter(card_year__in=earlier_years, shielded=True).values("staff_number"),
        card_year__in=earlier_years,
    ).order_by("-card_year__year")
    for number, is_shielded in candidates.values_list("staff_number", "shielded"):
        if number not in seen and is_shielded:
            shielded.add(number)
        seen.add(number)
    for number in sorted(shielded):
        bulk.execute(
            f"""
            UPDATE {PERSON} SET shielded = TRUE WHERE card_year_id = %s AND staff_number = %s AND staff_number IN (
                SELECT staff_number FROM {PICTURE} WHERE person_id IS NULL
            )
            """,
            [card_year.pk, number],
        )


def _delete_who_has_nothing_left() -> None:
    """Who left, has no appointment from any source and no card, is forgotten. Who has a card stays: the run withdraws it."""
    bulk.execute(
        f"""
        DELETE FROM {LEFT} WHERE EXISTS (SELECT 1 FROM {APPOINTMENT} a WHERE a.person_id = {LEFT}.person_id)
        OR EXISTS (SELECT 1 FROM {CARD} c WHERE c.person_id = {LEFT}.person_id)
        """
    )
    for model in (NotEntitled, PendingChange):
        bulk.execute(f"DELETE FROM {bulk.table(model)} WHERE person_id IN (SELECT person_id FROM {LEFT})")
    bulk.execute(f"DELETE FROM {PERSON} WHERE id IN (SELECT person_id FROM {LEFT})")


def _of(alias: str, columns: Iterable[str]) -> str:
    return ", ".join(f"{alias}.{column}" for column in columns)
