"""A code of the second step works once, whichever process sees it and as long as it might work at all.

allauth remembers that in the cache of one process and for half a minute; a code may work for a minute and a half.
"""

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils.crypto import salted_hmac

from distribution.models import LookupCounter

REMEMBERED = dt.timedelta(minutes=2)


def take(user_key: int, code: str, *, at: dt.datetime) -> bool:
    """True for the first who comes with it. Kept as a keyed hash, among the counters that are forgotten every hour."""
    digits = "".join(filter(str.isalnum, code))
    key = salted_hmac("lerarenkaart.second-step", f"{user_key}|{digits}", algorithm="sha256").hexdigest()
    until = at + REMEMBERED
    try:
        with transaction.atomic():
            LookupCounter.objects.create(key=key, window_ends_at=until, count=1)
    except IntegrityError:
        # The same digits, long after: chance.
        return bool(LookupCounter.objects.filter(key=key, window_ends_at__lt=at).update(window_ends_at=until))
    return True
