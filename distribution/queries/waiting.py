"""How many people still wait for their card at a point."""

from distribution.enums import CardState, Channel
from distribution.models import Card


def at_point(point_id: int, *, year: int) -> int:
    """Cards of a year that lie at a point and were not handed over. One question, answered from an index."""
    return Card.objects.filter(
        card_year__year=year, pickup_point=point_id, channel=Channel.PICKUP, state=CardState.ISSUED
    ).count()
