"""What writing files has in common: room on the disk, one writer per folder, and refusals with a sentence."""

import contextlib
import errno
import shutil
from collections.abc import Iterator
from pathlib import Path

from distribution.errors import DistributionError

NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
MEGABYTE = 1_000_000
FULL = "De schijf is vol. Maak plaats en begin opnieuw; er is niets veranderd."


class FolderInUse(DistributionError):
    code = "folder_in_use"


class CannotWrite(DistributionError):
    code = "cannot_write"


class DiskFull(CannotWrite):
    code = "disk_full"


@contextlib.contextmanager
def refusals() -> Iterator[None]:
    """What the disk says becomes FolderInUse (documents.files.scratch is taken), DiskFull or CannotWrite."""
    try:
        yield
    except BlockingIOError as error:
        raise FolderInUse("Er worden nu al bestanden in deze map geschreven. Wacht tot dat klaar is.") from error
    except OSError as error:
        if error.errno in NO_ROOM:
            raise DiskFull(FULL) from error
        raise CannotWrite("In deze map kan ik niet schrijven. Kies een andere map of pas de rechten aan.") from error


def check_room(folder: Path, *, needed: int) -> None:
    """Refuse, before the first byte, when the disk has less than `needed` bytes free; raises DiskFull."""
    if shutil.disk_usage(folder).free < needed:
        raise DiskFull(f"Op de schijf is te weinig plaats: maak minstens {needed // MEGABYTE + 1} MB vrij.")
