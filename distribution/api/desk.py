"""`/api/v1/desk/`: find a card, take a snapshot along for when the network is away, and the key to lock it with."""

import base64
import datetime as dt
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from distribution.actions import readings
from distribution.api import desk_door
from distribution.api.desk_door import DeskDoor
from distribution.api.problems import Problem
from distribution.api.serializers_desk import CardsFound, CardsQuestion, KeyShape, NothingShape, SnapshotShape, refusals
from distribution.enums import ReadingKind
from distribution.queries import desk
from distribution.rules import staff_number
from pickup_points.models import User

SNAPSHOT_LASTS = dt.timedelta(days=7)
POINT = OpenApiParameter("point", str, description="De code van één afhaalpunt; zonder: alle punten waar je werkt.")


class CardsView(DeskDoor):
    """Cards at the points of who asks. GET for programs; our own pages POST, so that no name is in an address."""

    parameters = frozenset({"q", "point"})

    @extend_schema(
        operation_id="desk_cards",
        summary="Zoek een kaart in je eigen afhaalpunten",
        description="Hoogstens tien. Nooit een heel stamboeknummer, een adres of een geboortedatum. De zoekvraag komt zo in "
        "adressen en logboeken terecht: liever POST.",
        parameters=[
            OpenApiParameter(
                "q", str, required=True, description="Drie letters of meer, een kaartnummer of een stamboeknummer."
            ),
            POINT,
        ],
        responses={200: CardsFound} | refusals(400, 401, 403, 404, 422),
    )
    def get(self, request: Request) -> Response:
        given = request.query_params
        return _search(
            desk_door.person(request),
            desk_door.parameter(given, "q", longest=desk.LONGEST_TERM),
            point=desk_door.parameter(given, "point", longest=desk_door.LONGEST_CODE, required=False),
        )

    @extend_schema(
        operation_id="desk_cards_private",
        summary="Zoek een kaart, met niets in het adres",
        request=CardsQuestion,
        responses={200: CardsFound} | refusals(400, 401, 403, 404, 413, 415, 422),
    )
    def post(self, request: Request) -> Response:
        user = desk_door.person(request)
        data = desk_door.body_of(request, self.parameters)
        return _search(
            user,
            desk_door.text(data, "q", longest=desk.LONGEST_TERM),
            point=desk_door.text(data, "point", longest=desk_door.LONGEST_CODE, required=False),
        )


class SnapshotView(DeskDoor):
    """What a desk takes along for when the network is away."""

    parameters = frozenset({"point"})

    @extend_schema(
        operation_id="desk_snapshot",
        summary="Alle kaarten van je afhaalpunten, om zonder netwerk te werken",
        description="Wat wacht en wat al afgehaald is, van het lopende jaar. Bewaar het versleuteld (zie desk/key) en gooi "
        "het weg na `expires_at` en bij het afmelden.",
        parameters=[POINT],
        responses={200: SnapshotShape} | refusals(400, 401, 403, 404),
    )
    def get(self, request: Request) -> Response:
        user = desk_door.person(request)
        code = desk_door.parameter(request.query_params, "point", longest=desk_door.LONGEST_CODE, required=False)
        desks = desk_door.desks_for(user, code)
        at = timezone.now()
        taken = desk.snapshot({key: one.point.code for key, one in desks.items()}, on=timezone.localdate(at))
        with transaction.atomic():
            for key, one in desks.items():
                readings.note(
                    ReadingKind.SNAPSHOT,
                    by=user,
                    point_id=key,
                    at=at,
                    count=sum(card.point == one.point.code for card in taken.cards),
                    secret=settings.SECRET_KEY,
                )
        return Response(
            {
                "year": taken.year,
                "made_at": desk_door.as_moment(at),
                "expires_at": desk_door.as_moment(at + SNAPSHOT_LASTS),
                "cards": [
                    {
                        "number": card.number,
                        "name": card.name,
                        "last_four": card.last_four,
                        "state": card.state,
                        "key": card.key,
                        "point": card.point,
                    }
                    for card in taken.cards
                ],
            }
        )


class KeyView(DeskDoor):
    """The key with which the page that works offline locks its own store."""

    @extend_schema(
        operation_id="desk_key",
        summary="De sleutel waarmee de offline bewaarde kaarten versleuteld worden",
        description="32 bytes in base64, van jou alleen; nergens bewaard.",
        request=NothingShape,
        responses={200: KeyShape} | refusals(400, 401, 403, 413, 415),
    )
    def post(self, request: Request) -> Response:
        user = desk_door.person(request)
        desk_door.body_of(request, frozenset())
        return Response({"key": base64.b64encode(store_key(user, secret=settings.SECRET_KEY)).decode()})


def store_key(user: User, *, secret: str) -> bytes:
    """32 bytes that only this server can make, for this person alone.

    The password has no part in it: who chooses another one while a tablet still has something to send must be
    able to open it after logging in.
    """
    return salted_hmac("lerarenkaart.desk.store", str(user.pk), secret=secret, algorithm="sha256").digest()


def _search(user: User, q: str, *, point: str) -> Response:
    desks = desk_door.desks_for(user, point)
    _refuse_national_register_number(q)
    at = timezone.now()
    found = desk.search(q, points=desks, on=timezone.localdate(at))
    if not found.is_too_short:
        readings.note(
            ReadingKind.SEARCH,
            by=user,
            point_id=next(iter(desks)) if len(desks) == 1 else None,
            at=at,
            cards=[hit.card_id for hit in found.hits],
            term=q,
            secret=settings.SECRET_KEY,
        )
    codes = {key: one.point.code for key, one in desks.items()}
    return Response(
        {
            "results": [_hit_shape(hit, codes) for hit in found.hits],
            "has_more": found.has_more,
            "is_too_short": found.is_too_short,
        }
    )


def _refuse_national_register_number(q: str) -> None:
    """Raises Problem with what the screen says of it; the number itself goes nowhere."""
    if desk.number_in(q) is not None:
        return
    try:
        staff_number.parse(q, strict=False)
    except staff_number.Refused as refused:
        if refused.code == staff_number.Code.NATIONAL_REGISTER_NUMBER:
            raise Problem(422, refused.code.value, str(refused)) from None


def _hit_shape(hit: desk.Hit, codes: dict[int, str]) -> dict[str, Any]:
    return {
        "number": hit.number,
        "name": hit.name,
        "last_four": hit.last_four,
        "state": hit.state,
        "year": hit.year,
        "point": codes[hit.point_id],
        "page": reverse("distribution:desk-card", args=[codes[hit.point_id], hit.card_id]),
        "hand_over": {
            "id": hit.hand_over_id,
            "at": desk_door.as_moment(hit.at),
            "by": hit.by,
            "evidence": hit.evidence_code,
            "collector": hit.collector,
        }
        if hit.at
        else None,
    }
