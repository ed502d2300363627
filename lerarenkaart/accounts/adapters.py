"""How allauth is bent to this house: accounts by invitation, our limits before the hasher, mails by tasks."""

import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.conf import settings
from django.forms import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django.utils import timezone

from distribution.tasks import enqueue
from lerarenkaart import tasks
from lerarenkaart.accounts import door, sealing
from lerarenkaart.accounts.login_limits import TooManyAttempts
from pickup_points.desks import desks_of
from pickup_points.models import User
from pickup_points.security_events import SecurityEvent, tell

JUST_NOW_SECONDS = 300
NO_ADDRESS = "0.0.0.0"  # noqa: S104 -- no address to listen on
TOO_MANY = (
    "Er zijn te veel pogingen geweest. Wacht een kwartier en probeer opnieuw, "
    "of kies een nieuw wachtwoord via “Wachtwoord vergeten”."
)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Login, logout and passwords."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "Dit e-mailadres en wachtwoord horen niet bij elkaar. Kijk ze allebei na.",
        "incorrect_password": "Dit is niet je wachtwoord.",
        "enter_current_password": "Dit is niet je huidige wachtwoord.",
        "too_many_login_attempts": TOO_MANY,
        "rate_limited": TOO_MANY,
        "incorrect_code": "Deze code klopt niet.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """One try at a password, counted before the hasher sees it and given back when it was right."""
        email, at, limits = str(credentials.get("email", "")), timezone.now(), door.limits()
        try:
            attempt = limits.password(
                email, client=door.client_of(request), device=door.device_of(request, email), at=at
            )
        except TooManyAttempts as refused:
            tell(SecurityEvent.TOO_MANY_TRIES, what="password", **known(email))
            raise self.validation_error("too_many_login_attempts") from refused
        user: User | None = super().authenticate(request, **credentials)
        if user is None:
            tell(SecurityEvent.LOGIN_FAILED, how="password", **known(email))
        else:
            limits.forgive(attempt, at=at)
        return user

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Who logged in a moment ago is not asked again: they are on their way to set up a second step."""
        records = get_authentication_records(self.request, self.request.user)
        recent = time.time() - records[-1]["at"] < JUST_NOW_SECONDS if records else False
        return not recent and bool(super().is_reauthentication_required(app=app, **kwargs))

    def set_password(self, user: User, password: str) -> None:
        super().set_password(user, password)
        door.limits().forget_account(user.email, at=timezone.now())

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **kwargs)
        if not door.device_of(request, user.email):
            door.remember_device(request, response, user)
        return response

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        user = request.user
        if isinstance(user, User) and user.is_staff and not desks_of(user):
            return resolve_url("admin:index")
        return resolve_url(settings.LOGIN_REDIRECT_URL)

    def get_client_ip(self, request: HttpRequest) -> str:
        """Of nobody: allauth keeps it beside each session, and from where someone works is not for us to keep."""
        return NO_ADDRESS

    def send_invitation(self, user: User, *, point_key: int) -> bool:
        """False when the queue does not answer and the mail will not leave."""
        return enqueue(tasks.mail_invitation, user.pk, point_key)


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """ACM/IDM opens the account that exists for the same, verified e-mail address. It never makes one."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]) -> User:
        # Of all that ACM/IDM tells about someone (the national number, perhaps) nothing is kept.
        sociallogin.account.extra_data = {}
        user: User = sociallogin.user
        return user

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        if sociallogin.is_existing:
            return
        verified = [one.email.strip().lower() for one in sociallogin.email_addresses if one.verified is True]
        user = User.objects.filter(email__in=verified, is_active=True).first()
        if user is None:
            tell(SecurityEvent.LOGIN_FAILED, how="acm_idm")
            page = render(request, "socialaccount/stranger.html", {"office_email": settings.OFFICE_EMAIL}, status=403)
            raise ImmediateHttpResponse(page)
        sociallogin.connect(request, user)


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """The second step."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": "Deze code klopt niet. Neem de code die je app nu toont.",
        "cannot_generate_recovery_codes": "Stel eerst een app of passkey in.",
        "cannot_delete_authenticator": "Deze tweede stap kan niet uitgezet worden.",
    }

    def encrypt(self, text: str) -> str:
        return sealing.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return sealing.unseal(encrypted_text)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        entity: dict[str, str] = super().get_public_key_credential_rp_entity()
        return entity | {"name": "Lerarenkaart"}

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:  # noqa: A002
        return f"Passkey {Authenticator.objects.filter(user=user, type=type).count() + 1}"


def known(email: str) -> dict[str, int]:
    """The account with this address, by its number, for the log; nothing when there is none."""
    key = User.objects.filter(email=email.strip().lower()).values_list("pk", flat=True).first()
    return {} if key is None else {"account": key}


def too_many_codes() -> ValidationError:
    return ValidationError("Er zijn te veel pogingen geweest. Wacht een kwartier en probeer opnieuw.", code="too_many")


def not_readable() -> ValidationError:
    return ValidationError(
        "We kunnen je code nu niet nakijken. Dat ligt aan ons: vraag Klasse om hulp.", code="not_readable"
    )


def wrong_code() -> ValidationError:
    return ValidationError(MFAAdapter.error_messages["incorrect_code"], code="incorrect_code")
