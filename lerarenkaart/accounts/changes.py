"""What Klasse does to an account: invite, change a role, switch off and on, take a second step away, end a program's key. Each leaves an event."""

import datetime as dt
from typing import ClassVar

from allauth.mfa.models import Authenticator
from django.db import transaction
from knox.models import AuthToken

from distribution.errors import DistributionError
from lerarenkaart.accounts import people
from pickup_points import desks
from pickup_points.actions import members
from pickup_points.models import AccountEvent, AccountEventKind, KlasseRole, User
from pickup_points.security_events import SecurityEvent, tell_once_done

# A reminder changes nothing.
IN_THE_LOG = {
    AccountEventKind.INVITED: SecurityEvent.INVITED,
    AccountEventKind.ROLE: SecurityEvent.ROLE_CHANGED,
    AccountEventKind.SWITCHED_OFF: SecurityEvent.SWITCHED_OFF,
    AccountEventKind.SWITCHED_ON: SecurityEvent.SWITCHED_ON,
    AccountEventKind.STEP_RESET: SecurityEvent.SECOND_STEP_RESET,
    AccountEventKind.TOKEN_ENDED: SecurityEvent.KEY_ENDED,
}


class AccountRefused(DistributionError):
    """What pickup_points refuses about an address, in the words of a page."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code  # type: ignore[misc]


class NotYourself(DistributionError):
    code = "not_yourself"

    def __init__(self) -> None:
        super().__init__("Je kunt je eigen rol niet wijzigen en jezelf niet uitschakelen. Vraag het een collega.")


class TechnicalAccount(DistributionError):
    code = "technical_account"

    def __init__(self) -> None:
        super().__init__("Dit is een technisch beheerder. Dat account wijzig je in het technisch beheer.")


class NoLongerOffice(DistributionError):
    """Someone took this role away in the same moment."""

    code: ClassVar[str] = "no_longer_office"

    def __init__(self) -> None:
        super().__init__("Je hebt deze rol zelf niet meer.")


class LastOffice(DistributionError):
    code = "last_office"

    def __init__(self) -> None:
        super().__init__("Dit is het laatste account dat het jaar kan beheren. Geef eerst iemand anders die rol.")


class NoSecondStep(DistributionError):
    code = "no_second_step"

    def __init__(self) -> None:
        super().__init__("Dit account heeft geen tweede stap om weg te halen.")


class NoSuchKey(DistributionError):
    code = "no_such_key"

    def __init__(self) -> None:
        super().__init__("Deze sleutel is er niet meer.")


@transaction.atomic
def invite(email: str, *, name: str, role: KlasseRole, by: User, at: dt.datetime) -> User:
    """Someone of Klasse from now on, in this role; an account that existed keeps its desks. Raises AccountRefused."""
    _hold(by)
    try:
        user = members.find_or_create_user(email, name=name)
    except members.MemberRefused as refused:
        raise AccountRefused(refused.code, str(refused)) from refused
    if user.klasse_role:
        raise AccountRefused(
            "already_of_klasse", f"{user} heeft al een rol bij Klasse. Wijzig ze op de bladzijde van dat account."
        )
    _tell(user, AccountEventKind.INVITED, by=by, at=at, became=role)
    User.objects.filter(pk=user.pk).update(klasse_role=role)
    return User.objects.get(pk=user.pk)


@transaction.atomic
def change_role(user: User, *, role: str, by: User, at: dt.datetime) -> User:
    """Another role at Klasse, or none (empty). Raises NotYourself, TechnicalAccount, LastOffice or NoLongerOffice."""
    there = _held(user, by=by)
    if there.klasse_role == role:
        return there
    if role != KlasseRole.OFFICE:
        _keep_an_office(there)
    _tell(there, AccountEventKind.ROLE, by=by, at=at, was=there.klasse_role, became=role)
    User.objects.filter(pk=there.pk).update(klasse_role=role)
    return User.objects.get(pk=there.pk)


@transaction.atomic
def switch_off(user: User, *, by: User, at: dt.datetime) -> None:
    """Nothing can be done with this account any more: its sessions, links and programs' keys end now.

    The password goes too, so that a session from before stays ended when the account is switched on again.
    Raises NotYourself, TechnicalAccount, LastOffice or NoLongerOffice.
    """
    there = _held(user, by=by)
    if not there.is_active:
        return
    _keep_an_office(there)
    there.is_active = False
    there.set_unusable_password()
    there.save(update_fields=["is_active", "password"])
    AuthToken.objects.filter(user=there).delete()
    _tell(there, AccountEventKind.SWITCHED_OFF, by=by, at=at, was=there.klasse_role)


@transaction.atomic
def switch_on(user: User, *, by: User, at: dt.datetime) -> None:
    """It may be used again, with a password still to be chosen. Raises NotYourself, TechnicalAccount or NoLongerOffice."""
    there = _held(user, by=by)
    if there.is_active:
        return
    User.objects.filter(pk=there.pk).update(is_active=True)
    _tell(there, AccountEventKind.SWITCHED_ON, by=by, at=at, became=there.klasse_role)


@transaction.atomic
def reset_second_step(user: User, *, by: User, at: dt.datetime) -> None:
    """For who lost app, passkeys and recovery codes, after somebody made sure who it is (docs/operations.md).

    The password goes too, and with it every session: only who reads the mail of this account comes in again, as the
    first time. Raises NoSecondStep, NotYourself, TechnicalAccount or NoLongerOffice.
    """
    take_second_step(_held(user, by=by), by=by, at=at)


@transaction.atomic
def take_second_step(user: User, *, by: User | None, at: dt.datetime) -> None:
    """The same by who runs the system, who may also help the technical account. Raises NoSecondStep."""
    gone, _ = Authenticator.objects.filter(user=user).delete()
    if not gone:
        raise NoSecondStep
    user.set_unusable_password()
    user.save(update_fields=["password"])
    _tell(user, AccountEventKind.STEP_RESET, by=by, at=at)


@transaction.atomic
def note_reminder(user: User, *, by: User, at: dt.datetime) -> None:
    """Write down that someone was reminded; the door sends the mail."""
    _tell(user, AccountEventKind.REMINDED, by=by, at=at)


@transaction.atomic
def end_key(user: User, *, ref: str, by: User, at: dt.datetime) -> None:
    """A program's key stops working now. Raises NoSuchKey."""
    _hold(by)
    key = next((one for one in AuthToken.objects.filter(user=user) if people.key_ref(one) == ref), None)
    if key is None:
        raise NoSuchKey
    key.delete()
    _tell(user, AccountEventKind.TOKEN_ENDED, by=by, at=at)


def _held(user: User, *, by: User) -> User:
    """The account as it stands now, with every account of the office held: two people never remove each other."""
    _hold(by)
    if user.pk == by.pk:
        raise NotYourself
    there = User.objects.select_for_update().get(pk=user.pk)
    if there.is_superuser:
        raise TechnicalAccount
    return there


def _hold(by: User) -> None:
    office = User.objects.select_for_update().filter(klasse_role=KlasseRole.OFFICE, is_active=True).order_by("pk")
    if by.pk not in {one.pk for one in office}:
        raise NoLongerOffice


def _keep_an_office(user: User) -> None:
    if user.klasse_role == KlasseRole.OFFICE and user.is_active and not desks.others_of_the_office(user.pk):
        raise LastOffice


def _tell(
    user: User, kind: AccountEventKind, *, by: User | None, at: dt.datetime, was: str = "", became: str = ""
) -> None:
    AccountEvent.objects.create(user=user, kind=kind, at=at, by=by, was=was, became=became)
    if kind in IN_THE_LOG:
        roles = {name: str(role) for name, role in (("was", was), ("became", became)) if role}
        tell_once_done(IN_THE_LOG[kind], account=user.pk, by=by.pk if by else None, **roles)
