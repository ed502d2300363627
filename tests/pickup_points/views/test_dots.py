"""The map of dots."""

import re
import xml.etree.ElementTree as ET

from pickup_points.queries import Place
from pickup_points.views import dots

GENT = Place("gent", "Bib Gent", "Kerkstraat", "1", "9000", "Gent", 51.0535, 3.72194)
BARE = Place("genk", "Bib Genk", "Kerkstraat", "1", "3600", "Genk", None, None)
AWAY = Place("ver", "Bib Ver", "Kerkstraat", "1", "9999", "Elders", None, None)
OUTSIDE = Place("parijs", "Bib Parijs", "Rue", "1", "9000", "Parijs", 49.0, 2.3)
SVG = "{http://www.w3.org/2000/svg}"


def test_draw_gives_every_place_a_dot() -> None:
    drawn = dots.draw([GENT, BARE, AWAY, OUTSIDE])

    paths = [path.get("d", "") for path in ET.fromstring(drawn).iter(f"{SVG}path")]  # noqa: S314 -- our own drawing
    gent, genk = (361, 226), (863, 264)
    assert [(int(x), int(y)) for x, y in re.findall(r"M(\d+) (\d+)h0(?=M|$)", paths[-1])] == [gent, genk]


def test_draw_marks_the_place_of_the_page() -> None:
    drawn = dots.draw([GENT, BARE], here="gent")

    circles = [(circle.get("cx"), circle.get("cy")) for circle in ET.fromstring(drawn).iter(f"{SVG}circle")]  # noqa: S314
    assert circles == [("361", "226"), ("361", "226")]


def test_draw_has_no_style_no_script_and_no_link() -> None:
    drawn = dots.draw([GENT], here="gent", dark=True)

    assert re.findall(r"style|script|href|url\(", drawn) == []


def test_draw_differs_in_the_dark() -> None:
    assert dots.draw([GENT]) != dots.draw([GENT], dark=True)
