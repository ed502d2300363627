"""What the tests of the accounts share: people with a password, mails that leave at once, counters of their own."""

from typing import Any

import pytest
from django.test import Client

from lerarenkaart.accounts import adapters, forms
from pickup_points.models import User
from tests import at_once, make

PASSWORD = "een-lang-wachtwoord-voor-de-proef"
ANOTHER = "nog-een-lang-wachtwoord-met-woorden"


@pytest.fixture(autouse=True)
def counters_of_its_own(fresh_counters: None) -> None:
    """Each test guesses from nothing."""


@pytest.fixture
def mails_leave(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tasks run where they are put in the queue."""
    monkeypatch.setattr(adapters, "enqueue", at_once.enqueue)
    monkeypatch.setattr(forms, "enqueue", at_once.enqueue)


@pytest.fixture
def an(db: None) -> User:
    """Someone at one desk, with a password."""
    user = User.objects.create_user("an@voorbeeld.be", PASSWORD, name="An")
    make.member(make.point("bib-an"), user)
    return user


def log_in(client: Client, email: str, password: str = PASSWORD, **extra: Any) -> Any:
    return client.post("/account/login/", {"login": email, "password": password}, **extra)


def is_logged_in(client: Client) -> bool:
    return "_auth_user_id" in client.session
