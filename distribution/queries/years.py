"""Card years: which one is meant, and what holds in it."""

import datetime as dt

from distribution.errors import YearNotOpened
from distribution.models import CardYear, EntitledCategory, ExcludingCode
from distribution.rules.eligibility import RuleTable


def get(year: int) -> CardYear:
    """The opened year; raises YearNotOpened: 2072 is a typing error."""
    try:
        return CardYear.objects.get(year=year)
    except CardYear.DoesNotExist:
        raise YearNotOpened(year) from None


def rule_table(card_year: CardYear) -> RuleTable:
    """The level × category table and the excluding codes of a year, as the rules want them."""
    categories = EntitledCategory.objects.filter(card_year=card_year).values_list("level", "category")
    codes = ExcludingCode.objects.filter(card_year=card_year).values_list("code", flat=True)
    return RuleTable(frozenset(categories), frozenset(codes))


def mailings(card_year: CardYear) -> list[dt.date]:
    """The days of the year's starter mailings, in order."""
    return [dt.date.fromisoformat(day) for day in card_year.starter_mailings]
