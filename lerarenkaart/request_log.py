"""One line in the log and one count for each request: which page, what came of it, how long. Never an address or a body."""

import logging
import time
import uuid
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse

from lerarenkaart import logs, metrics

log = logging.getLogger(__name__)
HEADER = "X-Request-ID"
# Asked every few seconds by machines.
QUIET = {"healthz", "readyz", "metrics"}


class RequestLog:
    """Gives each request a name of its own, which every line logged meanwhile carries and the answer tells."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request_id = new_name()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        began = time.perf_counter()
        response = self.get_response(request)
        seconds = time.perf_counter() - began
        route = _route(request)
        metrics.REQUESTS.labels(route, request.method, response.status_code).inc()
        metrics.SECONDS.labels(route).observe(seconds)
        response[HEADER] = request_id
        if route not in QUIET:
            told = {
                "route": route,
                "method": request.method,
                "status": response.status_code,
                "ms": round(1000 * seconds),
            }
            log.info("%(method)s %(route)s %(status)s %(ms)s ms", told, extra=told)
        return response


def new_name() -> str:
    """A name the mask of the log leaves whole: one in forty has digits in a row that look like a staff number."""
    name = uuid.uuid4().hex
    return name if logs.masked(name) == name else new_name()


def _route(request: HttpRequest) -> str:
    """The name of the page, not its address: an address may hold a key of something."""
    match = request.resolver_match
    return (match.view_name or match.route) if match else "-"
