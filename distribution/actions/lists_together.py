"""The pickup lists of one job, drawn by every worker that is free at that moment (ADR 0017).

The job's own worker writes down which lists are wanted and rings for help; it draws along, and puts the lists in
the ZIP in their order as they come. A worker takes one list at a time, for a minute. One that dies costs the list it
was drawing: that one is free again when its minute is over. Without help the job's own worker draws them all.
"""

import datetime as dt
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from django.db import transaction
from django.db.models import Count, F, Q, Sum
from django.utils import timezone

from distribution.actions import jobs, work_folders, writing_files
from distribution.actions.pickup_list_files import room_for
from distribution.actions.working import Progress
from distribution.documents import archive, pickup_list, pickup_list_files
from distribution.enums import JobKind, JobState
from distribution.models import DrawnList, Job
from distribution.queries import pickup_lists
from distribution.queries.pickup_lists import Heading

# The longest list takes two seconds; on a machine that is very busy some ten.
LEASE = dt.timedelta(minutes=1)
# Begun so often without an end: it is the list that kills the workers.
MOST_ATTEMPTS = 2
# Fewer than so many are drawn sooner than help comes.
WORTH_HELP = 4
# How long to look the other way when every list left is in somebody's hands.
PATIENCE = 0.05

log = logging.getLogger(__name__)


@dataclass
class Gathered:
    """What became of the lists: in the ZIP, or failed (the codes of their points); how many were drawn once more."""

    lists: int
    rows: int
    again: int = 0
    failed: list[str] = field(default_factory=list)


def gather(
    job: Job,
    list_ids: Sequence[int],
    *,
    zipped: Path,
    office_email: str,
    ring: Callable[[int], None],
    progress: Progress,
) -> Gathered:
    """Write the lists into the ZIP at `zipped`, with the help of whoever hears `ring`.

    A list that cannot be drawn is reported and the others go on. Started again after any interruption it draws only
    what is missing. Raises DiskFull, CannotWrite, and NotYours when the job ended meanwhile.
    """
    headings = sorted(pickup_lists.headings(list_ids), key=pickup_list_files.name)
    writing_files.check_room(zipped.parent, needed=room_for(headings))
    _plan(job, headings)
    if len(headings) >= WORTH_HELP:
        ring(job.pk)
    result = Gathered(len(headings), sum(heading.lines for heading in headings))
    with archive.opened(zipped) as add:
        for number, heading in enumerate(headings, start=1):
            drawn = _wait_for(job, heading, office_email=office_email)
            if drawn.pdf is None:
                result.failed.append(heading.point_code)
            for ending, content in ((".pdf", drawn.pdf), (".xlsx", drawn.xlsx)):
                if content is not None:
                    add(f"{pickup_list_files.name(heading)}{ending}", bytes(content))
            progress(number, len(headings))
    result.failed.sort()
    told = DrawnList.objects.filter(job=job, attempts__gt=0).aggregate(
        begun=Sum("attempts", default=0), lists=Count("pk")
    )
    result.again = told["begun"] - told["lists"]
    return result


def help_out(job_id: int, *, office_email: str, seconds: float) -> bool:
    """Draw lists of a job for so long at most; True when there may be more to do."""
    until = time.monotonic() + seconds
    while job := Job.objects.filter(pk=job_id, kind=JobKind.LISTS, state=JobState.RUNNING).first():
        if not draw_one(job, office_email=office_email):
            return False
        if time.monotonic() >= until:
            return True
    return False


def draw_one(job: Job, *, office_email: str) -> bool:
    """Draw the first list that nobody has in hand; False when there is none. Raises DiskFull or CannotWrite."""
    taken = _take(job)
    if taken is None:
        return False
    mine = DrawnList.objects.filter(pk=taken.pk, drawn_at=None)
    try:
        with writing_files.refusals():
            files = _draw(taken, office_email=office_email, with_xlsx=bool(job.options.get("xlsx")))
    except writing_files.CannotWrite:
        # It is this machine, not the list.
        mine.update(leased_until=None, attempts=F("attempts") - 1)
        raise
    except Exception as error:  # noqa: BLE001 -- whatever is wrong with one list, the others go on
        # The kind of error only: its text might hold a name.
        log.error("afhaallijst %s is mislukt: %s", taken.list_id, type(error).__name__)
        mine.update(is_failed=True)
        return True
    # Who took too long may find it drawn already: the same list, so it does not matter whose it is.
    mine.update(drawn_at=timezone.now(), pdf=files[0], xlsx=files[1])
    return True


def forget_ended() -> int:
    """Let go of the lists of jobs that are over; how many. They stand in the ZIP that was kept."""
    return DrawnList.objects.exclude(job__state=JobState.RUNNING).delete()[0]


def _plan(job: Job, headings: Sequence[Heading]) -> None:
    """Exactly these lists, to be drawn in this order; what an earlier worker drew of them stays."""
    wanted = [heading.list_id for heading in headings]
    DrawnList.objects.filter(job=job).exclude(list_id__in=wanted).delete()
    DrawnList.objects.bulk_create([DrawnList(job=job, list_id=list_id) for list_id in wanted], ignore_conflicts=True)


def _wait_for(job: Job, heading: Heading, *, office_email: str) -> DrawnList:
    """This list, drawn or failed; draws along as long as it is not there."""
    while True:
        found = DrawnList.objects.filter(job=job, list_id=heading.list_id).first()
        if found is None:
            # Another worker took the job over and ended it.
            raise jobs.NotYours(f"job {job.pk}")
        if found.drawn_at or found.is_failed:
            return found
        if not draw_one(job, office_email=office_email):
            time.sleep(PATIENCE)


def _take(job: Job) -> DrawnList | None:
    """The first free list, from now on in our hands; one that was begun too often has failed."""
    now = timezone.now()
    free = Q(leased_until=None) | Q(leased_until__lt=now)
    left = DrawnList.objects.filter(free, job=job, drawn_at=None, is_failed=False)
    left.filter(attempts__gte=MOST_ATTEMPTS).update(is_failed=True)
    with transaction.atomic():
        taken = left.select_for_update(skip_locked=True).order_by("pk").first()
        if taken:
            DrawnList.objects.filter(pk=taken.pk).update(leased_until=now + LEASE, attempts=F("attempts") + 1)
    return taken


def _draw(taken: DrawnList, *, office_email: str, with_xlsx: bool) -> tuple[bytes, bytes | None]:
    (sheet,) = pickup_lists.sheets([taken.list_id])
    pdf = pickup_list.render(sheet, office_email=office_email)
    if not with_xlsx:
        return pdf, None
    with work_folders.held("rekenblad-") as place:
        path = place / "lijst.xlsx"
        pickup_list_files.write_sheet(path, sheet)
        return pdf, path.read_bytes()
