"""The log: the one filter that keeps numbers and names of people out of every line (hardening.md T16)."""

import logging
import re

# Eleven digits in a row, or with the separators people type between them; and the card's suffix behind.
NUMBER = re.compile(r"(?<![0-9])[0-9](?:[\s.\-/‐-―−]{0,2}[0-9]){10}(?:-[0-9]{4,6})?(?![0-9])")
# PostgreSQL quotes the row it refuses: "Failing row contains (…, Peeters, An, …)".
QUOTED_ROW = re.compile(r"^(DETAIL|CONTEXT): .*$", re.MULTILINE)


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
    """The text without numbers of people and without the rows a database quotes."""
    return QUOTED_ROW.sub(r"\1: [weggelaten]", NUMBER.sub("[nummer]", text))
