"""Opening a card year."""

import datetime as dt
from collections.abc import Sequence

from django.db import IntegrityError, transaction

from distribution.errors import DistributionError
from distribution.models import CardYear, EntitledCategory, ExcludingCode, YearEvent
from distribution.rules.eligibility import FIRST_ENTITLED, FIRST_EXCLUDING
from pickup_points.models import User

# The lookup exists since 1 December 2015 (domain.md); nobody prepares a card ten years ahead.
FIRST_CARD_YEAR = 2015
YEARS_AHEAD = 10


class BadYear(DistributionError):
    code = "bad_year"


class YearAlreadyOpened(DistributionError):
    code = "year_already_opened"


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
    lookup_from = lookup_from or dt.date(year - 1, 12, 1)
    collect_from = collect_from or dt.date(year - 1, 12, 27)
    collect_until = collect_until or dt.date(year, 7, 10)
    mailings = sorted(starter_mailings or (dt.date(year, 1, 15), dt.date(year, 3, 15), dt.date(year, 6, 15)))
    if lookup_from > collect_until or collect_from > collect_until:
        raise BadYear("De laatste afhaaldag ligt voor de eerste dag. Kijk de data na.")
    if any(day.year != year for day in mailings) or len(set(mailings)) != len(mailings):
        raise BadYear(f"Elke startersmailing is een andere dag in {year}.")
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
    earlier = CardYear.objects.filter(year__lt=card_year.year).order_by("-year").first()
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
