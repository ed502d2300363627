"""Plastic that counts no more: what a desk hears about an old number, and which cards wait for new plastic."""

from django.db.models import Q

from distribution.models import VoidedNumber
from pickup_points.hours import long_date
from pickup_points.hours.calendar import BRUSSELS

BEING_REPLACED = (
    "De oude kaart is ongeldig en de nieuwe wordt nog gemaakt. Geef niets mee. "
    "De leraar kan de nieuwe kaart opzoeken op Waar is mijn Lerarenkaart."
)


def being_replaced() -> Q:
    """Cards whose old plastic is void and whose new plastic was not frozen yet: there is nothing that lies anywhere."""
    return Q(batch=None, pk__in=VoidedNumber.objects.values("card"))


def find(number: str) -> VoidedNumber | None:
    """The void plastic with this number, and its card; None when this number is not void."""
    return VoidedNumber.objects.select_related("card").filter(number=number).first()


def sentence(one: VoidedNumber) -> str:
    """What a desk hears that has this plastic in its hands, and what to do with it."""
    return (
        f"Dit kaartnummer is ongeldig sinds {long_date(one.at.astimezone(BRUSSELS).date())}. Geef deze kaart niet mee: "
        "hou ze apart en bezorg ze aan Klasse. De leraar kan de nieuwe kaart opzoeken op Waar is mijn Lerarenkaart."
    )
