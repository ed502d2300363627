"""How many pictures one account may have read: a camera that looks three times a second never notices."""

import datetime as dt
import hmac
import math

from distribution.actions import lookup_counters
from distribution.actions.lookup_counters import Change
from distribution.errors import DistributionError
from distribution.rules.lookup_limits import MINUTE, Limit
from pickup_points.models import User

PICTURES = Limit("desk-pictures", 300, MINUTE)


class TooManyPictures(DistributionError):
    """This account sent more than any camera does; `retry_after` in seconds."""

    code = "too_many_pictures"

    def __init__(self, retry_after: int) -> None:
        super().__init__("Er kwamen te veel foto's na elkaar. Wacht een minuut, of typ het nummer.")
        self.retry_after = retry_after


def count(*, by: User, at: dt.datetime, redis_url: str, secret: str) -> None:
    """One more picture of this account; raises TooManyPictures."""
    who = hmac.digest(secret.encode(), f"{PICTURES.kind}|{by.pk}".encode(), "sha256").hex()[:32]
    change = Change(f"{PICTURES.kind}:{who}", 1, PICTURES.seconds)
    counted = lookup_counters.get(redis_url).add([change], at=at)[0]
    if counted.value > PICTURES.most:
        raise TooManyPictures(max(1, math.ceil((counted.ends_at - at).total_seconds())))
