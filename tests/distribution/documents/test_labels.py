"""Labels and packing lists: what they say, that machines read them back, and that no name breaks them."""

import datetime as dt
import io
import logging
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
import zxingcpp
from PIL import ImageDraw

from distribution.documents import labels
from distribution.documents.print_run import Box, Parcel, Series
from distribution.queries.print_run import Destination

SERIES = Series(2027, 1, dt.date(2026, 11, 20))
MAIL = "kaart@voorbeeld.be"
# Half a millimetre at 100 dots to the inch.
EDGE = 2


def parcel(*boxes: Box, name: str = "Bibliotheek De Krook", code: str = "bib-gent", **place: str) -> Parcel:
    where = {"street": "Miriam Makebaplein 1", "place": "9000 Gent"} | place
    point = Destination(code, name, where["street"], where["place"], dt.date(2026, 12, 27), dt.date(2027, 7, 10))
    return Parcel(point, boxes or (Box(1, 37, "Aerts", "Claes"),))


def text(pdf: bytes, page: int = 0) -> str:
    return str(pypdfium2.PdfDocument(pdf)[page].get_textpage().get_text_range())


def words(pdf: bytes, page: int = 0) -> str:
    return " ".join(text(pdf, page).split())


def test_labels_say_where_a_box_goes_and_what_is_in_it() -> None:
    two = parcel(Box(1, 250, "Aerts", "Claes"), Box(2, 1, "Çelik", "Çelik"))

    made = labels.labels([two], series=SERIES)

    shown = words(made)
    for said in ["Bibliotheek De Krook", "Miriam Makebaplein 1 9000 Gent", "Lerarenkaart 2027", "bib-gent"]:
        assert shown.count(said) == 2
    assert "Doos 1 van 2" in shown
    assert "Doos 2 van 2" in shown
    assert "250 kaarten Aerts – Claes" in shown
    assert "1 kaart Çelik" in shown
    assert "Çelik –" not in shown


@pytest.mark.parametrize(("boxes", "sheets"), [(1, 1), (4, 1), (5, 2), (9, 3)])
def test_labels_stand_four_on_a_sheet(boxes: int, sheets: int) -> None:
    made = labels.labels([parcel(*(Box(number, 2, "A", "B") for number in range(1, boxes + 1)))], series=SERIES)

    document = pypdfium2.PdfDocument(made)
    assert len(document) == sheets
    assert tuple(round(side / 72 * 25.4) for side in document[0].get_size()) == (297, 210)


def test_labels_carry_a_code_that_reads_back() -> None:
    parcels = [parcel(Box(1, 5, "A", "B"), Box(2, 5, "C", "D")), parcel(code="antwerpen-permeke-2")]

    image = pypdfium2.PdfDocument(labels.labels(parcels, series=SERIES))[0].render(scale=150 / 72).to_pil()

    assert sorted(found.text for found in zxingcpp.read_barcodes(image)) == [
        "LK:DOOS:2027:1:ANTWERPEN-PERMEKE-2:1",
        "LK:DOOS:2027:1:BIB-GENT:1",
        "LK:DOOS:2027:1:BIB-GENT:2",
    ]


@pytest.mark.parametrize(
    "name",
    ["X" * 200, "Bibliotheek " * 16, "مكتبة غنت المركزية", "Bib 📚 Gent", "<b>Bib</b> & {{ 7 }}", "Bib"],
    ids=["D01-no-space", "D01-long", "D02-right-to-left", "D03-emoji", "D04-markup", "short"],
)
def test_labels_keep_every_name_within_its_label(name: str, caplog: pytest.LogCaptureFixture) -> None:
    box = Box(1, 250, name, name[::-1])

    with caplog.at_level(logging.WARNING):
        made = labels.labels([parcel(box, box, box, box, name=name, street=name, place=name)], series=SERIES)

    image = pypdfium2.PdfDocument(made)[0].render(scale=100 / 72).to_pil().convert("L")
    width, height = image.size
    # The dashed lines to cut along are the only ink there may be around the edges of a label.
    draw = ImageDraw.Draw(image)
    draw.rectangle((width / 2 - EDGE, 0, width / 2 + EDGE, height), fill=255)
    draw.rectangle((0, height / 2 - EDGE, width, height / 2 + EDGE), fill=255)
    for left in (0, width / 2 - 3 * EDGE):
        strip = image.crop((int(left), 0, int(left) + 6 * EDGE, height))
        assert strip.getextrema() == (255, 255)
    assert image.crop((width - 3 * EDGE, 0, width, height)).getextrema() == (255, 255)
    assert len(pypdfium2.PdfDocument(made)) == 1
    assert caplog.records == []


def test_packing_list_says_what_is_in_the_parcel_and_what_to_do() -> None:
    two = parcel(Box(1, 250, "Aerts", "Claes"), Box(2, 12, "Çelik", "De Wit"))

    shown = words(labels.packing_list(two, series=SERIES, office_email=MAIL))

    assert shown.startswith(
        "Paklijst Lerarenkaart 2027 · drukreeks 1 van 20 november 2026 "
        "Bibliotheek De Krook Miriam Makebaplein 1, 9000 Gent"
    )
    assert "van 27 december 2026 tot en met 10 juli 2027" in shown
    assert "262 Lerarenkaarten in 2 dozen" in shown
    assert "1 Aerts – Claes 250 2 Çelik – De Wit 12 Samen 262" in shown
    assert f"Mail het meteen naar {MAIL}" in shown
    assert shown.endswith("blad 1 van 1")


def test_packing_list_speaks_of_one_card_in_one_box() -> None:
    shown = words(labels.packing_list(parcel(Box(1, 1, "Aerts", "Aerts")), series=SERIES, office_email=MAIL))

    assert "1 Lerarenkaart in 1 doos" in shown
    assert "1 Aerts 1 Samen 1" in shown


def test_packing_list_of_a_large_point_runs_over_pages() -> None:
    many = parcel(*(Box(number, 250, "Aerts", "Zwaenepoel") for number in range(1, 61)))

    made = labels.packing_list(many, series=SERIES, office_email=MAIL)

    pages = len(pypdfium2.PdfDocument(made))
    assert pages > 1
    assert words(made, pages - 1).endswith(f"blad {pages} van {pages}")
    # The heading of the table is on every page that has rows of it.
    assert all("Door jou geteld" in words(made, page) for page in range(pages - 1))


@pytest.mark.parametrize("kind", ["labels", "packing_list"])
def test_documents_are_tagged_in_dutch_and_name_no_maker_and_no_moment(kind: str) -> None:
    made = (
        labels.labels([parcel()], series=SERIES)
        if kind == "labels"
        else labels.packing_list(parcel(), series=SERIES, office_email=MAIL)
    )

    with pikepdf.open(io.BytesIO(made)) as document:
        assert str(document.Root.Lang) == "nl-BE"
        assert bool(document.Root.MarkInfo.Marked)
        assert set(document.docinfo.keys()) <= {"/Title", "/Producer"}
        assert "Aerts" not in str(document.docinfo["/Title"])


def test_write_gives_the_same_bytes_with_one_process_and_with_two(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(labels, "WORTH_A_PROCESS", 2)
    parcels = [parcel(code=f"bib-{number}") for number in range(3)]
    steps: list[int] = []

    for folder, workers in (("een", 1), ("twee", 2)):
        written = labels.write(
            tmp_path / folder,
            series=SERIES,
            parcels=parcels,
            office_email=MAIL,
            workers=workers,
            progress=steps.append,
        )

    one, two = (
        {path.name: path.read_bytes() for path in (tmp_path / folder).rglob("*.pdf")} for folder in ("een", "twee")
    )
    assert one == two
    assert len(one) == len(written) == labels.documents(parcels)
    assert sum(steps) == 2 * labels.documents(parcels)


def test_write_without_parcels_writes_nothing(tmp_path: Path) -> None:
    written = labels.write(
        tmp_path, series=SERIES, parcels=[], office_email=MAIL, workers=1, progress=lambda steps: None
    )

    assert (written, list(tmp_path.iterdir()), labels.documents([])) == ({}, [], 0)
