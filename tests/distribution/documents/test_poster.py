"""The poster: what it says, that it fits whatever it says, that a phone reads it back, and that no text of a point does anything."""

import datetime as dt
import io
import logging
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pikepdf
import pypdfium2
import pytest
import zxingcpp

from distribution.documents import poster as documents
from distribution.documents.poster import Poster, Row, Size
from pickup_points import hours
from pickup_points.models import PickupPoint

D = dt.date
TODAY = D(2027, 1, 12)
PERIOD = (D(2026, 12, 27), D(2027, 7, 10))
URL = "https://lerarenkaart.voorbeeld.be/waarismijnlerarenkaart/"
WEEK = dict.fromkeys(("ma", "di", "wo", "do", "vr"), "09:00-12:00 13:30-18:00") | {"za": "10:00-13:00"}
FULL = {day: f"0{number}:00-09:00 10:00-11:00 13:00-14:30 15:00-2{number % 4}:00" for number, day in enumerate(WEEK, 1)}
LONG = "Gemeentelijke Openbare Bibliotheek en Documentatiecentrum Sint-Pieters-Woluwe-Kapelleveldsesteenweg"


def made(
    week: dict[str, str] | None = None,
    *,
    closed: str = "",
    exceptional: str = "",
    period: tuple[dt.date, dt.date] | None = PERIOD,
    url: str = URL,
    **fields: str,
) -> Poster:
    texts = {"name": "Bibliotheek De Krook", "street": "Miriam Makebaplein", "municipality": "Gent"} | fields
    point = PickupPoint(code="gent", house_number="1", postcode="9000", **texts)
    schedule = hours.read(week=WEEK if week is None else week, closed=closed, exceptional=exceptional)
    return documents.compose(point, schedule, period=period, url=url, today=TODAY)


def opened(content: bytes) -> Any:
    document = pypdfium2.PdfDocument(content)
    assert len(document) == 1
    return document[0]


def words(content: bytes) -> str:
    return " ".join(opened(content).get_textpage().get_text_range().split())


def test_compose_says_it_in_few_words() -> None:
    poster = made(
        closed="2026-12-25 2027-02-08/2027-02-14 2027-06-28/2027-08-01",
        exceptional="2027-01-10=10:00-12:00 2027-01-17=10:00-12:00 2027-12-01=09:00-10:00",
    )

    assert poster.week == (
        Row("ma – vr", ("9.00–12.00", "13.30–18.00")),
        Row("za", ("10.00–13.00",)),
        Row("zo", ()),
    )
    # What is over, and what lies outside the period, is not on a poster.
    assert poster.closed == "8–14 februari en 28 juni – 10 juli"
    assert poster.exceptional == "17 januari 10.00–12.00"
    assert poster.period == "Van 27 december 2026 tot en met 10 juli 2027"
    assert poster.own_text == "Vraag ernaar aan de balie."


def test_compose_names_only_the_first_of_many_dates() -> None:
    poster = made(closed=" ".join(f"2027-0{month}-01" for month in range(2, 8)))

    assert poster.closed == "1 februari, 1 maart, 1 april, 1 mei … en meer op de site"


@pytest.mark.parametrize(("size", "millimetres"), [(Size.A4, (210, 297)), (Size.A3, (297, 420))])
def test_render_is_one_page_of_its_size_with_everything_on_it(size: Size, millimetres: tuple[int, int]) -> None:
    content = documents.render(made(closed="2027-03-29", poster_text="Bel gerust aan!"), size=size)

    page = opened(content)
    assert tuple(round(side / 72 * 25.4) for side in page.get_size()) == millimetres
    shown = words(content)
    for said in (
        "Hier is mijn Lerarenkaart",
        "Bibliotheek De Krook",
        "Miriam Makebaplein 1, 9000 Gent",
        "ma – vr",
        "13.30–18.00",
        "gesloten",
        "29 maart",
        "Van 27 december 2026 tot en met 10 juli 2027",
        "Bel gerust aan!",
        "lerarenkaart.voorbeeld.be/",
    ):
        assert said in shown


@pytest.mark.parametrize("size", list(Size))
def test_render_qr_reads_back(size: Size) -> None:
    image = opened(documents.render(made(), size=size)).render(scale=100 / 72).to_pil()

    assert [found.text for found in zxingcpp.read_barcodes(image)] == [URL]


def test_render_is_readable_at_three_metres() -> None:
    """A letter of 25 mm is read at ten metres: at three the name and the hours need 7.5 mm (A3), the title more."""
    page = opened(documents.render(made(), size=Size.A3))
    text = page.get_textpage()
    content = text.get_text_range()

    def millimetres(letter: str) -> float:
        _, bottom, _, top = text.get_charbox(content.index(letter))
        return float(top - bottom) / 72 * 25.4

    assert millimetres("H") > 25
    assert millimetres("Bib") > 9
    assert millimetres("9.00") > 7.5
    assert millimetres("Van 27") > 6


@pytest.mark.parametrize("size", list(Size))
@pytest.mark.parametrize(
    "poster",
    [
        pytest.param(made(name="X" * 200, street="Y" * 200, poster_text="Z" * 200), id="D01-no-space"),
        pytest.param(
            made(
                FULL,
                closed="2027-02-08/2027-02-14 2027-03-29 2027-04-05/2027-04-18 2027-05-01 2027-05-06/2027-05-07",
                exceptional="2027-01-31=10:00-14:00 2027-02-28=10-12 13-15 2027-03-07=10-12",
                name=LONG,
                poster_text="Bel gerust aan. " * 12,
            ),
            id="everything-at-its-longest",
        ),
        pytest.param(made(name="مكتبة غنت المركزية"), id="D02-right-to-left"),
        pytest.param(made(name="Bib 📚 Gent"), id="D03-emoji"),
        pytest.param(made({}, period=None, name="B"), id="nothing-known"),
    ],
)
def test_render_fits_whatever_it_says(poster: Poster, size: Size, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        page = opened(documents.render(poster, size=size))

    image = page.render(scale=100 / 72).to_pil().convert("RGB")
    width, height = image.size
    # Nothing runs into the margins: each is one colour per band, but for the sun in the corner.
    margin = width // 20
    for band, colour in ((0.45, (13, 79, 74)), (0.7, (255, 255, 255)), (0.93, (255, 201, 77))):
        for left in (0, width - margin):
            strip = image.crop((left, int(height * band), left + margin, int(height * band) + height // 40))
            assert {found for _, found in strip.getcolors() or []} == {colour}
    # And every letter of the hours ends above the band at the foot.
    assert caplog.records == []
    text = page.get_textpage()
    shown = text.get_text_range()
    if poster.exceptional:
        end = shown.replace("\r\n", "  ").index("meer op de site", shown.index("Uitzonderlijk"))
        bottom = text.get_charbox(end)[1]
        assert bottom / page.get_size()[1] > 10.6 / 84.19


def test_render_the_same_gives_the_same_bytes_and_names_nobody() -> None:
    content = documents.render(made(), size=Size.A4)

    assert documents.render(made(), size=Size.A4) == content
    with pikepdf.open(io.BytesIO(content)) as document:
        assert str(document.Root.Lang) == "nl-BE"
        assert document.docinfo.get("/Title") == "Affiche: hier is mijn Lerarenkaart – Bibliotheek De Krook"
        assert "/StructTreeRoot" in document.Root


# --- T08 --------------------------------------------------------------------------------------


@pytest.fixture
def canary() -> Iterator[tuple[str, list[bytes]]]:
    """A server that hears whether anybody comes."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        stopped = threading.Event()

        def listen() -> None:
            while not stopped.is_set():
                try:
                    visitor, _ = server.accept()
                except TimeoutError:
                    continue
                heard.append(visitor.recv(200))
                visitor.close()

        listener = threading.Thread(target=listen)
        listener.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}", heard
        stopped.set()
        listener.join()


def test_t08_texts_of_a_point_fetch_and_embed_nothing(canary: tuple[str, list[bytes]], tmp_path: Any) -> None:
    address, heard = canary
    secret = tmp_path / "geheim"
    secret.write_text("SECRET-BYTES-9f3c")
    for payload in (
        f"<img src={address}/a>",
        f"<link rel=stylesheet href={address}/b>",
        f"<style>@import url({address}/c)</style>",
        f"<object data={address}/d></object>",
        f"<a rel=attachment href=file://{secret}>x</a>",
        f"<link rel=attachment href=file://{secret}>",
        f"<svg><image href={address}/e></image></svg>",
        f"<meta http-equiv=refresh content='0;url={address}/f'>",
        f"<base href={address}/>",
        f'" style="background:url({address}/g)',
        f"1;background:url({address}/h)",
        f"</style><style>*{{background:url({address}/i)}}</style>",
        f"@font-face{{font-family:x;src:url({address}/j)}}",
        "{{ settings.SECRET_KEY }}{% load static %}",
    ):
        poster = made(name=payload, street=payload, municipality=payload[:80], poster_text=payload)
        content = documents.render(poster, size=Size.A4)

        assert "".join(payload.split())[:20] in "".join(words(content).split())
        with pikepdf.open(io.BytesIO(content)) as document:
            assert len(document.attachments) == 0
            uncompressed = io.BytesIO()
            document.save(uncompressed, stream_decode_level=pikepdf.StreamDecodeLevel.all, compress_streams=False)
        for forbidden in (b"SECRET-BYTES", b"/URI", b"/JavaScript", b"/EmbeddedFile"):
            assert forbidden not in uncompressed.getvalue()
    assert heard == []
