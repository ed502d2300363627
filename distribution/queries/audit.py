"""Whether the chain over readings still fits, link by link (hardening.md T05)."""

import datetime as dt
import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Q

from distribution.models import Reading, ReadingSeal
from distribution.rules import seals
from distribution.rules.seals import Digests, Row

CHUNK = 2_000
# The seal comes every five minutes: what lies open longer was never sealed, or lost its seal.
SEALED_WITHIN = dt.timedelta(hours=2)
FIELDS = ("pk", "at", "by_id", "point_id", "kind", "cards", "count", "reason", "term_hash")


class Fault(StrEnum):
    """What can be wrong with a link; the sentence is for people."""

    MISSING = "er ontbreekt een zegel"
    SEAL = "het zegel zelf is veranderd"
    ROWS = "een inzage is veranderd, verdwenen of bijgekomen"
    WORDS = "een zoekterm of reden is veranderd of verdwenen"
    TOO_EARLY = "gewist voor de bewaartermijn om was"
    NOT_GONE = "nog niet gewist, maar het zegel zegt van wel"
    UNSEALED = "inzages liggen te lang zonder zegel"


@dataclass(frozen=True)
class Finding:
    """A fault, and the number of the seal where it is; `at`: when that was made."""

    number: int
    fault: Fault
    at: dt.datetime | None


@dataclass(frozen=True)
class Audit:
    """What checking brought. `latest`: the newest digest, to write down outside this database."""

    seals: int
    readings: int
    gone: int
    unsealed: int
    latest: str
    findings: tuple[Finding, ...]
    has_digest: bool | None


def verify(
    *,
    secret: str,
    at: dt.datetime,
    words_before: dt.datetime,
    readings_before: dt.datetime,
    digest: str = "",
) -> Audit:
    """Check every link and every reading that is still there. `digest`: one written down before, that must be in the chain.

    What went may only be what the terms let go: `words_before`, `readings_before`.
    """
    findings: list[Finding] = []
    before, expected, readings, gone, found = seals.FIRST, 1, 0, 0, False
    seal: ReadingSeal
    count = 0
    for seal in ReadingSeal.objects.order_by("number").iterator(chunk_size=CHUNK):
        count += 1
        if seal.number != expected:
            findings.append(Finding(expected, Fault.MISSING, None))
        faults, here = _faults(
            seal, before=before, secret=secret, words_before=words_before, readings_before=readings_before
        )
        findings += [Finding(seal.number, fault, seal.at) for fault in faults]
        before, expected = seal.digest, seal.number + 1
        readings += here
        gone += seal.count if seal.rows_gone_at else 0
        found = found or (bool(digest) and seal.digest == seals.read(digest))
    unsealed = Reading.objects.filter(seal=None)
    if unsealed.filter(at__lt=at - SEALED_WITHIN).exists():
        findings.append(Finding(expected, Fault.UNSEALED, None))
    return Audit(
        seals=count,
        readings=readings,
        gone=gone,
        unsealed=unsealed.count(),
        latest=before if count else "",
        findings=tuple(findings),
        has_digest=found if digest else None,
    )


def rows(seal: ReadingSeal) -> Iterator[Row]:
    """The readings under a seal, in the order in which they are sealed."""
    found = Reading.objects.filter(seal=seal).order_by("pk").values_list(*FIELDS)
    for key, at, by, point, kind, cards, count, reason, term_hash in found.iterator(chunk_size=CHUNK):
        yield Row(key, at, by, point, kind, cards, count, (reason, term_hash))


def ended(before: dt.datetime, *, field: str) -> Q:
    """The seals whose readings are all older than this, and of which `field` says that it is not done yet."""
    return Q(until__lt=before, **{field: None})


def _faults(
    seal: ReadingSeal, *, before: str, secret: str, words_before: dt.datetime, readings_before: dt.datetime
) -> tuple[list[Fault], int]:
    found: list[Fault] = []
    own = seals.digest(
        number=seal.number,
        at=seal.at,
        count=seal.count,
        until=seal.until,
        rows_digest=seal.rows_digest,
        words_digest=seal.words_digest,
        before=before,
        secret=secret,
    )
    if not hmac.compare_digest(own, seal.digest):
        found.append(Fault.SEAL)
    made = Digests(secret=secret, words_key=seal.words_key).add(rows(seal))
    if seal.rows_gone_at:
        if made.count:
            found.append(Fault.NOT_GONE)
        if seal.until >= readings_before:
            found.append(Fault.TOO_EARLY)
        return found, made.count
    if made.count != seal.count or not hmac.compare_digest(made.rows, seal.rows_digest):
        found.append(Fault.ROWS)
    if seal.words_gone_at:
        if made.has_words:
            found.append(Fault.NOT_GONE)
        if seal.until >= words_before:
            found.append(Fault.TOO_EARLY)
    elif not hmac.compare_digest(made.words, seal.words_digest):
        found.append(Fault.WORDS)
    return found, made.count
