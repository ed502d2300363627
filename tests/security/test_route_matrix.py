"""Every address × every kind of visitor × own, foreign and missing things: who gets in, and that a stranger learns nothing.

What is refused because it is another's and what is refused because it is not there are the same answer, byte for byte.
"""

import re
from collections.abc import Mapping
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.core import mail
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from knox.models import AuthToken

from distribution.models import CardYear, Reading
from pickup_points.models import User
from tests import make, routes
from tests.security import matrix
from tests.security.matrix import MATRIX, MEMBERS, NOWHERE, OURS, ROLES, THEIRS, Route, Who, World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today", "fresh_counters")]
KLASSE = ("office", "reader")
PLACES = (OURS, THEIRS, NOWHERE)
# What is different each time a page is drawn: tokens of forms, keys of hand-overs, the moment on it.
ACCIDENTAL = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]+"|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}')
CHANGES = re.compile(r"\s*(?:INSERT INTO|UPDATE|DELETE FROM|REPLACE INTO)\s+\"?(\w+)", re.IGNORECASE)
# Written down when somebody looks: who saw whose card, that a session is in use, and allauth's own note of an address.
MAY_BE_WRITTEN = {"distribution_reading", "django_session", "account_emailaddress"}
PATTERNS = {name: (route, pattern) for name, route, pattern in routes.named()}


@pytest.fixture
def world(card_year: CardYear) -> World:
    return matrix.world(card_year)


def is_in_address(name: str, thing: str) -> bool:
    return thing in PATTERNS[name][1].pattern.converters


def ask(
    client: Client,
    name: str,
    method: str,
    *,
    at: str,
    sent: Mapping[str, str],
    follow: bool = False,
    is_undone: bool = True,
) -> HttpResponse:
    """One request, whose changes are taken back. `at`: the point it names; `sent`: fields, and the other parts of its address."""
    converters = PATTERNS[name][1].pattern.converters
    filled = {part: sent.get(part, routes.SAMPLES.get(part, "")) for part in converters}
    if "code" in converters:
        filled["code"] = at
    url = reverse(name, kwargs=filled)
    taken = method in MATRIX[name].methods.split()
    fields = {field: value for field, value in sent.items() if taken and field not in converters}
    as_json = {"content_type": "application/json"} if url.startswith("/api/") and method == "POST" else {}
    with transaction.atomic():
        answer: HttpResponse = getattr(client, method.lower())(url, fields, follow=follow, **as_json)
        if is_undone:
            transaction.set_rollback(True)
    return answer


def verdict(answer: HttpResponse) -> str:
    """What an answer comes down to."""
    if answer.status_code in {301, 302, 303}:
        return "login" if answer["Location"].startswith("/account/login/") else "in"
    if answer.status_code in {401, 403, 404, 405}:
        return str(answer.status_code)
    assert answer.status_code < 500
    return "in"


def may(role: str, at: str, route: Route) -> bool:
    return MEMBERS.get(role) == at and (route.who is not Who.MANAGER or role == "manager")


def expected(role: str, method: str, at: str, name: str) -> str:
    """What a visitor must get for a point, when what is named besides it is that point's own."""
    route = MATRIX[name]
    if route.who in {Who.API, Who.REPORTS} and role == "anonymous":
        return "401"
    if route.who is Who.REPORTS and role not in {"office", "reader"}:
        return "403"
    if method not in route.methods.split():
        return "405"
    if route.who is Who.ALL:
        return "404" if at == NOWHERE and "code" in PATTERNS[name][1].pattern.converters else "in"
    if role == "anonymous":
        return "login"
    if route.who is Who.KLASSE:
        is_there = at != NOWHERE or "code" not in PATTERNS[name][1].pattern.converters
        return "in" if role in KLASSE and is_there else "404"
    if route.who is Who.OFFICE:
        is_there = at != NOWHERE or "code" not in PATTERNS[name][1].pattern.converters
        return "in" if role == "office" and is_there else "404"
    if route.who in {Who.PERSON, Who.REPORTS} or (route.who is Who.API and (route.hides or not route.things)):
        return "in"
    return "in" if may(role, at, route) else "404"


def tables_changed(queries: CaptureQueriesContext) -> set[str]:
    return {found[1] for query in queries if (found := CHANGES.match(query["sql"]))} - MAY_BE_WRITTEN


def own(world: World, name: str, at: str) -> dict[str, str]:
    """What is sent along: the things of a point."""
    route = MATRIX[name]
    return {**route.sent, **{part: world.things[kind][at] for part, kind in route.things.items()}}


GUARDED = [name for name, route in MATRIX.items() if route.who is not Who.ACCOUNT]
NAMING = [name for name in GUARDED if MATRIX[name].things]


def test_every_address_has_its_line() -> None:
    assert set(PATTERNS) == set(MATRIX)


@pytest.mark.parametrize("name", GUARDED)
def test_who_gets_in(name: str, world: World) -> None:
    seen, wanted = {}, {}
    for role in ROLES:
        for at in PLACES:
            for method in ("GET", "POST"):
                case = f"{role} · {at} · {method}"
                seen[case] = verdict(ask(world.clients[role], name, method, at=at, sent=own(world, name, at)))
                wanted[case] = expected(role, method, at, name)

    assert seen == wanted


def test_a_point_of_others_is_exactly_a_point_that_is_not_there(world: World) -> None:
    for name in GUARDED:
        if MATRIX[name].who not in {Who.DESK, Who.MANAGER}:
            continue
        for role in ("desk", "manager", "office", "reader", "superuser"):
            for method in MATRIX[name].methods.split():
                with CaptureQueriesContext(connection) as queries:
                    theirs = ask(world.clients[role], name, method, at=THEIRS, sent=own(world, name, THEIRS))
                nowhere = ask(world.clients[role], name, method, at=NOWHERE, sent=own(world, name, NOWHERE))

                assert told(theirs) == told(nowhere), f"{name} {role} {method}"
                assert (theirs.status_code, tables_changed(queries)) == (404, set())


@pytest.mark.parametrize("name", NAMING)
def test_a_thing_of_others_is_exactly_a_thing_that_is_not_there(name: str, world: World) -> None:
    """Asked at one's own desk: a card, a list, a hand-over, a transfer, a colleague or a statement of another point."""
    route = MATRIX[name]
    for method in route.methods.split():
        if method == "GET" and not any(is_in_address(name, part) for part in route.things) and route.who is not Who.API:
            continue
        theirs, missing = (
            asked_unchanged(world.clients["manager"], name, method, sent=own(world, name, at))
            for at in (THEIRS, NOWHERE)
        )

        assert (theirs.status_code == 404) is not route.hides
        named = [own(world, name, at)[part] for at in (THEIRS, NOWHERE) for part in route.things]
        assert told(theirs, without=named) == told(missing, without=named)


def asked_unchanged(client: Client, name: str, method: str, *, sent: Mapping[str, str]) -> HttpResponse:
    """The answer at one's own desk to something that is not one's own; nothing was changed by asking."""
    with transaction.atomic():
        before = everything()
        answer = ask(client, name, method, at=OURS, sent=sent, follow=True, is_undone=False)
        after = everything()
        transaction.set_rollback(True)
    assert after == before
    assert mail.outbox == []
    return answer


def everything() -> dict[str, list[Any]]:
    """Every row of ours, but for what is written down as read."""
    models = [model for app in ("distribution", "pickup_points") for model in apps.get_app_config(app).get_models()]
    rows = {model.__name__: list(model._default_manager.order_by("pk").values_list()) for model in models}
    return {name: found for name, found in rows.items() if name != Reading.__name__}


def test_a_token_opens_what_its_owner_may(world: World) -> None:
    for role, user in world.users.items():
        _, token = AuthToken.objects.create(user)
        client = Client(headers={"Authorization": f"Token {token}"})
        for name in (name for name in GUARDED if MATRIX[name].who is Who.API):
            for at in PLACES:
                for method in ("GET", "POST"):
                    answer = ask(client, name, method, at=at, sent=own(world, name, at))

                    assert verdict(answer) == expected(role, method, at, name), f"{role} {name} {at} {method}"


def told(answer: HttpResponse, *, without: list[str] | None = None) -> tuple[int, bytes, dict[str, str]]:
    """Everything an answer tells, but for what is different each time, and for what was asked itself."""
    content = ACCIDENTAL.sub(b"", answer.content)
    for asked in without or []:
        # A short number stands in many places, and not for this.
        content = content.replace(asked.encode(), b"") if len(asked) > 8 else content
    names = {
        name: value
        for name, value in answer.headers.items()
        if name not in {"Set-Cookie", "Content-Length", "X-Request-ID"}
    }
    return answer.status_code, content, names


@pytest.mark.parametrize("role", ["manager", "superuser", "anonymous"])
def test_t10_looking_changes_nothing(role: str, world: World) -> None:
    """At the own desk, where every page opens; what is read may be written down as read."""
    changed = {}
    for name in PATTERNS:
        with CaptureQueriesContext(connection) as queries:
            ask(world.clients[role], name, "GET", at=OURS, sent=own(world, name, OURS))
        changed[name] = tables_changed(queries)

    assert {name: tables for name, tables in changed.items() if tables} == {}


# An address that believes no cookie needs no token: nobody can be made to do something there as themselves.
WITHOUT_A_PERSON = {"distribution:api-lookup", "schema"}


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("body", ["application/x-www-form-urlencoded", "application/json"])
def test_t10_nothing_unsafe_without_its_token(method: str, body: str, world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.users["manager"])
    seen: dict[str, int] = {}
    changed: set[str] = set()
    for name, (_, pattern) in PATTERNS.items():
        sent = own(world, name, OURS)
        url = reverse(name, kwargs={part: sent.get(part, routes.SAMPLES[part]) for part in pattern.pattern.converters})
        with CaptureQueriesContext(connection) as queries:
            seen[name] = client.generic(method, url, b"{}", content_type=body).status_code
        changed |= tables_changed(queries)

    assert {name for name, status in seen.items() if status != 403} == WITHOUT_A_PERSON
    assert {seen[name] for name in WITHOUT_A_PERSON} <= {400, 405, 415}
    assert changed == set()


def test_klasse_and_the_superuser_need_their_second_factor(world: World) -> None:
    for role in ("office", "reader", "superuser"):
        bare = make.new_user()
        fields = {name: getattr(world.users[role], name) for name in ("klasse_role", "is_superuser", "is_staff")}
        User.objects.filter(pk=bare.pk).update(**_fresh(world.users[role], fields))
        client = Client()
        client.force_login(User.objects.get(pk=bare.pk))

        assert client.get(reverse("distribution:desk", args=[OURS]))["Location"] == reverse("mfa_index")
        assert client.get(reverse("distribution:api-desk-snapshot")).status_code == 403


def _fresh(user: User, fields: Mapping[str, Any]) -> dict[str, Any]:
    fresh = User.objects.get(pk=user.pk)
    return {name: getattr(fresh, name) for name in fields}


def _admin_addresses() -> list[str]:
    found = []
    for pattern in admin.site.urls[0]:
        for one in getattr(pattern, "url_patterns", [pattern]):
            before = str(pattern.pattern) if one is not pattern else ""
            written = re.sub(r"<path:\w+>|<int:\w+>", "1", before + str(one.pattern))
            if "(?P" not in written:
                found.append(f"/technisch-beheer/{written.strip('^$')}")
    return found


@pytest.mark.parametrize("role", [role for role in ROLES if role != "superuser"])
def test_technical_admin_is_for_the_superuser(role: str, world: World) -> None:
    addresses = _admin_addresses()
    assert len(addresses) > 50
    seen = {
        (address, method): getattr(world.clients[role], method)(address)
        for address in addresses
        for method in ("get", "post")
    }

    # To the login, and there: out again for who is nobody of the technical admin.
    assert {answer.status_code for answer in seen.values()} <= {302, 403}
    for answer in seen.values():
        if answer.status_code == 302:
            assert answer["Location"].startswith(("/technisch-beheer/login/", "/account/login/", "/technisch-beheer/"))
    last = world.clients[role].get("/technisch-beheer/", follow=True)
    assert last.status_code == (200 if role == "anonymous" else 403)
    assert last.request["PATH_INFO"] == ("/account/login/" if role == "anonymous" else "/technisch-beheer/login/")


def test_technical_admin_opens_for_the_superuser(world: World) -> None:
    assert world.clients["superuser"].get("/technisch-beheer/").status_code == 200
