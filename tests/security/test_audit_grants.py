"""The grants of docs/operations.md: the web role adds looks, and can neither change, remove nor seal them (hardening.md T05)."""

import re
from pathlib import Path

import pytest
from django.db import ProgrammingError, transaction

from distribution.actions import reading_seals
from distribution.models import Reading, bulk
from tests import make
from tests.conftest import NOW

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "operations.md"
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


def grants() -> str:
    """The statements as they are written down for who runs the servers."""
    [found] = re.findall(r"```sql\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    return str(found)


@pytest.mark.django_db
def test_t05_the_web_role_only_adds_to_the_log_of_looks() -> None:
    if not bulk.is_postgres():
        pytest.skip("SQLite knows no roles")
    user = make.new_user()
    Reading.objects.create(at=NOW, by=user, kind="search", count=1)
    reading_seals.seal(at=NOW, secret="sleutel")
    bulk.execute("CREATE ROLE lerarenkaart_web")
    for statement in filter(str.strip, grants().split(";")):
        bulk.execute(statement)
    bulk.execute("SET LOCAL ROLE lerarenkaart_web")

    Reading.objects.create(at=NOW, by=user, kind="card", count=1)

    refused = []
    for statement in FORBIDDEN:
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            bulk.execute(statement)
        refused.append(statement)
    assert refused == list(FORBIDDEN)
    assert Reading.objects.count() == 2
    bulk.execute("RESET ROLE")
