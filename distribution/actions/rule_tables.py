"""Changing what holds in a year: its dates, who is entitled, the excluding codes, the fall-back. Until it is frozen."""

import datetime as dt
from dataclasses import replace

from distribution.actions import years as opening
from distribution.actions.year_lock import locked
from distribution.errors import DistributionError
from distribution.models import CardYear, EntitledCategory, ExcludingCode, PrintBatch, YearEvent
from distribution.queries import years
from distribution.rules.year_rules import Difference, YearRules, differ
from pickup_points.models import User

CHANGED = "rules_changed"
# No run is needed after it, and a frozen year takes it too: a season may be lengthened.
DATES_MOVED = "dates_moved"


class RulesLocked(DistributionError):
    code = "rules_locked"


class RulesChangedMeanwhile(DistributionError):
    code = "rules_changed_meanwhile"


def change(card_year: CardYear, *, wanted: YearRules, seen: str, at: dt.datetime, by: User) -> Difference:
    """Make the rules of the year these; gives what changed, which may be nothing.

    `seen` is the stamp of the rules as they were shown: who was overtaken by a colleague looks again
    (RulesChangedMeanwhile). Raises RulesLocked once the year is frozen, BadYear for dates that
    contradict each other. Cards change with the next run only.
    """
    opening.check_dates(
        card_year.year,
        lookup_from=wanted.lookup_from,
        collect_from=wanted.collect_from,
        collect_until=wanted.collect_until,
        starter_mailings=wanted.starter_mailings,
    )
    with locked(card_year) as current:
        if PrintBatch.objects.filter(card_year=current).exists():
            raise RulesLocked(f"De kaarten van {current.year} zijn bevroren: de regels liggen vast.")
        was = years.rules(current)
        if was.stamp != seen:
            raise RulesChangedMeanwhile(
                "Iemand anders veranderde intussen de regels. Kijk hieronder wat er nu staat, en vul opnieuw in wat jij wilt."
            )
        difference = differ(was, wanted)
        if difference:
            _save(current, wanted, difference)
            YearEvent.objects.create(card_year=current, kind=CHANGED, at=at, by=by, summary=difference.as_json())
    return difference


def move_dates(
    card_year: CardYear,
    *,
    lookup_from: dt.date,
    collect_from: dt.date,
    collect_until: dt.date,
    at: dt.datetime,
    by: User,
) -> Difference:
    """Give the season other days and nothing else, also once the year is frozen; gives what changed, which may be nothing.

    Raises BadYear for dates that contradict each other, YearIsForgotten once its people are gone.
    """
    with locked(card_year) as current:
        was = years.rules(current)
        wanted = replace(was, lookup_from=lookup_from, collect_from=collect_from, collect_until=collect_until)
        opening.check_dates(
            current.year,
            lookup_from=lookup_from,
            collect_from=collect_from,
            collect_until=collect_until,
            starter_mailings=was.starter_mailings,
        )
        difference = differ(was, wanted)
        if difference:
            current.lookup_from, current.collect_from = lookup_from, collect_from
            current.collect_until = collect_until
            current.save(update_fields=["lookup_from", "collect_from", "collect_until"])
            YearEvent.objects.create(card_year=current, kind=DATES_MOVED, at=at, by=by, summary=difference.as_json())
    return difference


def _save(card_year: CardYear, wanted: YearRules, difference: Difference) -> None:
    card_year.lookup_from, card_year.collect_from = wanted.lookup_from, wanted.collect_from
    card_year.collect_until = wanted.collect_until
    card_year.starter_mailings = [day.isoformat() for day in wanted.starter_mailings]
    card_year.falls_back_on_school = wanted.falls_back_on_school
    card_year.save(
        update_fields=["lookup_from", "collect_from", "collect_until", "starter_mailings", "falls_back_on_school"]
    )
    listed = EntitledCategory.objects.filter(card_year=card_year)
    gone = set(difference.removed)
    listed.filter(pk__in=[one.pk for one in listed if (one.level, one.category) in gone]).delete()
    EntitledCategory.objects.bulk_create(
        EntitledCategory(card_year=card_year, level=level, category=category) for level, category in difference.added
    )
    codes = ExcludingCode.objects.filter(card_year=card_year)
    codes.filter(code__in=[*difference.codes_removed, *difference.codes_reworded]).delete()
    ExcludingCode.objects.bulk_create(
        ExcludingCode(card_year=card_year, code=code, meaning=meaning)
        for code, meaning in (difference.codes_added | difference.codes_reworded).items()
    )
