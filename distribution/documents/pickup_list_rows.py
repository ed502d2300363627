"""The rows of the pickup list: where everything stands on the page, and the drawing instructions for it.

A page is cut by us, so that its cost does not depend on the length of the list. Distances are in
points from the lower left corner, as PDF counts; the sheet around the rows is pickup_list.css.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache

import segno

from distribution.documents import letters
from distribution.documents.letters import Letters
from distribution.queries.pickup_lists import Line, Sheet
from distribution.rules.page_code import PageCode

MM = 72 / 25.4
PAGE_HEIGHT = 297 * MM
ROW = 8.4 * MM
ROWS_ON_FIRST, ROWS_ON_NEXT = 24, 29
TOP_OF_FIRST, TOP_OF_NEXT = PAGE_HEIGHT - 74.5 * MM, PAGE_HEIGHT - 33 * MM
LEFT, RIGHT = 18 * MM, 198 * MM
LETTER_RIGHT = 15.5 * MM
NUMBER_RIGHT = 28 * MM
NAME_LEFT, NAME_WIDTH = 31 * MM, 77 * MM
FOUR_LEFT = 111 * MM
SIGN_LEFT, SIGN_RIGHT = 132 * MM, 180 * MM
TICK = 4.8 * MM
TICK_LEFT = RIGHT - 5 * MM - TICK
BASE = ROW / 2 - 3.7
# Where WeasyPrint would put the same lines: a test compares the two.
PLACE_BASE, ADDRESS_BASE = PAGE_HEIGHT - 26.48 * MM, PAGE_HEIGHT - 32.2 * MM
COUNT_BASE, RUNNING_BASE = PAGE_HEIGHT - 54.4 * MM, PAGE_HEIGHT - 14.13 * MM
# Sizes at which a name is tried, and on how many lines with how much room for each.
SIZES = ((10.5, 1, 0.0), (8.0, 2, 9.8), (5.9, 3, 6.9))
CODE_SIZE = 12 * MM
MONTHS = (
    "januari", "februari", "maart", "april", "mei", "juni",
    "juli", "augustus", "september", "oktober", "november", "december",
)  # fmt: skip
# The most characters that a code of 21 × 21 modules holds at level M.
SMALL_CODE = 20
CODE_BOTTOM = PAGE_HEIGHT - 292.5 * MM


@dataclass
class Page:
    """What is drawn on one page. `foreign`: the lines whose name is left to the form /Name<index>.
    `spoken`: the lines whose name a reader aloud must be told, because the page shows it otherwise.
    """

    content: str = ""
    foreign: list[int] = field(default_factory=list)
    spoken: list[int] = field(default_factory=list)


def pages_needed(rows: int) -> int:
    """Pages with rows, without the closing page: at least one."""
    return 1 + max(0, -(-(rows - ROWS_ON_FIRST) // ROWS_ON_NEXT))


def cut(lines: Sequence[Line]) -> Iterator[tuple[int, Sequence[Line]]]:
    """The lines page by page, each with the index of its first line."""
    yield 0, lines[:ROWS_ON_FIRST]
    for start in range(ROWS_ON_FIRST, len(lines), ROWS_ON_NEXT):
        yield start, lines[start : start + ROWS_ON_NEXT]


def rows_on(page: int, *, rows: int) -> range:
    """The row numbers on a page of a list with so many rows; none on its closing page, or past it."""
    before = 0 if page <= 1 else ROWS_ON_FIRST + ROWS_ON_NEXT * (page - 2)
    here = ROWS_ON_FIRST if page == 1 else ROWS_ON_NEXT if page > 1 else 0
    return range(before + 1, min(before + here, rows) + 1)


def draw(lines: Sequence[Line], *, start: int, first_mark: int, before: str) -> Page:
    """A page of rows. `start` is the index of the first line, `first_mark` the first free mark of the
    page's tags, `before` the letter under which the page before it ended.

    Each row has three marked cells: number, name, last four digits.
    """
    regular, bold = letters.regular(), letters.bold()
    top = TOP_OF_FIRST if start == 0 else TOP_OF_NEXT
    drawn, page = [_grid(len(lines), top)], Page()
    groups = []
    mark, letter, y = first_mark, before, top - ROW + BASE
    digits, digit_width = regular.codes, regular.widths["0"]
    for index, line in enumerate(lines, start):
        if line.letter != letter or index == start:
            letter = line.letter
            groups.append(_group(letter, y, is_new=letter != before or index != start))
        number = str(index + 1)
        code = "".join([digits[digit] for digit in number])
        four = "".join([digits[digit] for digit in line.last_four])
        x = NUMBER_RIGHT - 9 * digit_width * len(number)
        drawn.append(
            f"/TD<</MCID {mark}>>BDC BT/LkR 9 Tf {x:.2f} {y:.2f} Td<{code}>Tj ET EMC\n"
            f"/TD<</MCID {mark + 1}>>BDC {_name(line, index, y, page, regular, bold)} EMC\n"
            f"/TD<</MCID {mark + 2}>>BDC BT/LkR 10.5 Tf {FOUR_LEFT:.2f} {y:.2f} Td<{four}>Tj ET EMC\n"
        )
        mark += 3
        y -= ROW
    page.content = f"q 0.07 g\n{''.join(drawn)}/Artifact BMC\n{''.join(groups)}EMC Q\n"
    return page


def margins(sheet: Sheet, *, page: int, pages: int, lines: Sequence[Line]) -> str:
    """What stands around the rows on each page: the code twice, what to do with the sheet, page n of m."""
    regular, bold = letters.regular(), letters.bold()
    code = str(PageCode(sheet.list_id, sheet.revision, page))
    text_left, low = LEFT + CODE_SIZE + 3 * MM, CODE_BOTTOM + 2.5 * MM
    until = f"{sheet.collect_until.day} {MONTHS[sheet.collect_until.month - 1]} {sheet.collect_until.year}"
    parts = [
        _qr(code),
        _text(code, bold, 9, x=text_left, y=low + 11),
        _text(f"Vertrouwelijk: terugsturen of vernietigen na {until}", regular, 7.5, x=text_left, y=low),
        _text(f"blad {page} van {pages}", bold, 10.5, right=RIGHT, y=low),
    ]
    if page > 1 and can_write_place(sheet):
        shown = _fitting(sheet.point_name, bold, 110 * MM / 10.5)
        parts.append(_text(shown, bold, 10.5, x=LEFT, y=RUNNING_BASE))
    if page > 1 and lines:
        parts.append(_guide(lines[0], lines[-1]))
    return f"/Artifact BMC q 0.07 g\n{''.join(parts)}Q EMC\n"


def can_write_place(sheet: Sheet) -> bool:
    """True when the point's name and address are in our letter and each fits on its line."""
    regular, bold = letters.regular(), letters.bold()
    try:
        fits = bold.width(sheet.point_name) * 21 <= RIGHT - LEFT
        return fits and regular.width(sheet.point_address) * 9.5 <= RIGHT - LEFT
    except KeyError:
        return False


def place(sheet: Sheet) -> list[str]:
    """The count of cards, and the point's name and address when we write them, for the first page."""
    regular, bold = letters.regular(), letters.bold()
    texts = [_text(str(len(sheet.lines)), bold, 10.5, x=LEFT, y=COUNT_BASE)]
    if can_write_place(sheet):
        texts.insert(0, _text(sheet.point_address, regular, 9.5, x=LEFT, y=ADDRESS_BASE))
        texts.insert(0, _text(sheet.point_name, bold, 21, x=LEFT, y=PLACE_BASE))
    return texts


def _name(line: Line, index: int, y: float, page: Page, regular: Letters, bold: Letters) -> str:
    last, first = f"{line.last_name} " if line.first_name else line.last_name, line.first_name
    try:
        width = bold.width(last) + regular.width(first)
        if width * 10.5 <= NAME_WIDTH:
            return (
                f"BT/LkB 10.5 Tf {NAME_LEFT:.2f} {y:.2f} Td{bold.encode(last)}Tj"
                f"/LkR 10.5 Tf{regular.encode(first)}Tj ET"
            )
        page.spoken.append(index)
        return _long_name(last, first, y, regular, bold)
    except KeyError:
        page.foreign.append(index)
        page.spoken.append(index)
        return f"q 1 0 0 1 {NAME_LEFT:.2f} {y - BASE + 0.4 * MM:.2f} cm /Name{index} Do Q"


def _long_name(last: str, first: str, y: float, regular: Letters, bold: Letters) -> str:
    """A name on two small lines or three very small ones; what still does not fit ends in an ellipsis."""
    written = [(character, bold) for character in last] + [(character, regular) for character in first]
    for size, most, leading in SIZES[1:]:  # noqa: B007 -- the last ones tried are used below
        lines = list(_broken(written, NAME_WIDTH / size))
        if len(lines) <= most:
            break
    else:
        lines = lines[:most]
        lines[-1] = _shortened(lines[-1], NAME_WIDTH / size, regular)
    height = y + 3.7 - size * 0.36 + (len(lines) - 1) * leading / 2
    parts = [f"BT {NAME_LEFT:.2f} {height:.2f} Td {leading:.2f} TL"]
    for line in lines:
        for letter, name in ((bold, "LkB"), (regular, "LkR")):
            if text := "".join(character for character, its in line if its is letter):
                parts.append(f"/{name} {size} Tf{letter.encode(text)}Tj")
        parts.append("T*")
    return " ".join([*parts, "ET"])


def _broken(written: Sequence[tuple[str, Letters]], width: float) -> Iterator[list[tuple[str, Letters]]]:
    """Lines no wider than `width`: broken at a space, or anywhere in a word that is a line by itself."""
    rest = list(written)
    while rest:
        used, taken = 0.0, 0
        while taken < len(rest) and (used := used + rest[taken][1].widths[rest[taken][0]]) <= width:
            taken += 1
        if taken < len(rest):
            space = max((place for place in range(taken + 1) if rest[place][0] == " "), default=0)
            taken = space + 1 if space else max(taken, 1)
        yield rest[:taken]
        rest = rest[taken:]


def _shortened(line: list[tuple[str, Letters]], width: float, regular: Letters) -> list[tuple[str, Letters]]:
    room = width - regular.widths["…"]
    while line and sum(letter.widths[character] for character, letter in line) > room:
        line = line[:-1]
    return [*line, ("…", regular)]


@cache
def _grid(rows: int, top: float) -> str:
    """The rules and the tick boxes of a page with so many rows."""
    lines = "".join(
        f"{LEFT:.2f} {top - row * ROW:.2f} m {RIGHT:.2f} {top - row * ROW:.2f} l\n"
        for row in range(rows + 1 if rows else 0)
    )
    signs = "".join(
        f"{x:.2f} {top - row * ROW - 1.6 * MM:.2f} m {x:.2f} {top - (row + 1) * ROW + 1.6 * MM:.2f} l\n"
        for row in range(rows)
        for x in (SIGN_LEFT - 2 * MM, SIGN_RIGHT + 2 * MM)
    )
    ticks = "".join(
        f"{TICK_LEFT:.2f} {top - (row + 1) * ROW + (ROW - TICK) / 2:.2f} {TICK:.2f} {TICK:.2f} re\n"
        for row in range(rows)
    )
    return f"/Artifact BMC q 0.4 w 0.62 G\n{lines}{signs}S 0.8 w 0.15 G\n{ticks}S Q EMC\n"


def _group(letter: str, y: float, *, is_new: bool) -> str:
    """The letter in the margin, and a firm rule above the first name under it."""
    bold = letters.bold()
    shown = _text(letter, bold, 13, right=LETTER_RIGHT, y=y - 0.9)
    above = y - BASE + ROW
    return shown + (f"q 0.9 w 0.15 G {LEFT:.2f} {above:.2f} m {RIGHT:.2f} {above:.2f} l S Q\n" if is_new else "")


def _guide(first: Line, last: Line) -> str:
    """The first and the last name of the page, as in a dictionary; nothing when our letter cannot write them."""
    try:
        names = [_cut_off(line.last_name, 24) for line in (first, last)]
        return _text(" – ".join(names), letters.bold(), 10.5, right=RIGHT, y=PAGE_HEIGHT - 14 * MM)
    except KeyError:
        return ""


def _fitting(text: str, letter: Letters, width: float) -> str:
    if letter.width(text) <= width:
        return text
    while letter.width(text) + letter.widths["…"] > width:
        text = text[:-1]
    return f"{text}…"


def _cut_off(name: str, length: int) -> str:
    return name if len(name) <= length else f"{name[: length - 1]}…"


def _text(text: str, letter: Letters, size: float, *, y: float, x: float = 0.0, right: float | None = None) -> str:
    if right is not None:
        x = right - letter.width(text) * size
    font = "LkB" if letter is letters.bold() else "LkR"
    return f"BT/{font} {size} Tf {x:.2f} {y:.2f} Td{letter.encode(text)}Tj ET\n"


def _qr(code: str) -> str:
    """The code as a picture of one bit a module. Version and mask are fixed: the search for them costs most."""
    rows = segno.make_qr(code, error="m", version=1 if len(code) <= SMALL_CODE else 2, mask=0, boost_error=False).matrix
    bits = "".join(
        f"{int(''.join('0' if module else '1' for module in row).ljust(-(-len(row) // 8) * 8, '1'), 2):0{-(-len(row) // 8) * 2}x}"
        for row in rows
    )
    return (
        f"q {CODE_SIZE:.2f} 0 0 {CODE_SIZE:.2f} {LEFT:.2f} {CODE_BOTTOM:.2f} cm "
        f"BI /W {len(rows[0])} /H {len(rows)} /BPC 1 /IM true /F /AHx ID {bits}> EI Q\n"
    )


def foreign_size(line: Line) -> str:
    """The class of pickup_list_names.css for a name that WeasyPrint draws: smaller when it is longer."""
    length = len(line.last_name) + len(line.first_name) + 1
    return "one" if length <= 30 else "two" if length <= 90 else "three"


def whole_name(line: Line) -> str:
    """Naam Voornaam, as everywhere on paper."""
    return f"{line.last_name} {line.first_name}".strip()
