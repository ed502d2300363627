"""What goes on and in the boxes: a label per box, and a packing list per point."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import as_completed
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path

import segno
from django.template.loader import render_to_string

from distribution.documents import files, pdf
from distribution.documents import workers as drawing
from distribution.documents.print_run import Box, Parcel, Series

LABELS_A_PAGE = 4
PACKING_LISTS = "paklijsten"
# A process more costs a second or two to start; fewer documents than this are drawn where we are.
WORTH_A_PROCESS = 24
LONGEST_ON_LABEL = 26
# From this many characters on a point's name is set smaller, so that it always fits.
LONG_NAME, VERY_LONG_NAME = 32, 64


@dataclass(frozen=True, slots=True)
class Label:
    """One box as its label shows it."""

    parcel: Parcel
    box: Box
    qr: str

    @property
    def name_size(self) -> str:
        return name_size(self.parcel.point.name)

    @property
    def first(self) -> str:
        return shortened(self.box.first)

    @property
    def last(self) -> str:
        return shortened(self.box.last)


def write(
    folder: Path,
    *,
    series: Series,
    parcels: Sequence[Parcel],
    office_email: str,
    workers: int,
    progress: Callable[[int], None],
) -> dict[str, int]:
    """Write the labels and the packing lists of a batch into `folder`; returns the boxes in each file.

    With more than one worker the documents are drawn in as many processes; the bytes are the same.
    """
    if not parcels:
        return {}
    written = {f"dozen-{series.name}.pdf": sum(len(parcel.boxes) for parcel in parcels)}
    drawings = [partial(_write_labels, folder / next(iter(written)), parcels, series=series)]
    for parcel in parcels:
        name = f"{PACKING_LISTS}/paklijst-{parcel.point.code}-{series.name}.pdf"
        written[name] = len(parcel.boxes)
        drawings.append(partial(_write_packing_list, folder / name, parcel, series=series, office_email=office_email))
    if workers < 2 or len(drawings) < WORTH_A_PROCESS:
        for work in drawings:
            work()
            progress(1)
        return written
    with drawing.pool(workers) as pool:
        for drawn in as_completed([pool.submit(work) for work in drawings]):
            try:
                drawn.result()
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
            progress(1)
    return written


def documents(parcels: Sequence[Parcel]) -> int:
    """How many documents `write` will write."""
    return len(parcels) + 1 if parcels else 0


def labels(parcels: Sequence[Parcel], *, series: Series) -> bytes:
    """A PDF with a label of A6 for every box, four on a sheet of A4, in the order of the boxes."""
    made = (
        Label(parcel, box, qr_image(box_code(parcel, box, series=series))) for parcel in parcels for box in parcel.boxes
    )
    sheets = list(_sheets(made))
    html = render_to_string("distribution/documents/labels.html", {"series": series, "sheets": sheets})
    return pdf.render(html, css=render_to_string("distribution/documents/labels.css"))


def packing_list(parcel: Parcel, *, series: Series, office_email: str) -> bytes:
    """A PDF for in the first box of a point: what is in the parcel, and what to do when it arrives."""
    context = {
        "series": series,
        "office_email": office_email,
        "parcel": parcel,
        "cards": parcel.cards,
        "name_size": name_size(parcel.point.name),
        "boxes": [Label(parcel, box, "") for box in parcel.boxes],
    }
    html = render_to_string("distribution/documents/packing_list.html", context)
    return pdf.render(html, css=render_to_string("distribution/documents/packing_list.css"))


def box_code(parcel: Parcel, box: Box, *, series: Series) -> str:
    """What the QR on a box says, in capitals (a smaller code): `LK:DOOS:2027:1:BIB-GENT:2`."""
    return f"LK:DOOS:{series.year}:{series.number}:{parcel.point.code.upper()}:{box.number}"


def qr_image(code: str) -> str:
    """The QR as a data: address for an image."""
    # A fixed mask spares the search for the prettiest, which takes four times as long as the rest. One
    # pixel a module is enough, enlarged without smoothing: WeasyPrint draws it faster than curves.
    return str(segno.make_qr(code, error="m", mask=4).png_data_uri(border=0, scale=1))


def name_size(name: str) -> str:
    if len(name) < LONG_NAME:
        return "short"
    return "long" if len(name) < VERY_LONG_NAME else "very-long"


def shortened(name: str) -> str:
    return name if len(name) <= LONGEST_ON_LABEL else f"{name[: LONGEST_ON_LABEL - 1].rstrip()}…"


def _write_labels(path: Path, parcels: Sequence[Parcel], *, series: Series) -> None:
    files.write_bytes(path, labels(parcels, series=series))


def _write_packing_list(path: Path, parcel: Parcel, *, series: Series, office_email: str) -> None:
    files.write_bytes(path, packing_list(parcel, series=series, office_email=office_email))


def _sheets(made: Iterator[Label]) -> Iterator[list[Label]]:
    while sheet := list(islice(made, LABELS_A_PAGE)):
        yield sheet
