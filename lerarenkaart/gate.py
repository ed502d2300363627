"""What is refused before any page is asked: methods nobody needs, and the API over http."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

from pickup_points.http import problem

API = "/api/"
# Not TRACE, which tells what was sent, nor a method somebody made up: a page that names no methods would take it.
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
SENTENCE = "Vraag dit over https. Stuurde je een sleutel mee, dan reisde die onversleuteld: laat hem intrekken en maak een nieuwe."


class Gate:
    """405 for another method. On a site with TLS, 403 for the API without it.

    The API does not send on to https as pages do: a program that is sent on never notices that its key went in the open.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in METHODS:
            return HttpResponseNotAllowed(METHODS)
        if settings.HTTPS_ONLY and request.path.startswith(API) and not request.is_secure():
            return problem("https_only", 403, title="Dit mag je niet.", detail=SENTENCE)
        return self.get_response(request)
