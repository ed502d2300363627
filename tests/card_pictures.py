"""What a phone sees of a card: drawn here, with a code that others draw than who reads it."""

import io

import segno
from PIL import Image, ImageChops, ImageDraw, ImageFilter
from reportlab.graphics.barcode.code128 import Code128

INK, PLASTIC, TABLE = 25, 235, 120
# What a camera adds of its own.
GRAIN = 14


def qr(text: str, *, dots: int = 8) -> Image.Image:
    drawn = io.BytesIO()
    segno.make_qr(text).save(drawn, kind="png", scale=dots, border=4)
    return Image.open(drawn).convert("L")


def bars(text: str, *, dots: int = 4) -> Image.Image:
    """Code 128. ReportLab says how wide: capitals are bars, the others the space between them."""
    code = Code128(text)
    code.validate()
    code.encode()
    code.decompose()
    widths = [(letter.isupper(), dots * (ord(letter.upper()) - ord("A") + 1)) for letter in code.decomposed]
    quiet = 10 * dots
    drawn = Image.new("L", (sum(wide for _, wide in widths) + 2 * quiet, 40 * dots), PLASTIC)
    pen, left = ImageDraw.Draw(drawn), quiet
    for is_bar, wide in widths:
        if is_bar:
            pen.rectangle((left, 0, left + wide - 1, drawn.height), fill=INK)
        left += wide
    return drawn


def card(*codes: Image.Image) -> Image.Image:
    """A card, as large as the codes on it ask, with some lines of print."""
    width = max(code.width for code in codes) + 120
    drawn = Image.new("L", (width, 140 + sum(code.height + 40 for code in codes)), PLASTIC)
    pen, down = ImageDraw.Draw(drawn), 120
    for line in range(3):
        pen.rectangle((60, 30 + 26 * line, 60 + width // (2 + line), 44 + 26 * line), fill=INK)
    for code in codes:
        drawn.paste(code, (60, down))
        down += code.height + 40
    return drawn


def held(
    shown: Image.Image,
    size: tuple[int, int] = (1000, 750),
    *,
    turned: float = 0,
    tilted: float = 0,
    blurred: float = 0.6,
    share: float = 0.7,
) -> Image.Image:
    """A card before a camera, in colour. `tilted`: by how much its far side is shorter; `share`: of the picture's height."""
    picture = Image.new("L", size, TABLE)
    zoom = min(share * size[1] / shown.height, share * size[0] / shown.width)
    near = shown.resize((round(shown.width * zoom), round(shown.height * zoom)), Image.Resampling.LANCZOS)
    mask = Image.new("L", near.size, 255)
    if tilted:
        wide, high, lost = near.width, near.height, near.width * tilted / 2
        # Corners of the card, from the upper left against the clock, that come in the corners of what is seen.
        corners = (-lost, 0, 0, high, wide, high, wide + lost, 0)
        near, mask = (
            one.transform(one.size, Image.Transform.QUAD, corners, Image.Resampling.BILINEAR) for one in (near, mask)
        )
    near, mask = (one.rotate(turned, Image.Resampling.BICUBIC, expand=True) for one in (near, mask))
    picture.paste(near, ((size[0] - near.width) // 2, (size[1] - near.height) // 2), mask)
    grain = Image.effect_noise(size, GRAIN)
    return ImageChops.add(picture, grain, 1, -128).filter(ImageFilter.GaussianBlur(blurred)).convert("RGB")


def file(picture: Image.Image, kind: str = "JPEG", **more: object) -> bytes:
    made = io.BytesIO()
    picture.save(made, kind, **({"quality": 80} | more if kind == "JPEG" else more))
    return made.getvalue()


def nothing(size: tuple[int, int] = (1000, 750)) -> Image.Image:
    """A table without a card."""
    return Image.effect_noise(size, GRAIN).convert("RGB")
