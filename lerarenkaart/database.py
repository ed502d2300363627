"""A database that is slow or away: visitors hear so at once, and do not stand in line for it (hardening.md F5, F24)."""

import threading
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse

from distribution.views import pages

# The public pages: thousands may come at once, and nobody loses work by trying again.
PUBLIC = frozenset({"distribution:lookup", "distribution:api-lookup"}) | {
    f"pickup_points:{name}" for name in ("index", "map", "map-dark", "point", "calendar")
}
# A lookup takes some milliseconds. After so long no further question is asked.
PATIENCE = 1.5
# After one that took too long, the next ones are told at once, for so long.
REST = 2.0
# For the processes that answer visitors, in milliseconds: longer is a fault, and must not hold others up.
# What they ask is short: compiling it (jit) takes longer than answering (25 ms of 40 in a search at a large desk).
VISITORS = (
    "-c statement_timeout={milliseconds} -c lock_timeout=5000 -c idle_in_transaction_session_timeout=60000 -c jit=off"
)
CONNECT_SECONDS = 2


class TooSlow(OperationalError):
    """The database answers, but not in the time a visitor waits."""


def hurry() -> None:
    """This process answers visitors: on PostgreSQL no statement, lock or forgotten transaction may last long.

    Workers and commands never call this: an import or the run of a year takes the time it takes.
    """
    if connection.vendor == "postgresql":
        options = connection.settings_dict["OPTIONS"]
        limits = VISITORS.format(milliseconds=settings.STATEMENT_TIMEOUT * 1000)
        options["options"] = f"{options.get('options', '')} {limits}".strip()
        options["connect_timeout"] = CONNECT_SECONDS


class Patience:
    """For the public pages: a limit to the time a request spends on the database, and a rest after one that hit it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.resting_until = 0.0
        self.here = threading.local()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        self.here.spent, self.here.is_public = 0.0, False
        with connection.execute_wrapper(self._timed):
            response = self.get_response(request)
        if self.here.is_public and self.here.spent > PATIENCE:
            self.resting_until = time.monotonic() + REST
        return response

    def process_view(self, request: HttpRequest, *view: Any) -> HttpResponse | None:
        """While it rests, not even a connection is asked for. Whether a kept one still works is a question too."""
        self.here.is_public = _is_public(request)
        if not self.here.is_public:
            return None
        if time.monotonic() < self.resting_until:
            return pages.busy(request)
        began = time.monotonic()
        try:
            connection.close_if_health_check_failed()
            connection.ensure_connection()
        except OperationalError:
            return pages.busy(request)
        finally:
            self.here.spent += time.monotonic() - began
        return None

    def _timed(self, execute: Callable[..., Any], *asked: Any) -> Any:
        if self.here.is_public and self.here.spent > PATIENCE:
            raise TooSlow("No further question: the visitor has waited long enough.")
        began = time.monotonic()
        try:
            return execute(*asked)
        finally:
            self.here.spent += time.monotonic() - began


def _is_public(request: HttpRequest) -> bool:
    return request.resolver_match is not None and request.resolver_match.view_name in PUBLIC
