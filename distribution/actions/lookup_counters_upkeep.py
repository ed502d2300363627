"""Around the limiter's counters: forgetting those that ended, and telling Klasse when the breaker tripped."""

import datetime as dt
import hashlib

from django.core.mail import send_mail
from django.db import transaction
from django.db.utils import IntegrityError

from distribution.models import LookupCounter

ALERT_SUBJECT = "Waar is mijn Lerarenkaart: ongewoon veel foute opzoekingen"
ALERT_TEXT = """Dag Klasse,

Op {day:%d/%m/%Y} om {day:%H.%M} uur werd op "Waar is mijn Lerarenkaart" ongewoon vaak een nummer getypt dat niet bestaat.
Misschien probeert iemand nummers te raden.

De site beschermt zichzelf: wie opzoekt, geeft nu ook de postcode van thuis. Leraren vinden hun kaart dus nog altijd,
met één stap meer. Dat stopt vanzelf als het weer rustig is.

Wat kun jij doen?
- Verstuurde je net een nieuwsbrief? Dan zijn het wellicht gewone tikfouten, en hoef je niets te doen.
- Krijg je dit bericht vaker op één dag? Bel dan wie de site beheert.

In dit bericht staat niets over personen, en de site heeft geen nummers van de bezoekers bewaard.
"""
# An alert is remembered longer than any queue can hold its task.
ALERT_REMEMBERED = dt.timedelta(days=7)


def forget_ended(*, at: dt.datetime) -> int:
    """Delete the counters whose window has ended; returns how many. Twice is as good as once."""
    deleted, _ = LookupCounter.objects.filter(window_ends_at__lte=at).delete()
    return deleted


def alert_breaker(tripped_at: dt.datetime, *, to: str, sender: str, at: dt.datetime) -> bool:
    """Mail Klasse that the breaker tripped; False when that trip was mailed before.

    A row claims the trip before the mail leaves, so that of two workers with the same task one
    mails. A mail that could not leave gives the claim back and raises (OSError: try again). Who
    dies in between loses one mail, and the next trip, five minutes on, sends its own.
    """
    claim = hashlib.sha256(f"alert {tripped_at.astimezone(dt.UTC).isoformat()}".encode()).hexdigest()
    try:
        with transaction.atomic():
            LookupCounter.objects.create(key=claim, window_ends_at=at + ALERT_REMEMBERED, count=1)
    except IntegrityError:
        return False
    try:
        send_mail(ALERT_SUBJECT, ALERT_TEXT.format(day=tripped_at), sender, [to])
    except Exception:
        LookupCounter.objects.filter(key=claim).delete()
        raise
    return True
