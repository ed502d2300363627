"""Sheets of pickup lists with fictitious people, and what can be read back from their PDF."""

import datetime as dt
import io
import itertools
import re
from typing import Any

import pikepdf
import pypdfium2
from PIL import Image

from distribution.documents import pickup_list
from distribution.queries.pickup_lists import Line, Sheet
from distribution.rules import name_order

MAIL = "kaart@voorbeeld.be"
LAST = ["Aerts", "Beckers", "Çelik", "De Backer", "D'Hondt", "Maes", "Núñez", "Peeters", "Van den Broeck", "Yılmaz"]
FIRST = ["An", "Jan", "Zoë", "Mohamed", "Marie-Claire"]
# The letter of a group may stand on the line of its first row.
ROW = re.compile(r"^(?:[A-Z#] )?(\d+) (.+) (\d{4})$")


def line(last_name: str, first_name: str = "", last_four: str = "0856") -> Line:
    return Line(last_name, first_name, last_four, name_order.letter(name_order.sort_key(last_name, first_name)))


def lines(count: int) -> tuple[Line, ...]:
    """So many people in order, each with other digits."""
    names = sorted(
        (name for name, _ in zip(itertools.cycle(itertools.product(LAST, FIRST)), range(count), strict=False)),
        key=lambda name: name_order.sort_key(*name),
    )
    return tuple(line(last, first, f"{number % 10_000:04d}") for number, (last, first) in enumerate(names))


def sheet(on_it: tuple[Line, ...] = (), **fields: Any) -> Sheet:
    defaults: dict[str, Any] = {
        "list_id": 1234,
        "year": 2027,
        "point_code": "bib-gent",
        "point_name": "Bibliotheek De Krook",
        "point_address": "Miriam Makebaplein 1, 9000 Gent",
        "revision": 1,
        "since": None,
        "made_on": dt.date(2026, 11, 21),
        "collect_from": dt.date(2026, 12, 27),
        "collect_until": dt.date(2027, 7, 10),
        "is_provisional": False,
        "lines": on_it,
    }
    return Sheet(**(defaults | fields))


def render(made: Sheet) -> bytes:
    return pickup_list.render(made, office_email=MAIL)


def opened(pdf: bytes) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(pdf))


def pages(pdf: bytes) -> list[str]:
    """The text of each page, a line of the page to a line."""
    document = pypdfium2.PdfDocument(pdf)
    return [page.get_textpage().get_text_range().replace("\r\n", "\n") for page in document]


def rows(pdf: bytes) -> list[tuple[int, str, str]]:
    """Every row on every page, below what stands around it: number, name, last four digits."""
    found = (ROW.match(text) for page in pages(pdf) for text in page.partition("blad ")[2].split("\n"))
    return [(int(match[1]), match[2], match[3]) for match in found if match]


def picture(pdf: bytes, page: int = 0, *, dots: int = 100) -> Image.Image:
    """The page as it is printed, in grey, with so many dots to the inch."""
    drawn: Image.Image = pypdfium2.PdfDocument(pdf)[page].render(scale=dots / 72).to_pil().convert("L")
    return drawn
