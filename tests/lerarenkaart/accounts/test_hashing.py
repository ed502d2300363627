"""Passwords are kept as Argon2id with values of our own; what was kept otherwise is renewed by logging in."""

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.test import Client

from pickup_points.models import User
from tests import programs
from tests.lerarenkaart.accounts.conftest import PASSWORD, log_in

pytestmark = pytest.mark.django_db
OURS = "argon2$argon2id$v=19$m=47104,t=1,p=1$"


@pytest.fixture(autouse=True)
def as_in_production(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["lerarenkaart.accounts.hashing.Argon2Hasher"]


def test_a_password_is_kept_with_the_values_of_asvs_v11_4_2() -> None:
    user = User.objects.create_user("an@voorbeeld.be", PASSWORD)

    assert user.password.startswith(OURS)
    assert user.check_password(PASSWORD)
    assert not user.check_password(PASSWORD.upper())


def test_a_hash_with_other_values_is_renewed_by_logging_in(client: Client) -> None:
    user = User.objects.create_user("an@voorbeeld.be", PASSWORD)
    user.password = Argon2PasswordHasher().encode(PASSWORD, "een-ander-zout-van-vroeger")
    user.save()

    log_in(client, user.email)

    user.refresh_from_db()
    assert user.password.startswith(OURS)
    assert user.check_password(PASSWORD)


def test_a_fresh_installation_keeps_them_so(tmp_path: Path) -> None:
    code = "import django; django.setup(); from django.contrib.auth.hashers import make_password as m; print(m('x'))"

    made = programs.python(code, env=programs.environment(tmp_path))

    assert made.stdout.startswith(OURS), made.stderr
