"""The names people go by: municipalities, and the parts of them that were municipalities once and still are to who lives there."""

import csv
import difflib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from pickup_points import reference

MOST_MEANT = 5
MOST_ALIKE = 3
FEWEST_LETTERS = 3
# Two letters changed places in "gnet": 0.75. Below this a guess is no help.
ALIKE = 0.72


@dataclass(frozen=True)
class Named:
    """A municipality, or a part of one, and the postcodes that lie in it."""

    name: str
    municipality: str
    postcodes: frozenset[str]

    @property
    def label(self) -> str:
        """ "Gent" itself, and "Sint-Amandsberg (9040 Gent)": a part is told together with where it lies."""
        if self.name == self.municipality:
            return self.name
        return f"{self.name} ({' en '.join(sorted(self.postcodes))} {self.municipality})"


@lru_cache(maxsize=8192)
def plain(name: str) -> str:
    """A name without capitals, accents and signs: "Sint-Niklaas" and "sint niklaas" are "sint niklaas"."""
    apart = unicodedata.normalize("NFKD", name.casefold())
    bare = "".join(sign for sign in apart if not unicodedata.combining(sign))
    return " ".join(re.sub(r"[^a-z0-9]+", " ", bare).split())


def meant(year: int, typed: str) -> tuple[Named, ...]:
    """Everything of that name; otherwise the few whose name starts with it, municipalities before their parts."""
    wanted = plain(typed)
    known = _known(year)
    if wanted in known:
        return known[wanted]
    if len(wanted) < FEWEST_LETTERS:
        return ()
    starting = [one for key, found in known.items() if key.startswith(wanted) for one in found]
    return _few(one for one in starting if one.name == one.municipality) or _few(starting)


def alike(year: int, typed: str) -> tuple[str, ...]:
    """The few names that look like a slip of the finger away from what was typed, the nearest first."""
    wanted = plain(typed)
    if len(wanted) < FEWEST_LETTERS:
        return ()
    known = _known(year)
    return tuple(known[key][0].name for key in difflib.get_close_matches(wanted, known, n=MOST_ALIKE, cutoff=ALIKE))


def _few(found: Iterable[Named]) -> tuple[Named, ...]:
    every = tuple(found)
    return every if len(every) <= MOST_MEANT else ()


@lru_cache(maxsize=8)
def _known(year: int) -> dict[str, tuple[Named, ...]]:
    """Every name without its signs: the municipality of that name first, then the parts called so."""
    localities = reference.localities(year) or reference.localities(reference.FIRST_YEAR)
    postcodes: dict[tuple[str, str], set[str]] = {}
    for locality in localities.values():
        postcodes.setdefault((locality.municipality, locality.municipality), set()).add(locality.postcode)
    for postcode, name in _parts():
        if postcode in localities:
            postcodes.setdefault((name, localities[postcode].municipality), set()).add(postcode)
    known: dict[str, tuple[Named, ...]] = {}
    for (name, municipality), inside in postcodes.items():
        key = plain(name)
        known[key] = (*known.get(key, ()), Named(name, municipality, frozenset(inside)))
    return known


@lru_cache(maxsize=1)
def _parts() -> tuple[tuple[str, str], ...]:
    with (reference.HERE / "parts.csv").open(encoding="utf-8", newline="") as file:
        return tuple((row["postcode"], row["deelgemeente"]) for row in csv.DictReader(file))
