"""No name and no point breaks a pickup list, and nothing in it fetches anything (hardening.md D01–D10, T08)."""

from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest
from PIL import Image, ImageChops, ImageDraw

from distribution.documents import pickup_list_rows
from distribution.documents.pickup_list_rows import MM, NAME_LEFT, NAME_WIDTH, ROW, TOP_OF_FIRST
from distribution.queries.pickup_lists import Line
from tests import servers
from tests.pickup_sheets import line, lines, opened, pages, picture, render, rows, sheet
from tests.security import payloads

DOTS = 144
NAMES = {
    "D01-one-word": ("W" * 200, ""),
    "D01-many-words": ("van der Meulen " * 13, "Anna Maria " * 18),
    "D01-both": ("m" * 200, "w" * 200),
    "D02-arabic": ("محمد عبد الله", "أحمد"),
    "D02-hebrew-and-latin": ("Ben אברהם", "Jos יוסף"),
    "D02-override": ("Peeters \u202etxt.exe", "An"),
    "D03-emoji": ("Peeters 😀", "An 👩\u200d🏫"),
    "D03-chinese": ("李", "小龍"),
    "D03-long-chinese": ("李小龍" * 60, "龍" * 20),
    "D03-zalgo": ("Z" + "\u0301" * 60, "A"),
    "D03-private-use": ("\ue000\ufffe", "An"),
    "D08-nested": ("<div>" * 40, "</div>" * 33),
}


def darkest(difference: Image.Image) -> int:
    """How much the dot differs that differs most, of 255."""
    return max(level for level, dots in enumerate(difference.histogram()) if dots)


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_render_keeps_every_name_inside_its_place(name: tuple[str, str]) -> None:
    people = lines(6)
    odd = Line(name[0].strip(), name[1].strip(), people[2].last_four, people[2].letter)

    shown = picture(render(sheet((*people[:2], odd, *people[3:]))), dots=DOTS)
    plain = picture(render(sheet(people)), dots=DOTS)

    changed = ImageChops.difference(shown, plain)
    dot = DOTS / 72
    top = (pickup_list_rows.PAGE_HEIGHT - TOP_OF_FIRST + 2 * ROW) * dot
    inside = (int(NAME_LEFT * dot) - 1, int(top) + 1, int((NAME_LEFT + NAME_WIDTH) * dot) + 2, int(top + ROW * dot) - 1)
    assert darkest(changed.crop(inside)) > 100
    ImageDraw.Draw(changed).rectangle(inside, fill=0)
    assert darkest(changed) < 40


@pytest.mark.parametrize("text", ["&amp;", "<b>Maes</b>", '"Jo"', "{{ 7*7 }}", "{% load x %}", "O'Neill"])
def test_render_shows_signs_as_they_are_d04(text: str) -> None:
    assert rows(render(sheet((line("Peeters", text),)))) == [(1, f"Peeters {text}", "0856")]


def test_render_shows_a_name_of_another_script_in_its_own_order_d02() -> None:
    with opened(render(sheet((line("אברהם", "יוסף"),)))) as document:
        spoken = [
            str(item.ActualText)
            for item in document.objects
            if isinstance(item, pikepdf.Dictionary) and "/ActualText" in item
        ]

    assert spoken == ["אברהם יוסף"]


@pytest.mark.parametrize(
    "point_name",
    ["Bib " + "x" * 196, "Stedelijke openbare bibliotheek " * 6, "مكتبة غنت", "图书馆 😀", "<h1>Bib</h1>" * 16],
    ids=["one-word", "many-words", "arabic", "chinese", "html"],
)
def test_render_keeps_every_point_inside_its_place(point_name: str) -> None:
    shown = picture(render(sheet(lines(30), point_name=point_name, point_address="Straat " * 40)), dots=DOTS)
    plain = picture(render(sheet(lines(30))), dots=DOTS)

    changed = ImageChops.difference(shown, plain)
    ImageDraw.Draw(changed).rectangle((0, int(18 * MM * DOTS / 72), changed.width, int(44.5 * MM * DOTS / 72)), fill=0)
    assert darkest(changed) < 40


def test_render_of_20_000_rows_cuts_them_all_d07() -> None:
    with opened(render(sheet(lines(20_000)))) as document:
        assert len(document.pages) == 1 + 689 + 1


# Besides those of tests.security.payloads.
MORE_WAYS = (
    "<img src=\"data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'><image href='{0}'/></svg>\">",
    "<input style='background:url({0})'>",
    "<body background={0}>",
    "<a href=javascript:app.alert(1)>{0}</a>",
)


@pytest.fixture
def canary() -> Iterator[tuple[str, list[str]]]:
    with servers.canary() as address_and_asked:
        yield address_and_asked


def test_render_fetches_nothing_and_takes_nothing_along_t08(canary: tuple[str, list[str]], tmp_path: Path) -> None:
    address, asked = canary
    secret = tmp_path / "geheim.txt"
    secret.write_text("zeer-geheime-woorden", encoding="ascii")
    places = (address, secret.as_uri())
    ways = [*payloads.pdf(*places), *(way.format(place) for place in places for way in MORE_WAYS)]

    # One of another script: that name goes through WeasyPrint as well.
    people = tuple(line(payload[:190], f"李 {payload}"[:200]) for payload in ways)
    texts = [b"".join(_streams(render(sheet(people, point_name=f"{payload}李"[:200])))) for payload in ways[::4]]
    made = render(sheet(people, point_address="".join(ways)))

    assert asked == []
    assert [text for text in [*texts, b"".join(_streams(made))] if b"zeer-geheime-woorden" in text] == []
    with opened(made) as document:
        kinds = {
            key
            for item in document.objects
            if isinstance(item, pikepdf.Dictionary)
            for key in item.keys()  # noqa: SIM118
        }
    assert kinds & {"/URI", "/JavaScript", "/JS", "/EmbeddedFile", "/EmbeddedFiles", "/AF", "/Launch"} == set()
    assert "<img src=" in "".join(pages(made))


def _streams(pdf: bytes) -> Iterator[bytes]:
    with opened(pdf) as document:
        for item in document.objects:
            if isinstance(item, pikepdf.Stream) and item.get("/Subtype") != "/Image":
                yield item.read_bytes()
