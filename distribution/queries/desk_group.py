"""The basket of a group collection: cards of one point, in the order in which they were put in."""

from collections.abc import Sequence

from distribution.enums import Channel
from distribution.models import Card
from distribution.queries import desk
from pickup_points.models import PickupPoint

MOST_CARDS = 100


def basket(numbers: Sequence[str], *, point: PickupPoint) -> tuple[desk.Hit, ...]:
    """The cards with these numbers that lie at this point; a number of anywhere else is left out."""
    if not numbers:
        return ()
    cards = Card.objects.filter(number__in=numbers, pickup_point=point, channel=Channel.PICKUP)
    by_number = {hit.number: hit for hit in desk.hits(cards)}
    return tuple(by_number[number] for number in numbers if number in by_number)
