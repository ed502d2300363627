"""The forms of the accounts: allauth's, with our words and our limits."""

import struct
from collections.abc import Mapping
from typing import Any, ClassVar

from allauth.account import forms as account
from allauth.core import context
from allauth.mfa.base import forms as mfa
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.http import HttpRequest
from django.utils import timezone

from distribution.tasks import enqueue
from lerarenkaart import tasks
from lerarenkaart.accounts import codes, door, sealing
from lerarenkaart.accounts.adapters import known, not_readable, too_many_codes, wrong_code
from lerarenkaart.accounts.links import LinkTokens
from lerarenkaart.accounts.login_limits import TooManyAttempts
from pickup_points.models import User
from pickup_points.security_events import SecurityEvent, tell, tell_once_done

LONG_ENOUGH = "Minstens 15 tekens. Een zin die je makkelijk onthoudt, is een goed wachtwoord."
# What the reader of passkeys stumbles over when a browser sends something else.
UNREADABLE = (AttributeError, IndexError, KeyError, TypeError, ValueError, struct.error)
CODE_HINT = "De 6 cijfers die je app nu toont, of een van je herstelcodes."


class OurWords:
    """Labels and hints in our own Dutch; no placeholders, which vanish while one types."""

    words: ClassVar[Mapping[str, tuple[str, str]]] = {}
    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            label, hint = self.words.get(name, (field.label, ""))
            field.label, field.help_text = label, hint


class LoginForm(OurWords, account.LoginForm):  # type: ignore[misc]
    words = {"login": ("E-mailadres", ""), "password": ("Wachtwoord", "")}


class ReauthenticateForm(OurWords, account.ReauthenticateForm):  # type: ignore[misc]
    words = {"password": ("Wachtwoord", "")}


class ChangePasswordForm(OurWords, account.ChangePasswordForm):  # type: ignore[misc]
    words = {
        "oldpassword": ("Huidig wachtwoord", ""),
        "password1": ("Nieuw wachtwoord", LONG_ENOUGH),
        "password2": ("Nog eens je nieuwe wachtwoord", ""),
    }


class SetPasswordForm(OurWords, account.SetPasswordForm):  # type: ignore[misc]
    words = {"password1": ("Wachtwoord", LONG_ENOUGH), "password2": ("Nog eens je wachtwoord", "")}


class ResetPasswordKeyForm(OurWords, account.ResetPasswordKeyForm):  # type: ignore[misc]
    """Asks for the name as well of who has none yet: colleagues read it beside what was done."""

    user: User
    words = {
        "name": ("Je naam", "Zo zien je collega's wie een kaart afgaf."),
        "password1": ("Wachtwoord", LONG_ENOUGH),
        "password2": ("Nog eens je wachtwoord", ""),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.user and not self.user.name:
            self.fields["name"] = forms.CharField(max_length=User._meta.get_field("name").max_length)
            self.fields["name"].widget.attrs["autocomplete"] = "name"
            self.order_fields(["name", "password1", "password2"])
            self.fields["name"].label, self.fields["name"].help_text = self.words["name"]

    def save(self) -> None:
        if not self.user.has_usable_password():
            tell_once_done(SecurityEvent.INVITATION_USED, account=self.user.pk)
        if "name" in self.cleaned_data:
            self.user.name = " ".join(self.cleaned_data["name"].split())
            self.user.save(update_fields=["name"])
        super().save()


class UserTokenForm(account.UserTokenForm):  # type: ignore[misc]
    token_generator = LinkTokens()


class ResetPasswordForm(OurWords, account.ResetPasswordForm):  # type: ignore[misc]
    """Asks for a link. What the page says and how long it takes is the same for an address we do not know."""

    words = {"email": ("E-mailadres", "Het adres waarmee je uitgenodigd bent.")}

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        email = str(self.cleaned_data["email"]).strip().lower()
        try:
            door.limits().reset_mail(email, client=door.client_of(request), at=timezone.now())
        except TooManyAttempts:
            tell(SecurityEvent.TOO_MANY_TRIES, what="mail", **known(email))
            return email  # said to nobody: there are enough mails under way
        user = User.objects.filter(email=email, is_active=True).first()
        enqueue(tasks.mail_new_password, user.pk if user else 0)
        return email


class OneCode(OurWords):
    """A code of the second step, counted before it is compared and given back when it was right."""

    user: User
    # Setting up an app only shows that it works; the code may be asked for again at once.
    opens_something: ClassVar[bool] = True
    words = {"code": ("Code", CODE_HINT)}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The keyboard of a phone shows digits first; recovery codes are digits too.
        self.fields["code"].widget.attrs |= {"inputmode": "numeric", "autocomplete": "one-time-code", "autofocus": True}

    def clean_code(self) -> str:
        at, limits = timezone.now(), door.limits()
        try:
            attempt = limits.code(self.user.pk, client=door.client_of(context.request), at=at)
        except TooManyAttempts as refused:
            tell(SecurityEvent.TOO_MANY_TRIES, account=self.user.pk, what="code")
            raise too_many_codes() from refused
        try:
            code: str = super().clean_code()  # type: ignore[misc]
        except sealing.Unreadable:
            raise not_readable() from None
        if self.opens_something and not codes.take(self.user.pk, code, at=at):
            tell(SecurityEvent.SECOND_STEP_FAILED, account=self.user.pk, how="used_before")
            raise wrong_code()
        limits.forgive(attempt, at=at)
        sealing.seal_steps(user_key=self.user.pk)
        return code


class AuthenticateForm(OneCode, mfa.AuthenticateForm):  # type: ignore[misc]
    pass


class ReauthenticateCodeForm(OneCode, mfa.ReauthenticateForm):  # type: ignore[misc]
    pass


class ActivateTOTPForm(OneCode, totp.ActivateTOTPForm):  # type: ignore[misc]
    opens_something = False
    words = {"code": ("Code uit de app", "De 6 cijfers die je app nu toont.")}


class Passkey:
    """A passkey that is refused is written down, and what is no passkey at all is refused: allauth does neither."""

    user: User | None
    event: ClassVar[SecurityEvent] = SecurityEvent.SECOND_STEP_FAILED

    def clean_credential(self) -> Authenticator:
        try:
            return super().clean_credential()  # type: ignore[misc]
        except (forms.ValidationError, *UNREADABLE) as refused:
            tell(self.event, how="passkey", account=self.user.pk if self.user else None)
            if isinstance(refused, forms.ValidationError):
                raise
            raise wrong_code() from refused


class LoginWebAuthnForm(Passkey, webauthn.LoginWebAuthnForm):  # type: ignore[misc]
    event = SecurityEvent.LOGIN_FAILED


class AuthenticateWebAuthnForm(Passkey, webauthn.AuthenticateWebAuthnForm):  # type: ignore[misc]
    pass


class ReauthenticateWebAuthnForm(Passkey, webauthn.ReauthenticateWebAuthnForm):  # type: ignore[misc]
    pass


class AddWebAuthnForm(OurWords, webauthn.AddWebAuthnForm):  # type: ignore[misc]
    words = {
        "name": ("Naam van dit toestel", "Zo herken je het later: “Laptop balie”, “Mijn telefoon”."),
        "passwordless": ("Met dit toestel ook inloggen zonder wachtwoord", ""),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["passwordless"].initial = True

    def clean(self) -> dict[str, Any]:
        try:
            cleaned: dict[str, Any] = super().clean()
        except UNREADABLE as unreadable:
            raise wrong_code() from unreadable
        return cleaned


class EditWebAuthnForm(OurWords, webauthn.EditWebAuthnForm):  # type: ignore[misc]
    words = {"name": ("Naam van dit toestel", "")}
