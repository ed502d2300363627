"""The tags of the pickup list (PDF/UA): each row a table row, in the tree WeasyPrint made.

Three cells a row: number, name, last four digits. The places to sign and to tick are for a pen, and
stand outside the table.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name

MARKED_CELLS = 3


class Tree:
    """WeasyPrint's tree of tags, to which the rows are added to the table whose heads it drew."""

    def __init__(self, document: pikepdf.Pdf) -> None:
        self.document = document
        self.root = document.Root.StructTreeRoot
        numbers = list(self.root.ParentTree.Nums)
        self.parents = {int(key): marks for key, marks in zip(numbers[::2], numbers[1::2], strict=True)}
        self.body = document.make_indirect(Dictionary(Type=Name.StructElem, S=Name.TBody))
        self.rows: list[pikepdf.Object] = []
        # It takes a plain dictionary too, which is twice as fast; its types do not say so.
        self._new: Callable[[dict[str, Any]], pikepdf.Object] = document.make_indirect  # type: ignore[assignment]

    def marks_of(self, page: pikepdf.Object) -> int:
        """How many marks the page has already: the first free one."""
        return len(self.parents[int(page.StructParents)])

    def without_marks(self, page: pikepdf.Object) -> None:
        """The page's own marks are gone; it may have had a place in the tree or not yet."""
        if "/StructParents" not in page:
            page.StructParents = max(self.parents) + 1
        self.parents[int(page.StructParents)] = Array()

    def add_paragraphs(self, page: pikepdf.Object, count: int) -> None:
        """`count` paragraphs on this page, marked in order, read after the title of the document."""
        marks = self.parents[int(page.StructParents)]
        title = next(element for element in _walk(self.root) if element.get("/S") == Name.H1)
        added = [
            self._new({"/S": Name.P, "/P": title.P, "/Pg": page, "/K": len(marks) + place}) for place in range(count)
        ]
        family = list(title.P.K)
        place = family.index(title) + 1
        title.P.K = Array([*family[:place], *added, *family[place:]])
        self.parents[int(page.StructParents)] = Array([*marks, *added])

    def add_rows(self, page: pikepdf.Object, count: int, *, spoken: Mapping[int, str]) -> None:
        """`count` rows on this page, marked in order; `spoken` gives the whole name where the page shows less."""
        make = self._new
        marks = self.parents[int(page.StructParents)]
        mark, cells = len(marks), []
        for place in range(count):
            # Plain dictionaries, and none without need: this is what a tagged row costs most.
            row = make({"/S": Name.TR, "/P": self.body})
            own = [
                make({"/S": Name.TD, "/P": row, "/Pg": page, "/K": mark}),
                make({"/S": Name.TD, "/P": row, "/Pg": page, "/K": mark + 1}),
                make({"/S": Name.TD, "/P": row, "/Pg": page, "/K": mark + 2}),
            ]
            if place in spoken:
                own[1].ActualText = pikepdf.String(spoken[place])
            row.K = Array(own)
            cells += own
            self.rows.append(row)
            mark += MARKED_CELLS
        self.parents[int(page.StructParents)] = Array([*marks, *cells])

    def close(self) -> None:
        """Write everything down in the document."""
        if self.rows:
            table = next(element for element in _walk(self.root) if element.get("/S") == Name.Table)
            for element in _walk(table):
                if element.get("/S") == Name.TH:
                    element.A = Dictionary(O=Name.Table, Scope=Name.Column)
            self.body.P = table
            self.body.K = Array(self.rows)
            table.K = Array([*table.K, self.body])
        self.root.ParentTree.Nums = Array([part for key in sorted(self.parents) for part in (key, self.parents[key])])
        self.root.ParentTreeNextKey = max(self.parents) + 1


def as_artifact(page: pikepdf.Object) -> bytes:
    """The page's drawing with every mark turned into that of a repeated head, which is no part of the text."""
    head = pikepdf.ContentStreamInstruction([Name.Artifact], pikepdf.Operator("BMC"))
    return pikepdf.unparse_content_stream(
        [
            head if str(instruction.operator) == "BDC" else instruction
            for instruction in pikepdf.parse_content_stream(pikepdf.Page(page))
        ]
    )


def _walk(element: pikepdf.Object) -> Iterator[pikepdf.Object]:
    """The element and everything under it."""
    yield element
    children = element.get("/K", Array())
    for child in children if isinstance(children, Array) else [children]:
        if isinstance(child, Dictionary):
            yield from _walk(child)
