"""Every address of the site, with something to fill in where it asks for it.

A new kind of address makes `paths` fail until it is taught here: so no page escapes the tests over all pages.
"""

from collections.abc import Iterator
from typing import Any

from django.contrib.admin import site
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.exceptions import NoReverseMatch

from tests import make

YEAR = 2027
POINT = "bib-overal"
# The name of a part of an address → what a test fills in.
SAMPLES = {
    "code": POINT,
    "year": str(YEAR),
    "postcode": "9000",
    "uidb36": "1",
    "key": "geen-sleutel",
    "pk": "1",
    "card_id": "1",
    "list_id": "1",
    "item": "zonder-uren",
    # High, so that no key the database gives out meets it.
    "job_id": "700001",
    "file_id": "700002",
    "person_id": "700003",
    "snapshot_id": "700060",
    "form": "csv",
    "picture": "wegen",
    "look": "licht",
    "upload_id": "700003",
    "file_kind": "personeel",
    "mailing_id": "700003",
    "user_id": "700004",
    "mail": "tellen",
    "hand_over_id": "6f1c3a52-7d0e-4b7e-9a54-0c1d2e3f4a5b",
}


def patterns() -> Iterator[tuple[str, URLPattern]]:
    """Each address as written in the URLconfs, the technical admin's own pages left to their own tests."""
    yield from _below(get_resolver(), "")


def named() -> Iterator[tuple[str, str, URLPattern]]:
    """Each address with its full name, as `reverse` knows it."""
    yield from _named(get_resolver(), "", ())


def paths() -> Iterator[str]:
    """Each address filled in."""
    for route, pattern in patterns():
        names = pattern.pattern.converters
        missing = set(names) - set(SAMPLES)
        if missing:
            raise NoReverseMatch(f"{route}: teach tests/routes.py what {sorted(missing)} may be")
        filled = route
        for name, converter in names.items():
            filled = filled.replace(f"<{_kind(converter)}{name}>", SAMPLES[name])
        yield "/" + filled


def something_to_show(card_year: Any) -> None:
    """A point under the name the addresses ask for, and a card at it."""
    point = make.point(POINT, year=YEAR, serves="9000 9031")
    make.card(make.person(card_year), at=point)


def _below(resolver: URLResolver, before: str) -> Iterator[tuple[str, URLPattern]]:
    for pattern in resolver.url_patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            if pattern.app_name != site.name:
                yield from _below(pattern, route)
        else:
            yield route, pattern


def _named(resolver: URLResolver, before: str, spaces: tuple[str, ...]) -> Iterator[tuple[str, str, URLPattern]]:
    for pattern in resolver.url_patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield ":".join((*spaces, pattern.name or "")), route, pattern
        elif pattern.app_name != site.name:
            yield from _named(pattern, route, (*spaces, pattern.namespace) if pattern.namespace else spaces)


def _kind(converter: object) -> str:
    name = type(converter).__name__.removesuffix("Converter").lower()
    return "" if name == "string" else f"{name}:"
