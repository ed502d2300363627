"""The one-time link to choose a password, and the mails it travels in."""

import datetime as dt

from allauth.account.forms import EmailAwarePasswordResetTokenGenerator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import base36_to_int

from pickup_points.desks import needs_second_factor
from pickup_points.models import PickupPoint, User

INVITATION_DAYS = 7
RESET_HOURS = 24


class LinkTokens(EmailAwarePasswordResetTokenGenerator):  # type: ignore[misc]
    """Seven days for who never chose a password (PASSWORD_RESET_TIMEOUT), one day for who forgot theirs.

    The token holds a hash of the password and the last login: it dies the first time it is used.
    """

    def check_token(self, user: User | None, token: str | None) -> bool:
        if user is None or not token or not user.is_active or not super().check_token(user, token):
            return False
        if not user.has_usable_password():
            return True
        age = self._num_seconds(self._now()) - base36_to_int(token.split("-", maxsplit=1)[0])
        return bool(age <= dt.timedelta(hours=RESET_HOURS).total_seconds())


def to_choose_a_password(user: User) -> str:
    """A full address; built on SITE_URL, never on what a request says of itself (T11)."""
    where = reverse(
        "account_reset_password_from_key",
        kwargs={"uidb36": user_pk_to_url_str(user), "key": LinkTokens().make_token(user)},
    )
    return settings.SITE_URL + where


def mail_invitation(user: User, point: PickupPoint) -> None:
    """Tell someone they may stand at a desk: with a link to choose a password, or with the desk's address."""
    facts = {
        "point": point,
        "link": "" if user.has_usable_password() else to_choose_a_password(user),
        "days": INVITATION_DAYS,
        "desk": settings.SITE_URL + reverse("distribution:desk-home"),
    }
    _send("Aan de balie van de Lerarenkaart", "account/email/invitation.txt", facts, to=user)


def mail_about_account(user: User) -> None:
    """How to come in for who never did; for who did, where to log in and that a second step is asked."""
    needs_step = bool(settings.MFA_REQUIRED) and needs_second_factor(user)
    facts = {
        "user": user,
        "link": "" if user.has_usable_password() else to_choose_a_password(user),
        "days": INVITATION_DAYS,
        "needs_step": needs_step and not is_mfa_enabled(user),
        "where": settings.SITE_URL + reverse("distribution:office" if user.klasse_role else "distribution:desk-home"),
        "second_step": settings.SITE_URL + reverse("mfa_index"),
    }
    _send("Je account bij de Lerarenkaart", "account/email/about_account.txt", facts, to=user)


def mail_step_reset(user: User) -> None:
    """Klasse took the second step away, on request. Who did not ask for it is told what to do."""
    facts = {"link": to_choose_a_password(user), "days": INVITATION_DAYS}
    _send("Je tweede stap bij de Lerarenkaart is weggehaald", "account/email/step_reset.txt", facts, to=user)


def mail_new_password(user: User) -> None:
    facts = {"link": to_choose_a_password(user), "hours": RESET_HOURS, "days": INVITATION_DAYS, "user": user}
    _send("Kies een wachtwoord voor de Lerarenkaart", "account/email/new_password.txt", facts, to=user)


def _send(subject: str, template: str, facts: dict[str, object], *, to: User) -> None:
    body = render_to_string(template, facts | {"office_email": settings.OFFICE_EMAIL})
    EmailMessage(subject, body, settings.DEFAULT_FROM_EMAIL, [to.email]).send()
