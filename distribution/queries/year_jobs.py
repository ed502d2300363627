"""The work that was asked for a year: what goes on now, what came of the last, and which files there are."""

import datetime as dt
from collections.abc import Collection
from typing import Any

from distribution.enums import JobKind, JobState
from distribution.models import CardYear, Job, YearEvent
from pickup_points.models import PointChange

SHOWN = 12
# What changes who gets a card, along which way or where it lies.
BEFORE_A_RUN = (
    "points_imported",
    "personnel_imported",
    "subscribers_imported",
    "card_holders_imported",
    "rules_changed",
    "point_stopped",
    "point_goes_on",
)
# Which point serves a postcode may be changed by hand too; then it stands among what a point changed.
POSTCODES_CHANGED = "postcodes_changed"
OF_POSTCODES = ["serves", "takes_part"]


def going_on(card_year: CardYear, *kinds: JobKind) -> Job | None:
    """The open job of one of these kinds: waiting for a colleague, for a worker, or busy."""
    open_jobs = Job.objects.filter(card_year=card_year, kind__in=kinds, ended_at=None)
    return open_jobs.select_related("asked_by").order_by("asked_at").first()


def latest(card_year: CardYear, kind: JobKind, *, is_done: bool = True, **options: Any) -> Job | None:
    """The latest of a kind that ended well (or the latest that ended at all), with these choices."""
    wanted = {f"options__{name}": value for name, value in options.items()}
    ended = Job.objects.filter(card_year=card_year, kind=kind, ended_at__isnull=False, **wanted)
    if is_done:
        ended = ended.filter(state=JobState.DONE)
    return ended.select_related("asked_by", "agreed_by").order_by("-ended_at", "-pk").first()


def fetched(card_year: CardYear, kind: JobKind) -> list[Job]:
    """The latest work of a kind that brought files, with its files."""
    done = Job.objects.filter(card_year=card_year, kind=kind, state=JobState.DONE)
    return list(done.select_related("asked_by", "agreed_by").prefetch_related("files")[:SHOWN])


def latest_event(card_year: CardYear, kind: str) -> YearEvent | None:
    return YearEvent.objects.filter(card_year=card_year, kind=kind).select_related("by").order_by("-at", "-pk").first()


def changed_since(card_year: CardYear, moment: dt.datetime, *, kinds: Collection[str] = BEFORE_A_RUN) -> list[str]:
    """The kinds of what was read in or changed since a moment, in order: it counts with the next run only."""
    newer = YearEvent.objects.filter(card_year=card_year, kind__in=kinds, at__gt=moment)
    found = list(dict.fromkeys(newer.order_by("at", "pk").values_list("kind", flat=True)))
    by_hand = PointChange.objects.filter(year=card_year.year, at__gt=moment, fields__has_any_keys=OF_POSTCODES)
    return [*found, POSTCODES_CHANGED] if by_hand.exists() else found
