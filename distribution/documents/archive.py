"""A folder of files as one ZIP, to fetch in one go."""

import contextlib
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

CONTENT_TYPE = "application/zip"
# A ZIP writes a moment beside each name; always the same, so that the same files give the same bytes.
NO_MOMENT = (2000, 1, 1, 0, 0, 0)
# PDFs are packed already.
PACKED = {".pdf", ".xlsx"}


def write(path: Path, folder: Path) -> int:
    """Put every file below `folder` into a ZIP at `path`, in order of name; how many. Reads a file in pieces."""
    found = sorted(one for one in folder.rglob("*") if one.is_file() and not one.name.startswith("."))
    with zipfile.ZipFile(path, "w") as made:
        for one in found:
            entry = _entry(one.relative_to(folder).as_posix())
            with one.open("rb") as source, made.open(entry, "w", force_zip64=True) as target:
                while part := source.read(1024 * 1024):
                    target.write(part)
    return len(found)


@contextlib.contextmanager
def opened(path: Path) -> Iterator[Callable[[str, bytes], None]]:
    """A ZIP at `path` to put files into one by one: gives what takes a name and its bytes."""
    with zipfile.ZipFile(path, "w") as made:

        def add(name: str, content: bytes) -> None:
            with made.open(_entry(name), "w", force_zip64=True) as target:
                target.write(content)

        yield add


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, date_time=NO_MOMENT)
    entry.compress_type = zipfile.ZIP_STORED if Path(name).suffix in PACKED else zipfile.ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    return entry
