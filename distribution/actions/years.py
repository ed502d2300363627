"""Opening a card year."""

import datetime as dt
from collections.abc import Sequence

from django.db import IntegrityError, transaction

from distribution.errors import DistributionError
from distribution.models import CardYear, EntitledCategory, ExcludingCode, YearEvent
from distribution.queries import years
from distribution.rules.eligibility import FIRST_ENTITLED, FIRST_EXCLUDING
from distribution.rules.year_rules import FIRST_CARD_YEAR, YEARS_AHEAD, usual_dates
from pickup_points.models import User


class BadYear(DistributionError):
    code = "bad_year"


class YearAlreadyOpened(DistributionError):
    code = "year_already_opened"


def check_dates(
    year: int,
    *,
    lookup_from: dt.date,
    collect_from: dt.date,
    collect_until: dt.date,
    starter_mailings: Sequence[dt.date],
) -> None:
    """Raises BadYear when the days of a year contradict each other."""
    if lookup_from > collect_until or collect_from > collect_until:
        raise BadYear("De laatste afhaaldag ligt voor de eerste dag. Kijk de data na.")
    if any(day.year != year for day in starter_mailings) or len(set(starter_mailings)) != len(starter_mailings):
        raise BadYear(f"Elke startersmailing is een andere dag in {year}.")


def open_year(
    year: int,
    *,
    at: dt.datetime,
    by: User | None = None,
    lookup_from: dt.date | None = None,
    collect_from: dt.date | None = None,
    collect_until: dt.date | None = None,
    starter_mailings: Sequence[dt.date] | None = None,
) -> CardYear:
    """Open a card year with its dates (defaults: interface.md §3) and its rule tables.

    The tables are those of the latest opened year before it, so that a change made once holds on;
    a first year starts with the values of interface.md. Raises BadYear or YearAlreadyOpened.
    """
    if not FIRST_CARD_YEAR <= year <= at.year + YEARS_AHEAD:
        raise BadYear(f"Het jaar {year} ligt te ver van vandaag ({at.year}). Is het een tikfout?")
    usual = usual_dates(year)
    lookup_from = lookup_from or usual.lookup_from
    collect_from = collect_from or usual.collect_from
    collect_until = collect_until or usual.collect_until
    mailings = sorted(starter_mailings or usual.starter_mailings)
    check_dates(
        year,
        lookup_from=lookup_from,
        collect_from=collect_from,
        collect_until=collect_until,
        starter_mailings=mailings,
    )
    try:
        with transaction.atomic():
            card_year = CardYear.objects.create(
                year=year,
                lookup_from=lookup_from,
                collect_from=collect_from,
                collect_until=collect_until,
                starter_mailings=[day.isoformat() for day in mailings],
                opened_at=at,
            )
            _copy_rule_tables(card_year)
            YearEvent.objects.create(card_year=card_year, kind="opened", at=at, by=by)
    except IntegrityError as error:
        raise YearAlreadyOpened(f"Het jaar {year} is al geopend.") from error
    return card_year


def _copy_rule_tables(card_year: CardYear) -> None:
    earlier = years.before(card_year.year)
    if earlier and not earlier.falls_back_on_school:
        card_year.falls_back_on_school = False
        card_year.save(update_fields=["falls_back_on_school"])
    categories = (
        EntitledCategory.objects.filter(card_year=earlier).values_list("level", "category")
        if earlier
        else FIRST_ENTITLED
    )
    codes = (
        ExcludingCode.objects.filter(card_year=earlier).values_list("code", "meaning")
        if earlier
        else FIRST_EXCLUDING.items()
    )
    EntitledCategory.objects.bulk_create(
        EntitledCategory(card_year=card_year, level=level, category=category) for level, category in sorted(categories)
    )
    ExcludingCode.objects.bulk_create(
        ExcludingCode(card_year=card_year, code=code, meaning=meaning) for code, meaning in codes
    )
