"""What allauth does to a session, a password or a second step, written in the log of security events. Connected once, at the start."""

from typing import Any

from allauth.account import signals as account
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa import signals as mfa
from allauth.mfa.models import Authenticator
from django.contrib.auth.signals import user_logged_out
from django.http import HttpRequest

from pickup_points.models import User
from pickup_points.security_events import SecurityEvent, tell


def connect() -> None:
    account.user_logged_in.connect(_logged_in)
    user_logged_out.connect(_logged_out)
    account.password_changed.connect(_password_changed)
    account.password_set.connect(_password_changed)
    account.password_reset.connect(_password_chosen_by_link)
    mfa.authentication_failed.connect(_step_failed)
    mfa.authenticator_added.connect(_step_added)
    mfa.authenticator_removed.connect(_step_removed)
    mfa.authenticator_reset.connect(_codes_renewed)


def _logged_in(request: HttpRequest, user: User, **_: Any) -> None:
    steps = [str(one["method"]) for one in get_authentication_records(request, user)]
    tell(SecurityEvent.LOGGED_IN, account=user.pk, how="+".join(steps))


def _logged_out(user: User | None, **_: Any) -> None:
    if user is not None:
        tell(SecurityEvent.LOGGED_OUT, account=user.pk)


def _password_changed(user: User, **_: Any) -> None:
    tell(SecurityEvent.PASSWORD_CHANGED, account=user.pk, how="own")


def _password_chosen_by_link(user: User, **_: Any) -> None:
    tell(SecurityEvent.PASSWORD_CHANGED, account=user.pk, how="link")


def _step_failed(user: User, authenticator: Authenticator, **_: Any) -> None:
    tell(SecurityEvent.SECOND_STEP_FAILED, account=user.pk, how=str(authenticator.type))


def _step_added(user: User, authenticator: Authenticator, **_: Any) -> None:
    tell(SecurityEvent.SECOND_STEP_ADDED, account=user.pk, what=str(authenticator.type))


def _step_removed(user: User, authenticator: Authenticator, **_: Any) -> None:
    tell(SecurityEvent.SECOND_STEP_REMOVED, account=user.pk, what=str(authenticator.type))


def _codes_renewed(user: User, **_: Any) -> None:
    tell(SecurityEvent.RECOVERY_CODES_RENEWED, account=user.pk)
