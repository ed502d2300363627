"""Belgian postcodes as people write them."""

import re

WRITTEN = re.compile(r"(?:B-?\s?|BE-?\s?)?([1-9][0-9]{3})(?:\.0)?(?:\s+\D{1,80})?", re.IGNORECASE)


def normalise(written: str) -> str | None:
    """`"B-9000 "`, `"9000 Gent"` and `"9000.0"` become `"9000"`; what is no Belgian postcode becomes None."""
    found = WRITTEN.fullmatch(written.strip())
    return found.group(1) if found else None
