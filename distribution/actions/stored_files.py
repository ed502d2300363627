"""Keeping files where every machine of the system finds them (ADR 0017)."""

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.db import transaction

from distribution.models import StoredFile, StoredPiece
from distribution.models.stored_file import PIECE
from pickup_points.models import User


def keep(
    parts: Iterable[bytes],
    *,
    name: str,
    content_type: str,
    at: dt.datetime,
    by: User | None = None,
    people: int = 0,
    keep_until: dt.datetime | None = None,
) -> StoredFile:
    """Store the bytes, all or nothing. `name` is what a download is called: never a person's name or number.

    `people`: how many people the file tells about. Without `keep_until` it stays for ever.
    """
    digest, size = hashlib.sha256(), 0
    with transaction.atomic():
        file = StoredFile.objects.create(
            name=name, content_type=content_type, size=0, sha256="", at=at, by=by, people=people, keep_until=keep_until
        )
        for place, piece in enumerate(_in_pieces(parts)):
            StoredPiece.objects.create(file=file, place=place, data=piece)
            digest.update(piece)
            size += len(piece)
        file.size, file.sha256 = size, digest.hexdigest()
        file.save(update_fields=["size", "sha256"])
    return file


def parts_of(path: Path) -> Iterator[bytes]:
    """A file on this machine's disk, for `keep`: never more of it in memory than a piece."""
    with path.open("rb") as source:
        while part := source.read(PIECE):
            yield part


def forget(file: StoredFile) -> None:
    """Let a file go, wherever it was shown."""
    file.delete()


def forget_ended(*, at: dt.datetime) -> int:
    """Let go of every file whose time has passed; how many."""
    ended = StoredFile.objects.filter(keep_until__lte=at)
    count = ended.count()
    ended.delete()
    return count


def _in_pieces(parts: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces of PIECE, the last one shorter; nothing for nothing."""
    pending = bytearray()
    for part in parts:
        pending += part
        while len(pending) >= PIECE:
            yield bytes(pending[:PIECE])
            del pending[:PIECE]
    if pending:
        yield bytes(pending)
