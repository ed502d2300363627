"""Taking a personnel file: one source's picture of a year replaces the one before it, all or nothing."""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from django.db import transaction

from distribution.actions import personnel_apply, year_lock
from distribution.actions import personnel_merge as merge
from distribution.actions.taking_files import (
    DEFAULT_LIMITS,
    MOST_BAD_ROWS,
    opened,
    refuse_too_many_bad,
    too_many_bad,
    write_rejects,
)
from distribution.errors import CanBeForced
from distribution.intake import personnel as intake
from distribution.intake import rejects
from distribution.intake.refusals import FileRefused
from distribution.models import CardYear, PersonnelImport, YearEvent
from distribution.rules.year_rules import school_year_of
from pickup_points.models import User
from pickup_points.tables import Limits, Table

Progress = Callable[[int, int], None]

MOST_LEAVERS = 0.05
MOJIBAKE_SAID, MOJIBAKE_STOPS = 0.001, 0.01
# The staff grows by one to three percent a year: a picture far from last year's is the wrong file.
SIZE_STOPS, SIZE_SAID = (0.80, 1.20), (0.95, 1.10)
# A picture of this year has few appointments that ended before it, or begin after it. In a short file that says nothing.
MOST_OF_OTHER_YEARS, TELLS_FROM_ROWS = 0.30, 1_000
PROGRESS_EVERY = 2_000


class TooManyLeave(CanBeForced):
    code = "too_many_leave"


class WrongSize(CanBeForced):
    code = "wrong_size"


class WrongYear(CanBeForced):
    code = "wrong_year"


@dataclass(frozen=True)
class ImportSummary:
    """What a file brought. Samples name rows and last four digits, never a person."""

    rows: int
    accepted: int
    rejected: int
    people: dict[str, int]
    warnings: dict[str, int]
    rejects_file: str | None
    notices: list[str] = field(default_factory=list)
    samples: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def load(
    card_year: CardYear,
    path: Path,
    *,
    source: str,
    at: dt.datetime,
    rejects_folder: Path,
    by: User | None = None,
    strict: bool = True,
    dry_run: bool = False,
    forced_because: str = "",
    progress: Progress | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> ImportSummary:
    """Take a personnel file as the picture that `source` has of this year, in one transaction.

    The same file as the latest picture changes nothing. A mended rejects file (it has the columns row,
    code and message) adds to the picture; nobody leaves by it. A dry run tells the same and changes nothing,
    though it does write the rejects file.
    Raises FileRefused for a wrong shape; TooManyLeave, WrongSize and WrongYear unless `forced_because` says why.
    """
    with opened(path, required=intake.REQUIRED, optional=intake.OPTIONAL, limits=limits) as table:
        is_supplement = set(rejects.ABOUT) - {"column"} <= set(table.ignored_columns)
        known = _already_read(card_year, source, table)
        if known:
            return known
        with year_lock.locked(card_year) as current:
            summary = _take(
                current,
                table,
                source=source,
                is_supplement=is_supplement,
                strict=strict,
                forced=bool(forced_because),
                rejects_folder=rejects_folder,
                progress=progress,
            )
            if not is_supplement:
                people = summary.people["new"] + summary.people["changed"] + summary.people["unchanged"]
            else:
                people = merge.people_known(current, source=source)
            kept = summary.as_dict()
            PersonnelImport.objects.create(
                card_year=current,
                source=source,
                is_full_picture=not is_supplement,
                sha256=table.sha256,
                at=at,
                by=by,
                people=people,
                forced_because=forced_because[:300],
                summary=kept,
            )
            YearEvent.objects.create(
                card_year=current,
                kind="personnel_imported",
                at=at,
                by=by,
                summary={"source": source} | {key: kept[key] for key in ("rows", "rejected", "people", "warnings")},
            )
            if dry_run:
                transaction.set_rollback(True)
    return summary


def _already_read(card_year: CardYear, source: str, table: Table) -> ImportSummary | None:
    """The summary of a file that is in the picture already, with nothing changed; None for any other file.

    In the picture are the latest full one and what was added to it.
    """
    taken = PersonnelImport.objects.filter(card_year=card_year, source=source)
    full = taken.filter(is_full_picture=True).first()
    added = taken.filter(is_full_picture=False, pk__gt=full.pk if full else 0)
    latest = full if full and full.sha256 == table.sha256 else added.filter(sha256=table.sha256).first()
    if latest is None:
        return None
    before = latest.summary
    rejects_file = before["rejects_file"]
    return ImportSummary(
        rows=before["rows"],
        accepted=before["accepted"],
        rejected=before["rejected"],
        people={
            "new": 0,
            "changed": 0,
            "unchanged": sum(before["people"].values()) - before["people"]["left"],
            "left": 0,
        },
        warnings=before["warnings"],
        rejects_file=rejects_file if rejects_file and Path(rejects_file).exists() else None,
        notices=[f"Dit bestand is al ingelezen op {latest.at:%d/%m/%Y}: er verandert niets."],
        samples={kind: [] for kind in before["samples"]} | {"unserved": before["samples"]["unserved"]},
    )


def _take(
    card_year: CardYear,
    table: Table,
    *,
    source: str,
    is_supplement: bool,
    strict: bool,
    forced: bool,
    rejects_folder: Path,
    progress: Progress | None,
) -> ImportSummary:
    findings = intake.Findings()
    checked = intake.check(table, findings, year=card_year.year, strict=strict)
    merge.stage(_watched(checked, findings, table, progress))
    _refuse_bad_files(findings)
    picture = merge.compare(card_year, source=source, is_supplement=is_supplement)
    notices = [*table.notices, *_absent_columns(table)]
    if not forced:
        _check_year(card_year.year, is_supplement=is_supplement)
        notices += _check_sizes(card_year, picture, source=source, is_supplement=is_supplement)
    samples = merge.samples(picture)
    samples["warnings"] = [{"code": code, "row": row, "last_four": four} for code, row, four in findings.samples]
    if picture.is_different:
        personnel_apply.apply(card_year, source=source, is_supplement=is_supplement)
    warnings = {
        **findings.warnings,
        "duplicate_row": picture.identical_rows,
        "conflicting_person_data": picture.conflicts,
        "possible_duplicate": picture.possible_duplicates,
    }
    if findings.warnings["mojibake"] > MOJIBAKE_SAID * findings.rows:
        notices.append("Sommige namen lijken verkeerd bewaard (Ã© in plaats van é). Kijk de export na.")
    unserved = merge.unserved(card_year)
    if unserved:
        notices.append(_unserved(card_year.year, unserved))
    samples["unserved"] = [{"postcode": postcode, "people": count} for postcode, count in unserved[: merge.SAMPLES]]
    rejects_file = write_rejects(rejects_folder, findings.rejects, table)
    merge.forget_staging()
    return ImportSummary(
        rows=findings.rows,
        accepted=findings.accepted,
        rejected=len(findings.rejects),
        people=picture.people,
        warnings={code: count for code, count in sorted(warnings.items()) if count},
        rejects_file=rejects_file,
        notices=notices,
        samples=samples,
    )


def _unserved(year: int, found: Sequence[tuple[str, int]]) -> str:
    """Of all staff: who gets a card is not known yet, and the pages after the run count fewer."""
    people = sum(count for _, count in found)
    codes = "1 postcode heeft" if len(found) == 1 else f"{len(found)} postcodes hebben"
    return (
        f"{codes} nog geen afhaalpunt: daar {'woont' if people == 1 else 'wonen'} {people} van alle personeelsleden van "
        f"{year}, met of zonder recht op een kaart."
    )


def _watched(
    rows: Iterator[tuple[Any, ...]], findings: intake.Findings, table: Table, progress: Progress | None
) -> Iterator[tuple[Any, ...]]:
    """The rows, with progress; stops as soon as more rows are bad than any good file of this length may have."""
    most = int(MOST_BAD_ROWS * table.about_rows) + 1
    for number, row in enumerate(rows, start=1):
        if number % PROGRESS_EVERY == 0:
            if progress:
                progress(min(findings.rows, table.about_rows), table.about_rows)
            if len(findings.rejects) > most:
                raise too_many_bad(findings.rejects)
        yield row
    if progress:
        progress(table.about_rows, table.about_rows)


def _refuse_bad_files(findings: intake.Findings) -> None:
    refuse_too_many_bad(findings.rejects, rows=findings.rows)
    if findings.warnings["mojibake"] > MOJIBAKE_STOPS * findings.rows:
        raise FileRefused(
            "mojibake",
            "In meer dan 1 % van de rijen staan letters als Ã© in plaats van é: de export is in een verkeerde codering "
            "bewaard. Exporteer opnieuw als CSV UTF-8 of als .xlsx.",
        )


def _check_sizes(card_year: CardYear, picture: merge.Picture, *, source: str, is_supplement: bool) -> list[str]:
    """Notices about the size of the picture; raises TooManyLeave or WrongSize."""
    if is_supplement:
        return []
    left, known = picture.people["left"], picture.people_before
    if left > MOST_LEAVERS * known:
        raise TooManyLeave(
            f"{left} van de {known} mensen uit deze bron staan niet meer in het bestand: meer dan 5 %. "
            "Is het volledig en van het juiste jaar?"
        )
    before = PersonnelImport.objects.filter(
        card_year__year__lt=card_year.year, source=source, is_full_picture=True
    ).order_by("-card_year__year", "-at", "-id")
    last_year = before.values_list("people", flat=True).first()
    if known or not last_year:
        return []
    now = sum(picture.people.values())
    said = f"Het bestand telt {now} mensen; vorig jaar waren het er {last_year}."
    if not SIZE_STOPS[0] * last_year <= now <= SIZE_STOPS[1] * last_year:
        raise WrongSize(f"{said} Is het het juiste bestand?")
    return [] if SIZE_SAID[0] * last_year <= now <= SIZE_SAID[1] * last_year else [said]


def _check_year(year: int, *, is_supplement: bool) -> None:
    """Raises WrongYear for last year's picture, or next year's (hardening.md F13)."""
    first_day, last_day = school_year_of(year)
    ended, to_come, rows = merge.of_other_years(first_day=first_day, last_day=last_day)
    if is_supplement or rows < TELLS_FROM_ROWS:
        return
    if ended > MOST_OF_OTHER_YEARS * rows:
        raise WrongYear(
            f"{100 * ended // rows} % van de opdrachten in dit bestand eindigde vóór {first_day:%d/%m/%Y}. "
            "Is het een bestand van een vorig jaar?"
        )
    if to_come > MOST_OF_OTHER_YEARS * rows:
        raise WrongYear(
            f"{100 * to_come // rows} % van de opdrachten in dit bestand begint na {last_day:%d/%m/%Y}. "
            "Is het een bestand van een volgend jaar?"
        )


def _absent_columns(table: Table) -> list[str]:
    """What it means that a column is not there at all."""
    notices = []
    if "opdracht_einde" not in table.present:
        notices.append("Er is geen kolom opdracht_einde: elke opdracht telt als lopend.")
    if "do_code" not in table.present:
        notices.append("Er is geen kolom do_code: niemand telt als onderbroken.")
    return notices
