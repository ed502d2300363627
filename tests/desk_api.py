"""A desk as the API sees it: clients by token and by session, and a point with cards to hand over."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.test import Client
from knox.models import AuthToken

from distribution.models import Card, CardYear
from pickup_points.desks import Desk
from pickup_points.models import User
from tests import make

API = "/api/v1/desk/"
AT = "2027-01-12T10:00:00+01:00"


def by_token(user: User) -> Client:
    """A program of this person; as strict about CSRF as the real thing."""
    _, token = AuthToken.objects.create(user=user)
    return Client(enforce_csrf_checks=True, headers={"authorization": f"Token {token}"})


def by_session(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def post(client: Client, path: str, body: object = None, **more: Any) -> Any:
    """POST JSON to a path below the API."""
    return client.post(API + path, {} if body is None else body, content_type="application/json", **more)


def item(card: Card | str, **more: Any) -> dict[str, Any]:
    """A hand-over as a program sends it."""
    number = card if isinstance(card, str) else card.number
    return {"id": str(uuid.uuid4()), "card": number, "at": AT, "evidence": "scan"} | more


def problem(response: Any) -> tuple[int, str]:
    """The status and the code of a refusal; fails when it is no problem that stays out of caches."""
    assert response["Content-Type"] == "application/problem+json"
    assert response["Cache-Control"] == "no-store"
    body: dict[str, Any] = response.json()
    assert body["status"] == response.status_code
    return response.status_code, body["code"]


@dataclass(frozen=True)
class Places:
    """Two points with a card each; `desk` is somebody of the first."""

    desk: Desk
    own: Card
    foreign: Card


def places(card_year: CardYear, *, is_manager: bool = False) -> Places:
    desk = make.member(make.point("bib-eigen"), is_manager=is_manager)
    own = make.card(make.person(card_year, "Peeters", "An"), at=desk.point)
    foreign = make.card(make.person(card_year, "Peeters", "Bo"), at=make.point("bib-vreemd"))
    return Places(desk, own, foreign)
