"""Who may stand at which desk: the one guarded way from a person to a point.

Every door that shows or changes what belongs to a point asks here; nobody else reads DeskMember.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Q

from pickup_points.models import DeskMember, DeskRole, KlasseRole, PickupPoint, User


class NoSuchDesk(Exception):
    """There is no such point, or it is not theirs: the same answer, so that nobody learns which."""


@dataclass(frozen=True)
class Desk:
    """A person at the desk of one point. The doors hand it to actions as proof that the guard was passed."""

    point: PickupPoint
    user: User
    is_manager: bool


def get_desk_for(user: User, code: str, *, as_manager: bool = False) -> Desk:
    """The desk of the point with this code; raises NoSuchDesk for a stranger, and for who is no manager when one is asked for."""
    allowed = Q(user=user, point__code=code, ended_at=None)
    if as_manager:
        allowed &= Q(role=DeskRole.MANAGER)
    member = DeskMember.objects.filter(allowed).select_related("point").first() if user.is_active else None
    if member is None:
        raise NoSuchDesk
    return Desk(member.point, user, member.role == DeskRole.MANAGER)


def office_desk(user: User, code: str) -> Desk:
    """The desk of any point, as someone who runs the year for Klasse may set it up; raises NoSuchDesk for others."""
    point = PickupPoint.objects.filter(code=code).first() if is_of_office(user) else None
    if point is None:
        raise NoSuchDesk
    return Desk(point, user, is_manager=True)


def is_of_office(user: User) -> bool:
    """True for who runs the year for Klasse, as it stands in the database now."""
    return User.objects.filter(pk=user.pk, is_active=True, klasse_role=KlasseRole.OFFICE).exists()


def desks_of(user: User) -> Mapping[int, Desk]:
    """Every desk of a person, by the key of its point, in the order of names."""
    if not user.is_active:
        return {}
    members = DeskMember.objects.filter(user=user, ended_at=None).select_related("point").order_by("point__name", "pk")
    return {one.point_id: Desk(one.point, user, one.role == DeskRole.MANAGER) for one in members}


def managers_of(point: PickupPoint) -> list[User]:
    """Who manages a point now: whom a mail about it goes to."""
    members = DeskMember.objects.filter(point=point, ended_at=None, role=DeskRole.MANAGER, user__is_active=True)
    return [one.user for one in members.select_related("user").order_by("pk")]


def others_of_the_office(user_key: int) -> list[User]:
    """The other pairs of eyes: who of Klasse may agree to what this person asked."""
    office = User.objects.filter(klasse_role=KlasseRole.OFFICE, is_active=True)
    return list(office.exclude(pk=user_key).order_by("pk"))


def needs_second_factor(user: User) -> bool:
    """True for who sees more than one library as its manager, and for people of Klasse."""
    if user.klasse_role or user.is_superuser:
        return True
    return DeskMember.objects.filter(user=user, ended_at=None, role=DeskRole.MANAGER)[:2].count() > 1


@dataclass(frozen=True)
class Colleague:
    """Someone who stands at a desk. `came_in`: they chose a password and logged in at least once."""

    member_id: int
    name: str
    email: str
    is_manager: bool
    since: dt.datetime
    came_in: bool
    is_self: bool


@dataclass(frozen=True)
class Staff:
    """How many people stand at a desk now, and how many of them ever came in."""

    people: int
    came_in: int


def staff_by_point() -> dict[int, Staff]:
    """The staff of every desk that has any, by the key of its point. One question."""
    members = DeskMember.objects.filter(ended_at=None, user__is_active=True).values("point").order_by()
    counted = members.annotate(people=Count("pk"), came_in=Count("user__last_login"))
    return {one["point"]: Staff(one["people"], one["came_in"]) for one in counted}


def colleagues(desk: Desk) -> tuple[Colleague, ...]:
    """Who stands at this desk now, by name. One question, however many there are."""
    return colleagues_at(desk.point, seen_by=desk.user)


def colleagues_at(point: PickupPoint, *, seen_by: User) -> tuple[Colleague, ...]:
    """Who stands at the desk of a point now, as someone of it or of Klasse sees it."""
    members = DeskMember.objects.filter(point=point, ended_at=None, user__is_active=True).select_related("user")
    found = [
        Colleague(
            member_id=one.pk,
            name=one.user.name or one.user.email,
            email=one.user.email,
            is_manager=one.role == DeskRole.MANAGER,
            since=one.since,
            came_in=one.user.last_login is not None,
            is_self=one.user_id == seen_by.pk,
        )
        for one in members
    ]
    return tuple(sorted(found, key=lambda one: (one.name.casefold(), one.email)))
