"""What touches places and cards at once: one transaction over both, nothing else."""

import datetime as dt
from dataclasses import asdict, dataclass
from pathlib import Path

from django.db import transaction
from django.db.models import Count

from distribution.actions.taking_files import ListSummary
from distribution.enums import CardState
from distribution.errors import CanBeForced, DistributionError
from distribution.intake import rejects
from distribution.intake.refusals import FileRefused
from distribution.models import Card, CardYear, Person, YearEvent
from pickup_points.actions import points as places
from pickup_points.actions import points_difference
from pickup_points.actions.points_difference import PointsDifference
from pickup_points.intake import BadPointsFile, PointsFile, read
from pickup_points.models import User


class PointsRefused(DistributionError):
    """The file as a whole; `code` is that of what is wrong with it."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code  # type: ignore[misc]


class ManyPointsWouldLeave(CanBeForced):
    code = "many_points_would_leave"


class PointStillHasCards(DistributionError):
    code = "point_still_has_cards"


# A file with a part of the points (the mended rows alone, one province) is not the picture of the year.
FEW_LEAVERS = 10
MOST_LEAVERS = 0.5


@dataclass(frozen=True)
class PointsImport:
    """What was read and what it changed."""

    file: PointsFile
    loaded: places.PointsLoaded
    difference: PointsDifference


def import_pickup_points(
    path: Path, *, card_year: CardYear, at: dt.datetime, by: User | None = None, force: str = "", dry_run: bool = False
) -> PointsImport:
    """Make the year's points those of the file, all or nothing; the same file again changes nothing.

    A dry run tells what would change and changes nothing.
    Raises PointsRefused for a file that cannot be taken, ManyPointsWouldLeave when it looks like a
    part of the picture (unless `force` gives the reason), and PointStillHasCards when a point would
    stop while printed cards wait there: a new map never moves a card that exists on plastic.
    """
    try:
        file = read(path, year=card_year.year, period=(card_year.collect_from, card_year.collect_until))
    except BadPointsFile as refused:
        raise PointsRefused(refused.code, str(refused)) from refused
    with transaction.atomic():
        difference = points_difference.compare(file.points, year=card_year.year, unread=file.unread)
        loaded = places.load(file.points, year=card_year.year, unread=file.unread)
        if not force:
            _refuse_many_leavers(loaded)
        _refuse_points_with_cards(card_year, loaded)
        if loaded.anything:
            YearEvent.objects.create(
                card_year=card_year, kind="points_imported", at=at, by=by, summary=_summary(loaded, force)
            )
        if dry_run:
            transaction.set_rollback(True)
    return PointsImport(file, loaded, difference)


def take_points(
    path: Path,
    *,
    card_year: CardYear,
    at: dt.datetime,
    by: User,
    force: str,
    dry_run: bool,
    rejects_folder: Path,
) -> ListSummary:
    """`import_pickup_points` for a job of the office (settings.POINTS_IMPORT): what it brought, in the words of every list."""
    try:
        done = import_pickup_points(path, card_year=card_year, at=at, by=by, force=force, dry_run=dry_run)
    except PointsRefused as refused:
        raise FileRefused(refused.code, str(refused)) from refused
    homes = dict(Person.objects.filter(card_year=card_year, country="BE").values_list("postcode").annotate(Count("pk")))
    difference = asdict(done.difference)
    for moved in difference["moved"]:
        moved["people"] = homes.get(moved["postcode"], 0)
    return ListSummary(
        rows=done.file.rows,
        accepted=len(done.file.points),
        rejected=done.file.rejected,
        changed=done.loaded.anything,
        rejects_file=write_rejects(rejects_folder, done.file),
        notices=list(done.file.notices),
        counts={
            "new": len(done.difference.new),
            "changed": len(done.difference.changed),
            "unchanged": len(done.file.points) - len(done.difference.new) - len(done.difference.changed),
            "left": len(done.difference.left),
        },
        details={"points": difference},
    )


def write_rejects(folder: Path, file: PointsFile) -> str | None:
    """The path of the report, or None. The list is a full picture, mended in the list itself: the rows are not repeated."""
    if not file.rejects:
        return None
    found = (rejects.Reject(bad.row, bad.column, bad.code, bad.message) for bad in file.rejects)
    return str(rejects.write(folder, found, columns=(), present=()))


def _refuse_many_leavers(loaded: places.PointsLoaded) -> None:
    leaving = len(loaded.left)
    before = loaded.changed + loaded.unchanged + leaving
    if leaving > max(FEW_LEAVERS, MOST_LEAVERS * before):
        raise ManyPointsWouldLeave(
            f"{leaving} afhaalpunten van dit jaar staan niet in het bestand. Is het maar een deel van de lijst? "
            "Het bestand moet alle afhaalpunten van het jaar bevatten."
        )


def _refuse_points_with_cards(card_year: CardYear, loaded: places.PointsLoaded) -> None:
    """Cards not yet frozen move with the next run; frozen ones lie in a box with the name of the point on it."""
    waiting = (
        Card.objects.filter(
            card_year=card_year, pickup_point__in=loaded.left, state=CardState.ISSUED, batch__isnull=False
        )
        .values_list("pickup_point_id")
        .annotate(cards=Count("pk"))
    )
    counts = sorted((loaded.left[point], cards) for point, cards in waiting)
    if counts:
        listed = ", ".join(f"{name} ({cards} {'kaart' if cards == 1 else 'kaarten'})" for name, cards in counts)
        raise PointStillHasCards(
            f"Deze afhaalpunten staan niet in het bestand, maar er wachten gedrukte kaarten: {listed}. "
            "Verplaats die kaarten eerst naar een ander afhaalpunt."
        )


def _summary(loaded: places.PointsLoaded, force: str) -> dict[str, int | str]:
    counts: dict[str, int | str] = {
        "new": loaded.new,
        "changed": loaded.changed,
        "left": len(loaded.left),
        "postcodes": loaded.postcodes,
        "postcodes_changed": loaded.postcodes_changed,
    }
    return counts | ({"forced": force} if force else {})
