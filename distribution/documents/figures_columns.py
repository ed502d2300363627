"""The figures of a table, column by column: how each is shown, what counts above and under the line, and what it means."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from distribution.documents.figures_text import whole
from distribution.enums import FiguresBy
from distribution.queries.figures_table import ALL, Row, Table
from distribution.rules import rates
from distribution.rules.rates import Margins, comma

UNKNOWN, NOTHING = "/", "–"
INTERVAL = (
    "Een interval van 99 % zegt: wie dit jaar na jaar zo uitrekent, vindt het juiste cijfer 99 keer op de 100 tussen die twee "
    "getallen. Lager dan 'minstens' en hoger dan 'hoogstens' kan niet."
)


@dataclass(frozen=True, slots=True)
class Column:
    """A figure: how it is shown, what counts above the line and what under it (empty for a number of cards), and its meaning."""

    title: str
    numerator: str
    denominator: str
    meaning: str
    show: Callable[[Row], str]
    margins: Callable[[Row], Sequence[str]] = lambda row: ()


def named(label: str) -> str:
    """The label of a row at the start of a line."""
    return label[:1].upper() + label[1:]


def _signed(text: str, row: Row, *, is_at_least: bool = False) -> str:
    if text in {UNKNOWN, NOTHING}:
        return text
    return f"{'≥ ' if is_at_least or row.is_at_least else ''}{text}{'*' if row.estimate else ''}"


def _percent(part: int | None, of: int | None, row: Row) -> str:
    if part is None:
        return UNKNOWN
    rate = rates.percent(part, of, decimals=1)
    return NOTHING if rate is None else _signed(f"{comma(rate)} %", row)


def _between(of: Margins) -> Iterator[str]:
    """The interval, and what is sure; once when they are the same, and nothing where there is no doubt."""
    if of.lower is None or of.upper is None or of.lower == of.upper:
        return
    sure = f"{comma(of.lower)} – {comma(of.upper)}"
    if of.low99 is not None and of.high99 is not None:
        interval = f"{comma(of.low99)} – {comma(of.high99)}"
        if interval != sure:
            yield interval
    yield f"zeker {sure}"


def _interval(row: Row) -> str:
    of = row.margins
    return NOTHING if of.low99 is None or of.high99 is None else f"{comma(of.low99)} – {comma(of.high99)} %"


def _bounds(row: Row) -> str:
    of = row.margins
    return NOTHING if of.lower is None or of.upper is None else f"{comma(of.lower)} – {comma(of.upper)} %"


PEOPLE = "Alle kaarten van het jaar die niet ingetrokken zijn. Een gepubliceerd jaar heeft zijn gepubliceerde totaal."
RECONCILED = (
    "Het beste cijfer: waar geteld is wat overbleef, volgt het uit die telling; van de andere afhaalpunten is het geschat uit "
    "afhaalpunten die erop lijken (*)."
)
MARKS = "Wat de afhaalpunten aangeduid hebben: minstens zoveel (≥). Wat zonder aanduiding is meegegeven, staat in een rij apart."
ALL_WAYS = "Wie een kaart heeft: met het magazine, (re)starters, afgehaald en andere samen."
CARDS = Column("Kaarten", "Kaarten", "", PEOPLE, lambda row: whole(row.cards))
CARDS_LIVING = Column(
    "Kaarten", "Kaarten", "", f"{PEOPLE} Ze tellen waar de houder woont.", lambda row: whole(row.cards)
)
POINT_CARDS = Column("Kaarten", "Kaarten", "", "De kaarten die er liggen of lagen.", lambda row: whole(row.cards))
SUBSCRIPTION = Column(
    "Met het magazine",
    "Kaarten met Klasse Magazine thuisbezorgd",
    "",
    "Wie abonnee is van Klasse Magazine, krijgt de kaart met het magazine.",
    lambda row: whole(row.subscription),
)
STARTER = Column(
    "(Re)starters",
    "Kaarten in een starterspakket",
    "",
    "Wie (opnieuw) begint, krijgt de kaart eenmaal met de post.",
    lambda row: whole(row.starter),
)
AT_POINTS = Column(
    "In afhaalpunt",
    "Kaarten in een afhaalpunt",
    "",
    "De kaarten die in een afhaalpunt liggen of lagen.",
    lambda row: whole(row.at_points),
)
AT_POINTS_HERE = Column(
    "In afhaalpunt",
    "Kaarten in een afhaalpunt van hier",
    "",
    "Ze tellen waar het afhaalpunt ligt, niet waar de houder woont.",
    lambda row: whole(row.at_points),
)
COLLECTED = Column("Afgehaald", "Afgehaalde kaarten", "", RECONCILED, lambda row: _signed(whole(row.collected), row))
COLLECTED_RATE = Column(
    "Daarvan afgehaald",
    "Afgehaald",
    "In afhaalpunt",
    "Welk deel van de kaarten in afhaalpunten is afgehaald.",
    lambda row: _percent(row.collected, row.at_points, row),
    lambda row: tuple(_between(row.collected_margins)) if row.at_points else (),
)
MARKED = Column("Afgehaald", "Aangeduide afgiftes", "", MARKS, lambda row: _signed(whole(row.collected), row))
MARKED_RATE = Column(
    "Daarvan afgehaald",
    "Aangeduide afgiftes",
    "In afhaalpunt",
    "Minstens dit deel van de kaarten in afhaalpunten is afgehaald.",
    lambda row: _percent(row.collected, row.at_points, row),
    lambda row: tuple(_between(row.collected_margins)) if row.at_points else (),
)
OTHER = Column(
    "Andere",
    "Kaarten langs een andere weg",
    "",
    "Wie een kaart heeft langs een weg die de gepubliceerde tabel niet noemt, zodat de som klopt. Onze eigen jaren kennen geen "
    "andere weg.",
    lambda row: whole(row.other),
)
WITH_CARD = Column(
    "Met kaart",
    "Met het magazine + (re)starters + afgehaald + andere",
    "",
    ALL_WAYS,
    lambda row: _signed(whole(row.with_card), row),
)
RATE = Column(
    "Percentage",
    "Met kaart",
    "Kaarten",
    "Welk deel van wie recht heeft op een kaart, ze ook heeft. Elk jaar opnieuw berekend uit de gehele getallen.",
    lambda row: _percent(row.with_card, row.cards, row),
)
RATE_MIXED = Column(
    "Percentage",
    "Met kaart",
    "Kaarten",
    "Let op: dit mengt wie er woont met wat er is afgehaald. Waar dat boven 100 % uitkomt, staat er niets. 'Daarvan afgehaald' "
    "vergelijkt wel hetzelfde.",
    lambda row: NOTHING if row.rate is None and row.with_card is not None else _percent(row.with_card, row.cards, row),
)
MARGINS = (
    Column(
        "Interval van 99 %",
        "Met kaart, laagste en hoogste waarschijnlijke",
        "Kaarten",
        INTERVAL,
        _interval,
    ),
    Column(
        "Zeker tussen",
        "Met kaart, minstens en hoogstens",
        "Kaarten",
        "Minstens wat aangeduid is; hoogstens alle kaarten die niet geteld zijn als overgebleven. Daar is geen schatting voor nodig.",
        _bounds,
    ),
    Column(
        "Geteld",
        "Kaarten verstuurd naar afhaalpunten die telden wat overbleef",
        "Kaarten verstuurd naar afhaalpunten",
        "Hoe groter dit deel, hoe smaller het interval.",
        lambda row: NOTHING if row.counted is None else f"{round(100 * row.counted)} %",
    ),
)
DATED = Column(
    "Afgehaald",
    "Aangeduide afgiftes in die week",
    "",
    "Afgiftes met een datum: minstens zoveel. Wat zonder aanduiding is meegegeven, heeft geen datum. Het totaal is het beste "
    "cijfer van het jaar.",
    lambda row: _signed(whole(row.collected), row, is_at_least=row.key not in {None, ALL}),
)
DATED_IN_SCHOOL_YEAR = Column(
    "Afgehaald",
    "Aangeduide afgiftes in dat schooljaar",
    "",
    "Afgiftes met een datum: minstens zoveel. Wat zonder aanduiding is meegegeven, heeft geen datum.",
    lambda row: _signed(whole(row.collected), row, is_at_least=True),
)


def columns(table: Table) -> tuple[Column, ...]:
    """The figures a table has, in their order."""
    if table.is_by_school_year:
        return (DATED_IN_SCHOOL_YEAR,)
    match table.by:
        case FiguresBy.CHANNEL:
            return (CARDS, SUBSCRIPTION, STARTER, COLLECTED, OTHER, WITH_CARD, RATE, *MARGINS)
        case FiguresBy.WEEK:
            return (DATED,)
        case FiguresBy.POINT:
            return (POINT_CARDS, SUBSCRIPTION, STARTER, AT_POINTS, COLLECTED, COLLECTED_RATE)
        case FiguresBy.PROVINCE | FiguresBy.MUNICIPALITY:
            return (
                CARDS_LIVING,
                SUBSCRIPTION,
                STARTER,
                AT_POINTS_HERE,
                COLLECTED,
                COLLECTED_RATE,
                WITH_CARD,
                RATE_MIXED,
            )
    return (CARDS, SUBSCRIPTION, STARTER, AT_POINTS, MARKED, MARKED_RATE, WITH_CARD, RATE)
