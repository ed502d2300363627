"""Questions about places. Each answers in a fixed number of queries, whatever the number of points."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import quote_plus

from django.db.models import QuerySet

from pickup_points import hours, postcodes, reference
from pickup_points.models import PickupPoint, PointYear, ServedPostcode
from pickup_points.reference import land, names

# The pages of Klasse put names in the same order.
plain = names.plain

OTHER = "Elders"
# As people in Flanders list them; Brussels last, then what the table does not know.
PROVINCES = (
    "Antwerpen",
    "Limburg",
    "Oost-Vlaanderen",
    "Vlaams-Brabant",
    "West-Vlaanderen",
    "Brussels Hoofdstedelijk Gewest",
    OTHER,
)
# A point as near as this is worth knowing of, in whatever municipality it lies.
NEAR_KILOMETRES = 5.0


@dataclass(frozen=True)
class Season:
    """The year the public pages speak of, and the days in which its cards are collected."""

    year: int
    collect_from: dt.date
    collect_until: dt.date


@dataclass(frozen=True)
class Place:
    """A point in a list: only what the list shows."""

    code: str
    name: str
    street: str
    house_number: str
    postcode: str
    municipality: str
    latitude: float | None
    longitude: float | None

    @property
    def line(self) -> str:
        return f"{self.street} {self.house_number}".strip()

    @property
    def spot(self) -> tuple[float, float] | None:
        return None if self.latitude is None or self.longitude is None else (self.latitude, self.longitude)


@dataclass(frozen=True)
class Found:
    """The answer to a postcode or a municipality: who serves it, what may be chosen, and what lies there."""

    typed: str
    # "9000", or the names of the municipalities that were meant; empty when nothing was recognised.
    meaning: str
    serving: tuple[Place, ...]
    choices: tuple[Place, ...]
    nearby: tuple[Place, ...]
    # How far the others are from the one serving point, as the crow flies, by code; only what is known.
    kilometres: Mapping[str, float] = field(default_factory=dict)
    # Names that were perhaps meant, when what was typed is none.
    alike: tuple[str, ...] = ()

    @property
    def understood(self) -> bool:
        return bool(self.meaning)

    @property
    def anything(self) -> bool:
        return bool(self.serving or self.choices or self.nearby)


def points_of(year: int) -> QuerySet[PickupPoint]:
    """The points that take part in a year and did not stop, by municipality and name."""
    return PickupPoint.objects.filter(years__year=year, years__stopped_at=None).order_by("municipality", "name", "pk")


def places_of(year: int) -> list[Place]:
    """The same points, as little as a list needs: one query of plain values."""
    names = list(Place.__dataclass_fields__)
    return sorted((Place(*values) for values in points_of(year).values_list(*names)), key=_as_listed)


def _as_listed(place: Place) -> tuple[str, list[tuple[int, str]], str]:
    return plain(place.municipality), _counted(plain(place.name)), place.code


def _counted(name: str) -> list[tuple[int, str]]:
    """The words of a name, numbers by what they count: "filiaal 2" comes before "filiaal 10"."""
    return [(int(word), "") if word.isascii() and word.isdecimal() else (-1, word) for word in name.split()]


def by_province(year: int, places: Iterable[Place]) -> dict[str, list[Place]]:
    """Places by the province their postcode lies in that year; provinces without any are left out."""
    localities = _localities(year)
    groups: dict[str, list[Place]] = {name: [] for name in PROVINCES}
    for place in places:
        locality = localities.get(place.postcode)
        groups[locality.province if locality else OTHER].append(place)
    return {name: inside for name, inside in groups.items() if inside}


def serving_map(year: int) -> dict[str, int]:
    """The serving point (its primary key) of every postcode that has one that year."""
    return dict(ServedPostcode.objects.filter(year=year, is_choice=False).values_list("postcode", "point_id"))


def find(year: int, typed: str) -> Found:
    """Points for what people type: a postcode ("9000", "B-9000", "9000 Gent"), a municipality ("sint niklaas") or a part of one.

    The serving point comes first, then the ones that say they are an alternative, then others in that
    municipality or near the serving point; the nearest first, where it is known how near. Two queries.
    """
    typed = " ".join(typed.split())[:80]
    wanted, municipalities, meaning = _meant(year, typed)
    places = {place.code: place for place in places_of(year)}
    served = list(ServedPostcode.objects.filter(year=year, postcode__in=wanted).values_list("point__code", "is_choice"))
    serving = {code for code, is_choice in served if not is_choice}
    choices = {code for code, is_choice in served if is_choice} - serving
    far = _distances(places, serving)
    # A part of a municipality may be known to the points alone: then it is their own word for where they are.
    called = {plain(name) for name in (*municipalities, typed)} - {""}
    nearby = {
        code
        for code, place in places.items()
        if place.postcode in wanted or plain(place.municipality) in called or far.get(code, 99) <= NEAR_KILOMETRES
    }
    if nearby and not meaning:
        meaning = typed
    return Found(
        typed,
        meaning,
        _in_order(places, serving),
        _in_order(places, choices, far),
        _in_order(places, nearby - serving - choices, far),
        far,
        () if meaning else names.alike(year, typed),
    )


def _meant(year: int, typed: str) -> tuple[set[str], set[str], str]:
    """The postcodes and the municipalities that were meant, and how that is said."""
    postcode = postcodes.normalise(typed) or _postcode_in(typed)
    if postcode:
        locality = _localities(year).get(postcode)
        return {postcode}, {locality.municipality} if locality else set(), postcode
    meant = names.meant(year, typed)
    return (
        {postcode for one in meant for postcode in one.postcodes},
        {one.municipality for one in meant},
        ", ".join(sorted(one.label for one in meant)),
    )


def _distances(places: dict[str, Place], serving: set[str]) -> dict[str, float]:
    """How far every other place is from the serving one; nothing where it is not one, or its spot is not known."""
    here = next((places[code].spot for code in serving if code in places), None) if len(serving) == 1 else None
    if here is None:
        return {}
    spots = {code: place.spot for code, place in places.items() if code not in serving}
    return {code: land.kilometres(here, spot) for code, spot in spots.items() if spot}


def _postcode_in(typed: str) -> str | None:
    """The one postcode among other words: "Gent 9000"."""
    found = re.findall(r"(?<![0-9])[1-9][0-9]{3}(?![0-9])", typed)
    return found[0] if len(found) == 1 else None


def _in_order(places: dict[str, Place], codes: set[str], far: Mapping[str, float] | None = None) -> tuple[Place, ...]:
    """As listed, the nearest first; where it is not known how far, last."""
    found = (place for code, place in places.items() if code in codes)
    return tuple(sorted(found, key=lambda place: (far or {}).get(place.code, float("inf"))))


def _localities(year: int) -> dict[str, reference.Locality]:
    """The reference of the year; a year before the table starts is shown on the oldest map there is."""
    return reference.localities(year) or reference.localities(reference.FIRST_YEAR)


@dataclass(frozen=True)
class PointPage:
    """Everything the page of a point shows."""

    point: PickupPoint
    schedule: hours.Schedule
    collect_from: dt.date
    collect_until: dt.date
    serves: tuple[str, ...]
    choice_for: tuple[str, ...]
    # A point that stopped, and the one to go to instead.
    stopped_at: dt.datetime | None = None
    followed_by: PickupPoint | None = None


def schedules(season: Season, codes: Iterable[str]) -> dict[str, hours.Schedule]:
    """When the points with these codes are open, by code. One query."""
    parts = PointYear.objects.select_related("point").filter(year=season.year, point__code__in=list(codes))
    return {
        part.point.code: schedule_of(
            part.point,
            collect_from=part.collect_from or season.collect_from,
            collect_until=part.collect_until or season.collect_until,
        )
        for part in parts
    }


def place_names(year: int, codes: Iterable[str]) -> list[str]:
    """Postcodes with the municipality they lie in: "9000 Gent"."""
    localities = _localities(year)
    return [f"{code} {localities[code].municipality}" if code in localities else code for code in codes]


def point_page(season: Season, code: str) -> PointPage:
    """The page of a point that takes part in the season; raises PointYear.DoesNotExist. Two queries."""
    part = PointYear.objects.select_related("point", "followed_by").get(year=season.year, point__code=code)
    served = list(
        ServedPostcode.objects.filter(year=season.year, point=part.point_id)
        .order_by("postcode")
        .values_list("postcode", "is_choice")
    )
    first = part.collect_from or season.collect_from
    last = part.collect_until or season.collect_until
    return PointPage(
        point=part.point,
        schedule=schedule_of(part.point, collect_from=first, collect_until=last),
        collect_from=first,
        collect_until=last,
        serves=tuple(postcode for postcode, is_choice in served if not is_choice),
        choice_for=tuple(postcode for postcode, is_choice in served if is_choice),
        stopped_at=part.stopped_at,
        followed_by=part.followed_by,
    )


def schedule_of(point: PickupPoint, *, collect_from: dt.date | None, collect_until: dt.date | None) -> hours.Schedule:
    """When a point is open, within the days in which cards are collected there."""
    return readable_schedule(point.hours, point.closed, point.exceptional, first=collect_from, last=collect_until)


def readable_schedule(
    week: Any, closed: str, exceptional: str, *, first: dt.date | None, last: dt.date | None
) -> hours.Schedule:
    """The schedule in the columns of a point.

    Hours that cannot be read (written past the import) are unknown hours: never a page that fails.
    """
    try:
        return hours.read(week=week, closed=closed, exceptional=exceptional, collect_from=first, collect_until=last)
    except (hours.HoursError, AttributeError, TypeError):
        return hours.read(week={}, collect_from=first, collect_until=last)


@lru_cache(maxsize=2048)
def map_url(latitude: float | None, longitude: float | None, *, address: str) -> str:
    """A link to a place on a public map: to its spot when that is known, otherwise to its address."""
    if latitude is None or longitude is None:
        return f"https://www.openstreetmap.org/search?query={quote_plus(address)}"
    spot = f"{latitude:.5f}/{longitude:.5f}"
    return f"https://www.openstreetmap.org/?mlat={latitude:.5f}&mlon={longitude:.5f}#map=17/{spot}"
