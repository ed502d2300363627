"""A point that stops, places and cards at once: one transaction over both, nothing else. Handed to the page of Klasse."""

import datetime as dt

from distribution.actions import stopping as cards
from distribution.actions import year_lock
from distribution.actions.stopping import Sent
from distribution.errors import DistributionError
from distribution.models import CardYear, Job, YearEvent
from pickup_points.actions import stopping as places
from pickup_points.actions.places import PlaceRefused
from pickup_points.models import PickupPoint, PointYear, User


class StopRefused(DistributionError):
    """The sentence and the code are those of what places say."""

    def __init__(self, refused: PlaceRefused) -> None:
        super().__init__(str(refused))
        self.code = refused.code  # type: ignore[misc]


def stop(
    card_year: CardYear, *, point: PickupPoint, follower: PickupPoint, by: User, at: dt.datetime
) -> tuple[Sent, Job | None]:
    """The point stops and the other follows: postcodes, cards and people at both ends. Raises StopRefused or YearIsBusy."""
    with year_lock.locked(card_year) as current:
        try:
            places.stop(point, follower=follower, year=current.year, by=by, at=at)
        except PlaceRefused as refused:
            raise StopRefused(refused) from refused
        sent = cards.send_along(current, point=point, to=follower, by=by, at=at)
        job = cards.tell_both(current, point=point, to=follower, cards=sent.transfers, by=by, at=at)
        _note(current, "point_stopped", point, follower, sent, by=by, at=at)
        return sent, job


def take_along(card_year: CardYear, *, point: PickupPoint, by: User, at: dt.datetime) -> Sent:
    """Cards that came to wait at a stopped point since go along too. Raises StopRefused."""
    with year_lock.locked(card_year) as current:
        part = PointYear.objects.filter(point=point, year=current.year).select_related("followed_by").first()
        if part is None or part.followed_by is None:
            raise StopRefused(places.NotStopped())
        sent = cards.send_along(current, point=point, to=part.followed_by, by=by, at=at)
        if sent.transfers or sent.moved:
            _note(current, "point_cards_along", point, part.followed_by, sent, by=by, at=at)
        return sent


def go_on(card_year: CardYear, *, point: PickupPoint, by: User, at: dt.datetime) -> Sent:
    """It does not stop after all, as long as no card left. Raises StopRefused or AlreadySent."""
    with year_lock.locked(card_year) as current:
        try:
            part = places.go_on(point, year=current.year, by=by, at=at)
        except PlaceRefused as refused:
            raise StopRefused(refused) from refused
        assert part.followed_by
        assert part.stopped_at
        back = cards.take_back(current, point=point, to=part.followed_by, since=part.stopped_at, by=by, at=at)
        _note(current, "point_goes_on", point, part.followed_by, back, by=by, at=at)
        return back


def _note(
    card_year: CardYear,
    kind: str,
    point: PickupPoint,
    follower: PickupPoint,
    sent: Sent,
    *,
    by: User,
    at: dt.datetime,
) -> None:
    summary = {"point": point.code, "follower": follower.code, "transfers": sent.transfers, "moved": sent.moved}
    YearEvent.objects.create(card_year=card_year, kind=kind, at=at, by=by, summary=summary | {"ended": sent.ended})
