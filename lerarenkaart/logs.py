"""The log: the one filter that keeps numbers and names of people out of every line (hardening.md T16)."""

import logging
import re
import sys
import threading
import traceback
from collections.abc import Mapping
from types import TracebackType
from typing import Any

import structlog
from structlog.types import EventDict, Processor

# Eleven digits in a row, or with the separators people type between them; and the card's suffix behind.
NUMBER = re.compile(r"(?<![0-9])[0-9](?:[\s.\-/‐-―−]{0,2}[0-9]){10}(?:-[0-9]{4,6})?(?![0-9])")
# The desk's search by GET (interface.md §6) has a name in its address. Our own pages POST.
SEARCHED = re.compile(r"(/desk/cards/\?)[^\s\"]+")
# PostgreSQL quotes the row it refuses: "Failing row contains (…, Peeters, An, …)".
QUOTED_ROW = re.compile(r"^(DETAIL|CONTEXT): .*$", re.MULTILINE)
# Django, its development server and gunicorn bring handlers of their own, without the mask: ours instead.
LOGGERS = {
    "django": {"handlers": [], "level": "INFO", "propagate": True},
    "django.server": {"handlers": [], "level": "INFO", "propagate": True},
    "gunicorn.error": {"handlers": ["console"], "level": "INFO", "propagate": False},
    "gunicorn.access": {"handlers": ["console"], "level": "INFO", "propagate": False},
    # A line for each step of each document says nothing; what goes wrong is a warning.
    "weasyprint.progress": {"level": "WARNING"},
    "pikepdf": {"level": "WARNING"},
    # At INFO it writes down which passkey is whose.
    "fido2": {"level": "WARNING"},
}


def config(form: str) -> dict[str, Any]:
    """All loggers write to the console, numbers masked, in one form: `line` or `json`."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"mask": {"()": "lerarenkaart.logs.MaskNumbers"}},
        "formatters": {
            "line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
            "json": {"()": "lerarenkaart.logs.json_lines"},
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "filters": ["mask"], "formatter": form}},
        "root": {"handlers": ["console"], "level": "INFO"},
        "loggers": LOGGERS,
    }


class MaskNumbers(logging.Filter):
    """Replaces whatever looks like a staff, card or register number by `[nummer]`, in message and traceback.

    Sits on the handler, so that it sees the records of every logger. A traceback that another handler
    formatted before is masked too.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = masked(record.getMessage())
        record.args = None
        if record.exc_info:
            record.exc_text = masked(record.exc_text or logging.Formatter().formatException(record.exc_info))
        if record.stack_info:
            record.stack_info = masked(record.stack_info)
        return True


def masked(text: str) -> str:
    """The text without numbers of people, without names that were searched and without the rows a database quotes."""
    without = SEARCHED.sub(r"\1[zoekvraag]", NUMBER.sub("[nummer]", text))
    return QUOTED_ROW.sub(r"\1: [weggelaten]", without)


def mask_crashes() -> None:
    """Let what ends a process, or a thread of it, unforeseen pass through the mask: Python itself would print it as it is."""
    sys.excepthook = _tell_crash
    threading.excepthook = _tell_thread_crash


def _tell_crash(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    sys.stderr.write(masked("".join(traceback.format_exception(kind, error, trace))))


def _tell_thread_crash(crash: threading.ExceptHookArgs) -> None:
    if crash.exc_value is not None and not issubclass(crash.exc_type, SystemExit):
        _tell_crash(crash.exc_type, crash.exc_value, crash.exc_traceback)


def json_lines() -> logging.Formatter:
    """A formatter that writes one JSON object a line: moment (UTC), level, logger, event, and the request it belongs to."""
    before: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.ExtraAdder(),
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=before,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            _mask_all,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )


def _mask_all(_: object, __: str, event: EventDict) -> EventDict:
    """Also what a processor wrote out itself, such as a traceback, and what came along as a thing: a request tells its address."""
    return {key: _masked_value(value) for key, value in event.items()}


def _masked_value(value: object) -> object:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return value if masked(str(value)) == str(value) else masked(str(value))
    if isinstance(value, Mapping):
        return {str(key): _masked_value(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_masked_value(one) for one in value]
    return masked(str(value))
