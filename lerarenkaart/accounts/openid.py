"""The doors to and from ACM/IDM: allauth's, and stricter about the token that comes back.

allauth trusts a token because it fetched it itself, over TLS. Ours has to be signed by a key of the server, made for
this one login, and given out by the server of the settings.
"""

from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import jwt
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare, salted_hmac

# Signatures with a pair of keys: whoever can check one cannot make one.
SIGNATURES = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"})


class SignedTokens(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """Takes an identity only from a token that is signed, ours, not over, and the answer to this question."""

    @property
    def openid_config(self) -> dict[str, Any]:
        config: dict[str, Any] = super().openid_config
        expected = str(self.get_provider().app.settings["server_url"]).split("/.well-known/")[0]
        if str(config["issuer"]).rstrip("/") != expected.rstrip("/"):
            raise OAuth2Error("The server says it is another one.")
        return config

    def _decode_id_token(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        try:
            algorithm = jwt.get_unverified_header(id_token).get("alg")
        except jwt.PyJWTError as error:
            raise OAuth2Error("Invalid id_token") from error
        if algorithm not in SIGNATURES:
            raise OAuth2Error("A token has to be signed with a pair of keys.")
        claims: dict[str, Any] = jwtkit.verify_and_decode(
            credential=id_token,
            keys_url=self.openid_config["jwks_uri"],
            issuer=self.openid_config["issuer"],
            audience=app.client_id,
            lookup_kid=jwtkit.lookup_kid_jwk,
        )
        if "exp" not in claims:
            raise OAuth2Error("A token has to end.")
        if not constant_time_compare(str(claims.get("nonce", "")), nonce(self.request.GET.get("state", ""))):
            raise OAuth2Error("A token of another login.")
        return claims


def login(request: HttpRequest, provider_id: str) -> HttpResponse:
    """On the way there: the question carries a nonce that only belongs to this state, and the state to this session."""
    answer = _through(OAuth2LoginView, request, provider_id)
    there = urlsplit(answer.headers.get("Location", ""))
    asked = dict(parse_qsl(there.query))
    if "state" in asked:
        asked["nonce"] = nonce(asked["state"])
        answer["Location"] = urlunsplit(there._replace(query=urlencode(asked)))
    return answer


def callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    return _through(OAuth2CallbackView, request, provider_id)


def nonce(state: str) -> str:
    """Follows from the state, so that nothing more has to be kept; nobody else can make it."""
    return salted_hmac("lerarenkaart.openid", state, algorithm="sha256").hexdigest()


def _through(door: Any, request: HttpRequest, provider_id: str) -> HttpResponse:
    try:
        answer: HttpResponse = door.adapter_view(SignedTokens(request, provider_id))(request)
    except SocialApp.DoesNotExist as error:
        raise Http404 from error
    return answer
