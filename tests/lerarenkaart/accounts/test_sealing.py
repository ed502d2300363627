"""Secrets of second steps in the database: nobody can read them there, and a replaced key locks nobody out."""

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from lerarenkaart.accounts import sealing
from pickup_points.models import User
from tests import make
from tests.lerarenkaart.accounts.conftest import is_logged_in, log_in

pytestmark = pytest.mark.django_db
CODE = "/account/twee-stappen/code/"
OLD, NEW = "de-sleutel-van-vorig-jaar", "de-sleutel-van-dit-jaar"


def in_database() -> str:
    """Every row of second steps, as somebody with a copy of the database reads it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT data FROM mfa_authenticator")
        return json.dumps([str(row) for row in cursor.fetchall()])


def comes_in(user: User, code: str) -> bool:
    client = Client()
    log_in(client, user.email)
    client.post(CODE, {"code": code})
    return is_logged_in(client)


def leave_as_before() -> None:
    """The rows as the release before this one wrote them."""
    for row in Authenticator.objects.all():
        field = sealing.FIELDS[row.type]
        row.data[field] = sealing.unseal(row.data[field])
        row.save()


@pytest.fixture
def secret(an: User, settings: Any) -> str:
    settings.SECOND_STEP_KEYS = [OLD]
    return make.second_factor(an)


@pytest.fixture
def recovery_codes(an: User, secret: str) -> list[str]:
    codes: list[str] = RecoveryCodes.activate(an).get_unused_codes()
    return codes


@given(st.text(max_size=90))
def test_what_was_sealed_comes_back(text: str) -> None:
    sealed = sealing.seal(text)

    assert sealing.unseal(sealed) == text
    assert sealed != sealing.seal(text)


def test_the_database_holds_no_secret(an: User, secret: str, recovery_codes: list[str]) -> None:
    seed = sealing.unseal(Authenticator.objects.get(type="recovery_codes").data["seed"])
    rows = in_database()

    assert rows.count(sealing.MARK) == 2
    assert [one for one in (secret, seed, *recovery_codes) if one in rows] == []


def test_the_app_and_a_recovery_code_open_it(an: User, secret: str, recovery_codes: list[str]) -> None:
    assert comes_in(an, make.code_of(secret))
    assert [comes_in(an, recovery_codes[0]) for _ in range(2)] == [True, False]


@pytest.mark.parametrize("way", ["app", "recovery code"])
def test_rows_from_before_are_read_and_sealed_when_they_are_used(
    way: str, an: User, secret: str, recovery_codes: list[str]
) -> None:
    leave_as_before()
    before = in_database()

    came_in = comes_in(an, make.code_of(secret) if way == "app" else recovery_codes[3])

    assert (secret in before, secret in in_database()) == (True, False)
    assert (came_in, in_database().count(sealing.MARK)) == (True, 2)
    left = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
    assert left == (recovery_codes if way == "app" else recovery_codes[:3] + recovery_codes[4:])


def test_a_key_is_replaced_and_nobody_is_locked_out(an: User, secret: str, settings: Any) -> None:
    settings.SECOND_STEP_KEYS = [NEW, OLD]
    during = comes_in(an, make.code_of(secret))
    settings.SECOND_STEP_KEYS = [NEW]

    assert during
    assert sealing.unseal(Authenticator.objects.get().data["secret"]) == secret


@pytest.mark.parametrize("left", [lambda: None, leave_as_before])
def test_the_command_seals_all_with_the_key_of_now(
    left: Callable[[], None], an: User, secret: str, recovery_codes: list[str], settings: Any, capsys: Any
) -> None:
    left()
    settings.SECOND_STEP_KEYS = [NEW, OLD]

    for _ in range(2):
        call_command("seal_second_steps", "--json")

    settings.SECOND_STEP_KEYS = [NEW]
    assert [json.loads(line) for line in capsys.readouterr().out.splitlines()] == [
        {"anew": 2, "already": 0, "unreadable": 0},
        {"anew": 0, "already": 2, "unreadable": 0},
    ]
    assert comes_in(an, make.code_of(secret))


def test_without_its_key_a_step_opens_nothing_and_says_so(
    an: User, secret: str, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.SECOND_STEP_KEYS = [NEW]
    client = Client()
    log_in(client, an.email)

    with caplog.at_level(logging.ERROR):
        answer = client.post(CODE, {"code": make.code_of(secret)})

    assert "Dat ligt aan ons: vraag Klasse om hulp." in answer.content.decode()
    assert not is_logged_in(client)
    assert "is a key missing in SECOND_STEP_OLD_KEYS?" in caplog.text
    with pytest.raises(
        CommandError, match="1 van de tweede stappen zijn met een andere sleutel versleuteld"
    ) as refused:
        call_command("seal_second_steps")
    assert refused.value.returncode == 2


def test_a_row_that_was_touched_opens_nothing(an: User, secret: str) -> None:
    row = Authenticator.objects.get()
    row.data["secret"] = row.data["secret"][:-6] + "AAAAA="
    row.save()

    assert not comes_in(an, make.code_of(secret))


def test_keys_of_passkeys_are_public_and_stay_as_they_are(an: User) -> None:
    Authenticator.objects.create(user=an, type="webauthn", data={"name": "Laptop", "credential": {}})

    assert sealing.seal_steps() == sealing.Sealed()
    assert Authenticator.objects.get().data == {"name": "Laptop", "credential": {}}
