"""Where someone is logged in: which device, since when, and ending it. The rows are allauth's (allauth.usersessions)."""

import datetime as dt
from dataclasses import dataclass

from allauth.usersessions.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.sessions.models import Session

from lerarenkaart.accounts import sessions
from pickup_points.models import User

# Of browsers that call themselves by the name of another too, the one that says more comes first.
BROWSERS = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "SamsungBrowser/": "Samsung Internet",
    "FxiOS/": "Firefox",
    "Firefox/": "Firefox",
    "CriOS/": "Chrome",
    "Chrome/": "Chrome",
    "Safari/": "Safari",
}
SYSTEMS = {
    "iPhone": "een iPhone",
    "iPad": "een iPad",
    "Android": "Android",
    "CrOS": "een Chromebook",
    "Windows": "Windows",
    "Macintosh": "een Mac",
    "Linux": "Linux",
}


@dataclass(frozen=True)
class Device:
    """One browser in which this account is logged in. `key` names it in a form; 0 for the one that asks."""

    key: int
    words: str
    since: dt.datetime
    last_used: dt.datetime
    is_this: bool


def in_words(user_agent: str) -> str:
    """What a browser says of itself, as people call it: "Firefox op Windows"."""
    browser = next((name for sign, name in BROWSERS.items() if sign in user_agent), "Een browser")
    system = next((name for sign, name in SYSTEMS.items() if sign in user_agent), "")
    return f"{browser} op {system}" if system else browser


def of(user: User, *, here: str, user_agent: str, at: dt.datetime) -> list[Device]:
    """Every browser in which this account is still logged in, this one first. Two questions, however many there are.

    `here` is the key of the session that asks, `user_agent` what its browser says: who came in before there was
    a list is in it too.
    """
    rows = {one.session_key: one for one in UserSession.objects.filter(user=user)}
    found = []
    for session in Session.objects.filter(pk__in=[*rows, here], expire_date__gt=at):
        key, row = session.session_key, rows.get(session.session_key)
        kept = session.get_decoded()
        since = _moment(kept.get(sessions.BEGAN)) or (row.created_at if row else at)
        last_used = _moment(kept.get(sessions.SEEN)) or since
        words = in_words(row.user_agent if row else user_agent)
        device = Device(row.pk if row and key != here else 0, words, since, last_used, is_this=key == here)
        if device.is_this or (
            _is_theirs(user, kept) and not sessions.is_over(user, began=since, seen=last_used, at=at)
        ):
            found.append(device)
    return sorted(found, key=lambda one: (one.is_this, one.last_used), reverse=True)


def end(user: User, *, here: str, key: int | None = None) -> int:
    """Log this account out in one other browser, or in all others without `key`; how many it was."""
    others = UserSession.objects.filter(user=user).exclude(session_key=here)
    ended = [one for one in (others if key is None else others.filter(pk=key)) if one.exists()]
    get_adapter().end_sessions(ended)
    return len(ended)


def forget_ended() -> None:
    """Let go of the rows whose session is over."""
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()


def _is_theirs(user: User, kept: dict[str, object]) -> bool:
    """False for a session from before a new password: it is still there, and opens nothing."""
    return kept.get(HASH_SESSION_KEY) in {user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()}


def _moment(seconds: object) -> dt.datetime | None:
    return dt.datetime.fromtimestamp(seconds, tz=dt.UTC) if isinstance(seconds, int) else None
