"""How a file gets its final name: whole, or not at all (hardening.md F6)."""

import contextlib
import fcntl
import hashlib
import os
import secrets
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path


@contextlib.contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A place to write what will be `path` when the block ends well; makes the folder when it is missing.

    The bytes are on the disk before the name is given, and an older file of that name stays until then.
    When anything is raised (a full disk too) nothing is left behind: no half file, no temporary one.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name[:80]}.{secrets.token_hex(6)}.part")
    try:
        yield temporary
        _give_name(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def write_bytes(path: Path, content: bytes) -> None:
    """The file with this content, whole or not at all."""
    with whole(path) as temporary:
        temporary.write_bytes(content)


@contextlib.contextmanager
def scratch(folder: Path, *, name: str) -> Iterator[Path]:
    """A hidden folder inside `folder` for files that belong together; gone afterwards, whatever happens.

    Only one process at a time: a second one that asks for a scratch folder in the same `folder` gets
    BlockingIOError. What a killed process left behind under this name is cleared away first.
    """
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        place = folder / f".{name}"
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
        try:
            yield place
        finally:
            shutil.rmtree(place, ignore_errors=True)
    finally:
        os.close(handle)


def publish(place: Path, folder: Path, *, names: Sequence[str]) -> None:
    """Move the files from a scratch folder to `folder`, in this order; they are whole and on the disk already."""
    for name in names:
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        (place / name).replace(target)
    for parent in {(folder / name).parent for name in names}:
        _sync_folder(parent)


def sha256(path: Path) -> str:
    """The fingerprint of a file, in 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _give_name(temporary: Path, path: Path) -> None:
    with temporary.open("rb") as file:
        os.fsync(file.fileno())
    temporary.replace(path)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """A new name lives in its folder, and must outlast a power cut as well."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
