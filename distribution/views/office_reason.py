"""Why someone of Klasse looks at people: asked once, shown all the while, and forgotten half an hour after the last look."""

import datetime as dt
from typing import Any

from django.http import HttpRequest

KEY, NEXT_KEY = "office_reason", "office_reason_next"
HOLDS_FOR = dt.timedelta(minutes=30)
LONGEST = 200
SOMETHING_ELSE = "Iets anders"
COMMON = (
    "Een leraar vraagt waar de kaart is",
    "Een afhaalpunt stelt een vraag over een kaart",
    "Een kaart is gestolen, verloren of stuk",
    "Een kaart kwam terug of werd gevonden",
    "Iemand heeft nog geen afhaalpunt",
    "Iemand vraagt een afgeschermd adres",
    SOMETHING_ELSE,
)


def written(choice: str, more: str) -> str:
    """The reason as it is kept: the choice, with what was typed after it; empty when it says nothing."""
    more = " ".join(more.split())
    if choice not in COMMON:
        choice = ""
    if not choice or choice == SOMETHING_ELSE:
        return more[:LONGEST]
    return (f"{choice}: {more}" if more else choice)[:LONGEST]


def keep(request: HttpRequest, reason: str, *, at: dt.datetime) -> None:
    request.session[KEY] = {"reason": reason, "until": (at + HOLDS_FOR).isoformat()}


def current(request: HttpRequest, *, at: dt.datetime) -> str:
    """The reason that holds, for half an hour more; empty when one must be asked."""
    kept: dict[str, Any] | None = request.session.get(KEY)
    if not kept or dt.datetime.fromisoformat(kept["until"]) < at:
        forget(request)
        return ""
    keep(request, kept["reason"], at=at)
    return str(kept["reason"])


def forget(request: HttpRequest) -> None:
    request.session.pop(KEY, None)


def remember_next(request: HttpRequest, person_id: int) -> None:
    """Whose page was asked for before there was a reason."""
    request.session[NEXT_KEY] = person_id


def next_person(request: HttpRequest) -> int | None:
    found = request.session.pop(NEXT_KEY, None)
    return int(found) if found is not None else None
