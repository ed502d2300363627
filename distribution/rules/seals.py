"""The chain over readings: what each link is made of (hardening.md T05, ADR 0020).

A link has two digests: of what stays for as long as the readings do, and of what was typed, with a key
that is thrown away together with it. Its own digest is over both and over the link before. All are
keyed: who can write in the database alone can not make a chain that fits.
"""

import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

FIRST = "0" * 64
GROUP = 8


@dataclass(frozen=True)
class Row:
    """A reading as it is sealed. `words`: why someone looked, and the keyed hash of what was typed."""

    key: int
    at: dt.datetime
    by: int
    point: int | None
    kind: str
    cards: Sequence[int]
    count: int
    words: tuple[str, str]

    @property
    def has_words(self) -> bool:
        return any(self.words)


class Digests:
    """Both digests of a link, row by row: hundreds of thousands need no memory."""

    def __init__(self, *, secret: str, words_key: str) -> None:
        self._rows = _hasher(f"rows|{secret}")
        self._words = _hasher(f"words|{words_key}")
        self.count = 0
        self.has_words = False

    def add(self, rows: Iterable[Row]) -> "Digests":
        """Take these rows in, in the order of their keys."""
        for row in rows:
            facts = [row.key, moment(row.at), row.by, row.point, row.kind, list(row.cards), row.count]
            self._rows.update(_line(facts))
            self._words.update(_line([row.key, *row.words]))
            self.count += 1
            self.has_words |= row.has_words
        return self

    @property
    def rows(self) -> str:
        return self._rows.hexdigest()

    @property
    def words(self) -> str:
        return self._words.hexdigest()


def digest(
    *,
    number: int,
    at: dt.datetime,
    count: int,
    until: dt.datetime,
    rows_digest: str,
    words_digest: str,
    before: str,
    secret: str,
) -> str:
    """The seal itself; `before`: that of the link before, FIRST for the first."""
    made = _hasher(f"seal|{secret}")
    made.update(_line([number, moment(at), count, moment(until), rows_digest, words_digest, before]))
    return made.hexdigest()


def written(digest: str) -> str:
    """As people and logs have it: in groups, of which none is as long as a number of a person."""
    return ":".join(digest[start : start + GROUP] for start in range(0, len(digest), GROUP))


def read(typed: str) -> str:
    """The digest in what someone typed or pasted."""
    return typed.replace(":", "").strip().lower()


def moment(at: dt.datetime) -> str:
    """The same text for the same moment, whatever database or time zone it comes from."""
    return at.astimezone(dt.UTC).isoformat(timespec="microseconds")


def _hasher(key: str) -> "hmac.HMAC":
    return hmac.new(f"reading-seal|{key}".encode(), digestmod=hashlib.sha256)


def _line(facts: list[object]) -> bytes:
    return json.dumps(facts, ensure_ascii=True, separators=(",", ":")).encode() + b"\n"
