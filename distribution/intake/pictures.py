"""Pictures in: the number on a card, read from a frame of a phone's camera or from a photo (ADR 0022).

A picture is measured before any of it is drawn, drawn small and in grey, and forgotten: what comes out is a number.
"""

import io
import threading
from dataclasses import dataclass

import zxingcpp
from PIL import Image
from PIL.WebPImagePlugin import WebPImageFile

from distribution.errors import DistributionError
from distribution.queries import desk

FORMATS = ("JPEG", "PNG", str(WebPImageFile.format))
# What a card may carry. Codes of groceries and parcels never hold eleven digits.
CODES = zxingcpp.BarcodeFormats(
    [
        zxingcpp.BarcodeFormat.QRCode,
        zxingcpp.BarcodeFormat.Code128,
        zxingcpp.BarcodeFormat.Code39,
        zxingcpp.BarcodeFormat.DataMatrix,
    ]
)
# The longest side in which codes are looked for: a card held in sight has lines enough, and more costs time.
SIDE = 2_000
# Only a plain JPEG, which is what a camera makes, can be drawn small at once. Anything else is drawn whole first.
MOST_DRAWN_WHOLE = 6_000_000
# A JPEG that comes in layers has about ten. With thousands of them a small file takes minutes.
LAYER, MOST_LAYERS = b"\xff\xda", 64
# One picture at a time in a process: whatever comes in, no more than this lies in memory.
DRAWING = threading.Lock()


@dataclass(frozen=True)
class Bounds:
    """What a door takes: bytes, pixels, and so many seconds may a picture wait for the one before it.

    `turns`: how it is held while looking, in degrees. Lines are read when they stand nearly upright or lie; who
    holds a camera turns it, a photo has to be turned here.
    """

    most_bytes: int
    most_pixels: int
    patience: float
    turns: tuple[int, ...] = (0,)


FRAME = Bounds(500_000, 4_000_000, patience=1.0)
PHOTO = Bounds(15_000_000, 50_000_000, patience=10.0, turns=(0, 30, 60))


class PictureRefused(DistributionError):
    """Nothing can be read from it."""

    code = "not_a_picture"

    def __init__(self) -> None:
        super().__init__("Dit is geen foto die we kunnen lezen. Neem er een met de camera van je toestel.")


class PictureTooLarge(DistributionError):
    """More bytes or pixels than the door takes."""

    code = "picture_too_large"

    def __init__(self) -> None:
        super().__init__("Deze foto is te groot. Neem er een met een lagere kwaliteit, of typ het nummer.")


class SeveralCards(DistributionError):
    """Two different numbers: nobody can say which of them is meant."""

    code = "several_cards"

    def __init__(self) -> None:
        super().__init__("Er staat meer dan één kaart op. Hou er één voor de camera.")


class TooBusy(DistributionError):
    """The pictures before this one take too long."""

    code = "too_busy"

    def __init__(self) -> None:
        super().__init__("Het is even druk. Probeer het nog eens, of typ het nummer.")


def number_on(content: bytes, *, bounds: Bounds) -> str | None:
    """The card number in a picture, without one the staff number; None when no code holds either."""
    if len(content) > bounds.most_bytes:
        raise PictureTooLarge
    if not DRAWING.acquire(timeout=bounds.patience):
        raise TooBusy
    try:
        picture = _drawn(content, bounds)
        for turn in bounds.turns:
            seen = _numbers(picture.rotate(turn, Image.Resampling.BILINEAR) if turn else picture)
            if seen:
                break
    finally:
        DRAWING.release()
    cards = {number for number in seen if number.startswith("6")}
    meant = cards or seen
    if len(meant) > 1:
        raise SeveralCards
    return next(iter(meant), None)


def _drawn(content: bytes, bounds: Bounds) -> Image.Image:
    """The picture in grey, its longest side about SIDE at most."""
    try:
        picture = Image.open(io.BytesIO(content), formats=FORMATS)
        if picture.width * picture.height > _most_pixels(picture, content, bounds):
            raise PictureTooLarge
        share = min(1.0, SIDE / max(picture.size))
        wanted = (max(1, round(picture.width * share)), max(1, round(picture.height * share)))
        picture.draft("L", wanted)
        grey = picture.convert("L")
    except (PictureTooLarge, Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise PictureTooLarge from None
    except Exception:  # noqa: BLE001 -- whatever a decoder stumbles over in bytes of others is not a picture
        raise PictureRefused from None
    grey.thumbnail((SIDE, SIDE), Image.Resampling.BILINEAR)
    return grey


def _most_pixels(picture: Image.Image, content: bytes, bounds: Bounds) -> int:
    """How large this kind of picture may be."""
    if picture.format not in {"JPEG", "MPO"}:
        return min(bounds.most_pixels, MOST_DRAWN_WHOLE)
    if content.count(LAYER) > MOST_LAYERS:
        raise PictureRefused
    return min(bounds.most_pixels, MOST_DRAWN_WHOLE) if "progressive" in picture.info else bounds.most_pixels


def _numbers(picture: Image.Image) -> set[str]:
    """The numbers of cards and people in a picture's codes. Light codes on dark are not tried: it takes twice as long."""
    # A picture of a few pixels is refused by the reader; it holds no code.
    if min(picture.size) < 16:
        return set()
    found = zxingcpp.read_barcodes(picture, formats=CODES, try_invert=False, text_mode=zxingcpp.TextMode.Plain)
    return {number for code in found if (number := desk.number_in(code.text[: desk.LONGEST_TERM]))}
