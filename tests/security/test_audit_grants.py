"""The rights of lerarenkaart/rights.py: the web role adds looks, and can neither change, remove nor seal them (hardening.md T05)."""

import pytest
from django.db import ProgrammingError, transaction

from distribution.actions import reading_seals
from distribution.models import Reading, bulk
from lerarenkaart import rights
from tests import make
from tests.conftest import NOW

FORBIDDEN = (
    "UPDATE distribution_reading SET count = 9",
    "UPDATE distribution_reading SET reason = ''",
    "UPDATE distribution_reading SET seal_id = NULL",
    "DELETE FROM distribution_reading",
    "TRUNCATE distribution_reading",
    "UPDATE distribution_readingseal SET digest = ''",
    "DELETE FROM distribution_readingseal",
    "INSERT INTO distribution_readingseal (number, at, count, until, words_key, rows_digest, words_digest, digest)"
    " VALUES (9, now(), 0, now(), '', '', '', '')",
)


@pytest.mark.django_db
def test_t05_the_web_role_only_adds_to_the_log_of_looks() -> None:
    if not bulk.is_postgres():
        pytest.skip("SQLite knows no roles")
    user = make.new_user()
    Reading.objects.create(at=NOW, by=user, kind="search", count=1)
    reading_seals.seal(at=NOW, secret="sleutel")
    assert not rights.grant()
    for role in (rights.WEB, rights.WORKER):
        bulk.execute(f"CREATE ROLE {role}")
    bulk.execute(f"GRANT USAGE ON SCHEMA public TO {rights.WEB}")
    assert rights.grant()
    bulk.execute(f"SET LOCAL ROLE {rights.WEB}")

    Reading.objects.create(at=NOW, by=user, kind="card", count=1)

    refused = []
    for statement in FORBIDDEN:
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            bulk.execute(statement)
        refused.append(statement)
    assert refused == list(FORBIDDEN)
    assert Reading.objects.count() == 2
    bulk.execute("RESET ROLE")
