"""Forgetting what has served: the people of a closed year, what was typed, old readings, files (ADR 0020).

Figures stay equal to the unit. Each year goes in one transaction: killed at any moment, and done
again, it ends the same.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.contrib.sessions.models import Session
from django.db import transaction

from distribution.actions import forgetting, reading_seals
from distribution.actions.year_lock import locked
from distribution.errors import CanBeForced
from distribution.models import CardYear, PersonnelImport, StoredFile, Upload, YearEvent
from distribution.queries import retention
from distribution.rules.retention import Retention
from pickup_points.hours.calendar import BRUSSELS
from pickup_points.models import User

EVENT = "purged"


class NotYetClosed(CanBeForced):
    code = "not_yet_closed"


@dataclass(frozen=True)
class YearPurge:
    """What went of a year. `people_on`, `numbers_on`: from which day each may; `counts`: of what how many rows."""

    year: int
    dry_run: bool
    people_on: dt.date
    numbers_on: dt.date
    numbers_gone: bool
    counts: dict[str, int] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """As the command tells it."""
        return {
            "year": self.year,
            "dry_run": self.dry_run,
            "people_on": str(self.people_on),
            "numbers_on": str(self.numbers_on),
            "numbers_gone": self.numbers_gone,
        } | self.counts


def purge_year(
    card_year: CardYear, *, days: int, at: dt.datetime, by: User | None = None, force: str = "", dry_run: bool = False
) -> YearPurge:
    """Forget the people of a year that is closed for `days`, and their numbers as soon as no run asks for them.

    Again it changes nothing. A dry run tells the same counts and changes nothing. Raises NotYetClosed
    unless `force` says why; the numbers are never forced, for next year would print starter cards for everyone.
    """
    on = at.astimezone(BRUSSELS).date()
    with locked(card_year, to_forget=True) as current:
        days_of = retention.days_of(current, days=days)
        if on < days_of.people and not force:
            raise NotYetClosed(
                f"Namen en adressen van {current.year} mogen weg vanaf {days_of.people:%d/%m/%Y}: "
                f"{days} dagen na de laatste afhaaldag ({days_of.last_day:%d/%m/%Y})."
            )
        counts = _forget_people(current)
        numbers_gone = on >= days_of.numbers
        counts |= {"staff_numbers": forgetting.numbers(current) if numbers_gone else 0}
        counts |= {"earlier_holders": forgetting.earlier_holders(before=current.year + int(numbers_gone))}
        _write_down(current, counts, numbers_gone=numbers_gone, force=force, at=at, by=by)
        if dry_run:
            transaction.set_rollback(True)
    return YearPurge(card_year.year, dry_run, days_of.people, days_of.numbers, numbers_gone, counts)


def purge_due(*, terms: Retention, at: dt.datetime, rejects_folder: Path, secret: str) -> dict[str, Any]:
    """Everything whose time has come, of every kind; how much of each. Meant to be done every hour; doing it again is harmless."""
    years = [
        purge_year(card_year, days=terms.people_days, at=at).as_json()
        for card_year in retention.years_due(on=at.astimezone(BRUSSELS).date(), days=terms.people_days)
    ]
    reading_seals.seal(at=at, secret=secret)
    return {
        "years": years,
        "seals_without_words": reading_seals.forget_words(terms.words_before(at), at=at),
        "readings": reading_seals.forget_readings(terms.readings_before(at), at=at),
        "rejects_files": forget_rejects(rejects_folder, before=terms.rejects_before(at)),
        "sessions": Session.objects.filter(expire_date__lt=at).delete()[0],
    }


def forget_rejects(folder: Path, *, before: dt.datetime) -> int:
    """Delete the files with refused rows that were written before a moment; how many."""
    old = [path for path in _files(folder) if path.stat().st_mtime < before.timestamp()]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _forget_people(card_year: CardYear) -> dict[str, int]:
    made = StoredFile.objects.filter(jobs__card_year=card_year, people__gt=0)
    sent_in = StoredFile.objects.filter(upload__card_year=card_year)
    keys = {*made.values_list("pk", flat=True), *sent_in.values_list("pk", flat=True)}
    # What was told to others stays as it was told; there are no people in it.
    files = StoredFile.objects.filter(pk__in=keys, snapshots=None)
    counts = forgetting.people(forgetting.of_year(card_year))
    counts |= {"subscribers": forgetting.subscribers(card_year), "files": files.count(), "samples": 0}
    files.delete()
    for imported in PersonnelImport.objects.filter(card_year=card_year):
        kept, gone = _without_samples(imported.summary)
        if gone:
            PersonnelImport.objects.filter(pk=imported.pk).update(summary=kept)
        counts["samples"] += gone
    for upload in Upload.objects.filter(card_year=card_year):
        kept, gone = _without_samples(upload.difference)
        if gone:
            Upload.objects.filter(pk=upload.pk).update(difference=kept)
        counts["samples"] += gone
    return counts


def _without_samples(told: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """The same without the last four digits of anyone; and of how many."""
    samples = told.get("samples")
    if not isinstance(samples, dict):
        return told, 0
    lists = {kind: found for kind, found in samples.items() if any("last_four" in one for one in found)}
    return told | {"samples": samples | {kind: [] for kind in lists}}, sum(map(len, lists.values()))


def _write_down(
    card_year: CardYear,
    counts: dict[str, int],
    *,
    numbers_gone: bool,
    force: str,
    at: dt.datetime,
    by: User | None,
) -> None:
    """When it was, and an event when anything went."""
    is_first = card_year.people_gone_at is None or (numbers_gone and card_year.numbers_gone_at is None)
    card_year.people_gone_at = card_year.people_gone_at or at
    if numbers_gone:
        card_year.numbers_gone_at = card_year.numbers_gone_at or at
    if is_first:
        card_year.save(update_fields=["people_gone_at", "numbers_gone_at"])
    if is_first or any(counts.values()):
        summary: dict[str, Any] = counts | ({"forced": force} if force else {})
        YearEvent.objects.create(card_year=card_year, kind=EVENT, at=at, by=by, summary=summary)


def _files(folder: Path) -> Iterable[Path]:
    return [path for path in folder.glob("*") if path.is_file()] if folder.is_dir() else []
