"""Sealing readings, and letting go of them when their time has passed: the chain still fits afterwards (hardening.md T05)."""

import datetime as dt
import logging
import secrets

from django.db import IntegrityError, transaction

from distribution.models import Reading, ReadingSeal
from distribution.queries import audit
from distribution.rules import seals
from distribution.rules.seals import Digests

log = logging.getLogger(__name__)
# Under one seal, so that forgetting by seals is never a day late.
SPAN = dt.timedelta(days=1)


def seal(*, at: dt.datetime, secret: str) -> int:
    """Put every reading that is there under a seal; returns how many. Nobody who reads waits for it.

    What is committed later comes under the next seal, whatever its moment. Of two workers one seals,
    and the other finds nothing to do. Each digest also goes to the log, outside this database.
    """
    sealed = 0
    try:
        while count := _seal_a_day(at=at, secret=secret):
            sealed += count
    except IntegrityError:
        return sealed
    return sealed


def forget_words(before: dt.datetime, *, at: dt.datetime) -> int:
    """Forget what was typed and why, of every reading under seals from before a moment; returns of how many seals."""
    with transaction.atomic():
        old = list(ReadingSeal.objects.select_for_update().filter(audit.ended(before, field="words_gone_at")))
        keys = [one.pk for one in old]
        Reading.objects.filter(seal__in=keys).update(reason="", term_hash="")
        ReadingSeal.objects.filter(pk__in=keys).update(words_key="", words_gone_at=at)
    return len(keys)


def forget_readings(before: dt.datetime, *, at: dt.datetime) -> int:
    """Delete the readings under seals from before a moment; returns how many. Their seals stay in the chain."""
    with transaction.atomic():
        old = list(
            ReadingSeal.objects.select_for_update().filter(
                audit.ended(before, field="rows_gone_at"), words_gone_at__isnull=False
            )
        )
        keys = [one.pk for one in old]
        deleted, _ = Reading.objects.filter(seal__in=keys).delete()
        ReadingSeal.objects.filter(pk__in=keys).update(rows_gone_at=at)
    return deleted


def _seal_a_day(*, at: dt.datetime, secret: str) -> int:
    open_rows = Reading.objects.filter(seal=None)
    with transaction.atomic():
        oldest = open_rows.order_by("at").values_list("at", flat=True).first()
        if oldest is None:
            return 0
        latest = ReadingSeal.objects.order_by("-number").first()
        number = latest.number + 1 if latest else 1
        words_key = secrets.token_hex(32)
        # Its number is taken first: a second worker waits here, and then has nothing to add.
        made = ReadingSeal.objects.create(number=number, at=at, count=0, until=at, words_key=words_key)
        made.count = open_rows.filter(at__lt=oldest + SPAN).update(seal=made)
        digests = Digests(secret=secret, words_key=words_key).add(audit.rows(made))
        made.until = Reading.objects.filter(seal=made).order_by("-at").values_list("at", flat=True)[0]
        made.rows_digest, made.words_digest = digests.rows, digests.words
        made.digest = seals.digest(
            number=number,
            at=at,
            count=made.count,
            until=made.until,
            rows_digest=made.rows_digest,
            words_digest=made.words_digest,
            before=latest.digest if latest else seals.FIRST,
            secret=secret,
        )
        made.save()
    log.info("Seal %s over %s readings: %s.", made.number, made.count, seals.written(made.digest))
    return made.count
