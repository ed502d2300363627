"""A file that was sent in, on the disk for as long as it is read."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from distribution.actions import work_folders
from distribution.models import StoredFile
from distribution.queries import stored_files

FOLDER, LOCK = "werk-", work_folders.LOCK


@contextlib.contextmanager
def on_disk(name: str, file: StoredFile | None, *, folder: Path) -> Iterator[tuple[Path, Path]]:
    """The file where it can be read, under a name of ours with the ending of `name`; and the folder it lies in."""
    assert file is not None
    ending = Path(name).suffix.lower()
    with work_folders.held(FOLDER, within=folder) as place:
        path = place / f"ingestuurd{ending if ending[1:].isascii() and ending[1:].isalnum() else ''}"
        stored_files.copy_to(file, path)
        yield path, place
