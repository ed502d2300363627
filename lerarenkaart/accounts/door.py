"""What the doors of the accounts ask of a request: its limits, its client, and whether this browser was here before."""

import secrets

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from distribution.actions import lookup_counters
from distribution.rules import lookup_limits
from lerarenkaart.accounts.login_limits import LoginLimits
from pickup_points.models import User

DEVICE_COOKIE = "toestel"
DEVICE_SALT = "lerarenkaart.device"
DEVICE_SECONDS = 180 * 24 * 3600
MOST_MARKS = 20


def limits() -> LoginLimits:
    return LoginLimits(lookup_counters.get(settings.REDIS_URL), secret=settings.SECRET_KEY)


def client_of(request: HttpRequest) -> str:
    return lookup_limits.client_of(request.META, proxies=settings.NUM_PROXIES)


def device_of(request: HttpRequest, email: str) -> str:
    """The mark of this browser when it logged in to this account before; empty otherwise."""
    marks = _marks(request)
    if not marks:
        return ""
    user_key = User.objects.filter(pk__in=marks, email=email.strip().lower()).values_list("pk", flat=True).first()
    return marks.get(user_key, "") if user_key else ""


def remember_device(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Give this browser its mark. It opens nothing: it only keeps the guesses of others away from its owner.

    Colleagues share the browser of a desk: each of them has a mark in it, the last ones stay.
    """
    marks = _marks(request) | {user.pk: secrets.token_hex(8)}
    response.set_cookie(
        _cookie_name(),
        signing.dumps(list(marks.items())[-MOST_MARKS:], salt=DEVICE_SALT),
        max_age=DEVICE_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _marks(request: HttpRequest) -> dict[int, str]:
    """By the key of the account; none when the cookie is not ours or too old."""
    try:
        held = signing.loads(request.COOKIES.get(_cookie_name(), ""), salt=DEVICE_SALT, max_age=DEVICE_SECONDS)
    except signing.BadSignature:
        return {}
    return {int(user_key): str(mark) for user_key, mark in held}


def _cookie_name() -> str:
    return f"__Host-{DEVICE_COOKIE}" if settings.SESSION_COOKIE_SECURE else DEVICE_COOKIE
