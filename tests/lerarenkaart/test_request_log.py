"""Each request leaves one line with its own name, and nothing of what was asked (hardening.md T16)."""

import io
import json
import logging
import re
import sys
import uuid

import pytest
import structlog
from django.test import Client, RequestFactory

from lerarenkaart import logs, request_log

pytestmark = pytest.mark.django_db


def test_a_line_says_the_page_and_what_came_of_it(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, request_log.__name__):
        answer = client.get("/afhaalpunten/?postcode=9000")

    line = next(one for one in caplog.records if one.name == request_log.__name__)
    assert re.fullmatch(r"GET pickup_points:index 200 \d+ ms", line.getMessage())
    assert re.fullmatch(r"[0-9a-f]{32}", answer[request_log.HEADER])


def test_each_request_has_a_name_of_its_own(client: Client) -> None:
    names = {client.get("/robots.txt")[request_log.HEADER] for _ in range(5)}

    assert len(names) == 5


def test_the_mask_leaves_the_name_of_a_request_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """Digits in a row in a name, by chance, look like a staff number; then the log would not say which request it was."""
    names = iter([uuid.UUID("7e16203040856f1fab0d3e2cab0d3e2c"), uuid.UUID("7e1620304085f1fab0d3e2cab0d3e2ca")])
    monkeypatch.setattr(uuid, "uuid4", lambda: next(names))

    assert request_log.new_name() == "7e1620304085f1fab0d3e2cab0d3e2ca"


def test_machines_that_ask_all_the_time_leave_no_line(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, request_log.__name__):
        for path in ("/healthz", "/readyz", "/metrics"):
            client.get(path)

    assert [one for one in caplog.records if one.name == request_log.__name__] == []


def written(
    log: str, *arguments: object, error: Exception | None = None, extra: dict[str, object] | None = None
) -> dict[str, object]:
    """What a record becomes in JSON."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.json_lines())
    handler.addFilter(logs.MaskNumbers())
    exc_info = None
    if error is not None:
        try:
            raise error
        except Exception:  # noqa: BLE001 -- only to have a traceback
            exc_info = sys.exc_info()
    record = logging.LogRecord("proef", logging.ERROR, __file__, 1, log, arguments, exc_info)
    record.__dict__.update(extra or {})
    handler.handle(record)
    lines = stream.getvalue().splitlines()
    assert len(lines) == 1
    found: dict[str, object] = json.loads(lines[0])
    return found


def test_json_is_one_line_with_the_name_of_its_request() -> None:
    structlog.contextvars.bind_contextvars(request_id="0123456789abcdef")
    try:
        line = written("kaart %s", "weg")
    finally:
        structlog.contextvars.clear_contextvars()

    assert {key: line[key] for key in ("event", "level", "logger", "request_id")} == {
        "event": "kaart weg",
        "level": "error",
        "logger": "proef",
        "request_id": "0123456789abcdef",
    }


def test_json_masks_the_message_and_the_traceback_t16() -> None:
    line = written("de kaart van %s", "16203040856", error=ValueError("162.030.408-56 bestaat niet"))

    assert line["event"] == "de kaart van [nummer]"
    assert "408" not in json.dumps(line)
    assert "[nummer] bestaat niet" in str(line["exception"])


def test_json_masks_what_comes_along_as_a_thing_t16() -> None:
    """Django hands its request along with every refusal: an address with a search in it, as interface.md §6 has it."""
    request = RequestFactory().get("/api/v1/desk/cards/", {"q": "Peeters"})
    numbered = RequestFactory().get("/16203040856/")
    given = {"request": request, "other": numbered, "nummer": 16203040856, "deep": {"a": ["16203040856", 7, None]}}
    line = written("geweigerd", extra=given)

    assert line["nummer"] == "[nummer]"
    assert line["deep"] == {"a": ["[nummer]", 7, None]}
    assert line["request"] == "<WSGIRequest: GET '/api/v1/desk/cards/?[zoekvraag]"
    assert line["other"] == "<WSGIRequest: GET '/[nummer]/'>"
