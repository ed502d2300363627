"""Refusals of the API door: each a status, a stable code and a Dutch sentence. lerarenkaart.api_errors writes them out."""

from rest_framework.exceptions import APIException


class Problem(APIException):
    """A refusal that becomes `application/problem+json`; `retry_after` in seconds."""

    def __init__(self, status: int, code: str, sentence: str, *, retry_after: int | None = None) -> None:
        super().__init__(sentence, code)
        self.status_code = status
        self.code = code
        self.sentence = sentence
        self.retry_after = retry_after
