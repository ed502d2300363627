"""Settings of the test run, and the fixtures every part may use."""

import datetime as dt
import os
import secrets
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings

from distribution.actions import years
from distribution.models import CardYear
from pickup_points.models import User
from tests import outcomes
from tests.distribution import office_year
from tests.moments import BRUSSELS as BRUSSELS
from tests.moments import NOW as NOW
from tests.security.measured import IS_FULL


def pytest_configure(config: pytest.Config) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.WHITENOISE_AUTOREFRESH = True
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        # A file, as in real life: WAL, IMMEDIATE and other processes need one.
        database["TEST"] |= {"NAME": str(Path(os.environ["VAR_DIR"]) / f"test-{os.getpid()}.sqlite3")}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not IS_FULL:
        leave_out(config, items, [item for item in items if item.get_closest_marker("full_attack")])


def leave_out(config: pytest.Config, items: list[pytest.Item], some: list[pytest.Item]) -> None:
    """Not skipped but deselected: a skip is for what the machine or the database cannot do."""
    items[:] = [item for item in items if item not in set(some)]
    config.hook.pytest_deselected(items=some)


@pytest.fixture(autouse=True, scope="session")
def network_is_shut() -> Iterator[None]:
    """Nothing in a test reaches past this machine: a forgotten outside address fails, here and in CI alike."""
    connect = socket.socket.connect

    def connect_nearby(self: socket.socket, address: object) -> None:
        host = str(address[0]) if isinstance(address, tuple) else "localhost"
        if host != "localhost" and host != "::1" and not host.startswith("127."):
            raise AssertionError(f"a test reached out to {host}")
        connect(self, address)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", connect_nearby)
        yield


@pytest.fixture
def now() -> dt.datetime:
    return NOW


@pytest.fixture
def today() -> Iterator[None]:
    """The clock stands still at NOW."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def card_year(db: None) -> CardYear:
    """2027, opened with the default dates."""
    return years.open_year(2027, at=dt.datetime(2026, 11, 2, 9, 0, tzinfo=BRUSSELS))


@pytest.fixture
def season(card_year: CardYear) -> outcomes.Season:
    """2027, with someone for every answer of the public lookup."""
    return outcomes.season(card_year)


@pytest.fixture
def kim(db: None) -> User:
    """Someone of Klasse, with a second factor."""
    return office_year.klasse()


@pytest.fixture
def fresh_counters(settings: Any) -> None:
    """Counters of the lookup's limiter for this test alone, also on a Redis that all tests share.

    Their keys are hashed with the secret key: another secret, another set of counters.
    """
    settings.SECRET_KEY = secrets.token_hex()
