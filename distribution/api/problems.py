"""Refusals of the API door: each a status, a stable code and a Dutch sentence. lerarenkaart.api_errors writes them out."""

from collections.abc import Mapping
from typing import Any

from rest_framework.exceptions import APIException


class Problem(APIException):
    """A refusal that becomes `application/problem+json`; `retry_after` in seconds, `extra`: more to tell."""

    def __init__(
        self,
        status: int,
        code: str,
        sentence: str,
        *,
        retry_after: int | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(sentence, code)
        self.status_code = status
        self.code = code
        self.sentence = sentence
        self.retry_after = retry_after
        self.extra = dict(extra or {})
