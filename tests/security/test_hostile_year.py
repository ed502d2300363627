"""T06, T08, T09: a year in which every text is an attack; every file somebody can fetch, and every page."""

import csv
import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pikepdf
import pytest
import time_machine
from django.apps import apps
from django.db import models as columns
from django.test import Client
from openpyxl import load_workbook

from distribution.intake import cells, rejects
from distribution.intake.rejects import Reject
from distribution.models import CardYear
from tests import servers
from tests.distribution import lived_year
from tests.security import hostile, payloads
from tests.security.hostile import FREE, OURS_ONLY, HostileYear
from tests.security.measured import IS_FULL, Attack

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_counters")]
# What a PDF would do, were it told to.
ACTIVE = (
    "/URI",
    "/JavaScript",
    "/JS",
    "/Launch",
    "/SubmitForm",
    "/EmbeddedFiles",
    "/EmbeddedFile",
    "/GoToR",
    "/OpenAction",
)

# Addresses that are a program; data: pictures of ours are none.
RUNS = re.compile(r"\s*(?:javascript|vbscript|data:text)", re.IGNORECASE)


@pytest.fixture(autouse=True)
def in_season() -> Iterator[None]:
    with time_machine.travel(lived_year.IN_SEASON, tick=False):
        yield


@pytest.fixture
def year(card_year: CardYear) -> HostileYear:
    return hostile.year(card_year)


def turns(payloads_: tuple[str, ...]) -> range:
    """In full every text is each payload once, in small each payload is somewhere."""
    return range(len(payloads_) if IS_FULL else 1)


def test_every_text_column_is_known() -> None:
    known = {(model, name) for named in (FREE, OURS_ONLY) for model, names in named.items() for name in names}
    there = {
        (model, field.name)
        for app in ("distribution", "pickup_points")
        for model in apps.get_app_config(app).get_models()
        for field in model._meta.get_fields()
        if isinstance(field, columns.CharField | columns.TextField) and not field.choices
    }

    assert known == there


def starts_a_formula(name: str, content: bytes) -> list[str]:
    """The cells a spreadsheet would work out."""
    if name.endswith(".csv") or content.startswith(b"\xef\xbb\xbf"):
        rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";")
        return [
            cell
            for row in rows
            for cell in row
            if cell.lstrip(" ")[:1] in payloads.FORMULA_STARTS and not is_number(cell)
        ]
    book = load_workbook(io.BytesIO(content))
    return [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


def is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def is_table(content: bytes, name: str) -> bool:
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            return "xl/workbook.xml" in parts.namelist()
    return name.endswith(".csv") or content.startswith(b"\xef\xbb\xbf")


def test_t06_no_file_has_a_formula(year: HostileYear, tmp_path: Path) -> None:
    attack = Attack("T06", "formules in elke uitvoer: 14 teksten in elke tekstkolom")
    seen: Counter[str] = Counter()
    found: list[str] = []
    for turn in turns(payloads.FORMULAS):
        hostile.poison(payloads.FORMULAS, turn=turn)
        for name, content in hostile.every_file(year, tmp_path / str(turn)):
            if is_table(content, name):
                seen["csv" if not content.startswith(b"PK") else "xlsx"] += 1
                found += [f"{name}: {cell}" for cell in starts_a_formula(name, content)]
    attack.came_to(f"{len(found)} formules in {seen['csv']} CSV- en {seen['xlsx']} XLSX-bestanden", limit="0")

    assert found == []
    assert min(seen["csv"], seen["xlsx"]) >= 8


def test_t06_a_rejects_file_has_no_formula_and_reads_back(tmp_path: Path) -> None:
    bad = [Reject(row, "naam", "bad", "Fout", (text,)) for row, text in enumerate(payloads.FORMULAS, start=2)]

    path = rejects.write(tmp_path, bad, columns=["naam"], present=["naam"])

    assert starts_a_formula(path.name, path.read_bytes()) == []
    with path.open(encoding="utf-8-sig", newline="") as file:
        back = [row[-1] for row in csv.reader(file, delimiter=";")][1:]
    as_stored = [cells.text(text, longest=200, warnings=[]) for text in payloads.FORMULAS]
    assert [cells.text(text, longest=200, warnings=[]) for text in back] == as_stored


@pytest.fixture
def canary() -> Iterator[tuple[str, list[str]]]:
    with servers.canary() as address_and_asked:
        yield address_and_asked


def active_parts(content: bytes) -> list[str]:
    """What in a PDF would open, run, send or carry something."""
    with pikepdf.open(io.BytesIO(content)) as document:
        dictionaries = [thing for thing in document.objects if isinstance(thing, pikepdf.Dictionary | pikepdf.Stream)]
        return [key for thing in dictionaries for key in _keys(thing) if key in ACTIVE]


def _keys(thing: pikepdf.Object) -> Iterator[str]:
    dictionary = thing.stream_dict if isinstance(thing, pikepdf.Stream) else thing
    for key, value in dictionary.items():
        yield str(key)
        if isinstance(value, pikepdf.Name):
            yield str(value)
        elif isinstance(value, pikepdf.Dictionary) and not value.is_indirect:
            yield from _keys(value)


def plain_bytes(content: bytes) -> bytes:
    """Every stream of a PDF, unpacked."""
    with pikepdf.open(io.BytesIO(content)) as document:
        streams = [thing for thing in document.objects if isinstance(thing, pikepdf.Stream)]
        found = []
        for stream in streams:
            try:
                found.append(stream.read_bytes())
            except pikepdf.PdfError:
                found.append(stream.read_raw_bytes())
        return b"".join(found)


def test_t08_no_pdf_fetches_or_carries_anything(
    year: HostileYear, canary: tuple[str, list[str]], tmp_path: Path
) -> None:
    attack = Attack("T08", "40 teksten die een PDF iets laten ophalen, in elke tekstkolom")
    address, asked = canary
    secret = tmp_path / "g.txt"
    secret.write_text("zeer-geheime-woorden", encoding="ascii")
    texts = payloads.pdf(address, secret.as_uri())
    assert len(texts) == 40
    kinds: Counter[str] = Counter()
    active: list[str] = []
    leaked = []
    for turn in range(0, len(texts), 4) if IS_FULL else (0,):
        hostile.poison(texts, turn=turn)
        for name, content in hostile.every_file(year, tmp_path / str(turn)):
            if content.startswith(b"%PDF"):
                kinds[name.split("/")[-1] or name] += 1
                active += [f"{name} {key}" for key in active_parts(content)]
                leaked += [name] * (b"zeer-geheime-woorden" in plain_bytes(content) + content)
    attack.came_to(
        f"{sum(kinds.values())} PDF's: {len(asked)} aanvragen, {len(leaked)} met het geheim, {len(active)} actieve delen",
        limit="0, 0, 0",
    )

    assert (asked, leaked, active) == ([], [], [])
    assert len(kinds) >= 6


class Elements(HTMLParser):
    """What a page is made of, as a browser reads it: elements and the names of their attributes, but no texts."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: Counter[str] = Counter()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found[tag] += 1
        for name, value in attrs:
            self.found[f"{tag}@{name}"] += 1
            if name in {"href", "src", "action", "formaction"}:
                self.addresses.append(value or "")


def pages(year: HostileYear) -> Iterator[tuple[str, Elements]]:
    """Every page of the site, as it is read."""
    for role in ("office", "manager", "anonymous"):
        yield from _read(year.world.clients[role], hostile.addresses(role))
    with hostile.season_closed(year):
        yield from _read(year.manager, [one for one in hostile.addresses("manager") if "/tellen/" in one])
        yield from _read(year.office, [one for one in hostile.addresses("office") if "/punten/" in one])


def _read(client: Client, addresses: list[str]) -> Iterator[tuple[str, Elements]]:
    for address in addresses:
        answer = client.get(address)
        if answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/html"):
            elements = Elements()
            elements.feed(answer.content.decode())
            yield address, elements


def test_t09_no_page_gets_an_element_from_a_text(year: HostileYear) -> None:
    """Without a browser: no element, attribute or address that can run comes out of what people typed."""
    attack = Attack("T09", "30 scripts in elke tekstkolom, elke pagina ontleed")
    ours: set[str] = set()
    for _, elements in pages(year):
        ours |= set(elements.found)
    read, wrong = 0, []
    for turn in turns(payloads.XSS):
        hostile.poison(payloads.XSS, turn=turn)
        for address, elements in pages(year):
            read += 1
            new = sorted(set(elements.found) - ours)
            inline = elements.found["script"] - elements.found["script@src"]
            schemes = [one for one in elements.addresses if RUNS.match(one)]
            if new or inline or schemes:
                wrong.append(f"{address}: {new} {inline} {schemes}")
    attack.came_to(f"{len(wrong)} van {read} pagina's met iets dat kan lopen", limit="0")

    assert wrong == []
    assert read >= 60
    # Nothing of ours carries what the scripts carry: the comparison can see them.
    assert ours.isdisjoint({"img@onerror", "svg@onload", "body@onload", "iframe", "object", "base", "input@onfocus"})
