"""The number on a card in a picture: however it is held, and whatever else is sent instead of one."""

import contextlib
import io
import struct
import time
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from distribution.errors import DistributionError
from distribution.intake import pictures
from distribution.intake.pictures import FRAME, PHOTO, PictureRefused, PictureTooLarge, SeveralCards, TooBusy, number_on
from distribution.rules import card_number
from tests import card_pictures, make
from tests.card_pictures import bars, card, file, held, qr

NUMBER, OTHER = card_number.make(2027, 1), card_number.make(2027, 2)
DRAWN = {"qr": card(qr(NUMBER)), "bars": card(bars(NUMBER))}
HELD: dict[str, Callable[[Image.Image], Image.Image]] = {
    "straight": held,
    "on its side": lambda drawn: held(drawn, turned=90),
    "upside down": lambda drawn: held(drawn, turned=180),
    "a little turned": lambda drawn: held(drawn, turned=12),
    "tilted": lambda drawn: held(drawn, turned=8, tilted=0.3),
    "far away": lambda drawn: held(drawn, share=0.35),
    "not sharp": lambda drawn: held(drawn, blurred=1.6),
}
PNG_START = b"\x89PNG\r\n\x1a\n"


@pytest.mark.parametrize("code", DRAWN)
@pytest.mark.parametrize("how", HELD)
def test_a_card_is_read_however_it_is_held(code: str, how: str) -> None:
    assert number_on(file(HELD[how](DRAWN[code])), bounds=FRAME) == NUMBER


@pytest.mark.parametrize("turned", [25, 45, 70, 140])
def test_a_photo_is_turned_until_its_lines_can_be_read(turned: int) -> None:
    assert number_on(file(held(DRAWN["bars"], turned=turned)), bounds=PHOTO) == NUMBER


@pytest.mark.parametrize(("kind", "more"), [("PNG", {}), ("WEBP", {}), ("MPO", {}), ("JPEG", {"progressive": True})])
def test_every_kind_of_picture_that_devices_make(kind: str, more: dict[str, object]) -> None:
    assert number_on(file(held(DRAWN["qr"]), kind, **more), bounds=PHOTO) == NUMBER


def test_a_phones_photo_of_twelve_million_pixels() -> None:
    photo = file(held(DRAWN["bars"], (4000, 3000), share=0.4, blurred=2))

    assert number_on(photo, bounds=PHOTO) == NUMBER
    with pytest.raises(PictureTooLarge):
        number_on(photo, bounds=FRAME)


def test_of_a_card_and_its_holder_it_is_the_card() -> None:
    staff_number = make.staff_number(7)

    both = file(held(card(qr(NUMBER), qr(staff_number)), share=0.9))
    holder = file(held(card(qr(f"{staff_number}-70101"))))

    assert (number_on(both, bounds=FRAME), number_on(holder, bounds=FRAME)) == (NUMBER, staff_number)


def test_of_two_cards_none_is_chosen() -> None:
    with pytest.raises(SeveralCards):
        number_on(file(held(card(qr(NUMBER), qr(OTHER)), share=0.95)), bounds=FRAME)


@pytest.mark.parametrize(
    "shown",
    [
        card_pictures.nothing(),
        Image.new("RGB", (640, 480)),
        Image.new("RGB", (1, 1)),
        held(card(qr("https://www.voorbeeld.be/6270000001"))),
        held(card(qr("LK:DOOS:2027:1:BIB-GENT:2"))),
        held(card(bars("5410000000012"))),
        held(card(qr("9" * 400)), share=0.9),
        # So badly out of focus that nobody could read it.
        held(DRAWN["bars"], blurred=14),
    ],
)
def test_without_a_number_there_is_none(shown: Image.Image) -> None:
    assert number_on(file(shown), bounds=PHOTO) is None


def _png_of(width: int, height: int, *, lines: int | None = None) -> bytes:
    """A picture of one colour, packed a thousand times; `lines`: how many of them are really there."""

    def part(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(bytes(width + 1)) for _ in range(lines or height)) + packer.flush()
    return (
        PNG_START
        + part(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
        + part(b"IDAT", packed)
        + part(b"IEND", b"")
    )


def _layered_jpeg(times: int) -> bytes:
    """A small picture that says it comes in thousands of layers, each of the whole of it."""
    made = io.BytesIO()
    Image.new("L", (1900, 1900), 128).save(made, "JPEG", progressive=True)
    plain = made.getvalue()
    last = plain.rindex(pictures.LAYER)
    return plain[:last] + plain[last:-2] * times + plain[-2:]


HOSTILE: dict[str, tuple[type[DistributionError], Callable[[], bytes]]] = {
    "more than is drawn whole": (PictureTooLarge, lambda: _png_of(3_000, 3_000)),
    "bomb": (PictureTooLarge, lambda: _png_of(12_000, 12_000)),
    "bomb of 400 million pixels": (PictureTooLarge, lambda: _png_of(20_000, 20_000, lines=900)),
    "large jpeg": (PictureTooLarge, lambda: file(Image.new("L", (7_200, 7_200)))),
    "large in layers": (PictureTooLarge, lambda: file(Image.new("L", (3_000, 3_000)), progressive=True)),
    "large webp": (PictureTooLarge, lambda: file(Image.new("L", (3_000, 3_000)), "WEBP")),
    "many bytes": (PictureTooLarge, lambda: file(Image.new("L", (70, 70))) + bytes(PHOTO.most_bytes)),
    "thousands of layers": (PictureRefused, lambda: _layered_jpeg(2_000)),
    "nothing": (PictureRefused, lambda: b""),
    "pdf": (PictureRefused, lambda: b"%PDF-1.7 geen foto"),
    "gif": (PictureRefused, lambda: file(held(DRAWN["qr"]), "GIF")),
    "bmp": (PictureRefused, lambda: file(held(DRAWN["qr"]), "BMP")),
    "svg": (PictureRefused, lambda: b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_picture_is_refused_before_it_is_drawn_t07(what: str) -> None:
    refusal, build = HOSTILE[what]
    content = build()
    began = time.thread_time()

    with pytest.raises(refusal) as refused:
        number_on(content, bounds=PHOTO)

    assert type(refused.value) is refusal
    # Of processor time: drawing the largest of them takes several.
    assert time.thread_time() - began < 1


@given(st.sampled_from(["JPEG", "PNG", "WEBP"]), st.data())
def test_any_bytes_are_read_or_refused_p22(kind: str, data: st.DataObject) -> None:
    good = bytearray(SMALL[kind])
    for _ in range(data.draw(st.integers(1, 6))):
        good[data.draw(st.integers(0, len(good) - 1))] = data.draw(st.integers(0, 255))
    seen = None
    with contextlib.suppress(PictureRefused, PictureTooLarge):
        seen = number_on(bytes(good[: data.draw(st.integers(0, len(good)))]), bounds=PHOTO)

    assert seen in {None, NUMBER}


SMALL = {kind: file(held(DRAWN["qr"], (240, 180)), kind) for kind in ("JPEG", "PNG", "WEBP")}


def test_a_picture_that_was_cut_off_is_refused_or_shows_no_number() -> None:
    """WeasyPrint lets Pillow draw what is there of it, for as long as the process lives."""
    seen = None
    with contextlib.suppress(PictureRefused):
        seen = number_on(file(held(DRAWN["qr"]))[:9_000], bounds=PHOTO)

    assert seen is None


def test_one_picture_at_a_time_and_no_longer_wait_than_the_door_says() -> None:
    hasty = pictures.Bounds(FRAME.most_bytes, FRAME.most_pixels, patience=0.05)
    with pictures.DRAWING, pytest.raises(TooBusy):
        number_on(file(held(DRAWN["qr"])), bounds=hasty)

    assert number_on(file(held(DRAWN["qr"])), bounds=hasty) == NUMBER
