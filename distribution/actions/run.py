"""The year run: judge everyone, give cards, say where they lie. The same answer however often it runs."""

import datetime as dt
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from django.db import transaction

from distribution.actions import pending_changes, run_cards, run_judge
from distribution.actions.run_wanted import Wanted, load_places, load_ways
from distribution.actions.year_lock import locked
from distribution.enums import CardEventKind
from distribution.models import Card, CardYear, PrintBatch, YearEvent, bulk
from distribution.queries import years
from distribution.rules import channels
from pickup_points.models import User

TEMPORARY = (
    "run_verdict",
    "run_kind",
    "run_person",
    "run_place",
    "run_way",
    "run_new_number",
    "run_change",
    "run_newcomer",
)
STEPS = 5
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class RunSummary:
    """What a run did, in the keys of interface.md §4, and a few of our own.

    `people` are those of the year with an appointment; `entitled` and `not_entitled` (all four
    reasons) add up to it. `cards` says what this run changed: `new` counts cards brought back after a
    withdrawal too (`reinstated`), `existing` the live cards that were there and stayed; `moved` and
    `channel_changed` are of those. `channels` and `assigned` count all live cards (waiting or handed
    over) of the year after the run: before freezing the channels add up to `entitled`, except for
    cards handed over or void, which a run never touches, and for `too_late`: entitled people who get
    none since the last starter mailing has left. `would_change` is what a run after freezing left undone.
    """

    people: int
    entitled: int
    not_entitled: dict[str, int]
    cards: dict[str, int]
    channels: dict[str, int]
    assigned: dict[str, int]
    too_late: int
    is_frozen: bool
    would_change: dict[str, int]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def run(
    card_year: CardYear,
    *,
    on: dt.date,
    at: dt.datetime,
    by: User | None = None,
    dry_run: bool = False,
    late: bool = False,
    progress: Progress | None = None,
) -> RunSummary:
    """Judge the people of the year as on the reference date `on`, and make their cards so.

    One transaction: killed at any moment it is as if it had not begun, and a second run of the same
    year waits or is refused (YearIsBusy). With `dry_run` everything is done and rolled back.

    Before freezing the cards are brought in line with the rules. After freezing (there is a print
    batch) no card changes: the differences become the year's pending changes. With `late` the newly
    entitled do get a card then, for the next batch; nothing else changes. Cards handed over or void
    never change. Raises NumbersUsedUp when there are more cards than numbers.
    """
    tell = progress or (lambda done, total: None)
    tell(0, STEPS)
    with locked(card_year) as current:
        keys = run_judge.judge(current, on=on)
        tell(1, STEPS)
        not_entitled = run_judge.replace_reasons(current)
        tell(2, STEPS)
        load_places(current)
        load_ways(current)
        wanted = Wanted(current, starter_mailing=channels.next_mailing(years.mailings(current), on=on))
        people = run_judge.count_people()
        entitled = people - sum(not_entitled.values())
        done = _bring_in_line(current, wanted=wanted, keys=keys, late=late, at=at, by=by, tell=tell)
        summary = RunSummary(people=people, entitled=entitled, not_entitled=not_entitled, **done)
        current.last_run_at, current.reference_date = at, on
        current.save(update_fields=["last_run_at", "reference_date", "last_sequence"])
        YearEvent.objects.create(
            card_year=current,
            kind="run",
            at=at,
            by=by,
            summary=summary.as_json() | {"reference_date": on.isoformat(), "late": late},
        )
        bulk.drop_temporary(*TEMPORARY)
        if dry_run:
            transaction.set_rollback(True)
    tell(STEPS, STEPS)
    return summary


def _bring_in_line(
    card_year: CardYear,
    *,
    wanted: Wanted,
    keys: run_judge.KeyRange,
    late: bool,
    at: dt.datetime,
    by: User | None,
    tell: Progress,
) -> dict[str, Any]:
    """Change the cards, or list what would change; gives the part of the summary that says which."""
    is_frozen = PrintBatch.objects.filter(card_year=card_year).exists()
    has_cards = Card.objects.filter(card_year=card_year).exists()
    run_cards.create_changes()
    if has_cards:
        run_cards.find_changes(wanted=wanted, keys=keys, is_frozen=is_frozen, late=late)
    changed = run_cards.apply_changes(at=at, by=by)
    tell(3, STEPS)
    newcomers = run_cards.find_newcomers(has_cards=has_cards) if wanted.starter_mailing else 0
    made = 0
    if late or not is_frozen:
        made = run_cards.issue(card_year, wanted=wanted, newcomers=newcomers)
    would_change = (
        pending_changes.replace(card_year, wanted=wanted, has_newcomers=newcomers > made)
        if is_frozen
        else pending_changes.clear(card_year)
    )
    tell(4, STEPS)
    live = run_cards.count_live(card_year, keys=keys)
    reinstated = changed.get(CardEventKind.REINSTATED, 0)
    return {
        "cards": {
            "new": made + reinstated,
            "existing": sum(live.channels.values()) - made - reinstated,
            "withdrawn": changed.get(CardEventKind.WITHDRAWN, 0),
            "reinstated": reinstated,
            "moved": changed.get(CardEventKind.MOVED, 0),
            "channel_changed": changed.get(CardEventKind.CHANNEL_CHANGED, 0),
        },
        "channels": live.channels,
        "assigned": live.assigned,
        "too_late": 0 if wanted.starter_mailing else run_cards.count_without_card(),
        "is_frozen": is_frozen,
        "would_change": would_change,
    }
