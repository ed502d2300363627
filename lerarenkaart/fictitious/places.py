"""Where fictitious people live: by province as domain.md says, inside it by inhabitants."""

import itertools
from dataclasses import dataclass
from functools import lru_cache

from pickup_points import reference

# domain.md, Places; the rest live in Brussels, Wallonia and the Netherlands.
PROVINCE_SHARES = {
    "Antwerpen": 28.0,
    "Oost-Vlaanderen": 23.0,
    "West-Vlaanderen": 18.0,
    "Vlaams-Brabant": 16.5,
    "Limburg": 12.5,
    "Brussels Hoofdstedelijk Gewest": 1.2,
}
ELSEWHERE = (
    ("4000", "Luik", "BE", 0.2),
    ("7500", "Doornik", "BE", 0.15),
    ("1300", "Waver", "BE", 0.1),
    ("5613 LJ", "Eindhoven", "NL", 0.15),
    ("6211 AB", "Maastricht", "NL", 0.15),
    ("59000", "Lille", "FR", 0.05),
)


@dataclass(frozen=True)
class Homes:
    """Home places and their cumulative weights, ready for random.choices."""

    places: tuple[tuple[str, str, str], ...]
    cumulative: tuple[float, ...]


@lru_cache(maxsize=2)
def homes(year: int) -> Homes:
    """(postcode, municipality, country) of every place people live in."""
    municipalities = reference.municipalities()
    localities = list(reference.localities(year).values())
    per_nis: dict[str, int] = {}
    per_province: dict[str, int] = {}
    for locality in localities:
        per_nis[locality.nis] = per_nis.get(locality.nis, 0) + 1
    for nis in per_nis:
        town = municipalities[nis]
        per_province[town.province] = per_province.get(town.province, 0) + town.inhabitants
    places: list[tuple[str, str, str]] = []
    weights: list[float] = []
    for locality in localities:
        town = municipalities[locality.nis]
        share = PROVINCE_SHARES[town.province] * town.inhabitants / per_province[town.province]
        places.append((locality.postcode, locality.municipality, "BE"))
        weights.append(share / per_nis[locality.nis])
    for postcode, name, country, share in ELSEWHERE:
        places.append((postcode, name, country))
        weights.append(share)
    return Homes(tuple(places), tuple(itertools.accumulate(weights)))
