"""`/api/v1/desk/handovers/`: hand over, many at once, and take back. The same actions as the pages."""

import uuid
from collections import Counter
from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from distribution.actions import hand_overs
from distribution.api import desk_door
from distribution.api.desk_door import DeskDoor
from distribution.api.problems import Problem
from distribution.api.serializers_desk import (
    BatchAnswer,
    BatchQuestion,
    HandOverQuestion,
    HandOverShape,
    UndoneShape,
    UndoQuestion,
    refusals,
)
from distribution.api.strict_json import StrictJSONParser, only_fields, text_field
from distribution.enums import Evidence
from distribution.queries import desk
from pickup_points.desks import Desk, desks_of
from pickup_points.models import User

FIELDS = frozenset({"id", "card", "at", "evidence", "collector"})
MOST_ITEMS = 500
# What an item of a batch came to, by its status. The four together are what was sent.
SUMS = {201: "accepted", 200: "replayed"}


class BatchParser(StrictJSONParser):
    """500 hand-overs with the name of a collector fit in."""

    largest: ClassVar[int] = 512 * 1024


class HandOversView(DeskDoor):
    """One card changes hands."""

    @extend_schema(
        operation_id="desk_hand_over",
        summary="Geef een kaart af, precies één keer",
        description="Het `id` maak je zelf: hetzelfde `id` opnieuw sturen is dezelfde afgifte (200, hetzelfde antwoord). Een tijd "
        "die niet kan, wordt aanvaard en gemerkt (`clock_doubtful`): dan telt het moment van ontvangst.",
        request=HandOverQuestion,
        responses={201: HandOverShape, 200: HandOverShape} | refusals(400, 401, 403, 404, 409, 413, 415, 422),
    )
    def post(self, request: Request) -> Response:
        user = desk_door.person(request)
        status, body = _mark(desk_door.body_of(request, FIELDS), user=user, desks=desks_of(user))
        return Response(body, status=status)


class BatchView(DeskDoor):
    """Hand-overs that were kept while the network was away."""

    parser_classes = (BatchParser,)

    @extend_schema(
        operation_id="desk_hand_over_batch",
        summary="Geef tot 500 kaarten af, elk met een eigen antwoord",
        description="Elke afgifte staat op zich: wat geweigerd wordt, houdt de rest niet tegen. Nog eens sturen kan geen kwaad.",
        request=BatchQuestion,
        responses={200: BatchAnswer} | refusals(400, 401, 403, 413, 415),
    )
    def post(self, request: Request) -> Response:
        user = desk_door.person(request)
        items = desk_door.body_of(request, frozenset({"items"})).get("items")
        if not isinstance(items, list):
            raise Problem(400, "not_a_list", "Stuur de afgiftes als lijst, in items.")
        if len(items) > MOST_ITEMS:
            raise Problem(413, "too_many", f"Stuur hoogstens {MOST_ITEMS} afgiftes in één keer.")
        desks = desks_of(user)
        results = [_answered(item, user=user, desks=desks) for item in items]
        sums = Counter(_sum_of(result) for result in results)
        return Response(
            {
                "count": len(results),
                **{name: sums[name] for name in ("accepted", "replayed", "already", "refused")},
                "results": results,
            }
        )


class UndoView(DeskDoor):
    """A hand-over taken back."""

    @extend_schema(
        operation_id="desk_undo",
        summary="Maak een afgifte ongedaan",
        description="Binnen het kwartier door wie ze deed; later door een beheerder, met een reden. Twee keer is één keer.",
        request=UndoQuestion,
        responses={200: UndoneShape} | refusals(400, 401, 403, 404, 409, 413, 415, 422),
    )
    def post(self, request: Request, hand_over_id: uuid.UUID) -> Response:
        user = desk_door.person(request)
        data = desk_door.body_of(request, frozenset({"reason"}))
        reason = desk_door.text(data, "reason", longest=hand_overs.LONGEST_REASON, required=False)
        try:
            undone = hand_overs.undo(hand_over_id, desks=desks_of(user), by=user, at=timezone.now(), reason=reason)
        except hand_overs.NoSuchHandOver as refused:
            raise Problem(404, refused.code, str(refused)) from None
        except hand_overs.UndoRefused as refused:
            raise Problem(409, refused.code, str(refused)) from None
        except hand_overs.ReasonNeeded as refused:
            raise Problem(422, refused.code, str(refused)) from None
        assert undone.undone_at is not None
        return Response(
            desk_door.hand_over_shape(undone)
            | {
                "undone_at": desk_door.as_moment(undone.undone_at),
                "undone_by": str(undone.undone_by),
                "undo_reason": undone.undo_reason,
            }
        )


def _mark(data: Mapping[str, Any], *, user: User, desks: Mapping[int, Desk]) -> tuple[int, dict[str, Any]]:
    """The status and the body for one hand-over; raises Problem."""
    hand_over_id = desk_door.unique_id(data, "id")
    written = desk_door.text(data, "card", longest=desk.LONGEST_TERM)
    said_at = desk_door.moment(data, "at")
    evidence = _evidence(data)
    collector = desk_door.text(data, "collector", longest=hand_overs.LONGEST_COLLECTOR, required=False)
    try:
        marked = hand_overs.mark(
            hand_over_id,
            card_number=desk.number_in(written) or "",
            desks=desks,
            by=user,
            at=timezone.now(),
            said_at=said_at,
            evidence=evidence,
            collector=collector,
        )
    except hand_overs.NoSuchCard as refused:
        raise Problem(404, refused.code, str(refused)) from None
    except hand_overs.AlreadyHandedOver as refused:
        raise Problem(409, refused.code, str(refused), extra={"hand_over": _first(refused)}) from None
    except hand_overs.CardNotValid as refused:
        raise Problem(409, refused.code, str(refused)) from None
    except hand_overs.IdReused as refused:
        raise Problem(422, refused.code, str(refused)) from None
    return (201 if marked.is_new else 200), desk_door.hand_over_shape(marked.hand_over)


def _evidence(data: Mapping[str, Any]) -> Evidence:
    written = text_field(data, "evidence")
    if written not in Evidence.values:
        raise Problem(400, "bad_value", f"Stuur als evidence een van deze woorden: {', '.join(Evidence.values)}.")
    return Evidence(written)


def _first(refused: hand_overs.AlreadyHandedOver) -> dict[str, Any]:
    """When, where and by whom the card was handed over."""
    shape = desk_door.hand_over_shape(refused.hand_over)
    return {name: shape[name] for name in ("at", "point", "point_name", "by", "evidence")}


def _answered(item: object, *, user: User, desks: Mapping[int, Desk]) -> dict[str, Any]:
    """One item of a batch with its own status and body, refused or not."""
    given = item.get("id") if isinstance(item, dict) else None
    answer: dict[str, Any] = {"id": given if isinstance(given, str) and desk_door.UUID_FORM.fullmatch(given) else None}
    try:
        if not isinstance(item, dict):
            raise Problem(400, "not_an_object", "Elke afgifte is een object, tussen accolades.")
        only_fields(item, FIELDS)
        status, body = _mark(item, user=user, desks=desks)
    except Problem as refused:
        body = {"code": refused.code, "detail": refused.sentence, **refused.extra}
        return answer | {"status": refused.status_code, "body": body}
    return answer | {"status": status, "body": body}


def _sum_of(result: Mapping[str, Any]) -> str:
    if result["body"].get("code") == hand_overs.AlreadyHandedOver.code:
        return "already"
    return SUMS.get(result["status"], "refused")
