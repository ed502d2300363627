"""The sheet a point gets after closing: one page, its figures, its margins, and no blame."""

import datetime as dt
import io
import logging
from typing import Any

import pikepdf
import pypdfium2
import pytest
from django.template.loader import render_to_string

from distribution.documents import settlement as document
from distribution.models import CardYear, Settlement
from pickup_points.models import PickupPoint

NAMES = ["Bibliotheek De Krook", "X" * 200, "مكتبة غنت المركزية", "Bib 📚 Gent", "<b>Bib</b> & {{ 7 }}"]
COUNTED: dict[str, Any] = {
    "received": 518,
    "is_receipt_whole": True,
    "stock": 510,
    "marked": 214,
    "lower": 214,
    "upper": 279,
    "best": 279,
    "is_quarantined": False,
    "busiest": ["2027-01-09", 31],
    "months": [["2026-12-01", 9], ["2027-01-01", 120], ["2027-02-01", 85]],
}
UNCOUNTED = COUNTED | {"received": None, "best": None, "upper": 510}
NOTHING = UNCOUNTED | {"marked": 0, "lower": 0, "busiest": None, "months": []}
UNMARKED = NOTHING | {"best": 279, "upper": 279}
QUARANTINED = UNCOUNTED | {"is_quarantined": True, "received": 518}


def thanks(summary: dict[str, Any], *, name: str = NAMES[0]) -> document.Thanks:
    return document.thanks(
        Settlement(card_year=CardYear(year=2027), point=PickupPoint(name=name, code="gent"), summary=summary)
    )


def words(pdf: bytes) -> str:
    return " ".join(str(pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_range()).split())


def test_sheet_says_what_they_did() -> None:
    shown = words(document.write(thanks(COUNTED)))

    for said in [
        "Dank je wel, Bibliotheek De Krook!",
        "279 leraren kwamen hun kaart bij jullie halen",
        "510 kaarten klaargelegd",
        "54,7 % daarvan afgehaald",
        "9 januari drukste dag: 31 kaarten",
        "december 9 januari 120 februari 85",
        "Daarbij komen 65 kaarten zonder datum.",
    ]:
        assert said in shown
    assert "*" not in shown


def test_sheet_is_honest_where_nobody_counted() -> None:
    shown = words(document.write(thanks(UNCOUNTED)))

    for said in [
        "minstens 214 leraren kwamen hun kaart bij jullie halen",
        "510 kaarten klaargelegd*",
        "214 tot 510 afgehaald**",
        "* Wat aankwam, is niet helemaal geteld.",
        "** De overgebleven kaarten zijn niet geteld. Preciezer weten we het niet.",
    ]:
        assert said in shown
    assert "%" not in shown


def test_sheet_thanks_who_sent_nothing_back() -> None:
    shown = words(document.write(thanks(NOTHING)))

    assert "510 Lerarenkaarten lagen bij jullie klaar" in shown
    assert "0 tot" not in shown
    assert "maand na maand" not in shown


def test_sheet_of_a_doubtful_count_says_who_looks_at_it() -> None:
    shown = words(document.write(thanks(QUARANTINED)))

    assert "minstens 214 leraren" in shown
    assert "Klasse bekijkt dat samen met jullie." in shown


@pytest.mark.parametrize("summary", [COUNTED, UNCOUNTED, NOTHING, UNMARKED, QUARANTINED])
@pytest.mark.parametrize("name", NAMES)
def test_sheet_is_one_page_of_a4_in_silence(
    name: str, summary: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, logger="weasyprint"):
        made = document.write(thanks(summary, name=name))

    pdf = pypdfium2.PdfDocument(made)
    assert len(pdf) == 1
    assert tuple(round(side / 72 * 25.4) for side in pdf[0].get_size()) == (210, 297)
    assert [record.message for record in caplog.records] == []
    assert made == document.write(thanks(summary, name=name))


def test_sheet_is_tagged_and_says_its_language() -> None:
    with pikepdf.open(io.BytesIO(document.write(thanks(COUNTED)))) as pdf:
        assert str(pdf.Root.Lang) == "nl-BE"
        assert bool(pdf.Root.MarkInfo.Marked)
        assert "Dank je wel" in str(pdf.docinfo["/Title"])


def test_markup_in_a_name_stays_text() -> None:
    html = render_to_string("distribution/documents/settlement.html", {"said": thanks(COUNTED, name=NAMES[-1])})

    assert "&lt;b&gt;Bib&lt;/b&gt; &amp; {{ 7 }}" in html


@pytest.mark.parametrize(
    ("months", "heights"),
    [
        ([], []),
        ([["2027-01-01", 0]], []),
        ([["2027-01-01", 50], ["2027-02-01", 0], ["2027-03-01", 100]], [50.0, 0.0, 100.0]),
    ],
)
def test_bars_are_as_high_as_their_share(months: list[list[Any]], heights: list[float]) -> None:
    bars = thanks(COUNTED | {"months": months}).bars

    assert [bar.height for bar in bars] == heights
    assert [bar.is_highest for bar in bars] == [height == 100.0 for height in heights]
    assert all(bar.y + bar.height == 100.0 for bar in bars)


def test_share_is_unknown_where_nobody_counted_or_nothing_lay() -> None:
    assert thanks(COUNTED).share == pytest.approx(54.706, abs=0.001)
    assert (thanks(UNCOUNTED).share, thanks(COUNTED | {"stock": 0}).share) == (None, None)
    assert thanks(COUNTED).busiest_on == dt.date(2027, 1, 9)
