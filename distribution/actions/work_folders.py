"""A folder on this machine for as long as one piece of work lasts: it holds people, so it goes, also when the worker died."""

import contextlib
import fcntl
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

# Who lives holds the lock in its folder.
LOCK = "slot"


@contextlib.contextmanager
def held(prefix: str, *, within: Path | None = None) -> Iterator[Path]:
    """An empty folder below `within` (the temporary folder of this machine), for this process alone.

    What workers that died left behind under the same prefix is let go of first.
    """
    within = within or Path(tempfile.gettempdir())
    within.mkdir(parents=True, exist_ok=True)
    _clear_away(within, prefix)
    with contextlib.ExitStack() as stack, tempfile.TemporaryDirectory(prefix=prefix, dir=within) as made:
        place = Path(made)
        fcntl.flock(stack.enter_context((place / LOCK).open("w")), fcntl.LOCK_EX)
        yield place


def _clear_away(within: Path, prefix: str) -> None:
    for lock in within.glob(f"{prefix}*/{LOCK}"):
        # Nobody holds it: the system lets go of a lock when its process ends, in whatever way.
        with contextlib.suppress(OSError), lock.open("r+") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(lock.parent, ignore_errors=True)
