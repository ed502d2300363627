"""Errors of the API: problem+json with a stable code and a Dutch sentence (interface.md §6)."""

import pytest
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response

from lerarenkaart import api_errors


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (exceptions.ParseError(), 400, "parse_error"),
        (exceptions.NotAuthenticated(), 401, "not_authenticated"),
        (exceptions.PermissionDenied(), 403, "permission_denied"),
        (Http404(), 404, "not_found"),
        (exceptions.MethodNotAllowed("PATCH"), 405, "method_not_allowed"),
        (exceptions.UnsupportedMediaType("text/plain"), 415, "unsupported_media_type"),
        (exceptions.ValidationError({"16203040856": ["fout"]}), 400, "invalid"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
)
def test_handle_gives_a_problem(error: Exception, status: int, code: str) -> None:
    answer = api_errors.handle(error, {})

    assert answer is not None
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    assert (answer.data["status"], answer.data["code"], answer.data["type"]) == (status, code, "about:blank")
    assert answer.data["detail"].endswith((".", "!"))
    assert "16203040856" not in str(answer.data)


def test_handle_keeps_the_time_to_wait() -> None:
    answer = api_errors.handle(exceptions.Throttled(wait=61), {})

    assert answer is not None
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "61")


def test_handle_leaves_what_nobody_foresaw() -> None:
    assert api_errors.handle(RuntimeError("kapot"), {}) is None


def test_problem_carries_more_when_asked() -> None:
    answer = api_errors.problem(
        409, "already_handed_over", "Deze kaart is al afgehaald.", at="2027-01-12T10:00:00+01:00"
    )

    assert isinstance(answer, Response)
    assert answer.data["at"] == "2027-01-12T10:00:00+01:00"
    assert answer.data["detail"] == "Deze kaart is al afgehaald."
