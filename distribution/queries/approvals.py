"""What waits for a second pair of eyes: work that may not begin, and files that may not leave, before someone else agrees."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from distribution.enums import JobState
from distribution.models import Job
from distribution.rules import four_eyes
from pickup_points.models import User

DAYS_SHOWN = 60
PROPOSED = Q(state=JobState.PROPOSED)
UNRELEASED = Q(state=JobState.DONE, agreed_at=None, files__people__gt=four_eyes.MANY_PEOPLE)


@dataclass(frozen=True)
class Approvals:
    """By whose turn it is; `decided` is what was agreed to or turned down lately."""

    for_me: list[Job]
    by_me: list[Job]
    decided: list[Job]


def of(user: User, *, at: dt.datetime, is_on: bool) -> Approvals:
    """Two questions. `is_on`: files about many people wait too (FOUR_EYES)."""
    waiting = list(_jobs().filter(_waits(is_on=is_on)).distinct())
    decided = Q(agreed_at__isnull=False) | Q(needs_second=True, state=JobState.CALLED_OFF)
    since = Q(agreed_at__gte=at - dt.timedelta(days=DAYS_SHOWN)) | Q(ended_at__gte=at - dt.timedelta(days=DAYS_SHOWN))
    return Approvals(
        for_me=[job for job in waiting if job.asked_by_id != user.pk],
        by_me=[job for job in waiting if job.asked_by_id == user.pk],
        decided=list(_jobs().filter(decided, since)),
    )


def count_for(user: User, *, is_on: bool) -> int:
    """How much waits for this person. One question."""
    return Job.objects.filter(_waits(is_on=is_on)).exclude(asked_by=user).distinct().count()


def waiting(job_id: int, *, is_on: bool) -> Job | None:
    """The job, when it waits for a second pair of eyes now."""
    return _jobs().filter(_waits(is_on=is_on), pk=job_id).distinct().first()


def _waits(*, is_on: bool) -> Q:
    return PROPOSED | UNRELEASED if is_on else PROPOSED


def _jobs() -> QuerySet[Job]:
    return Job.objects.select_related("card_year", "asked_by", "agreed_by", "upload")
