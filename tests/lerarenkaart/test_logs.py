"""The log keeps no number and no row of a person (hardening.md T16, P9)."""

import io
import logging
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lerarenkaart import logs
from tests import programs

EVERY_LOGGER = """
import logging, sys
import django
django.setup()
from lerarenkaart.celery import keep_our_log
keep_our_log()
names = ("", "django.request", "django.server", "django.security.DisallowedHost", "distribution.views", "celery.app.trace")
for name in (*names, "gunicorn.error", "gunicorn.access"):
    log = logging.getLogger(name)
    log.warning("de kaart van %s", "16203040856")
    try:
        raise ValueError("16203040856 bestaat niet")
    except ValueError:
        log.exception("fout bij 162.030.408-56")
"""


def logged(message: str, *arguments: object, error: Exception | None = None, format_first: bool = False) -> str:
    """What the handler of the settings writes for one record."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(logs.MaskNumbers())
    exc_info = None
    if error is not None:
        try:
            raise error
        except Exception:  # noqa: BLE001 -- only to have a traceback
            exc_info = sys.exc_info()
    record = logging.LogRecord("proef", logging.ERROR, __file__, 1, message, arguments, exc_info)
    if format_first:
        logging.Formatter().format(record)
    handler.handle(record)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("message", "arguments", "line"),
    [
        ("kaart 16203040856 gezocht", (), "kaart [nummer] gezocht"),
        ("kaart %s gezocht", ("16203040856",), "kaart [nummer] gezocht"),
        ("%(nummer)s", ({"nummer": 16203040856},), "[nummer]"),
        ("1 620304-08.56", (), "[nummer]"),
        ("16203040856-22036", (), "[nummer]"),
        ("1\u00a0620304\u00a008–56", (), "[nummer]"),
        ("['16203040856', '18505250273']", (), "['[nummer]', '[nummer]']"),
        ("in 12 seconden 222000 rijen", (), "in 12 seconden 222000 rijen"),
        ("2027-01-12 10:00 klaar", (), "2027-01-12 10:00 klaar"),
        (
            "null value\nDETAIL:  Failing row contains (7, Peeters, An, Kerkstraat).",
            (),
            "null value\nDETAIL: [weggelaten]",
        ),
        ('CONTEXT:  COPY person, line 3, column last_name: "Peeters"', (), "CONTEXT: [weggelaten]"),
    ],
)
def test_mask(message: str, arguments: tuple[object, ...], line: str) -> None:
    assert logged(message, *arguments) == line + "\n"


@pytest.mark.parametrize("format_first", [False, True], ids=["first", "after-another-handler"])
def test_mask_traceback(format_first: bool) -> None:  # noqa: FBT001
    error = ValueError("16203040856 bestaat niet")
    error.add_note("gezocht op 1 620304 08 56")

    text = logged("mislukt", error=error, format_first=format_first)

    assert text.splitlines()[-2:] == ["ValueError: [nummer] bestaat niet", "gezocht op [nummer]"]


def test_mask_holds_for_every_logger_t16(tmp_path: Path) -> None:
    done = programs.python(EVERY_LOGGER, env=programs.environment(tmp_path))

    assert done.stderr.count("de kaart van [nummer]") == 8
    assert done.stderr.count("ValueError: [nummer] bestaat niet") == 8
    assert "0856" not in done.stderr
    assert "408-56" not in done.stderr


@given(st.text(st.characters(exclude_categories=["N"])), st.text(st.characters(exclude_categories=["N"])))
def test_mask_finds_a_number_in_any_text(before: str, after: str) -> None:
    assert "16203040856" not in logs.masked(f"{before}16203040856{after}")


def test_mask_holds_for_what_ends_a_process_t16(tmp_path: Path) -> None:
    """A command that breaks on a row says which row it was: PostgreSQL quotes it."""
    code = """
import sys, threading
from lerarenkaart import logs
logs.mask_crashes()
def break_down():
    raise ValueError("16203040856 bestaat niet\\nDETAIL:  Failing row contains (7, Peeters, An).")
thread = threading.Thread(target=break_down)
thread.start()
thread.join()
break_down()
"""
    done = programs.python(code, env=programs.environment(tmp_path))

    assert done.returncode == 1
    assert done.stderr.count("ValueError: [nummer] bestaat niet\nDETAIL: [weggelaten]\n") == 2
    assert "Peeters" not in done.stderr
