"""/healthz and /readyz: alive, and able to work."""

import signal
import time
from unittest import mock

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.test import Client

from tests import servers


def test_healthz_needs_nothing(client: Client) -> None:
    answer = client.get("/healthz")

    assert (answer.status_code, answer.json()) == (200, {"alive": True})


@pytest.mark.django_db
def test_readyz(client: Client) -> None:
    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()) == (200, {"database": True, "broker": True})


@pytest.mark.django_db
def test_readyz_without_database(client: Client) -> None:
    with mock.patch.object(connection, "cursor", side_effect=OperationalError("weg")):
        answer = client.get("/readyz")

    assert (answer.status_code, answer.json()) == (503, {"database": False, "broker": True})


@pytest.mark.django_db
@pytest.mark.parametrize("fault", ["refused", "hung"])
def test_readyz_without_broker_f4(fault: str, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "EMBEDDED", False)
    with servers.redis_process() as (url, process):
        monkeypatch.setattr(settings, "REDIS_URL", url)
        with_redis = client.get("/readyz").status_code
        if fault == "hung":
            process.send_signal(signal.SIGSTOP)
        else:
            process.kill()
            process.wait()
        began = time.monotonic()
        answer = client.get("/readyz")
        took = time.monotonic() - began

    assert with_redis == 200
    assert (answer.status_code, answer.json()) == (503, {"database": True, "broker": False})
    assert took < 3.0
