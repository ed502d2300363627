"""Pages of the accounts that allauth does not have."""

import logging
from collections.abc import Callable
from functools import wraps

from allauth.account.views import PasswordResetFromKeyView
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from requests import RequestException

from lerarenkaart.accounts import openid
from pickup_points.security_events import SecurityEvent, tell

log = logging.getLogger(__name__)


def by_invitation(request: HttpRequest) -> HttpResponse:
    """The one answer to whoever looks for a way to make an account, or to change its address."""
    return render(request, "account/by_invitation.html", {"office_email": settings.OFFICE_EMAIL})


# The address is a key: no browser and no proxy keeps the page.
password_link = method_decorator(never_cache, name="dispatch")(PasswordResetFromKeyView).as_view()


def _or_say_so(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """ACM/IDM that is away, or answers what it should not, is a page and no failure."""

    @wraps(view)
    def enter(request: HttpRequest, provider_id: str) -> HttpResponse:
        try:
            return view(request, provider_id)
        except (RequestException, OAuth2Error, ValueError, KeyError) as error:
            tell(SecurityEvent.LOGIN_FAILED, how="acm_idm")
            log.warning("ACM/IDM did not answer as it should: %s", type(error).__name__)
            return render(request, "socialaccount/authentication_error.html", status=401)

    return enter


acm_idm_login = never_cache(_or_say_so(openid.login))
acm_idm_back = never_cache(_or_say_so(openid.callback))
