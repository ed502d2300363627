"""Taking the lists of a year: subscribers, and who held a card of an earlier year. A list is a full picture."""

import datetime as dt
from pathlib import Path

from django.db import transaction

from distribution.actions import year_lock
from distribution.actions.taking_files import DEFAULT_LIMITS, ListSummary, opened, refuse_too_many_bad, write_rejects
from distribution.errors import YearNotOpened
from distribution.intake import staff_lists as intake
from distribution.intake.rejects import Reject
from distribution.models import CardYear, EarlierHolder, Subscriber, YearEvent, bulk
from pickup_points.models import User
from pickup_points.tables import Limits, Table

LISTED = "import_listed"


def load_subscribers(
    card_year: CardYear,
    path: Path,
    *,
    at: dt.datetime,
    rejects_folder: Path,
    by: User | None = None,
    strict: bool = True,
    dry_run: bool = False,
    limits: Limits = DEFAULT_LIMITS,
) -> ListSummary:
    """The list is the year's subscribers: who is not on it is none. Raises FileRefused; then nothing changed.

    A dry run tells the same and changes nothing, though it does write the rejects file.
    """
    with (
        opened(path, required=[intake.COLUMN], limits=limits) as table,
        year_lock.locked(card_year) as current,
    ):
        summary = _replace(
            table,
            bulk.table(Subscriber),
            key="card_year_id",
            value=current.pk,
            rejects_folder=rejects_folder,
            strict=strict,
        )
        _say(current, "subscribers_imported", summary, at=at, by=by)
        if dry_run:
            transaction.set_rollback(True)
    return summary


def load_card_holders(
    year: int,
    path: Path,
    *,
    at: dt.datetime,
    rejects_folder: Path,
    by: User | None = None,
    strict: bool = True,
    dry_run: bool = False,
    limits: Limits = DEFAULT_LIMITS,
) -> ListSummary:
    """The list is the picture handed in under `year`; that year or the one after it must be opened.

    queries.earlier_holders says for which run it counts. Raises YearNotOpened or FileRefused. A dry run
    tells the same and changes nothing.
    """
    card_year = CardYear.objects.filter(year__in=[year, year + 1]).order_by("year").first()
    if card_year is None:
        raise YearNotOpened(year)
    with (
        opened(path, required=[intake.COLUMN], limits=limits) as table,
        year_lock.locked(card_year) as current,
    ):
        summary = _replace(
            table,
            bulk.table(EarlierHolder),
            key="year",
            value=year,
            rejects_folder=rejects_folder,
            strict=strict,
        )
        _say(current, "card_holders_imported", summary, at=at, by=by)
        if dry_run:
            transaction.set_rollback(True)
    return summary


def _replace(table: Table, target: str, *, key: str, value: int, rejects_folder: Path, strict: bool) -> ListSummary:
    """Make the numbers under `key` = `value` those of the table, touching only the difference."""
    found: list[Reject] = []
    bulk.create_temporary(LISTED, "staff_number varchar(11)")
    accepted = bulk.load(LISTED, ["staff_number"], ((number,) for number in intake.check(table, found, strict=strict)))
    refuse_too_many_bad(found, rows=accepted + len(found))
    bulk.execute(f"CREATE INDEX {LISTED}_number ON {LISTED} (staff_number)")
    bulk.refresh_statistics(LISTED)
    known, listed = (
        int(bulk.fetch(statement, parameters)[0][0])
        for statement, parameters in (
            (f"SELECT count(*) FROM {target} WHERE {key} = %s", [value]),
            (f"SELECT count(DISTINCT staff_number) FROM {LISTED}", []),
        )
    )
    gone = bulk.execute(
        f"""
        DELETE FROM {target} WHERE {key} = %s
        AND NOT EXISTS (SELECT 1 FROM {LISTED} l WHERE l.staff_number = {target}.staff_number)
        """,
        [value],
    )
    added = bulk.execute(
        f"""
        INSERT INTO {target} ({key}, staff_number)
        SELECT DISTINCT {int(value)}, l.staff_number FROM {LISTED} l
        LEFT JOIN {target} t ON t.{key} = %s AND t.staff_number = l.staff_number
        WHERE t.id IS NULL
        """,
        [value],
    )
    bulk.drop_temporary(LISTED)
    changed = bool(gone or added)
    if changed:
        bulk.refresh_statistics(target)
    return ListSummary(
        rows=accepted + len(found),
        accepted=accepted,
        rejected=len(found),
        changed=changed,
        rejects_file=write_rejects(rejects_folder, found, table),
        notices=[*table.notices, *([] if changed else ["Er verandert niets: deze lijst kenden we al."])],
        counts={"new": added, "unchanged": known - gone, "left": gone},
        warnings={"duplicate_row": accepted - listed} if accepted > listed else {},
    )


def _say(card_year: CardYear, kind: str, summary: ListSummary, *, at: dt.datetime, by: User | None) -> None:
    if summary.changed:
        counts = {"rows": summary.rows, "accepted": summary.accepted, "rejected": summary.rejected}
        YearEvent.objects.create(card_year=card_year, kind=kind, at=at, by=by, summary=counts)
