"""`POST /api/v1/lookup/`: the public answer for programs. The same action and the same limits as the page."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, cast

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from distribution import tasks
from distribution.actions import lookups
from distribution.actions.lookup_guard import PostcodeNeeded, TooManyQuestions, guard_for
from distribution.api.problems import Problem
from distribution.api.serializers import LookupAnswer, LookupQuestion, ProblemShape
from distribution.api.strict_json import AlwaysJson, StrictJSONParser, only_fields, text_field
from distribution.queries import lookup
from distribution.rules import lookup_limits, staff_number

FIELDS = frozenset({"staff_number", "postcode"})
LONGEST_POSTCODE = 20
REFUSALS = {
    400: "Geen geldige vraag",
    403: "`postcode_needed`: vraag ook de postcode van het thuisadres; `login_needed`",
    413: "Te groot",
    415: "Geen JSON",
    422: "Geen stamboeknummer: `not_11_digits`, `bad_birth_date`, `bad_check_digits`, `national_register_number`, "
    "`card_number_given`",
    429: "`too_many_questions`, met `Retry-After` in seconden",
}


class LookupView(APIView):
    """Where is the card of a staff number."""

    authentication_classes = ()
    permission_classes = ()
    throttle_classes = ()
    parser_classes = (StrictJSONParser,)
    content_negotiation_class = AlwaysJson

    @extend_schema(
        operation_id="lookup",
        summary="Waar is mijn Lerarenkaart?",
        description="Nooit een naam, een thuisadres of een geboortedatum. Een onbekend nummer en een persoon zonder recht "
        "op een kaart krijgen hetzelfde antwoord.",
        request=LookupQuestion,
        responses={200: LookupAnswer}
        | {
            (status, "application/problem+json"): OpenApiResponse(ProblemShape, description=words)
            for status, words in REFUSALS.items()
        },
    )
    def post(self, request: Request) -> Response:
        if request.META.get("QUERY_STRING"):
            # A number in an address would end up in logs and histories.
            raise Problem(400, "no_query_expected", "Zet niets in het adres: stuur de vraag als JSON.")
        data = cast(Mapping[str, Any], request.data)
        only_fields(data, FIELDS)
        written = text_field(data, "staff_number")
        postcode = text_field(data, "postcode", required=False).strip()[:LONGEST_POSTCODE]
        at = timezone.now()
        try:
            answered = lookups.answer(
                written,
                postcode=postcode,
                client=lookup_limits.client_of(request.META, proxies=settings.NUM_PROXIES),
                mode=settings.LOOKUP_MODE,
                is_strict=settings.STAFF_NUMBER_CHECK == "strict",
                guard=guard_for(settings.REDIS_URL, secret=settings.SECRET_KEY, is_on=settings.LOOKUP_LIMITS),
                at=at,
            )
        except staff_number.Refused as refused:
            raise Problem(422, refused.code.value, str(refused)) from None
        except lookups.CardNumberGiven as refused:
            raise Problem(422, refused.code, str(refused)) from None
        except (PostcodeNeeded, lookups.LoginNeeded) as refused:
            raise Problem(403, refused.code, str(refused)) from None
        except TooManyQuestions as refused:
            raise Problem(429, refused.code, str(refused), retry_after=refused.retry_after) from None
        if answered.tripped:
            transaction.on_commit(lambda: tasks.enqueue(tasks.alert_lookup_breaker, at.isoformat()))
        return Response(answer_shape(answered.answer))

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        final = super().finalize_response(request, response, *args, **kwargs)
        final["Cache-Control"] = "no-store"
        return final


def answer_shape(answer: lookup.Answer) -> dict[str, Any]:
    """The answer as LookupAnswer says."""
    place = answer.place
    shape: dict[str, Any] = {
        "year": answer.year,
        "outcome": answer.outcome.value,
        "message": answer.message,
    }
    if answer.expected:
        shape["expected"] = answer.expected.isoformat()
    if place:
        shape["pickup_point"] = {
            "code": place.code,
            "name": place.name,
            "address": place.address,
            "phone": place.phone,
            "website": place.website,
            "collect_from": place.collect_from.isoformat(),
            "collect_until": place.collect_until.isoformat(),
            "is_open": place.is_open,
            "status": place.status,
            "opening_hours": [
                {
                    "date": day.date.isoformat(),
                    "text": day.text,
                    "note": day.note,
                    "openings": [
                        {"opens": _moment(opening.opens_at), "closes": _moment(opening.closes_at)}
                        for opening in day.openings
                    ],
                }
                for day in place.days
            ],
        }
    return shape


def _moment(at: dt.datetime) -> str:
    return at.isoformat()
