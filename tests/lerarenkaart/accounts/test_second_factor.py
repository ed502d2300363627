"""The second step: for whom it is demanded, how it is set up, and that nobody guesses a code (hardening.md T03)."""

import datetime as dt
import json
import re
from collections.abc import Iterator
from unittest import mock

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.conf import settings
from django.core.cache import cache
from django.test import Client

from lerarenkaart.accounts import codes, door, links
from pickup_points.models import KlasseRole, User
from tests import make
from tests.conftest import NOW
from tests.lerarenkaart.accounts.conftest import PASSWORD, is_logged_in, log_in

pytestmark = pytest.mark.django_db
CODE = "/account/twee-stappen/code/"
ADMIN = "/technisch-beheer/"
INDEX = "/account/twee-stappen/"


@pytest.fixture
def chief(db: None) -> User:
    return User.objects.create_superuser("beheer@voorbeeld.be", PASSWORD)


@pytest.fixture
def comparisons() -> Iterator[mock.Mock]:
    with mock.patch.object(totp.TOTP, "validate_code", return_value=False) as asked:
        yield asked


def test_the_code_of_the_app_finishes_the_login(an: User, client: Client) -> None:
    secret = make.second_factor(an)

    first = log_in(client, an.email)
    in_between = is_logged_in(client)
    second = client.post(CODE, {"code": make.code_of(secret)})

    assert (first["Location"], in_between) == (CODE, False)
    assert (second["Location"], is_logged_in(client)) == ("/balie/", True)


def test_no_desk_between_the_two_steps(an: User, client: Client) -> None:
    make.second_factor(an)
    log_in(client, an.email)

    assert client.get("/balie/bib-an/")["Location"] == "/account/login/?next=/balie/bib-an/"


def test_a_code_works_once(an: User) -> None:
    code = make.code_of(make.second_factor(an))
    first, second = Client(), Client()
    for client in (first, second):
        log_in(client, an.email)
        client.post(CODE, {"code": code})

    assert [is_logged_in(first), is_logged_in(second)] == [True, False]


@pytest.mark.parametrize("seconds", [0, 20, 35, 55])
def test_a_code_works_once_in_any_process_as_long_as_it_works(seconds: int, an: User) -> None:
    """Another process remembers nothing of this one, and this one remembers a code for half a minute."""
    first, second = Client(), Client()
    with time_machine.travel(NOW, tick=False) as clock:
        code = make.code_of(make.second_factor(an))
        for client in (first, second):
            cache.clear()
            log_in(client, an.email)
            client.post(CODE, {"code": code})
            clock.shift(seconds)

    assert [is_logged_in(first), is_logged_in(second)] == [True, False]


def test_the_code_that_set_up_the_app_opens_it_once_as_well(an: User, client: Client) -> None:
    log_in(client, an.email)
    with time_machine.travel(NOW, tick=False):
        log_in(client, an.email)
        (secret,) = re.findall(r"<code>([A-Z2-7]+)</code>", client.get(INDEX + "app/").content.decode())
        code = make.code_of(secret)
        client.post(INDEX + "app/", {"code": code})
        opened = []
        for visitor in (Client(), Client()):
            log_in(visitor, an.email)
            visitor.post(CODE, {"code": code})
            opened.append(is_logged_in(visitor))

    assert opened == [True, False]


def test_the_same_digits_work_again_when_they_come_back(an: User) -> None:
    at = NOW + codes.REMEMBERED + dt.timedelta(seconds=1)

    taken = [codes.take(an.pk, "123 456", at=when) for when in (NOW, NOW, at, at)]

    assert taken == [True, False, True, False]
    assert codes.take(an.pk + 1, "123456", at=NOW)


def test_the_sixth_code_is_not_compared_t03(an: User, client: Client, comparisons: mock.Mock) -> None:
    make.second_factor(an)
    log_in(client, an.email)

    pages = [client.post(CODE, {"code": f"{number:06d}"}).content.decode() for number in range(7)]

    assert ["Deze code klopt niet" in page for page in pages] == [True] * 5 + [False] * 2
    assert ["te veel pogingen" in page for page in pages] == [False] * 5 + [True] * 2
    assert comparisons.call_count == 5


def test_codes_are_limited_over_all_places_t03(an: User, comparisons: mock.Mock) -> None:
    make.second_factor(an)
    for place in range(30):
        client = Client(REMOTE_ADDR=f"10.4.0.{place}")
        log_in(client, an.email)
        client.post(CODE, {"code": "000000"})

    assert comparisons.call_count == 20


def test_setting_up_the_app_asks_for_the_password_first(an: User, client: Client) -> None:
    client.force_login(an)

    answer = client.get("/account/twee-stappen/app/")

    assert answer["Location"].startswith("/account/bevestigen/?next=")


def test_setting_up_the_app_shows_recovery_codes_that_work(an: User, client: Client) -> None:
    log_in(client, an.email)
    page = client.get("/account/twee-stappen/app/").content.decode()
    (secret,) = re.findall(r"<code>([A-Z2-7]+)</code>", page)

    codes_page = client.post("/account/twee-stappen/app/", {"code": make.code_of(secret)}, follow=True)
    codes = re.findall(r"<code>(\d{8})</code>", codes_page.content.decode())
    client.post("/account/logout/")
    log_in(client, an.email)
    client.post(CODE, {"code": codes[0]})

    assert codes_page.redirect_chain == [("/account/twee-stappen/herstelcodes/", 302)]
    assert len(codes) == len(set(codes)) == 10
    assert is_logged_in(client)


@pytest.mark.parametrize("way", ["app/", "passkeys/nieuw/"])
def test_who_came_in_by_the_link_sets_up_the_second_step_at_once(way: str, client: Client) -> None:
    new = User.objects.create_user("kim@voorbeeld.be")
    User.objects.filter(pk=new.pk).update(klasse_role=KlasseRole.OFFICE)
    address = links.to_choose_a_password(new).removeprefix(settings.SITE_URL)
    where = client.get(address)["Location"]
    client.post(where, {"name": "Kim", "password1": PASSWORD, "password2": PASSWORD})

    assert is_logged_in(client)
    assert client.get(INDEX + way).status_code == 200


NO_PASSKEY = [
    {},
    [],
    "x",
    {"id": "x"},
    {"id": "AA", "rawId": "AA", "type": "public-key", "response": {}},
    {"id": "AA", "rawId": "AA", "type": "public-key", "response": "x"},
    {
        "id": "AA",
        "rawId": "AA",
        "type": "public-key",
        "response": {"clientDataJSON": "AA", "authenticatorData": "AA", "signature": "AA", "userHandle": "AA"},
    },
    {
        "id": "AA",
        "rawId": "AA",
        "type": "public-key",
        "response": {"clientDataJSON": "e30", "attestationObject": "AA", "transports": []},
    },
]


@pytest.mark.parametrize("sent", NO_PASSKEY)
def test_what_is_no_passkey_is_refused_and_breaks_nothing(sent: object, an: User) -> None:
    make.second_factor(an)
    stranger, half_in, inside = Client(), Client(), Client()
    log_in(half_in, an.email)
    inside.force_login(an)
    credential = {"credential": json.dumps(sent)}

    answers = [
        stranger.post(INDEX + "passkeys/login/", credential),
        half_in.post(CODE, credential),
        inside.post(INDEX + "passkeys/bevestigen/", credential),
        inside.post(INDEX + "passkeys/nieuw/", credential | {"name": "x"}),
    ]

    assert {answer.status_code for answer in answers} <= {200, 302}
    assert [is_logged_in(client) for client in (stranger, half_in)] == [False, False]
    assert Authenticator.objects.filter(type=Authenticator.Type.WEBAUTHN).count() == 0


def test_passkeys_of_someone_else_are_not_there(an: User, client: Client) -> None:
    bob = User.objects.create_user("bob@voorbeeld.be", PASSWORD)
    key = Authenticator.objects.create(
        user=bob, type=Authenticator.Type.WEBAUTHN, data={"name": "Bob", "credential": {}}
    )
    log_in(client, an.email)

    answers = [client.get(f"/account/twee-stappen/passkeys/{key.pk}/{page}/").status_code for page in ("naam", "weg")]

    assert answers == [404, 404]


def manager_of_two() -> User:
    user = User.objects.create_user("twee@voorbeeld.be", PASSWORD)
    make.member(make.point("bib-a"), user, is_manager=True)
    make.member(make.point("bib-b"), user, is_manager=True)
    return user


def desk_of_two() -> User:
    user = User.objects.create_user("twee@voorbeeld.be", PASSWORD)
    make.member(make.point("bib-a"), user)
    make.member(make.point("bib-b"), user, is_manager=True)
    return user


def of_klasse() -> User:
    user = User.objects.create_user("klasse@voorbeeld.be", PASSWORD)
    user.klasse_role = KlasseRole.OFFICE
    user.save()
    make.member(make.point("bib-b"), user, is_manager=True)
    return user


@pytest.mark.parametrize(
    ("who", "is_asked"),
    [(manager_of_two, True), (desk_of_two, False), (of_klasse, True)],
    ids=lambda one: getattr(one, "__name__", ""),
)
def test_who_sees_more_than_one_library_sets_up_a_second_step(who: object, is_asked: bool, client: Client) -> None:  # noqa: FBT001
    user = who()  # type: ignore[operator]
    client.force_login(user)

    without = client.get("/balie/bib-b/collegas/", follow=True)
    make.second_factor(user)
    with_one = client.get("/balie/bib-b/collegas/")

    assert without.redirect_chain == ([(INDEX, 302)] if is_asked else [])
    assert without.content.decode().count("Daarom vragen we bij het inloggen een tweede stap.") == int(is_asked)
    assert with_one.status_code == 200


def test_the_demo_asks_for_no_second_step(client: Client, settings: object) -> None:
    settings.MFA_REQUIRED = False  # type: ignore[attr-defined]
    client.force_login(manager_of_two())

    assert client.get("/balie/bib-b/collegas/").status_code == 200


def test_the_technical_admin_has_no_login_of_its_own(client: Client) -> None:
    answers = [client.get(ADMIN), client.get(f"{ADMIN}login/?next={ADMIN}")]
    guess = client.post(f"{ADMIN}login/", {"username": "beheer@voorbeeld.be", "password": PASSWORD})

    assert [one["Location"] for one in answers] == [
        f"{ADMIN}login/?next={ADMIN}",
        f"/account/login/?next={ADMIN}",
    ]
    assert guess["Location"] == f"/account/login/?next={ADMIN}"


def test_the_technical_admin_wants_a_second_step(chief: User, client: Client) -> None:
    client.force_login(chief)

    without = client.get(ADMIN, follow=True)
    make.second_factor(chief)

    assert without.redirect_chain == [(f"{ADMIN}login/?next={ADMIN}", 302), (INDEX, 302)]
    assert client.get(ADMIN).status_code == 200


def test_the_technical_admin_opens_after_both_steps(chief: User, client: Client) -> None:
    secret = make.second_factor(chief)
    log_in(client, chief.email)

    answer = client.post(CODE, {"code": make.code_of(secret)}, follow=True)

    assert answer.redirect_chain == [(ADMIN, 302)]
    assert answer.status_code == 200


def test_a_desk_worker_is_refused_at_the_technical_admin(an: User, client: Client) -> None:
    client.force_login(an)

    assert client.get(ADMIN, follow=True).status_code == 403


def test_the_technical_admin_sends_nobody_elsewhere(chief: User, client: Client) -> None:
    make.second_factor(chief)
    client.force_login(chief)

    assert client.get(f"{ADMIN}login/?next=https://evil.be/")["Location"] == ADMIN


def test_the_mark_of_a_browser_opens_nothing(an: User, client: Client) -> None:
    log_in(client, an.email)
    mark = client.cookies[door.DEVICE_COOKIE].value
    stranger = Client()
    stranger.cookies[door.DEVICE_COOKIE] = mark

    assert stranger.get("/balie/")["Location"] == "/account/login/?next=/balie/"
    assert client.cookies[door.DEVICE_COOKIE]["httponly"] is True
