"""What the rows of the figures are called, in which order they stand, and what the columns mean by each split."""

from collections.abc import Mapping
from typing import Any

from distribution.enums import FiguresBy
from distribution.queries.figures_counts import Place, first_day_of, moved
from distribution.queries.figures_table import ALL_WAYS, Row, Table
from distribution.queries.kind_words import category_words, level_words
from distribution.rules import eligibility
from pickup_points.reference import localities, municipalities

NOWHERE = {
    FiguresBy.CHANNEL: ALL_WAYS,
    FiguresBy.PROVINCE: "buiten Vlaanderen en Brussel",
    FiguresBy.MUNICIPALITY: "buiten Vlaanderen en Brussel",
    FiguresBy.POINT: "zonder afhaalpunt",
    FiguresBy.WEEK: "zonder afhaaldatum",
    FiguresBy.CATEGORY: "afgehaald zonder aanduiding",
    FiguresBy.LEVEL: "afgehaald zonder aanduiding",
}
MONTHS = [
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
]
CARDS = "Kaarten zijn alle kaarten van het jaar die niet ingetrokken zijn. "
RECONCILED = (
    "Afgehaald is wat er uit de tellingen van de afhaalpunten volgt; * is een schatting. 'Tussen' is een interval van 99 %: "
    "in 99 van de 100 jaren ligt het juiste cijfer erin. 'Minstens' en 'hoogstens' zijn zeker."
)
MARKED = (
    "Afgehaald is hier wat de afhaalpunten aangeduid hebben: minstens zoveel. Wat zonder aanduiding is meegegeven, staat in "
    "een rij apart."
)
DEFINITIONS = {
    FiguresBy.CHANNEL: CARDS + RECONCILED,
    FiguresBy.PROVINCE: CARDS
    + "Kaarten, 'met het magazine' en (re)starters tellen waar de houder woont; 'in afhaalpunt' en 'afgehaald' waar het afhaalpunt ligt. "
    "'Met kaart' mengt die twee; wat er van de kaarten in de afhaalpunten is afgehaald, staat apart. " + RECONCILED,
    FiguresBy.POINT: "Kaarten zijn de kaarten die in het afhaalpunt liggen of lagen. " + RECONCILED,
    FiguresBy.WEEK: "Afgehaald is wat de afhaalpunten in die week aangeduid hebben: minstens zoveel. Alle andere kaarten staan "
    "in de rij zonder afhaaldatum.",
    FiguresBy.CATEGORY: CARDS + MARKED,
    FiguresBy.LEVEL: CARDS + MARKED,
}
DEFINITIONS[FiguresBy.MUNICIPALITY] = DEFINITIONS[FiguresBy.PROVINCE]
SCHOOL_YEAR = (
    "Afgiftes die in het schooljaar (1 september tot 31 augustus) gedateerd zijn: minstens zoveel. Het jaar is dat waarin het "
    "schooljaar eindigt. Kaarten gelden per kalenderjaar en hebben geen cijfer per schooljaar."
)


def definition(by: FiguresBy, *, is_by_school_year: bool = False) -> str:
    """What the figures mean, for beside the table."""
    return SCHOOL_YEAR if is_by_school_year else DEFINITIONS[by]


class Names:
    """From what the counts are kept by to the key and the label of a row. An empty key is: nowhere."""

    def __init__(self, by: FiguresBy, places: Mapping[int, Place]) -> None:
        self.by = by
        self.places = places

    def of_point(self, point: int, year: int) -> str:
        """The key of the row a pickup point belongs to, by the borders of a year."""
        if self.by == FiguresBy.POINT:
            return str(point)
        place = localities(year).get(self.places[point].postcode)
        if place is None:
            return ""
        return place.province if self.by == FiguresBy.PROVINCE else place.nis

    def of_home(self, municipality: str, then: int, now: int) -> str:
        """The key of the row for a home, from its municipality (NIS code) in a year, by the borders of another."""
        nis = moved(then, now).get(municipality, municipality)
        if self.by == FiguresBy.MUNICIPALITY:
            return nis
        place = municipalities().get(nis)
        return place.province if place else ""

    def key(self, key: str) -> str | None:
        """As it goes out: the code of a point, and nothing for nowhere."""
        if not key:
            return None
        return self.places[int(key)].code if self.by == FiguresBy.POINT else key

    def label(self, key: str) -> str:
        if not key:
            return NOWHERE[self.by]
        match self.by:
            case FiguresBy.POINT:
                return self.places[int(key)].name
            case FiguresBy.MUNICIPALITY:
                place = municipalities().get(key)
                return place.name if place else key
            case FiguresBy.LEVEL:
                return level_words(key)
            case FiguresBy.CATEGORY:
                return category_words(key)
            case FiguresBy.WEEK:
                monday = first_day_of(key)
                return f"week {int(key[6:])} (vanaf {monday.day} {MONTHS[monday.month - 1]} {monday.year})"
        return key

    def order(self, row: Row) -> tuple[int, bool, int, str, str]:
        """By year; what is nowhere last; levels and categories as interface.md lists them, the rest by name."""
        listed = {FiguresBy.LEVEL: eligibility.LEVELS, FiguresBy.CATEGORY: eligibility.CATEGORIES}.get(self.by, ())
        key = row.key or ""
        place = listed.index(key) if key in listed else len(listed)
        name = key if self.by == FiguresBy.WEEK else row.label.casefold()
        return row.year, row.key is None, place, name, key


def answer(table: Table) -> dict[str, Any]:
    """The table as programs get it, with what it means."""
    return table.as_dict() | {"definition": definition(table.by, is_by_school_year=table.is_by_school_year)}
