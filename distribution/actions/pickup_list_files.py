"""Writing pickup lists as files: by several processes, resumable, and no list is stopped by another."""

import logging
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from distribution.actions import writing_files
from distribution.documents import files, pickup_list_files
from distribution.documents import workers as drawing
from distribution.errors import DistributionError
from distribution.queries import pickup_lists
from distribution.queries.pickup_lists import Heading, Sheet

# What a list takes on the disk, generously: the letters and the sheet, and each row.
BYTES_A_LIST, BYTES_A_ROW = 250_000, 400
# Names read together, and lists on their way to a process: what is in memory at one moment.
LISTS_READ_TOGETHER = 8
# A process takes two seconds to start.
WORTH_A_PROCESS = 4

log = logging.getLogger(__name__)

Task = tuple[Heading, Sheet]
Drawn = Iterator[tuple[Heading, BaseException | None]]


class BadWorkers(DistributionError):
    code = "bad_workers"


@dataclass
class Written:
    """What became of the lists: drawn now, there already, or failed (the codes of their points)."""

    lists: int = 0
    rows: int = 0
    written: int = 0
    kept: int = 0
    failed: list[str] = field(default_factory=list)
    disk_full: bool = False


def write(
    list_ids: Sequence[int],
    *,
    out: Path,
    office_email: str,
    workers: int = 1,
    again: bool = False,
    with_xlsx: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Written:
    """Write each list into `out` as PDF (and XLSX). A list whose files are there is kept, unless `again`.

    A list that fails is reported and the others go on; on a full disk no further list is begun. What
    has its name is whole, so that starting again after any interruption does only what is missing.
    Raises BadWorkers, FolderInUse, DiskFull or CannotWrite before anything is written.
    """
    if workers < 1:
        raise BadWorkers("Minstens één proces moet de lijsten tekenen.")
    headings = pickup_lists.headings(list_ids)
    result = Written(lists=len(headings), rows=sum(heading.lines for heading in headings))
    tell = progress or (lambda done, total: None)
    with writing_files.refusals(), files.scratch(out, name="afhaallijsten"):
        _clear_left_behind(out)
        undrawn = [heading for heading in headings if again or not _is_there(out, heading, with_xlsx=with_xlsx)]
        result.kept = len(headings) - len(undrawn)
        writing_files.check_room(out, needed=room_for(undrawn))
        draw = partial(pickup_list_files.write, out=out, office_email=office_email, with_xlsx=with_xlsx)
        for heading, error in _draw_all(undrawn, draw, workers=workers):
            _note(result, heading, error)
            tell(result.kept + result.written + len(result.failed), len(headings))
            if result.disk_full:
                break
        _clear_left_behind(out)
        # On a full disk the rest was not begun.
        missing = [heading.point_code for heading in undrawn if not _is_there(out, heading, with_xlsx=with_xlsx)]
        result.failed = sorted({*result.failed, *missing})
    return result


def room_for(headings: Sequence[Heading]) -> int:
    """The bytes these lists take at most."""
    return sum(BYTES_A_LIST + BYTES_A_ROW * heading.lines for heading in headings)


def _clear_left_behind(out: Path) -> None:
    """Half files of a process that was killed: now, or in an earlier run."""
    for half in out.glob(".*.part"):
        half.unlink(missing_ok=True)


def _is_there(out: Path, heading: Heading, *, with_xlsx: bool) -> bool:
    return all(path.is_file() for path in pickup_list_files.paths(out, heading, with_xlsx=with_xlsx))


def _note(result: Written, heading: Heading, error: BaseException | None) -> None:
    if error is None:
        result.written += 1
        return
    result.failed.append(heading.point_code)
    result.disk_full |= isinstance(error, OSError) and error.errno in writing_files.NO_ROOM
    # The kind of error only: its text might hold a name.
    log.error("afhaallijst %s van %s is mislukt: %s", heading.list_id, heading.point_code, type(error).__name__)


def _draw_all(undrawn: Sequence[Heading], draw: Callable[..., None], *, workers: int) -> Drawn:
    tasks = _tasks(undrawn)
    if workers == 1 or len(undrawn) < WORTH_A_PROCESS:
        for heading, sheet in tasks:
            try:
                draw(sheet, heading)
            except Exception as error:  # noqa: BLE001 -- whatever is wrong with one list, the others go on
                yield heading, error
            else:
                yield heading, None
        return
    suspects: deque[Task] = deque()
    while True:
        yield from _in_processes(tasks, draw, workers=min(workers, len(undrawn)), suspects=suspects)
        if not suspects:
            return
        # A process died, and took what was on its way along: one of these lists did it. Each alone now.
        while suspects:
            task, again = suspects.popleft(), deque[Task]()
            yield from _in_processes(iter([task]), draw, workers=1, suspects=again)
            yield from ((heading, BrokenProcessPool()) for heading, _ in again)


def _in_processes(tasks: Iterator[Task], draw: Callable[..., None], *, workers: int, suspects: deque[Task]) -> Drawn:
    """Draw until the tasks are done or a process dies; then what had not come back is among the suspects."""
    on_the_way: dict[Future[None], Task] = {}
    with drawing.pool(workers) as pool:
        try:
            while True:
                while len(on_the_way) < 3 * workers and (task := next(tasks, None)) is not None:
                    suspects.append(task)  # a pool that just died takes nothing any more
                    on_the_way[pool.submit(draw, task[1], task[0])] = suspects.pop()
                if not on_the_way:
                    return
                for done in wait(on_the_way, return_when=FIRST_COMPLETED).done:
                    error = done.exception()
                    if isinstance(error, BrokenProcessPool):
                        raise error
                    yield on_the_way.pop(done)[0], error
        except BrokenProcessPool:
            suspects.extend(on_the_way.values())
        finally:
            pool.shutdown(cancel_futures=True)


def _tasks(undrawn: Sequence[Heading]) -> Iterator[Task]:
    """Each list with its names, read a handful of lists at a time."""
    for start in range(0, len(undrawn), LISTS_READ_TOGETHER):
        some = undrawn[start : start + LISTS_READ_TOGETHER]
        yield from zip(some, pickup_lists.sheets([heading.list_id for heading in some]), strict=True)
