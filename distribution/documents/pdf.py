"""HTML to PDF: the one place that imports WeasyPrint (hardening.md T08).

No network, no files: the fetcher knows only data: addresses, there is no base address, and style
sheets are strings from our own templates. Nothing variable belongs inside `style=`, `<style>` or `url()`.
"""

import base64
import contextlib
import gc
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FONTS = Path(__file__).parent / "fonts"
FAMILY = "Lerarenkaart Sans"
FACES = ((400, FONTS / "NotoSans-Regular.ttf"), (700, FONTS / "NotoSans-Bold.ttf"))


@dataclass(frozen=True)
class _Engine:
    """What a process makes once and uses for every document."""

    weasyprint: Any
    fetcher: Any
    fonts: Any
    faces: Any

    def style(self, css: str) -> Any:
        return self.weasyprint.CSS(string=css, font_config=self.fonts, url_fetcher=self.fetcher)


def render(html: str, *, css: str, tagged: bool = True) -> bytes:
    """A PDF of `html` (a whole document, with lang and title), laid out by `css`.

    The family "Lerarenkaart Sans" (Noto Sans, 400 and 700) comes with us and is embedded. Tagged means PDF/UA-1. The
    same input gives the same bytes: no date, no author, no identifier of the machine.
    """
    engine = _engine()
    document = engine.weasyprint.HTML(string=html, url_fetcher=engine.fetcher)
    with no_garbage_collection():
        written: bytes = document.write_pdf(
            stylesheets=[engine.faces, _style(css)],
            font_config=engine.fonts,
            pdf_variant="pdf/ua-1" if tagged else None,
        )
    return written


@contextlib.contextmanager
def no_garbage_collection() -> Iterator[None]:
    """The collector looks at every box of a page again and again, and takes half the time of a long document."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@cache
def _engine() -> _Engine:
    import weasyprint  # 0.7 s, and only who draws pays for it
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher

    # It would spell out, letter by letter, the names it has no glyphs for.
    logging.getLogger("weasyprint").addFilter(lambda record: ".notdef" not in str(record.msg))
    fetcher = URLFetcher(allowed_protocols=["data"], allow_redirects=False)
    fonts = FontConfiguration()
    faces = weasyprint.CSS(string=_faces(), font_config=fonts, url_fetcher=fetcher)
    gc.collect()
    gc.freeze()
    return _Engine(weasyprint, fetcher, fonts, faces)


@cache
def _style(css: str) -> Any:
    return _engine().style(css)


def _faces() -> str:
    return "".join(
        f"@font-face {{ font-family: '{FAMILY}'; font-weight: {weight};"
        f" src: url(data:font/ttf;base64,{base64.b64encode(path.read_bytes()).decode()}) }}"
        for weight, path in FACES
    )
