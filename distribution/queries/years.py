"""Card years: which one is meant, and what holds in it."""

import datetime as dt

from distribution.errors import YearNotOpened
from distribution.models import CardYear, EntitledCategory, ExcludingCode
from distribution.rules.eligibility import RuleTable
from distribution.rules.year_rules import YearRules


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


def rules(card_year: CardYear) -> YearRules:
    """Everything that holds in a year."""
    return YearRules(
        lookup_from=card_year.lookup_from,
        collect_from=card_year.collect_from,
        collect_until=card_year.collect_until,
        starter_mailings=tuple(mailings(card_year)),
        falls_back_on_school=card_year.falls_back_on_school,
        entitled=frozenset(EntitledCategory.objects.filter(card_year=card_year).values_list("level", "category")),
        codes=dict(ExcludingCode.objects.filter(card_year=card_year).order_by("code").values_list("code", "meaning")),
    )


def before(year: int) -> CardYear | None:
    """The latest opened year before this one: what its rules were copied from."""
    return CardYear.objects.filter(year__lt=year).order_by("-year").first()
