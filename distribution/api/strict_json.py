"""Reading JSON without guessing: what is ambiguous, too deep or too large is refused by name."""

import json
from collections.abc import Mapping
from typing import IO, Any, ClassVar

from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from distribution.api.problems import Problem

LARGEST_BODY = 64 * 1024
ENCODINGS = {"", "utf-8", "utf8"}


class StrictJSONParser(BaseParser):
    """An object of UTF-8 JSON, normally up to 64 kB: no double keys, no NaN, no lone surrogates, no NUL."""

    media_type = "application/json"
    largest: ClassVar[int] = LARGEST_BODY

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        request = (parser_context or {}).get("request")
        if request is not None:
            check_headers(request, largest=self.largest)
        body = stream.read(self.largest + 1)
        if len(body) > self.largest:
            raise _too_large(self.largest)
        return read_object(body)


def check_headers(request: Request, *, largest: int = LARGEST_BODY) -> None:
    """Refuse what would need unpacking or another alphabet; raises Problem."""
    meta = request.META
    if meta.get("HTTP_CONTENT_ENCODING", "identity").strip().lower() not in {"", "identity"}:
        raise Problem(415, "unsupported_encoding", "Stuur de JSON onverpakt, zonder Content-Encoding.")
    charset = "".join(
        part.partition("=")[2].strip(' "').lower()
        for part in str(meta.get("CONTENT_TYPE", "")).split(";")[1:]
        if part.strip().lower().startswith("charset")
    )
    if charset not in ENCODINGS:
        raise Problem(415, "unsupported_charset", "Stuur de JSON als UTF-8.")
    length = str(meta.get("CONTENT_LENGTH") or "0")
    if length.isascii() and length.isdigit() and int(length) > largest:
        raise _too_large(largest)


def read_object(body: bytes) -> dict[str, Any]:
    """The object in a body; raises Problem (400) with a code that says what is wrong."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise Problem(400, "not_utf8", "Dit is geen geldige UTF-8.") from None
    try:
        read = json.loads(text, object_pairs_hook=_without_doubles, parse_constant=_refuse_constant)
    except RecursionError:
        raise Problem(400, "too_deep", "Deze JSON is te diep genest.") from None
    except ValueError:
        raise Problem(400, "invalid_json", "Dit is geen geldige JSON.") from None
    if not isinstance(read, dict):
        raise Problem(400, "not_an_object", "Stuur één object, tussen accolades.")
    return read


def text_field(data: Mapping[str, Any], name: str, *, required: bool = True) -> str:
    """A text out of an object; raises Problem when it is missing or anything else than text."""
    value = data.get(name)
    if value is None and (name not in data or not required):
        if required:
            raise Problem(400, "missing_value", f"Het veld {name} ontbreekt.")
        return ""
    if not isinstance(value, str):
        raise Problem(
            400, "not_text", f"Stuur {name} als tekst, tussen aanhalingstekens: een getal kan cijfers verliezen."
        )
    check_characters(value, name)
    return value


def check_characters(value: str, name: str) -> None:
    """Raises Problem for what a database cannot hold: NUL, and half of a pair of surrogates."""
    if "\x00" in value or any("\ud800" <= character <= "\udfff" for character in value):
        raise Problem(400, "bad_character", f"In {name} staat een teken dat niet mag.")


def only_fields(data: Mapping[str, Any], known: frozenset[str]) -> None:
    """Raises Problem when an object has a field we do not know."""
    if not known.issuperset(data):
        raise Problem(400, "unknown_field", f"Onbekend veld. Mogelijk zijn: {', '.join(sorted(known))}.")


class AlwaysJson(BaseContentNegotiation):
    """The API speaks JSON, whatever the Accept header hopes for."""

    def select_parser(self, request: Request, parsers: Any) -> BaseParser | None:
        media_type = str(request.META.get("CONTENT_TYPE", "")).partition(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == media_type), None)

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        return renderers[0], renderers[0].media_type


def _too_large(largest: int) -> Problem:
    return Problem(413, "too_large", f"Dit bericht is te groot: hoogstens {largest // 1024} kB.")


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(pairs)
    if len(read) != len(pairs):
        raise Problem(400, "duplicate_key", "Een veld staat er twee keer in.")
    return read


def _refuse_constant(name: str) -> Any:
    raise Problem(400, "invalid_json", "NaN en Infinity zijn geen geldige JSON.")
