"""Along which way a card goes: the first that fits (interface.md §3)."""

import datetime as dt
from collections.abc import Sequence

from distribution.enums import Channel


def choose(*, is_subscriber: bool, held_card_before: bool | None) -> Channel:
    """The way of an entitled person's card. `held_card_before` is None while nobody knows last year's cards."""
    if is_subscriber:
        return Channel.SUBSCRIPTION
    if held_card_before is False:
        return Channel.STARTER
    return Channel.PICKUP


def next_mailing(mailings: Sequence[dt.date], *, on: dt.date) -> dt.date | None:
    """The first starter mailing on or after `on`; None when the last one has left: then no new cards are made."""
    return min((day for day in mailings if day >= on), default=None)
