"""The shapes of the desk API as its OpenAPI document tells them. Reading is done by desk_door, writing by the views."""

from typing import Any

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers

from distribution.api.serializers import ProblemShape
from distribution.enums import CardState, Evidence

REFUSALS = {
    400: "Geen geldige vraag",
    401: "Meld je aan",
    403: "`csrf_failed`; `second_factor_needed`",
    404: "`not_found`: bestaat niet, of ligt niet in je eigen afhaalpunt",
    409: "`already_handed_over` met `hand_over` {at, point, point_name, by, evidence}; `card_not_valid`; `undo_too_late`",
    413: "Te groot; `too_many`",
    415: "Geen JSON",
    422: "`id_reused`: dit id hoort bij een andere kaart; `reason_needed`; `national_register_number`",
}


def refusals(*statuses: int) -> dict[tuple[int, str], OpenApiResponse]:
    """The problems a route may answer with."""
    return {
        (status, "application/problem+json"): OpenApiResponse(ProblemShape, description=REFUSALS[status])
        for status in statuses
    }


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "distribution.api.desk_door.DeskToken"
    name = "token"

    def get_security_definition(self, auto_schema: object) -> dict[str, Any]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "`Token …`, gemaakt met `manage.py add_user --token`.",
        }


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "distribution.api.desk_door.DeskSession"
    name = "sessie"

    def get_security_definition(self, auto_schema: object) -> dict[str, Any]:
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": settings.SESSION_COOKIE_NAME,
            "description": "De sessie van wie aangemeld is; stuur bij POST ook `X-CSRFToken`.",
        }


class CardsQuestion(serializers.Serializer[None]):
    q = serializers.CharField(max_length=120, help_text="Drie letters of meer, een kaartnummer of een stamboeknummer.")
    point = serializers.CharField(required=False, allow_null=True, help_text="De code van één afhaalpunt.")


class StandingShape(serializers.Serializer[None]):
    id = serializers.UUIDField()
    at = serializers.DateTimeField()
    by = serializers.CharField()
    evidence = serializers.ChoiceField(choices=Evidence.choices)
    collector = serializers.CharField()


class CardShape(serializers.Serializer[None]):
    number = serializers.CharField()
    name = serializers.CharField()
    last_four = serializers.CharField(help_text="De laatste vier cijfers van het stamboeknummer.")
    state = serializers.ChoiceField(choices=CardState.choices)
    year = serializers.IntegerField()
    point = serializers.CharField()
    page = serializers.CharField(
        help_text="Waar de balie toont wat er met de kaart gebeurde, en een afgifte ongedaan maakt."
    )
    hand_over = StandingShape(allow_null=True)


class CardsFound(serializers.Serializer[None]):
    results = CardShape(many=True)
    has_more = serializers.BooleanField(help_text="Er zijn er meer dan tien: typ meer van de naam.")
    is_too_short = serializers.BooleanField(help_text="Minder dan drie letters: er werd niet gezocht.")


class SnapshotCardShape(serializers.Serializer[None]):
    number = serializers.CharField()
    name = serializers.CharField()
    last_four = serializers.CharField()
    state = serializers.ChoiceField(choices=[CardState.ISSUED, CardState.HANDED_OVER])
    key = serializers.CharField(
        help_text="De naam zoals er gezocht en gesorteerd wordt: a–z, 1 is een spatie, 0 komt na de naam."
    )
    point = serializers.CharField()


class SnapshotShape(serializers.Serializer[None]):
    year = serializers.IntegerField(allow_null=True)
    made_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    cards = SnapshotCardShape(many=True)


class NothingShape(serializers.Serializer[None]):
    """An empty object."""


class KeyShape(serializers.Serializer[None]):
    key = serializers.CharField()


class HandOverQuestion(serializers.Serializer[None]):
    id = serializers.UUIDField(help_text="Zelf gemaakt, een nieuw voor elke afgifte.")
    card = serializers.CharField(help_text="Het kaartnummer.")
    at = serializers.DateTimeField(help_text="Met het verschil met UTC.")
    evidence = serializers.ChoiceField(choices=Evidence.choices)
    collector = serializers.CharField(
        required=False, allow_null=True, max_length=120, help_text="Wie voor anderen afhaalt."
    )


class HandOverShape(serializers.Serializer[None]):
    id = serializers.UUIDField()
    card = serializers.CharField()
    at = serializers.DateTimeField()
    recorded_at = serializers.DateTimeField()
    clock_doubtful = serializers.BooleanField()
    point = serializers.CharField()
    point_name = serializers.CharField()
    by = serializers.CharField()
    evidence = serializers.ChoiceField(choices=Evidence.choices)
    collector = serializers.CharField()


class UndoQuestion(serializers.Serializer[None]):
    reason = serializers.CharField(required=False, allow_null=True, max_length=200)


class UndoneShape(HandOverShape):
    undone_at = serializers.DateTimeField()
    undone_by = serializers.CharField()
    undo_reason = serializers.CharField()


class BatchQuestion(serializers.Serializer[None]):
    items = serializers.ListField(child=HandOverQuestion(), max_length=500)


class BatchItemAnswer(serializers.Serializer[None]):
    id = serializers.UUIDField(allow_null=True)
    status = serializers.IntegerField(help_text="Wat deze afgifte alleen als status had gekregen.")
    body = serializers.DictField(help_text="De afgifte, of `code` en `detail` van de weigering.")


class BatchAnswer(serializers.Serializer[None]):
    count = serializers.IntegerField()
    accepted = serializers.IntegerField()
    replayed = serializers.IntegerField()
    already = serializers.IntegerField()
    refused = serializers.IntegerField()
    results = BatchItemAnswer(many=True)
