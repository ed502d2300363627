"""The figures on paper, and their charts: tagged, told in words, told apart without colour, the same bytes each time."""

import datetime as dt
import io
import logging
import re

import pikepdf
import pypdfium2
import pytest

from distribution.documents import charts, charts_map, figures_charts, figures_pdf
from distribution.documents.charts import Look, Serie, Span
from distribution.documents.charts_map import Dot
from distribution.enums import FiguresBy
from distribution.queries.figures_table import Row, Table

LOOKS = [Look(), Look(is_dark=True), Look(is_narrow=True), Look(is_dark=True, is_narrow=True)]


def year(number: int, rate: float = 60.0, *, estimate: bool = False) -> Row:
    return Row(
        number, "all", "alle wegen", cards=1000, subscription=100, starter=100, at_points=800, collected=400, lower=300,
        upper=500, low99=390, high99=410, other=0, with_card=600, rate=rate, estimate=estimate, counted=0.8,
    )  # fmt: skip


def years(first: int, last: int) -> Table:
    rows = tuple(year(number) for number in range(first, last + 1))
    return Table(FiguresBy.CHANNEL, rows, rows)


def write(table: Table) -> bytes:
    return figures_pdf.write(
        table, figures_charts.of(table, spots={}), title="De Lerarenkaart", on=dt.date(2027, 7, 14), told="Vraag 123"
    )


def pages(pdf: bytes) -> list[str]:
    with pypdfium2.PdfDocument(pdf) as document:
        return [" ".join(str(page.get_textpage().get_text_range()).split()) for page in document]


def test_each_subject_has_its_page_with_date_definitions_and_margins() -> None:
    found = pages(write(years(2025, 2027)))

    assert [page.partition(" blad ")[0].split(" ")[0] for page in found] == ["De", "Hoe", "Hoeveel", "Wat"]
    assert "Vraag 123 · Cijfers van 14 juli 2027 · Klasse" in found[0]
    assert "Percentage 60,0 % 60,0 % 60,0 %" in found[0]
    assert "Interval van 99 % 59,0 – 61,0 %" in found[0]
    assert "Zeker tussen 50,0 – 70,0 %" in found[0]
    assert "2027: 60,0 % (tussen 59,0 en 61,0; minstens 50,0, hoogstens 70,0; 80 % van de kaarten geteld)" in found[3]
    assert "Percentage Met kaart Kaarten Welk deel van wie recht heeft op een kaart" in found[3]


def test_more_years_than_the_paper_is_wide_go_on_below() -> None:
    found = pages(write(years(2016, 2027)))

    assert "Jaar 2016 2017 2018 2019 2020 2021 2022 2023" in found[0]
    assert "Jaar 2024 2025 2026 2027" in found[1]


def test_paper_is_tagged_and_its_pictures_are_told(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        pdf = write(years(2026, 2027))

    assert caplog.records == []
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert document.Root.MarkInfo.Marked
        assert str(document.Root.Lang) == "nl-BE"
    assert pdf == write(years(2026, 2027))
    charts_of_it = figures_charts.of(years(2026, 2027), spots={})
    assert [chart.finding for chart in charts_of_it] == [
        "Van 2027 is bekend dat 60,0 % een kaart heeft: 400 afgehaald, 100 met het magazine, 100 (re)starters.",
        "Overal 60,0 %.",
    ]


def light(colour: str) -> float:
    """Relative luminance, as WCAG 2 defines it."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("look", LOOKS[:2])
def test_every_colour_stands_out_from_the_page(look: Look) -> None:
    assert [colour for colour in (*look.colours, look.axis, look.ink) if contrast(colour, look.surface) < 3] == []
    # Dots are set off by their edge, and told apart by lightness alone.
    scale = [light(colour) for colour in (charts_map.DARK if look.is_dark else charts_map.LIGHT)]
    assert scale == sorted(scale, reverse=not look.is_dark)


@pytest.mark.parametrize("look", LOOKS)
def test_charts_are_bare_and_fit_their_width(look: Look) -> None:
    labels = ["Antwerpen", "Brussels Hoofdstedelijk Gewest"]
    drawn = [
        charts.stacked(labels, [Serie(f"weg {place}", [10.0, None], place) for place in range(5)], look),
        charts.bars(labels, Serie("x", [3.0, 0.0]), look),
        charts.lines(
            labels, [Serie("2027", [3.0, None]), Serie("2026", [0.0, 1.0], 1, is_dashed=True)], look, shown=labels[:1]
        ),
        charts.spans([Span("Gent", 50, 50, 50, 50, 50), Span("Niets", None, None, None, None, None)], look),
        charts_map.draw([Dot(10, 10, 5, None), Dot(20, 20, 0, 70.0), Dot(-5, 5, 9, 1.0)], look),
    ]
    for svg in drawn:
        assert re.findall(r"<script|<style|style=|class=|<!--|javascript", svg) == []
        assert svg.startswith('<svg xmlns="http://www.w3.org/2000/svg"')
    # Two dots: the third lies off the sheet. Six more are the legend.
    assert drawn[4].count("<circle") == 2 + 6
    for svg in drawn[:4]:
        wide, high = (float(number) for number in re.findall(r'viewBox="0 0 (\S+) (\S+)"', svg)[0])
        assert wide == look.width
        assert max(float(found) for found in re.findall(r'<text x="[^"]+" y="([^"]+)"', svg)) < high


def test_classes_of_the_map_have_no_gaps() -> None:
    assert [charts_map.class_of(rate) for rate in (0, 39.99, 40, 49.9, 50, 60, 69.99, 70, 100)] == [
        0,
        0,
        1,
        1,
        2,
        3,
        3,
        4,
        4,
    ]
