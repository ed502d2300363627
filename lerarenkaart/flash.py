"""What a page says once on the next one: kept in a cookie of this host alone, like all the others."""

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage


class HostCookie(CookieStorage):
    """Django's, under a name that browsers take over TLS from this host alone."""

    cookie_name = "__Host-messages" if settings.SESSION_COOKIE_SECURE else "messages"


class Flash(FallbackStorage):
    """In the cookie, and what does not fit in it in the session."""

    storage_classes = (HostCookie, SessionStorage)
