"""The print run: the files of one batch for the card printer, the mailing house and the parcels."""

import csv
import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.db import transaction

from distribution.actions import writing_files
from distribution.documents import files, labels, spreadsheet
from distribution.documents import print_run as documents
from distribution.documents.print_run import Series, Tables
from distribution.errors import DistributionError
from distribution.models import CardYear, PrintBatch, YearEvent
from distribution.queries import print_run
from distribution.queries.print_run import Section
from pickup_points.hours.calendar import BRUSSELS
from pickup_points.models import User

BOX_SIZE = 250
SMALLEST_BOX, LARGEST_BOX = 1, 10_000
OVERVIEW_HEADER = ["bestand", "inhoud", "aantal", "eenheid", "bytes", "sha256"]
CONTENTS = {
    "kaartdrukker": "kaarten om te drukken",
    "abonnementen": "adressen voor het verzendhuis",
    "starters": "adressen voor het verzendhuis",
    "leveringen": "afhaalpunten en hun dozen",
    "dozen": "etiketten",
    "paklijst": "paklijst voor in de eerste doos",
}
# What a card and a page take on the disk, generously.
BYTES_A_CARD, BYTES_A_PAGE = 400, 30_000

Progress = Callable[[int, int], None]


class BadBoxSize(DistributionError):
    code = "bad_box_size"


class CountsDiffer(DistributionError):
    code = "counts_differ"


@dataclass(frozen=True)
class PrintRunSummary:
    """What was written, in the keys of interface.md §4 and a few of our own.

    `cards` is the number of lines in the printer's files together; `channels` adds up to it, and
    `without_point` is a part of its `pickup`. `left_out` are cards of the batch that were withdrawn
    or declared void since: cards and left_out make the batch.
    """

    year: int
    batch: int
    cards: int
    channels: dict[str, int]
    without_point: int
    left_out: int
    points: int
    boxes: int
    files: list[str]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def write(
    card_year: CardYear,
    *,
    out: Path,
    at: dt.datetime,
    office_email: str,
    by: User | None = None,
    number: int | None = None,
    box_size: int = BOX_SIZE,
    with_pdf: bool = True,
    workers: int = 1,
    progress: Progress | None = None,
) -> PrintRunSummary:
    """Write every file of a frozen batch (the latest, or `number`) into `out`, all of them or none.

    The same batch gives the same bytes, whenever it is asked. Files of an earlier print run of this
    batch that no longer belong to it are removed, when nobody changed them. Raises NotFrozen,
    UnknownBatch, BadBoxSize, FolderInUse, CountsDiffer, DiskFull or CannotWrite; nothing has changed then.
    """
    if not SMALLEST_BOX <= box_size <= LARGEST_BOX:
        raise BadBoxSize(f"In een doos gaan {SMALLEST_BOX} tot {LARGEST_BOX} kaarten, niet {box_size}.")
    batch = print_run.get_batch(card_year, number=number)
    with writing_files.refusals(), files.scratch(out, name=f"drukwerk-{card_year.year}") as place:
        writing_files.check_room(place, needed=_room_needed(batch, box_size=box_size))
        written = _Writing(batch, place, progress)
        written.tables(box_size)
        if with_pdf:
            written.parcels(office_email=office_email, workers=workers)
        overview = written.overview()
        summary = written.summary(overview)
        with transaction.atomic():
            YearEvent.objects.create(
                card_year=card_year,
                kind="print_run_written",
                at=at,
                by=by,
                summary=summary.as_json() | {"files": len(summary.files), "box_size": box_size},
            )
            outdated = _outdated(out, overview=overview, now=summary.files)
            files.publish(place, out, names=summary.files)
        for path in outdated:
            path.unlink(missing_ok=True)
    return summary


class _Writing:
    """One print run on its way: everything ends up in the scratch folder first."""

    def __init__(self, batch: PrintBatch, place: Path, progress: Progress | None) -> None:
        self.batch = batch
        self.place = place
        self.series = Series(batch.card_year.year, batch.number, batch.frozen_at.astimezone(BRUSSELS).date())
        self.written = Tables()
        self.amounts: dict[str, tuple[int, str]] = {}
        self.done, self.total = 0, batch.cards
        self.tell = progress or (lambda done, total: None)

    def tables(self, box_size: int) -> None:
        points = print_run.destinations(self.batch.card_year)
        self.written = documents.write(
            self.place,
            series=self.series,
            cards=print_run.cards(self.batch, points=points),
            points=points,
            box_size=box_size,
            progress=self._advance,
        )
        found = self.written.printed + self.written.cards[Section.LEFT_OUT]
        if found != self.batch.cards:
            raise CountsDiffer(
                f"Bij het bevriezen telde deze drukreeks {self.batch.cards} kaarten, nu {found}. "
                "Zoek dat eerst uit: er is niets geschreven."
            )
        self._note(self.written.rows, "kaarten")
        self._note(self.written.deliveries, "afhaalpunten")

    def parcels(self, *, office_email: str, workers: int) -> None:
        self.total += labels.documents(self.written.parcels)
        boxes = labels.write(
            self.place,
            series=self.series,
            parcels=self.written.parcels,
            office_email=office_email,
            workers=workers,
            progress=self._advance,
        )
        self._note(boxes, "dozen")

    def overview(self) -> str:
        """The last file: every other one with its count and fingerprint, for both sides of the exchange."""
        name = f"overzicht-{self.series.name}.csv"
        rows = (
            (
                file,
                CONTENTS[Path(file).name.partition("-")[0]],
                amount,
                unit,
                (self.place / file).stat().st_size,
                files.sha256(self.place / file),
            )
            for file, (amount, unit) in self.amounts.items()
        )
        spreadsheet.write_csv(self.place / name, OVERVIEW_HEADER, rows)
        return name

    def summary(self, overview: str) -> PrintRunSummary:
        count = self.written.cards
        return PrintRunSummary(
            year=self.series.year,
            batch=self.series.number,
            cards=self.written.printed,
            channels={
                "subscription": count[Section.SUBSCRIPTION],
                "starter": count[Section.STARTER],
                "pickup": count[Section.PICKUP] + count[Section.WITHOUT_POINT],
            },
            without_point=count[Section.WITHOUT_POINT],
            left_out=count[Section.LEFT_OUT],
            points=len(self.written.parcels),
            boxes=sum(len(parcel.boxes) for parcel in self.written.parcels),
            files=[*self.amounts, overview],
        )

    def _note(self, amounts: Mapping[str, int], unit: str) -> None:
        self.amounts |= {name: (amount, unit) for name, amount in amounts.items()}

    def _advance(self, steps: int) -> None:
        self.done += steps
        self.tell(self.done, self.total)


def _room_needed(batch: PrintBatch, *, box_size: int) -> int:
    """In bytes, twice what the files will take: the new ones stand beside those of an earlier time."""
    return 2 * (batch.cards * BYTES_A_CARD + (batch.cards // box_size + 1_000) * BYTES_A_PAGE)


def _outdated(out: Path, *, overview: str, now: Iterable[str]) -> list[Path]:
    """Files that the previous overview of this batch names and the new one does not; only if still as we wrote them."""
    kept = set(now)
    try:
        with (out / overview).open(encoding="utf-8-sig", newline="") as file:
            earlier = {row["bestand"]: row["sha256"] for row in csv.DictReader(file, delimiter=";")}
    except (FileNotFoundError, KeyError, ValueError, csv.Error):
        return []
    gone = []
    for name, fingerprint in earlier.items():
        path = out / name
        is_ours = path.resolve().is_relative_to(out.resolve()) and path.is_file()
        if name not in kept and is_ours and files.sha256(path) == fingerprint:
            gone.append(path)
    return gone
