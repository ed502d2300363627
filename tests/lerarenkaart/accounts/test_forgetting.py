"""Accounts nobody uses any more lose name, address and keys; what they did stays theirs by key."""

import datetime as dt
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from knox.models import AuthToken

from distribution.models import Reading
from distribution.queries.subject_access import CONSOLE
from lerarenkaart.accounts import forgetting
from pickup_points.models import AccountEvent, AccountEventKind, DeskMember, KlasseRole, User
from tests import make
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
BEFORE = NOW - dt.timedelta(days=730)
LONG_AGO, LATELY = BEFORE - dt.timedelta(seconds=1), BEFORE


def account(**fields: Any) -> User:
    user = make.new_user()
    User.objects.filter(pk=user.pk).update(**({"joined_at": LONG_AGO, "last_login": LONG_AGO} | fields))
    return User.objects.get(pk=user.pk)


def stood_at_a_desk(user: User, *, until: dt.datetime | None) -> None:
    member = make.member(make.point(), user)
    DeskMember.objects.filter(user=member.user).update(ended_at=until, ended_by=user if until else None)


def is_forgotten(user: User) -> bool:
    user.refresh_from_db()
    return user.name == "(oud-medewerker)"


def test_forget_takes_everything_that_names_someone(settings: Any) -> None:
    user = account()
    stood_at_a_desk(user, until=LONG_AGO)
    make.second_factor(user)
    EmailAddress.objects.create(user=user, email=user.email)
    AuthToken.objects.create(user)
    seen = Reading.objects.create(at=NOW, by=user, kind="search")

    assert (forgetting.forget(BEFORE, at=NOW), forgetting.forget(BEFORE, at=NOW)) == (1, 0)

    user.refresh_from_db()
    assert (user.name, user.email, user.is_active) == ("(oud-medewerker)", f"account-{user.pk}@gewist.invalid", False)
    assert not user.has_usable_password()
    left = [kept.objects.filter(user=user).count() for kept in (AuthToken, Authenticator, EmailAddress, DeskMember)]
    assert left == [0, 0, 0, 1]
    seen.refresh_from_db()
    assert seen.by == user


def test_forget_keeps_who_still_stands_at_a_desk_or_has_a_role() -> None:
    at_desk, office, technical = account(), account(klasse_role=KlasseRole.OFFICE), account(is_superuser=True)
    stood_at_a_desk(at_desk, until=None)

    assert forgetting.forget(BEFORE, at=NOW) == 0
    assert not any(map(is_forgotten, (at_desk, office, technical)))


@pytest.mark.parametrize("lately", ["ended", "logged in", "event", "joined"])
def test_forget_waits_for_the_last_thing_that_happened(lately: str) -> None:
    user = account(**{"joined": {"joined_at": LATELY}, "logged in": {"last_login": LATELY}}.get(lately, {}))
    stood_at_a_desk(user, until=LATELY if lately == "ended" else LONG_AGO)
    if lately == "event":
        AccountEvent.objects.create(user=user, kind=AccountEventKind.SWITCHED_OFF, at=LATELY)

    early = forgetting.forget(BEFORE, at=NOW)
    later = forgetting.forget(BEFORE + dt.timedelta(seconds=1), at=NOW)

    assert (early, later, is_forgotten(user)) == (0, 1, True)


def test_forget_takes_who_was_invited_and_never_came() -> None:
    assert is_forgotten_after(account(last_login=None))


def test_forget_takes_a_switched_off_account_of_klasse() -> None:
    assert is_forgotten_after(account(klasse_role=KlasseRole.OFFICE, is_active=False))


def test_forget_leaves_the_account_of_the_server_alone() -> None:
    assert not is_forgotten_after(account(email=CONSOLE, is_active=False))


def is_forgotten_after(user: User) -> bool:
    forgetting.forget(BEFORE, at=NOW)
    return is_forgotten(user)


def test_keys_of_programs_go_when_they_end_or_their_account_is_off() -> None:
    on, off = account(last_login=NOW), account(last_login=NOW, is_active=False)
    kept, _ = AuthToken.objects.create(on)
    ended, _ = AuthToken.objects.create(on, expiry=dt.timedelta(days=1))
    AuthToken.objects.filter(pk=ended.pk).update(expiry=NOW - dt.timedelta(seconds=1))
    AuthToken.objects.create(off)

    forgetting.forget(BEFORE, at=NOW)

    assert list(AuthToken.objects.all()) == [kept]
