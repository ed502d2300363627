"""The tables of a print run: the card printer's, the mailing house's, and which cards are in which box.

Nobody's name is in a file name. The printer gets what stands on the card and where it goes, never an
address; the mailing house gets a name and an address, never a staff number.
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count, groupby, islice
from operator import attrgetter
from pathlib import Path

from distribution.documents import spreadsheet
from distribution.documents.spreadsheet import Cell
from distribution.queries.print_run import Destination, PrintCard, Section
from distribution.queries.starter_lists import CARD_AND_ADDRESS

PRINTER_HEADER = [
    "volgnummer",
    "kaartnummer",
    "naam",
    "voornaam",
    "stamboeknummer",
    "jaar",
    "weg",
    "afhaalpunt",
    "afhaalpunt_naam",
    "doos",
    "plaats_in_doos",
    "verzending",
]
MAILING_HEADER = ["volgnummer", *CARD_AND_ADDRESS]
DELIVERY_HEADER = ["afhaalpunt", "afhaalpunt_naam", "adres", "postcode_gemeente", "dozen", "kaarten"]
# The word in the column `weg`; cards without a point keep the way they will go.
WAYS = {
    Section.PICKUP: "afhaalpunt",
    Section.SUBSCRIPTION: "abonnement",
    Section.STARTER: "starter",
    Section.WITHOUT_POINT: "afhaalpunt",
}
# Where the address begins in a card.
ADDRESS = PrintCard._fields.index("street")
AT_ONCE = 1_000

Rows = Iterable[Sequence[Cell]]
Write = Callable[[Rows], None]
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Box:
    """A box for a point; `first` and `last` are the last names of its outer cards."""

    number: int
    cards: int
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class Parcel:
    """All boxes for one point."""

    point: Destination
    boxes: tuple[Box, ...]

    @property
    def cards(self) -> int:
        return sum(box.cards for box in self.boxes)


@dataclass(frozen=True, slots=True)
class Series:
    """What the files of a batch have in common: the year, the batch's number, and when it was frozen."""

    year: int
    number: int
    frozen_on: dt.date

    @property
    def name(self) -> str:
        return f"{self.year}-reeks-{self.number}"


@dataclass
class Tables:
    """What was written: the cards in each file and in each section, and the parcels in the order of the boxes.

    `deliveries` is the file with a line per point, and how many points that are.
    """

    rows: dict[str, int] = field(default_factory=dict)
    deliveries: dict[str, int] = field(default_factory=dict)
    cards: Counter[Section] = field(default_factory=Counter)
    parcels: list[Parcel] = field(default_factory=list)

    @property
    def printed(self) -> int:
        return sum(self.cards.values()) - self.cards[Section.LEFT_OUT]


def write(
    folder: Path,
    *,
    series: Series,
    cards: Iterable[PrintCard],
    points: Mapping[int, Destination],
    box_size: int,
    progress: Progress,
) -> Tables:
    """Write every table of a batch into `folder`, from one stream of cards in the order of queries.print_run.cards.

    Each card that is not left out is on exactly one line of the printer's files. `volgnummer` runs on
    over all of them and is also in the mailing house's files, so that a card finds its letter.
    """
    run = _Run(folder, series=series, points=points, box_size=box_size, progress=progress)
    printer = f"kaartdrukker-{series.name}.csv"
    with spreadsheet.csv_table(folder / printer, PRINTER_HEADER) as to_printer:
        for section, of_section in groupby(cards, attrgetter("section")):
            match section:
                case Section.PICKUP:
                    run.box(of_section, to_printer)
                case Section.SUBSCRIPTION:
                    run.mail(of_section, to_printer, name=f"abonnementen-{series.name}.csv")
                case Section.STARTER:
                    for day, of_mailing in groupby(of_section, attrgetter("mailing_on")):
                        run.mail(of_mailing, to_printer, name=f"starters-{series.year}-{day}-reeks-{series.number}.csv")
                case Section.WITHOUT_POINT:
                    run.set_apart(of_section, name=f"kaartdrukker-{series.name}-zonder-afhaalpunt.csv")
                case _:
                    run.tables.cards[Section.LEFT_OUT] = sum(1 for _ in of_section)
    run.deliver(name=f"leveringen-{series.name}.csv")
    apart = run.tables.cards[Section.WITHOUT_POINT]
    run.tables.rows = {printer: run.tables.printed - apart} | run.tables.rows
    return run.tables


class _Run:
    def __init__(
        self, folder: Path, *, series: Series, points: Mapping[int, Destination], box_size: int, progress: Progress
    ) -> None:
        self.folder = folder
        self.series = series
        self.points = points
        self.box_size = box_size
        self.progress = progress
        self.tables = Tables()
        self.numbers = count(1)

    def box(self, cards: Iterable[PrintCard], to_printer: Write) -> None:
        """Fill the boxes of one point after the other, each to the brim."""
        for point_id, of_point in groupby(cards, attrgetter("point_id")):
            point = self.points[point_id]
            boxes: list[Box] = []
            for in_box in _portions(of_point, self.box_size):
                number = len(boxes) + 1
                boxes.append(Box(number, len(in_box), in_box[0].last_name, in_box[-1].last_name))
                to_printer(
                    self._line(card, (point.code, point.name, number, place, None))
                    for place, card in enumerate(in_box, start=1)
                )
                self._count(Section.PICKUP, len(in_box))
            self.tables.parcels.append(Parcel(point, tuple(boxes)))

    def mail(self, cards: Iterable[PrintCard], to_printer: Write, *, name: str) -> None:
        """Cards that travel by post: a line for the printer and an address for the mailing house."""
        with spreadsheet.csv_table(self.folder / name, MAILING_HEADER) as to_mailing_house:
            self.tables.rows[name] = 0
            for portion in _portions(cards, AT_ONCE):
                lines = [self._line(card, ("", "", None, None, card.mailing_on)) for card in portion]
                to_printer(lines)
                to_mailing_house(
                    (line[0], card.number, card.last_name, card.first_name, *card[ADDRESS:])
                    for line, card in zip(lines, portion, strict=True)
                )
                self.tables.rows[name] += len(portion)
                self._count(Section(portion[0].section), len(portion))

    def set_apart(self, cards: Iterable[PrintCard], *, name: str) -> None:
        """Cards of which nobody knows yet where they go: printed, and kept for Klasse to decide on."""
        with spreadsheet.csv_table(self.folder / name, PRINTER_HEADER) as to_printer:
            self.tables.rows[name] = 0
            for portion in _portions(cards, AT_ONCE):
                to_printer(self._line(card, ("", "", None, None, None)) for card in portion)
                self.tables.rows[name] += len(portion)
                self._count(Section.WITHOUT_POINT, len(portion))

    def deliver(self, *, name: str) -> None:
        """A line per point for who brings the boxes round."""
        lines = [
            (
                parcel.point.code,
                parcel.point.name,
                parcel.point.street,
                parcel.point.place,
                len(parcel.boxes),
                parcel.cards,
            )
            for parcel in self.tables.parcels
        ]
        self.tables.deliveries[name] = spreadsheet.write_csv(self.folder / name, DELIVERY_HEADER, lines)

    def _line(self, card: PrintCard, goes_to: tuple[Cell, ...]) -> tuple[Cell, ...]:
        return (
            next(self.numbers),
            card.number,
            card.last_name,
            card.first_name,
            card.staff_number,
            self.series.year,
            WAYS[Section(card.section)],
            *goes_to,
        )

    def _count(self, section: Section, cards: int) -> None:
        self.tables.cards[section] += cards
        self.progress(cards)


def _portions(cards: Iterable[PrintCard], size: int) -> Iterator[list[PrintCard]]:
    pending = iter(cards)
    while portion := list(islice(pending, size)):
        yield portion
