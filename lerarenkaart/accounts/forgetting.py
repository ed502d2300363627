"""Accounts nobody uses any more: their owners are not called by name for ever (ADR 0020)."""

import datetime as dt

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from knox.models import AuthToken

from distribution.queries.subject_access import CONSOLE
from lerarenkaart.accounts import devices
from pickup_points.models import AccountEvent, DeskMember, User

GONE = "(oud-medewerker)"
# Reserved: mail to it goes nowhere.
DOMAIN = "gewist.invalid"


def forget(before: dt.datetime, *, at: dt.datetime) -> int:
    """Take name, address, second steps and keys from accounts that lost their last desk or role before a moment; how many.

    What they did stays theirs by the key of the account. Keys of programs of switched-off accounts, and
    keys whose time is over, go at once, and so does what was kept beside sessions that ended. Doing it again is doing it once.
    """
    devices.forget_ended()
    with transaction.atomic():
        AuthToken.objects.filter(Q(user__is_active=False) | Q(expiry__lt=at)).delete()
        keys = list(_unused(before).values_list("pk", flat=True))
        for kept in (AuthToken, Authenticator, EmailAddress, SocialAccount):
            kept.objects.filter(user__in=keys).delete()
        for user in User.objects.select_for_update().filter(pk__in=keys):
            user.email, user.name, user.is_active = f"account-{user.pk}@{DOMAIN}", GONE, False
            user.set_unusable_password()
            user.save(update_fields=["email", "name", "is_active", "password"])
    return len(keys)


def _unused(before: dt.datetime) -> "QuerySet[User]":
    """Nothing to do here any more, and nothing done since that moment."""
    desks, events = DeskMember.objects.filter(user=OuterRef("pk")), AccountEvent.objects.filter(user=OuterRef("pk"))
    return User.objects.filter(
        ~Exists(desks.filter(Q(ended_at=None) | Q(ended_at__gte=before))),
        ~Exists(events.filter(at__gte=before)),
        Q(is_active=False) | Q(klasse_role=""),
        Q(last_login=None) | Q(last_login__lt=before),
        is_superuser=False,
        joined_at__lt=before,
    ).exclude(Q(email__endswith=f"@{DOMAIN}") | Q(email=CONSOLE))
