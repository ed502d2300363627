"""One card as its own desk may see it: where it stands, and everything that happened to it."""

import datetime as dt
from dataclasses import dataclass

from distribution.models import Card, CardEvent
from distribution.queries import desk_screen
from pickup_points.desks import Desk


@dataclass(frozen=True)
class History:
    """A card with its events, the oldest first. `standing`: the hand-over that was not undone."""

    card: Card
    name: str
    last_four: str
    events: tuple[CardEvent, ...]
    standing: desk_screen.Done | None


def history(card_id: int, *, desk: Desk, at: dt.datetime) -> History | None:
    """None for a card that does not lie at this desk's point: another point's card is no card here."""
    card = (
        Card.objects.select_related("person", "card_year", "batch").filter(pk=card_id, pickup_point=desk.point).first()
    )
    if card is None:
        return None
    events = tuple(
        CardEvent.objects.filter(card=card)
        .select_related("by", "from_point", "to_point", "hand_over__by", "hand_over__pickup_list")
        .order_by("at", "pk")
    )
    handed = [event.hand_over for event in events if event.hand_over and event.hand_over.holds]
    standing = None
    if handed:
        handed[-1].card = card
        standing = desk_screen.as_seen(handed[-1], desk=desk, at=at)
    person = card.person
    return History(
        card,
        name=f"{person.last_name} {person.first_name}".strip(),
        last_four=person.staff_number[-4:],
        events=events,
        standing=standing,
    )
