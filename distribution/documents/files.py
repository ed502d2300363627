"""How a file gets its final name: whole, or not at all (hardening.md F6)."""

import contextlib
import hashlib
import os
import secrets
from collections.abc import Iterator
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


def sha256(path: Path) -> str:
    """The fingerprint of a file, in 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _give_name(temporary: Path, path: Path) -> None:
    with temporary.open("rb") as file:
        os.fsync(file.fileno())
    temporary.replace(path)
    # The new name itself lives in the folder, and must outlast a power cut as well.
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
