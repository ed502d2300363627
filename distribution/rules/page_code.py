"""The code on every page of a pickup list, by which a returned page is recognised.

`LK-<list>-<revision>-<page>-<check>`: nothing personal, readable for a scanner and for a person. The
check is the three numbers written one after the other, each as six digits, mod 97.
"""

import re
from dataclasses import dataclass

WRITTEN = re.compile(r"LK-([1-9][0-9]{0,9})-([1-9][0-9]{0,4})-([1-9][0-9]{0,4})-([0-9]{2})")


@dataclass(frozen=True)
class PageCode:
    """Which page of which list. The list's number is that of its row, so it names the revision too."""

    list_id: int
    revision: int
    page: int

    def __str__(self) -> str:
        return f"LK-{self.list_id}-{self.revision}-{self.page}-{_check(self.list_id, self.revision, self.page)}"


def read(written: str) -> PageCode | None:
    """The page that was scanned or typed (spaces and lower case are fine); None when it is no page code."""
    found = WRITTEN.fullmatch("".join(written.split()).upper())
    if found is None:
        return None
    list_id, revision, page = (int(number) for number in found.groups()[:3])
    return PageCode(list_id, revision, page) if found[4] == _check(list_id, revision, page) else None


def _check(list_id: int, revision: int, page: int) -> str:
    return f"{(list_id * 10**12 + revision * 10**6 + page) % 97:02d}"
