"""A pickup list as PDF: WeasyPrint draws the sheet, we write the rows on it (ADR 0007).

One rendering gives the first page, one following page and the closing page. The following page is
used as often as needed. The result is tagged: WeasyPrint's tree with our rows added to its table.
"""

import io
from collections.abc import Sequence
from functools import cache, lru_cache

import pikepdf
from django.template.defaultfilters import date as written_date
from django.template.loader import render_to_string
from pikepdf import Array, Dictionary

from distribution.documents import letters, pdf, pickup_list_rows
from distribution.documents.pickup_list_tags import Tree, as_artifact
from distribution.queries.pickup_lists import Line, Sheet

TEMPLATES = "distribution/documents/"
# Sheets a process keeps drawn, some 20 kB each: one for every date, revision and kind of list in a run.
SHEETS_KEPT = 64
HEADER = ("nr", "naam", "laatste vier cijfers", "handtekening", "afgehaald")


def title(sheet: Sheet) -> str:
    """What the document is called: the point and the year, never a person."""
    return f"Afhaallijst Lerarenkaart {sheet.year} – {sheet.point_name} – {_which(sheet)}"


def html(sheet: Sheet, *, office_email: str) -> str:
    """The sheet without its rows, as a web page for WeasyPrint.

    The name of the point is in it only when we cannot write it ourselves on one line: so nearly all
    lists of a run have the same page, which is drawn once.
    """
    marks = []
    if sheet.since is not None:
        marks.append(f"Aanvulling op revisie {sheet.since}")
    if sheet.is_provisional:
        marks.append("voorlopig")
    place = {"name": sheet.point_name, "address": sheet.point_address}
    return render_to_string(
        f"{TEMPLATES}pickup_list.html",
        {
            "sheet": sheet,
            "place": None if pickup_list_rows.can_write_place(sheet) else place,
            "mark": " · ".join(marks),
            "which": f"Lerarenkaart {sheet.year}, {_which(sheet)} van {written_date(sheet.made_on, 'j F Y')}",
            "has_more": pickup_list_rows.pages_needed(len(sheet.lines)) > 1,
            "office_email": office_email,
        },
    )


def render(sheet: Sheet, *, office_email: str) -> bytes:
    """The list as PDF. The same sheet gives the same bytes; a page holds 24 or 29 rows, whatever the names."""
    with pdf.no_garbage_collection():
        drawn = _drawn(html(sheet, office_email=office_email))
        with pikepdf.open(io.BytesIO(drawn)) as document:
            _Writer(document, sheet).write()
            written = io.BytesIO()
            document.save(
                written,
                object_stream_mode=pikepdf.ObjectStreamMode.generate,
                compress_streams=True,
                deterministic_id=True,
            )
    return written.getvalue()


def rows(sheet: Sheet) -> list[tuple[int, str, str, str, str]]:
    """The same lines in the same order, for the spreadsheet; the last two columns are there to be filled in."""
    return [
        (number, pickup_list_rows.whole_name(line), line.last_four, "", "")
        for number, line in enumerate(sheet.lines, 1)
    ]


class _Writer:
    """Puts the rows of one list on the sheets that WeasyPrint drew."""

    def __init__(self, document: pikepdf.Pdf, sheet: Sheet) -> None:
        self.document, self.sheet = document, sheet
        self.pages_with_rows = pickup_list_rows.pages_needed(len(sheet.lines))
        self.fonts = {"/LkR": letters.regular().embed(document), "/LkB": letters.bold().embed(document)}
        self.tree = Tree(document)
        self.foreign: list[tuple[pikepdf.Object, int]] = []

    def write(self) -> None:
        pages = self.document.pages
        first, closing = pages[0].obj, pages[-1].obj
        self._write_place(first)
        following = self._following(pages[1].obj) if self.pages_with_rows > 1 else []
        for place, page in enumerate(following[1:], 2):
            pages.insert(place, pikepdf.Page(page))
        before = ""
        cuts = pickup_list_rows.cut(self.sheet.lines)
        for number, (page, (start, lines)) in enumerate(zip([first, *following], cuts, strict=True), 1):
            self._fill(page, number, start, lines, before)
            before = lines[-1].letter if lines else ""
        self._append(closing, self._margins(self.pages_with_rows + 1, ()))
        self._add_foreign()
        self._write_title()
        self.tree.close()

    def _following(self, drawn: pikepdf.Object) -> list[pikepdf.Object]:
        """As many pages as needed with the head that WeasyPrint drew once; they share all but the rows."""
        drawn.Contents = self.document.make_indirect(pikepdf.Stream(self.document, as_artifact(drawn)))
        drawn.Resources = self.document.make_indirect(drawn.Resources)
        self._add_fonts(drawn)
        own = {"/Parent", "/StructParents"}
        copies = [
            self.document.make_indirect(Dictionary({key: value for key, value in drawn.items() if key not in own}))
            for _ in range(2, self.pages_with_rows)
        ]
        for page in (drawn, *copies):
            self.tree.without_marks(page)
        return [drawn, *copies]

    def _write_place(self, page: pikepdf.Object) -> None:
        """Name, address and number of cards at the head of the first page, as paragraphs of the text."""
        texts = pickup_list_rows.place(self.sheet)
        mark = self.tree.marks_of(page)
        marked = [f"/P<</MCID {mark + place}>>BDC {text}EMC\n" for place, text in enumerate(texts)]
        self._append(page, f"q 0.07 g\n{''.join(marked)}Q\n")
        self.tree.add_paragraphs(page, len(texts))

    def _fill(self, page: pikepdf.Object, number: int, start: int, lines: Sequence[Line], before: str) -> None:
        drawn = pickup_list_rows.draw(lines, start=start, first_mark=self.tree.marks_of(page), before=before)
        self._append(page, self._margins(number, lines) + drawn.content)
        spoken = {index - start: pickup_list_rows.whole_name(self.sheet.lines[index]) for index in drawn.spoken}
        self.tree.add_rows(page, len(lines), spoken=spoken)
        self.foreign += [(page, index) for index in drawn.foreign]

    def _write_title(self) -> None:
        self.document.docinfo["/Title"] = title(self.sheet)
        with self.document.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as metadata:
            metadata["dc:title"] = title(self.sheet)

    def _margins(self, number: int, lines: Sequence[Line]) -> str:
        return pickup_list_rows.margins(self.sheet, page=number, pages=self.pages_with_rows + 1, lines=lines)

    def _add_foreign(self) -> None:
        """Names our letter cannot write, each drawn by WeasyPrint as a little page and put in its row."""
        if not self.foreign:
            return
        drawn = draw_names([self.sheet.lines[index] for _, index in self.foreign])
        with pikepdf.open(io.BytesIO(drawn)) as names:
            for (page, index), name in zip(self.foreign, names.pages, strict=True):
                forms = page.Resources.get("/XObject", Dictionary())
                forms[f"/Name{index}"] = self.document.copy_foreign(name.as_form_xobject())
                page.Resources.XObject = forms

    def _add_fonts(self, page: pikepdf.Object) -> None:
        fonts = page.Resources.get("/Font", Dictionary())
        for name, font in self.fonts.items():
            fonts[name] = font
        page.Resources.Font = fonts

    def _append(self, page: pikepdf.Object, content: str) -> None:
        """Draw on what is there, from our own corner of the page: WeasyPrint's begins at the top."""
        self._add_fonts(page)
        saved = pikepdf.Stream(self.document, b"q\n")
        own = pikepdf.Stream(self.document, f"\nQ\n{content}".encode("ascii"))
        drawn = page.Contents if isinstance(page.Contents, Array) else [page.Contents]
        page.Contents = Array([self.document.make_indirect(saved), *drawn, self.document.make_indirect(own)])


def draw_names(lines: Sequence[Line]) -> bytes:
    """Each name a page as large as its place in a row, in any script and direction."""
    names = [
        {"last_name": line.last_name, "first_name": line.first_name, "size": pickup_list_rows.foreign_size(line)}
        for line in lines
    ]
    page = render_to_string(f"{TEMPLATES}pickup_list_names.html", {"names": names})
    return pdf.render(page, css=_css("pickup_list_names.css"), tagged=False)


@lru_cache(maxsize=SHEETS_KEPT)
def _drawn(page: str) -> bytes:
    return pdf.render(page, css=_css("pickup_list.css"))


@cache
def _css(name: str) -> str:
    return render_to_string(f"{TEMPLATES}{name}")


def _which(sheet: Sheet) -> str:
    since = f", aanvulling op revisie {sheet.since}" if sheet.since is not None else ""
    return f"revisie {sheet.revision}{since}"
