"""Coverage: every postcode with the point that serves it, the choices there are, and how many people have a card to collect."""

from collections.abc import Sequence
from dataclasses import dataclass

from distribution.models import CardYear, PrintBatch
from distribution.queries import office_attention
from pickup_points import queries as places
from pickup_points.models import PickupPoint, ServedPostcode
from pickup_points.reference import localities


@dataclass(frozen=True)
class At:
    """A point, as far as the list shows it."""

    code: str
    name: str


@dataclass(frozen=True)
class Coverage:
    """One postcode in one year. `people`: with a card to collect; before the first run everyone who lives there."""

    postcode: str
    municipality: str
    province: str
    serving: At | None
    choices: tuple[At, ...]
    people: int


def coverage(card_year: CardYear) -> list[Coverage]:
    """Every postcode of the reference, and those beyond it that have people or a point.

    Unserved first, most people first; then by postcode. Two questions, whatever the number of points.
    """
    people = office_attention.people_by_postcode(card_year)
    serving: dict[str, At] = {}
    choices: dict[str, list[At]] = {}
    served = ServedPostcode.objects.filter(year=card_year.year).order_by("postcode", "point__name", "pk")
    for postcode, is_choice, code, name in served.values_list("postcode", "is_choice", "point__code", "point__name"):
        if is_choice:
            choices.setdefault(postcode, []).append(At(code, name))
        else:
            serving[postcode] = At(code, name)
    known = localities(card_year.year) or localities(2025)
    found = [
        Coverage(
            postcode,
            known[postcode].municipality if postcode in known else "",
            known[postcode].province if postcode in known else places.OTHER,
            serving.get(postcode),
            tuple(choices.get(postcode, ())),
            people.get(postcode, 0),
        )
        for postcode in sorted({*known, *serving, *choices, *people})
    ]
    return sorted(found, key=_unserved_first)


def _unserved_first(one: Coverage) -> tuple[bool, int, str]:
    return one.serving is not None, 0 if one.serving else -one.people, one.postcode


def chosen(found: Sequence[Coverage], *, province: str, typed: str, is_unserved: bool) -> list[Coverage]:
    """Those in a province, unserved if asked, and for what was typed: a postcode, a municipality, or a point."""
    wanted = places.plain(typed)
    return [
        one
        for one in found
        if (not province or one.province == province)
        and (not is_unserved or one.serving is None)
        and (not wanted or _is_meant(one, wanted))
    ]


def _is_meant(one: Coverage, wanted: str) -> bool:
    names = (one.municipality, one.serving.name if one.serving else "")
    return one.postcode.startswith(wanted) or any(wanted in places.plain(name) for name in names)


def can_serve(card_year: CardYear) -> list[PickupPoint]:
    """The points a postcode may be given to: they take part and do not stop."""
    taking_part = PickupPoint.objects.filter(years__year=card_year.year, years__stopped_at=None)
    return list(taking_part.order_by("municipality", "name", "pk"))


def is_frozen(card_year: CardYear) -> bool:
    return PrintBatch.objects.filter(card_year=card_year).exists()
