"""Where a year stands: its stages, how far each is, and what comes next."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Count, Exists, Max, OuterRef, Q

from distribution.enums import CardState, Channel
from distribution.models import Appointment, Card, CardYear, Person, PickupList, PrintBatch, Subscriber, YearEvent
from distribution.queries import years
from distribution.queries.office_points import PointRow
from pickup_points.hours.calendar import BRUSSELS
from pickup_points.models import ServedPostcode


class Step(StrEnum):
    """The stages of a year, in their order."""

    OPENED = "opened"
    POINTS = "points"
    PERSONNEL = "personnel"
    SUBSCRIBERS = "subscribers"
    RUN = "run"
    FROZEN = "frozen"
    PRINTED = "printed"
    LISTS = "lists"
    COLLECTING = "collecting"
    CLOSING = "closing"
    CLOSED = "closed"


class Progress(StrEnum):
    """How far a stage is. Skipped: the year went on without it."""

    DONE = "done"
    BUSY = "busy"
    AHEAD = "ahead"
    SKIPPED = "skipped"


# The event that says when a stage was last done, and by whom.
EVENTS = {
    "opened": Step.OPENED,
    "points_imported": Step.POINTS,
    "personnel_imported": Step.PERSONNEL,
    "subscribers_imported": Step.SUBSCRIBERS,
    "run": Step.RUN,
    "frozen": Step.FROZEN,
    "print_run_written": Step.PRINTED,
    "pickup_lists_made": Step.LISTS,
}


@dataclass(frozen=True)
class Stage:
    """`at` and `by`: the last time it was done; `by` is empty when it was done by a command."""

    step: Step
    progress: Progress
    at: dt.datetime | None = None
    by: str = ""


@dataclass(frozen=True)
class Counts:
    """How many of everything. `cards` are live ones (waiting or handed over), the three ways add up to it.

    `with_list` is how many of the points with cards have a list, `collected` what was marked at the points, `loose` the
    cards that are in no batch yet.
    """

    points: int
    postcodes: int
    people: int
    subscribers: int
    cards: int
    subscription: int
    starter: int
    pickup: int
    unassigned: int
    loose: int
    batches: int
    frozen: int
    printed: int
    with_cards: int
    with_list: int
    waiting: int
    collected: int
    delivered: int
    closed: int


@dataclass(frozen=True)
class Picture:
    """A year at one moment. `next_step` is None when everything was done; `next_mailing` the coming starter mailing."""

    card_year: CardYear
    stages: tuple[Stage, ...]
    counts: Counts
    next_step: Step | None
    next_mailing: dt.date | None


def all_years() -> list[CardYear]:
    """The latest first."""
    return list(CardYear.objects.order_by("-year"))


def working_year(opened: Sequence[CardYear], *, on: dt.date) -> CardYear | None:
    """The year Klasse works on: the first whose season is not over, otherwise the latest."""
    running = [one for one in opened if one.collect_until >= on]
    return min(running, key=lambda one: one.year) if running else max(opened, key=lambda one: one.year, default=None)


def picture(card_year: CardYear, rows: Sequence[PointRow], *, at: dt.datetime) -> Picture:
    """The stages of a year; a fixed number of questions, whatever the number of points."""
    today = at.astimezone(BRUSSELS).date()
    events = _events(card_year)
    lists = dict(
        PickupList.objects.filter(card_year=card_year, since=None)
        .values_list("pickup_point")
        .annotate(Max("made_at"))
        .order_by()
    )
    batches = list(PrintBatch.objects.filter(card_year=card_year))
    printed = set(
        YearEvent.objects.filter(card_year=card_year, kind="print_run_written").values_list("summary__batch", flat=True)
    )
    counts = _counts(
        card_year,
        rows,
        batches=batches,
        printed=printed,
        with_list=sum(one.cards > 0 and one.point.pk in lists for one in rows),
    )
    progress = _progress(card_year, counts, today=today)
    moments: dict[Step, tuple[dt.datetime | None, str]] = {
        step: (event.at, str(event.by or "")) for step, event in events.items()
    }
    # A point makes its own list too, without an event of the year.
    latest = max(lists.values(), default=None)
    if latest and (Step.LISTS not in events or latest > events[Step.LISTS].at):
        moments[Step.LISTS] = latest, ""
    closings = [one.tally.closed_at for one in rows if one.tally.closed_at]
    if closings:
        moments[Step.CLOSING] = max(closings), ""
    done = {Progress.DONE, Progress.SKIPPED}
    # Once people collect, the lists that are not there hold nothing up: each point can make its own.
    passed = {Step.LISTS} if progress[Step.COLLECTING] != Progress.AHEAD else set()
    return Picture(
        card_year=card_year,
        stages=tuple(
            Stage(step, progress[step], *(moments.get(step, ()) if progress[step] != Progress.AHEAD else ()))
            for step in Step
        ),
        counts=counts,
        next_step=next((step for step in Step if progress[step] not in done and step not in passed), None),
        next_mailing=next((day for day in years.mailings(card_year) if day >= today), None),
    )


def _events(card_year: CardYear) -> dict[Step, YearEvent]:
    """The latest event of each stage; one question for the keys, one for the rows."""
    latest = YearEvent.objects.filter(card_year=card_year, kind__in=EVENTS).values("kind").annotate(last=Max("pk"))
    rows = YearEvent.objects.filter(pk__in=[one["last"] for one in latest.order_by()]).select_related("by")
    return {EVENTS[one.kind]: one for one in rows}


def _counts(
    card_year: CardYear,
    rows: Sequence[PointRow],
    *,
    batches: Sequence[PrintBatch],
    printed: set[int],
    with_list: int,
) -> Counts:
    live = Card.objects.filter(card_year=card_year, state__in=[CardState.ISSUED, CardState.HANDED_OVER])
    ways: Counter[str] = Counter()
    loose = unassigned = 0
    for channel, cards, not_frozen, nowhere in (
        live.values_list("channel")
        # Not of keys: then an index alone has the answer.
        .annotate(
            cards=Count("*"),
            loose=Count("channel", filter=Q(batch=None, state=CardState.ISSUED)),
            nowhere=Count("channel", filter=Q(channel=Channel.PICKUP, pickup_point=None)),
        )
        .order_by()
    ):
        ways[channel] = cards
        loose += not_frozen
        unassigned += nowhere
    return Counts(
        points=sum(one.takes_part for one in rows),
        postcodes=ServedPostcode.objects.filter(year=card_year.year, is_choice=False).count(),
        # Who left the picture stays known as long as there is a card.
        people=Person.objects.filter(
            Exists(Appointment.objects.filter(person=OuterRef("pk"))), card_year=card_year
        ).count(),
        subscribers=Subscriber.objects.filter(card_year=card_year).count(),
        cards=sum(ways.values()),
        subscription=ways[Channel.SUBSCRIPTION],
        starter=ways[Channel.STARTER],
        pickup=ways[Channel.PICKUP],
        unassigned=unassigned,
        loose=loose,
        batches=len(batches),
        frozen=sum(batch.cards for batch in batches),
        printed=sum(batch.number in printed for batch in batches),
        with_cards=sum(one.cards > 0 for one in rows),
        with_list=with_list,
        waiting=sum(one.waiting for one in rows),
        collected=sum(one.collected for one in rows),
        delivered=sum(one.tally.sent > 0 for one in rows),
        closed=sum(one.tally.closed_at is not None for one in rows if one.tally.sent),
    )


def _progress(card_year: CardYear, counts: Counts, *, today: dt.date) -> Mapping[Step, Progress]:
    is_run = card_year.last_run_at is not None
    is_over = today > card_year.collect_until
    has_begun = today >= card_year.collect_from and counts.frozen > 0
    everyone_closed = is_over and counts.closed == counts.delivered > 0
    found = {
        Step.OPENED: Progress.DONE,
        Step.POINTS: _reached(counts.points > 0),
        Step.PERSONNEL: _reached(counts.people > 0 or counts.cards > 0),
        Step.SUBSCRIBERS: _reached(counts.subscribers > 0),
        Step.RUN: _reached(is_run),
        Step.FROZEN: _part(counts.batches and not counts.loose, some=counts.batches),
        Step.PRINTED: _part(counts.printed == counts.batches > 0, some=counts.printed),
        Step.LISTS: _part(counts.with_list >= counts.with_cards > 0, some=counts.with_list),
        Step.COLLECTING: _part(has_begun and is_over, some=has_begun),
        Step.CLOSING: _part(everyone_closed, some=counts.closed or (is_over and counts.delivered)),
        Step.CLOSED: _reached(everyone_closed),
    }
    passed_by = {
        Step.SUBSCRIBERS: is_run,
        # Cards are being handed over, so they were printed, wherever that was.
        Step.PRINTED: has_begun and counts.collected and not counts.printed,
        Step.LISTS: has_begun,
    }
    for step, is_passed in passed_by.items():
        if is_passed and found[step] == Progress.AHEAD:
            found[step] = Progress.SKIPPED
    return found


def _reached(done: object) -> Progress:
    return Progress.DONE if done else Progress.AHEAD


def _part(done: object, *, some: object) -> Progress:
    if done:
        return Progress.DONE
    return Progress.BUSY if some else Progress.AHEAD
