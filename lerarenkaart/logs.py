"""The log: the one filter that keeps staff and card numbers out of every line."""

import logging
import re

# Eleven digits in a row, or with the separators people type between them.
NUMBER = re.compile(r"(?<![0-9])[0-9](?:[ .\-]?[0-9]){10}(?![0-9])")


class MaskNumbers(logging.Filter):
    """Replaces whatever looks like a staff, card or register number by `[nummer]`, in message and traceback."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = NUMBER.sub("[nummer]", record.getMessage())
        record.args = None
        if record.exc_info and not record.exc_text:
            record.exc_text = NUMBER.sub("[nummer]", logging.Formatter().formatException(record.exc_info))
        return True
