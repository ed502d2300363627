"""Errors of the API as `application/problem+json` (RFC 9457), with a stable code and a Dutch sentence."""

from typing import Any

from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

from distribution.api.problems import Problem

TITLES = {
    400: "Dit verzoek klopt niet.",
    401: "Meld je eerst aan.",
    403: "Dit mag je niet.",
    404: "Dit bestaat niet.",
    405: "Deze methode kan hier niet.",
    406: "Deze vorm van antwoord kan hier niet.",
    413: "Dit bericht is te groot.",
    415: "Dit soort inhoud wordt hier niet gelezen: stuur JSON.",
    429: "Te veel vragen na elkaar. Probeer het later opnieuw.",
}


def problem(status: int, code: str, detail: str, *, retry_after: int | None = None, **extra: Any) -> Response:
    """An error as RFC 9457 wants it; `retry_after` in seconds."""
    body = {
        "type": "about:blank",
        "status": status,
        "title": TITLES.get(status, "Fout"),
        "code": code,
        "detail": detail,
    }
    headers = {"Retry-After": str(retry_after)} if retry_after is not None else None
    return Response(body | extra, status=status, content_type="application/problem+json", headers=headers)


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exceptions and our own refusals in one shape; what we did not foresee stays unhandled."""
    if isinstance(error, Problem):
        return problem(error.status_code, error.code, error.sentence, retry_after=error.retry_after, **error.extra)
    response = exception_handler(error, context)
    if response is None:
        return None
    code = error.get_codes() if isinstance(error, exceptions.APIException) else None
    retry_after = response.headers.get("Retry-After")
    answer = problem(
        response.status_code,
        code if isinstance(code, str) else "not_found" if response.status_code == 404 else "invalid",
        TITLES.get(response.status_code, "Dit verzoek klopt niet."),
        retry_after=int(retry_after) if retry_after else None,
    )
    for name in ("Allow", "WWW-Authenticate"):
        if name in response.headers:
            answer[name] = response.headers[name]
    return answer
