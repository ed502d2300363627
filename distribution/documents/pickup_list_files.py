"""The files of a pickup list: their names, and writing them whole."""

from pathlib import Path

from distribution.documents import files, pickup_list, spreadsheet
from distribution.queries.pickup_lists import Heading, Sheet


def name(heading: Heading) -> str:
    """`<code>-<year>-r<revision>`, without the ending; the same list has the same name for ever.

    A provisional list and the final one are different files, though their cards are the same. A
    point's code holds only a–z, 0–9 and dashes, so it is safe in a file name.
    """
    parts = [heading.point_code, str(heading.year), f"r{heading.revision}"]
    if heading.since is not None:
        parts.append(f"sinds-r{heading.since}")
    if heading.is_provisional:
        parts.append("voorlopig")
    return "-".join(parts)


def paths(out: Path, heading: Heading, *, with_xlsx: bool) -> list[Path]:
    """The files that together are this list."""
    endings = [".pdf", ".xlsx"] if with_xlsx else [".pdf"]
    return [out / f"{name(heading)}{ending}" for ending in endings]


def write(sheet: Sheet, heading: Heading, out: Path, office_email: str, with_xlsx: bool) -> None:  # noqa: FBT001 -- sent to another process
    """Draw one list and give it its name, whole or not at all; an older file of that name stays until then."""
    if with_xlsx:
        write_sheet(out / f"{name(heading)}.xlsx", sheet)
    files.write_bytes(out / f"{name(heading)}.pdf", pickup_list.render(sheet, office_email=office_email))


def write_sheet(path: Path, sheet: Sheet) -> None:
    """The same rows as a spreadsheet."""
    spreadsheet.write_xlsx(path, pickup_list.HEADER, pickup_list.rows(sheet), title=f"Afhaallijst {sheet.year}")
