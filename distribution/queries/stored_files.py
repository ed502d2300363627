"""Reading back what was kept: never more of a file in memory than one piece."""

from collections.abc import Iterator
from pathlib import Path

from distribution.models import StoredFile, StoredPiece


def pieces(file: StoredFile) -> Iterator[bytes]:
    """The bytes of a file, a piece at a time: each is asked for by itself, so that no connection streams for minutes."""
    place = 0
    while True:
        found = StoredPiece.objects.filter(file=file, place=place).values_list("data", flat=True).first()
        if found is None:
            return
        yield bytes(found)
        place += 1


def copy_to(file: StoredFile, path: Path) -> None:
    """Write a file where a program that needs a path can read it."""
    with path.open("wb") as out:
        out.writelines(pieces(file))
