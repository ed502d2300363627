"""Work as the office follows it: what is open, and what asks somebody for something."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from distribution.enums import JobState
from distribution.models import Job
from distribution.queries import uploads
from distribution.queries.uploads import Sent
from distribution.rules import four_eyes

DAYS_REMEMBERED = 14


@dataclass(frozen=True)
class Asking:
    """What waits for somebody: for a second pair of eyes, for a decision about a file, or for another try."""

    proposed: list[Job]
    unreleased: list[Job]
    failed: list[Job]
    files: list[Sent]

    @property
    def anything(self) -> bool:
        return bool(self.proposed or self.unreleased or self.failed or self.files)


def jobs() -> QuerySet[Job]:
    """Everything, the latest first, with what a line about it shows."""
    return Job.objects.select_related("card_year", "asked_by", "agreed_by", "upload")


def count_open() -> int:
    """How many pieces of work wait for a worker or are being done."""
    return Job.objects.filter(ended_at=None).exclude(state=JobState.PROPOSED).count()


def asking(*, at: dt.datetime, is_released_by_two: bool) -> Asking:
    """In a fixed number of questions. `is_released_by_two`: a file about many people waits for a second pair of eyes."""
    since = at - dt.timedelta(days=DAYS_REMEMBERED)
    later = Job.objects.filter(lane=OuterRef("lane"), pk__gt=OuterRef("pk"))
    unreleased = jobs().filter(
        state=JobState.DONE, agreed_at=None, ended_at__gte=since, files__people__gt=four_eyes.MANY_PEOPLE
    )
    return Asking(
        proposed=list(jobs().filter(state=JobState.PROPOSED)),
        unreleased=list(unreleased.distinct()) if is_released_by_two else [],
        failed=list(jobs().filter(~Exists(later), state=JobState.FAILED, ended_at__gte=since)),
        files=[sent for sent in uploads.undecided() if sent.waits],
    )
