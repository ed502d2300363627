"""Who stands at a desk: invited, changed, removed. Rows end and are never deleted; each says who did it and when."""

import datetime as dt
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from pickup_points.desks import Desk, is_of_office
from pickup_points.models import AccountEvent, AccountEventKind, DeskMember, DeskRole, KlasseRole, PickupPoint, User
from pickup_points.security_events import SecurityEvent, tell_once_done

LONGEST_NAME = 120
LONGEST_EMAIL = 254


class MemberRefused(Exception):
    """Nothing was changed; the text is the Dutch sentence."""

    code: ClassVar[str] = "refused"


class BadAddress(MemberRefused):
    code = "bad_email"

    def __init__(self) -> None:
        super().__init__("Dit is geen e-mailadres. Schrijf het zo: an@voorbeeld.be.")


class AlreadyThere(MemberRefused):
    code = "already_a_member"

    def __init__(self) -> None:
        super().__init__("Deze collega staat al in de lijst.")


class AccountSwitchedOff(MemberRefused):
    code = "account_inactive"

    def __init__(self) -> None:
        super().__init__("Dit account werd uitgeschakeld. Vraag Klasse om het opnieuw aan te zetten.")


class LastManager(MemberRefused):
    code = "last_manager"

    def __init__(self) -> None:
        super().__init__("Elk afhaalpunt heeft een beheerder nodig. Maak eerst iemand anders beheerder.")


class NoSuchMember(MemberRefused):
    """Not there, no longer there, or of another point: the same answer."""

    code = "not_found"

    def __init__(self) -> None:
        super().__init__("Deze collega staat niet meer in de lijst.")


class NotAManager(MemberRefused):
    code = "not_a_manager"

    def __init__(self) -> None:
        super().__init__("Alleen een beheerder kan de lijst van collega's wijzigen.")


def find_or_create_user(email: str, *, name: str = "") -> User:
    """The account with this address; a new one has no password until its owner chooses one. Raises BadAddress."""
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError:
        raise BadAddress from None
    if len(address) > LONGEST_EMAIL:
        raise BadAddress
    user = User.objects.filter(email=address).first()
    if user is None:
        return User.objects.create_user(address, name=name.strip()[:LONGEST_NAME])
    if not user.is_active:
        raise AccountSwitchedOff
    return user


def find(desk: Desk, *, member_id: int) -> DeskMember:
    """Someone who stands at this desk now. Raises NoSuchMember."""
    member = DeskMember.objects.select_related("user").filter(pk=member_id, point=desk.point, ended_at=None).first()
    if member is None:
        raise NoSuchMember
    return member


@transaction.atomic
def invite(desk: Desk, *, email: str, name: str, role: DeskRole, at: dt.datetime) -> DeskMember:
    """Let someone stand at the desk of a manager, or at one that Klasse sets up. Raises NotAManager, BadAddress, AccountSwitchedOff or AlreadyThere."""
    _hold(desk)
    user = find_or_create_user(email, name=name)
    if DeskMember.objects.filter(point=desk.point, user=user, ended_at=None).exists():
        raise AlreadyThere
    tell_once_done(SecurityEvent.INVITED, account=user.pk, by=desk.user.pk, became=role.value)
    return DeskMember.objects.create(point=desk.point, user=user, role=role, since=at, invited_by=desk.user)


@transaction.atomic
def change_role(desk: Desk, *, member_id: int, role: DeskRole, at: dt.datetime) -> DeskMember:
    """End one row and begin another, so that who might do what at which moment stays readable.

    Raises NotAManager, NoSuchMember or LastManager.
    """
    _hold(desk)
    member = find(desk, member_id=member_id)
    if member.role == role:
        return member
    _keep_a_manager(member, by=desk.user)
    _end(member, by=desk.user, at=at)
    _tell_role(member.user_id, by=desk.user.pk, was=member.role, became=role)
    return DeskMember.objects.create(point=desk.point, user=member.user, role=role, since=at, invited_by=desk.user)


@transaction.atomic
def remove(desk: Desk, *, member_id: int, at: dt.datetime) -> None:
    """Take someone from the desk; the next thing they ask finds nothing. Raises NotAManager, NoSuchMember or LastManager."""
    _hold(desk)
    member = find(desk, member_id=member_id)
    _keep_a_manager(member, by=desk.user)
    _end(member, by=desk.user, at=at)
    _tell_role(member.user_id, by=desk.user.pk, was=member.role, became="")


@transaction.atomic
def enrol(email: str, *, point: PickupPoint, role: DeskRole, at: dt.datetime) -> User:
    """What who runs the system does: someone stands at this desk in this role from now on, whatever went before.

    Raises BadAddress or AccountSwitchedOff.
    """
    PickupPoint.objects.select_for_update().get(pk=point.pk)
    user = find_or_create_user(email)
    member = DeskMember.objects.filter(point=point, user=user, ended_at=None).first()
    if member is not None and member.role != role:
        _end(member, by=user, at=at)
        member = None
    if member is None:
        DeskMember.objects.create(point=point, user=user, role=role, since=at)
        tell_once_done(SecurityEvent.INVITED, account=user.pk, became=role.value)
    return user


@transaction.atomic
def give_klasse_role(email: str, *, role: KlasseRole, at: dt.datetime) -> User:
    """Someone of Klasse, by who runs the system. Raises BadAddress or AccountSwitchedOff."""
    user = find_or_create_user(email)
    if user.klasse_role != role:
        AccountEvent.objects.create(user=user, kind=AccountEventKind.ROLE, at=at, was=user.klasse_role, became=role)
        _tell_role(user.pk, was=user.klasse_role, became=role)
    user.klasse_role = role
    user.save(update_fields=["klasse_role"])
    return user


def _hold(desk: Desk) -> None:
    """One change at a time per point: two managers can not remove each other in the same second.

    Klasse's office may do what a manager may.
    """
    if not desk.is_manager:
        raise NotAManager
    PickupPoint.objects.select_for_update().get(pk=desk.point.pk)
    if is_of_office(desk.user):
        return
    still = DeskMember.objects.filter(point=desk.point, user=desk.user, role=DeskRole.MANAGER, ended_at=None)
    if not still.exists():
        raise NotAManager


def _keep_a_manager(member: DeskMember, *, by: User) -> None:
    """A point does not leave itself without a manager. Klasse may: it replaces the one who is gone."""
    if is_of_office(by):
        return
    others = DeskMember.objects.filter(point=member.point_id, role=DeskRole.MANAGER, ended_at=None).exclude(
        pk=member.pk
    )
    if member.role == DeskRole.MANAGER and not others.filter(user__is_active=True).exists():
        raise LastManager


def _tell_role(user_key: int, *, by: int | None = None, was: str, became: str) -> None:
    tell_once_done(
        SecurityEvent.ROLE_CHANGED, account=user_key, by=by, was=str(was) or "none", became=str(became) or "none"
    )


def _end(member: DeskMember, *, by: User, at: dt.datetime) -> None:
    member.ended_at, member.ended_by = at, by
    member.save(update_fields=["ended_at", "ended_by"])
