"""What every address of the desk API shares: who comes in, how a question is read, how a card is shown."""

import datetime as dt
import re
import uuid
from collections.abc import Collection, Mapping
from typing import Any

from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from knox.auth import TokenAuthentication
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated, PermissionDenied
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.views import APIView

from distribution.api.problems import Problem
from distribution.api.strict_json import AlwaysJson, StrictJSONParser, check_characters, only_fields, text_field
from distribution.models import HandOver
from pickup_points.desks import Desk, NoSuchDesk, desks_of, get_desk_for
from pickup_points.http import lacks_second_factor
from pickup_points.models import User
from pickup_points.security_events import SecurityEvent, tell

TOKEN = re.compile(rb"[0-9A-Za-z]{16,128}")
UUID_FORM = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
# A card of this system was never handed over outside these years, whatever a device says.
FIRST_YEAR, LAST_YEAR = 2000, 2100
LONGEST_CODE = 60


class DeskToken(TokenAuthentication):  # type: ignore[misc]
    """knox, for a header that holds anything at all: what cannot be a token is not looked for."""

    def authenticate_credentials(self, token: bytes) -> tuple[Any, Any]:
        try:
            if not TOKEN.fullmatch(token):
                raise AuthenticationFailed
            found: tuple[Any, Any] = super().authenticate_credentials(token)
        except AuthenticationFailed:
            tell(SecurityEvent.TOKEN_REFUSED)
            raise
        return found


class DeskSession(SessionAuthentication):
    """A session of our own pages; whatever changes something carries its CSRF token."""

    def enforce_csrf(self, request: Request) -> None:
        try:
            super().enforce_csrf(request)
        except PermissionDenied:
            tell(SecurityEvent.FORM_REFUSED)
            raise Problem(403, "csrf_failed", "Herlaad de pagina en probeer het opnieuw.") from None


class HasSecondFactor(BasePermission):
    """Who sees more than one library logs in with a second factor. A token was given out by hand and passes."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        user = request.user
        is_session = isinstance(request.successful_authenticator, SessionAuthentication)
        if is_session and isinstance(user, User) and lacks_second_factor(user):
            tell(SecurityEvent.ACCESS_REFUSED, account=user.pk, why="no_second_step")
            raise Problem(403, "second_factor_needed", "Stel eerst een tweede beveiliging in bij je account.")
        return True


class DeskDoor(APIView):
    """Behind the desk: by session or `Authorization: Token …`; nothing of it stays in a cache."""

    authentication_classes = (DeskToken, DeskSession)
    permission_classes: tuple[type[BasePermission], ...] = (IsAuthenticated, HasSecondFactor)
    throttle_classes = ()
    parser_classes = (StrictJSONParser,)
    content_negotiation_class = AlwaysJson
    # The names a query string may hold; each once.
    parameters: frozenset[str] = frozenset()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        check_parameters(request.query_params, self.parameters if request.method in {"GET", "HEAD"} else frozenset())

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        final = super().finalize_response(request, response, *args, **kwargs)
        final["Cache-Control"] = "no-store"
        return final


def person(request: Request) -> User:
    """Who asks."""
    if not isinstance(request.user, User):
        raise NotAuthenticated
    return request.user


def desks_for(user: User, code: str) -> Mapping[int, Desk]:
    """Their desks, or the one of this point; raises Problem (404) when it is not theirs or not there."""
    if not code:
        return desks_of(user)
    try:
        desk = get_desk_for(user, code)
    except NoSuchDesk:
        tell(SecurityEvent.ACCESS_REFUSED, account=user.pk, why="not_their_desk")
        raise Problem(404, "not_found", "Dit afhaalpunt is er niet, of je staat er niet aan de balie.") from None
    return {desk.point.pk: desk}


def check_parameters(given: QueryDict, known: Collection[str]) -> None:
    """Raises Problem for a parameter we do not know, or one that is there twice (hardening.md J16–J18)."""
    if not set(known).issuperset(given):
        raise Problem(400, "unknown_parameter", "In het adres staat iets wat hier niet gevraagd wordt.")
    if any(len(values) > 1 for _, values in given.lists()):
        raise Problem(400, "duplicate_parameter", "In het adres staat iets twee keer.")


def parameter(given: QueryDict, name: str, *, longest: int, required: bool = True) -> str:
    """A text out of the query string."""
    value = given.get(name)
    if value is None and required:
        raise Problem(400, "missing_value", f"De parameter {name} ontbreekt.")
    return _checked(value or "", name, longest=longest)


def body_of(request: Request, known: frozenset[str]) -> Mapping[str, Any]:
    """The object that was sent, with no other fields than these."""
    data = request.data
    if not isinstance(data, Mapping):
        raise Problem(400, "not_an_object", "Stuur één object, tussen accolades.")
    only_fields(data, known)
    return data


def text(data: Mapping[str, Any], name: str, *, longest: int, required: bool = True) -> str:
    """A text out of an object that was sent, no longer than it may be."""
    return _checked(text_field(data, name, required=required), name, longest=longest)


def unique_id(data: Mapping[str, Any], name: str) -> uuid.UUID:
    """A UUID as everyone writes it (J20)."""
    written = text_field(data, name)
    if not UUID_FORM.fullmatch(written):
        raise Problem(400, "bad_uuid", f"Stuur {name} als UUID, bijvoorbeeld 6f1c3a52-7d0e-4b7e-9a54-0c1d2e3f4a5b.")
    return uuid.UUID(written)


def moment(data: Mapping[str, Any], name: str) -> dt.datetime:
    """A time with its offset (J21)."""
    written = text_field(data, name)
    try:
        read = parse_datetime(written)
    except ValueError:
        read = None
    if read is None or not FIRST_YEAR <= read.year <= LAST_YEAR:
        raise Problem(400, "bad_time", f"Stuur {name} als tijdstip, bijvoorbeeld 2027-01-15T14:03:00+01:00.")
    if timezone.is_naive(read):
        raise Problem(400, "offset_needed", f"Zet bij {name} het verschil met UTC, bijvoorbeeld +01:00 of Z.")
    return read


def as_moment(at: dt.datetime) -> str:
    return timezone.localtime(at).isoformat()


def hand_over_shape(one: HandOver) -> dict[str, Any]:
    """A hand-over as HandOverShape says: the same for ever, also after it was undone."""
    return {
        "id": str(one.pk),
        "card": one.card.number,
        "at": as_moment(one.at),
        "recorded_at": as_moment(one.recorded_at),
        "clock_doubtful": one.clock_doubtful,
        "point": one.point.code,
        "point_name": one.point.name,
        "by": str(one.by),
        "evidence": one.evidence,
        "collector": one.collector,
    }


def _checked(value: str, name: str, *, longest: int) -> str:
    check_characters(value, name)
    if len(value) > longest:
        raise Problem(400, "too_long", f"In {name} passen hoogstens {longest} tekens.")
    return value
