"""Years as people ask for them: `2027`, or `2017-2021`."""

import re

from distribution.errors import DistributionError

WRITTEN = re.compile(r"([0-9]{4})(?:-([0-9]{4}))?")
FIRST_YEAR, LAST_YEAR = 1990, 2100


class BadYears(DistributionError):
    code = "bad_years"


def read(written: str) -> range:
    """The years; raises BadYears."""
    found = WRITTEN.fullmatch(written.strip())
    first, last = (int(found[1]), int(found[2] or found[1])) if found else (0, 0)
    if not FIRST_YEAR <= first <= last <= LAST_YEAR:
        raise BadYears("Schrijf een jaar als 2027, of van en tot en met als 2017-2021.")
    return range(first, last + 1)
