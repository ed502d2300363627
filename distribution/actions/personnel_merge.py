"""The picture of a personnel file against the one before it, in sets: staged, compared; personnel_apply does the rest.

Three temporary tables live as long as one import. `import_staged` holds the checked rows,
`import_known` what each person had from this source, `import_picture` one row per person of the file:
new, changed or the same. A person is the same when the number of rows and the sum of their
fingerprints are.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from distribution.enums import Source
from distribution.intake.personnel import CHECKED, ROWS_IN_A_RANK
from distribution.models import Appointment, CardYear, Person, bulk
from pickup_points.models import ServedPostcode

STAGED, KNOWN, PICTURE, LEFT = "import_staged", "import_known", "import_picture", "import_left"
SAME, NEW, CHANGED = 0, 1, 2
SAMPLES = 20
SQLITE_CACHE_KB = 16_384
PERSON_COLUMNS = (
    "last_name",
    "first_name",
    "street",
    "house_number",
    "box",
    "postcode",
    "municipality",
    "country",
    "sort_key",
)
PERSON, APPOINTMENT = bulk.table(Person), bulk.table(Appointment)


@dataclass(frozen=True)
class Picture:
    """How the file differs from what was known. `people_before` had an appointment from this source."""

    people: dict[str, int]
    people_before: int
    identical_rows: int
    conflicts: int
    possible_duplicates: int

    @property
    def is_different(self) -> bool:
        return any(self.people[change] for change in ("new", "changed", "left"))


def stage(rows: Iterable[tuple[Any, ...]]) -> None:
    """Stream checked rows into the staging table."""
    if not bulk.is_postgres():
        # SQLite sorts in as much memory again as its cache has: together they must leave room for the rest.
        bulk.execute(f"PRAGMA cache_size = -{SQLITE_CACHE_KB}")
    _create(STAGED, ", ".join(f"{name} {kind}" for name, kind in CHECKED))
    bulk.load(STAGED, [name for name, _ in CHECKED], rows)
    # Only what is joined and grouped by: counting all columns of wide rows takes longer than it saves.
    bulk.refresh_statistics(f"{STAGED} (row_number, staff_number, fingerprint)")


def compare(card_year: CardYear, *, source: str, is_supplement: bool) -> Picture:
    """Hold the staged rows against the picture there is; changes only temporary tables."""
    identical = _keep_one_of_identical_rows()
    _create(KNOWN, "person_id bigint PRIMARY KEY, appointments integer, total bigint")
    bulk.execute(
        f"""
        INSERT INTO {KNOWN}
        SELECT a.person_id, count(*), CAST(sum(a.fingerprint) AS bigint)
        FROM {APPOINTMENT} a JOIN {PERSON} p ON p.id = a.person_id
        WHERE p.card_year_id = %s AND a.source = %s
        GROUP BY a.person_id
        """,
        [card_year.pk, source],
    )
    unchanged = _leave_out_known_rows(card_year, source=source) if is_supplement else 0
    _draw(card_year, is_supplement=is_supplement)
    _create(LEFT, "person_id bigint PRIMARY KEY")
    if not is_supplement:
        bulk.execute(
            f"""
            INSERT INTO {LEFT} SELECT k.person_id FROM {KNOWN} k
            LEFT JOIN {PICTURE} g ON g.person_id = k.person_id WHERE g.person_id IS NULL
            """
        )
    if source == Source.EPD:
        _see_changed_winners()
    bulk.refresh_statistics(f"{PICTURE} (staff_number, winner, person_id, state)")
    counts = dict(bulk.fetch(f"SELECT state, count(*) FROM {PICTURE} GROUP BY state"))
    return Picture(
        people={
            "new": counts.get(NEW, 0),
            "changed": counts.get(CHANGED, 0),
            "unchanged": counts.get(SAME, 0) + unchanged,
            "left": _count(LEFT),
        },
        people_before=_count(KNOWN),
        identical_rows=identical,
        conflicts=_count(PICTURE, "conflict = 1"),
        possible_duplicates=int(
            bulk.fetch(
                f"""
                SELECT count(*) FROM (
                    SELECT 1 AS one FROM {PICTURE} GROUP BY person_print, substr(staff_number, 2, 6) HAVING count(*) > 1
                ) AS pairs
                """
            )[0][0]
        ),
    )


def samples(picture: Picture) -> dict[str, list[dict[str, Any]]]:
    """Twenty each of who is new, changed, gone and perhaps there twice: row and last four digits."""

    def rows(statement: str) -> list[dict[str, Any]]:
        found = bulk.fetch(f"{statement} LIMIT {SAMPLES}")
        return [{"row": row, "last_four": four} for row, four in found]

    return {
        "new": rows(f"SELECT winner, substr(staff_number, 8) FROM {PICTURE} WHERE state = {NEW} ORDER BY winner"),
        "changed": rows(
            f"SELECT winner, substr(staff_number, 8) FROM {PICTURE} WHERE state = {CHANGED} ORDER BY winner"
        ),
        "left": [
            {"last_four": four}
            for (four,) in bulk.fetch(
                f"""
                SELECT substr(p.staff_number, 8) FROM {LEFT} l JOIN {PERSON} p ON p.id = l.person_id
                ORDER BY p.staff_number LIMIT {SAMPLES}
                """
            )
        ],
        "duplicates": rows(
            f"""
            SELECT g.winner, substr(g.staff_number, 8) FROM {PICTURE} g JOIN (
                SELECT person_print, substr(staff_number, 2, 6) AS born FROM {PICTURE}
                GROUP BY person_print, substr(staff_number, 2, 6) HAVING count(*) > 1
            ) AS pairs ON pairs.person_print = g.person_print AND pairs.born = substr(g.staff_number, 2, 6)
            ORDER BY g.person_print, g.winner
            """
        )
        if picture.possible_duplicates
        else [],
        "conflicting_person_data": rows(
            f"SELECT winner, substr(staff_number, 8) FROM {PICTURE} WHERE conflict = 1 ORDER BY winner"
        ),
    }


def unserved(card_year: CardYear) -> list[tuple[str, int]]:
    """Belgian home postcodes of the year's people that no point serves, with how many live there, most first."""
    served = set(ServedPostcode.objects.filter(year=card_year.year, is_choice=False).values_list("postcode", flat=True))
    homes = bulk.fetch(
        f"SELECT postcode, count(*) FROM {PERSON} WHERE card_year_id = %s AND country = 'BE' GROUP BY postcode",
        [card_year.pk],
    )
    return sorted(
        ((code, people) for code, people in homes if code not in served), key=lambda each: (-each[1], each[0])
    )


def of_other_years(*, first_day: dt.date, last_day: dt.date) -> tuple[int, int, int]:
    """How many of the rows ended before a first day, how many begin after a last one, and how many there are."""
    ended, to_come, rows = bulk.fetch(
        f"""
        SELECT coalesce(sum(CASE WHEN ends_on < %s THEN 1 ELSE 0 END), 0),
            coalesce(sum(CASE WHEN begins_on > %s THEN 1 ELSE 0 END), 0), count(*) FROM {STAGED}
        """,
        [first_day.isoformat(), last_day.isoformat()],
    )[0]
    return int(ended), int(to_come), int(rows)


def people_known(card_year: CardYear, *, source: str) -> int:
    """How many people have an appointment from this source."""
    return Person.objects.filter(card_year=card_year, appointments__source=source).distinct().count()


def forget_staging() -> None:
    bulk.drop_temporary(STAGED, KNOWN, PICTURE, LEFT)


def _keep_one_of_identical_rows() -> int:
    """Of rows that are alike in everything, the last stays: a later row wins a tie. Returns how many went."""
    any_alike = bulk.fetch(f"SELECT 1 FROM {STAGED} GROUP BY fingerprint, staff_number HAVING count(*) > 1 LIMIT 1")
    if not any_alike:
        return 0
    return bulk.execute(
        f"""
        DELETE FROM {STAGED} WHERE row_number IN (
            SELECT alike.row_number FROM (
                SELECT row_number, lead(row_number) OVER (
                    PARTITION BY fingerprint, staff_number ORDER BY row_number
                ) AS next_one FROM {STAGED}
            ) AS alike WHERE alike.next_one IS NOT NULL
        )
        """
    )


def _leave_out_known_rows(card_year: CardYear, *, source: str) -> int:
    """For a supplement: rows that are in the picture already need nothing. Returns how many people that leaves out."""
    before = bulk.fetch(f"SELECT count(DISTINCT staff_number) FROM {STAGED}")[0][0]
    bulk.execute(
        f"""
        DELETE FROM {STAGED} WHERE EXISTS (
            SELECT 1 FROM {PERSON} p JOIN {APPOINTMENT} a ON a.person_id = p.id
            WHERE p.card_year_id = %s AND p.staff_number = {STAGED}.staff_number
            AND a.source = %s AND a.fingerprint = {STAGED}.fingerprint
        )
        """,
        [card_year.pk, source],
    )
    return int(before - bulk.fetch(f"SELECT count(DISTINCT staff_number) FROM {STAGED}")[0][0])


def _draw(card_year: CardYear, *, is_supplement: bool) -> None:
    """One row per person of the file. The row of latest begin, then last in the file, is the winner."""
    _create(
        PICTURE,
        "staff_number varchar(11) PRIMARY KEY, winner integer, conflict integer, person_print bigint,"
        " person_id bigint, state integer",
    )
    same = "FALSE" if is_supplement else "k.appointments = g.appointments AND k.total = g.total"
    bulk.execute(
        f"""
        INSERT INTO {PICTURE}
        SELECT g.staff_number, g.winner, g.conflict, g.person_print, p.id,
            CASE WHEN k.person_id IS NULL THEN {NEW} WHEN {same} THEN {SAME} ELSE {CHANGED} END
        FROM (
            SELECT staff_number, count(*) AS appointments, CAST(sum(fingerprint) AS bigint) AS total,
                max(rank) %% {ROWS_IN_A_RANK} AS winner, min(person_print) AS person_print,
                CASE WHEN min(person_print) <> max(person_print) THEN 1 ELSE 0 END AS conflict
            FROM {STAGED} GROUP BY staff_number
        ) AS g
        LEFT JOIN {PERSON} p ON p.card_year_id = %s AND p.staff_number = g.staff_number
        LEFT JOIN {KNOWN} k ON k.person_id = p.id
        """,
        [card_year.pk],
    )


def _see_changed_winners() -> None:
    """The same rows in another order can give another winner, when rows of one person disagree and begin together."""
    differs = " OR ".join(f"w.{column} <> p.{column}" for column in PERSON_COLUMNS)
    bulk.execute(
        f"""
        UPDATE {PICTURE} SET state = {CHANGED} WHERE staff_number IN (
            SELECT g.staff_number FROM {PICTURE} g
            JOIN {STAGED} w ON w.row_number = g.winner JOIN {PERSON} p ON p.id = g.person_id
            WHERE g.state = {SAME} AND g.conflict = 1 AND ({differs})
        )
        """
    )


def _create(name: str, columns: str) -> None:
    """A temporary table. PostgreSQL joins by hash and needs no key; SQLite looks rows up by theirs."""
    bulk.create_temporary(name, columns.replace(" PRIMARY KEY", "") if bulk.is_postgres() else columns)


def _count(name: str, condition: str = "1 = 1") -> int:
    return int(bulk.fetch(f"SELECT count(*) FROM {name} WHERE {condition}")[0][0])
