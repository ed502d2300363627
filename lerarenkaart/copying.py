"""Everything from one database into another, empty one: from SQLite to PostgreSQL when an office grows (hardening.md F22)."""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.apps import apps
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import DEFAULT_DB_ALIAS, connections, models, transaction

from distribution.errors import DistributionError
from distribution.models import CardYear
from lerarenkaart import addresses
from pickup_points.models import User

TARGET = "target"
TOGETHER = 2_000

Progress = Callable[[int, int], None]


class NotEmpty(DistributionError):
    code = "not_empty"


class NotTheSame(DistributionError):
    code = "not_the_same"


@dataclass(frozen=True)
class Copied:
    """What was copied: tables with rows, rows, and the fingerprint both databases now have."""

    tables: int
    rows: int
    sha256: str


def copy(*, to: str, progress: Progress | None = None) -> Copied:
    """Copy every row to the database at the URL `to`, all or nothing, and compare afterwards.

    The target is migrated first. Nobody may be working in the source: SQLite lets no other writer in meanwhile,
    before PostgreSQL as a source the site is stopped. Raises NotEmpty or NotTheSame; the target is empty then.
    """
    _connect(to)
    call_command("migrate", database=TARGET, verbosity=0)
    if CardYear.objects.using(TARGET).exists() or User.objects.using(TARGET).exists():
        raise NotEmpty("De andere databank is niet leeg: daar staan al jaren of accounts in.")
    tables = _tables()
    tell = progress or (lambda done, total: None)
    rows = 0
    with transaction.atomic(using=DEFAULT_DB_ALIAS), transaction.atomic(using=TARGET):
        _wait_for_each_other()
        _empty(tables)
        for number, table in enumerate(tables, 1):
            rows += _copy_table(table)
            tell(number, len(tables))
        here, there = fingerprint(DEFAULT_DB_ALIAS), fingerprint(TARGET)
        if here != there:
            raise NotTheSame("Na het kopiëren zijn de twee databanken niet gelijk. Er is niets gekopieerd.")
        with connections[TARGET].cursor() as cursor:
            for statement in connections[TARGET].ops.sequence_reset_sql(no_style(), tables):
                cursor.execute(statement)
    return Copied(tables=len(tables), rows=rows, sha256=here)


def fingerprint(alias: str) -> str:
    """One number for all rows of all tables: equal when, and only when, two databases hold the same."""
    digest = hashlib.sha256()
    for table in _tables():
        digest.update(table._meta.db_table.encode())
        for row in _rows(table, alias):
            digest.update(json.dumps(row, sort_keys=True, default=_plain).encode())
    return digest.hexdigest()


def _connect(url: str) -> None:
    config = addresses.database(url)
    if config["ENGINE"].endswith("postgresql"):
        config["OPTIONS"] = config.get("OPTIONS", {}) | {"connect_timeout": 5}
    if TARGET in connections.settings:
        connections[TARGET].close()
        del connections[TARGET]
    connections.settings[TARGET] = connections.configure_settings({DEFAULT_DB_ALIAS: {}, TARGET: config})[TARGET]


def _wait_for_each_other() -> None:
    """While one side is read, the other does nothing for as long as that takes."""
    for alias in (DEFAULT_DB_ALIAS, TARGET):
        if connections[alias].vendor == "postgresql":
            with connections[alias].cursor() as cursor:
                cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")


def _tables() -> list[type[models.Model]]:
    found = apps.get_models(include_auto_created=True)
    return sorted(
        (one for one in found if one._meta.managed and not one._meta.proxy), key=lambda one: one._meta.db_table
    )


def _empty(tables: list[type[models.Model]]) -> None:
    """What migrating put there (rights, kinds of content) comes along from the source."""
    target = connections[TARGET]
    with target.cursor() as cursor:
        for statement in target.ops.sql_flush(no_style(), [one._meta.db_table for one in tables]):
            cursor.execute(statement)


def _copy_table(table: type[models.Model]) -> int:
    """As it lies there: no moment of saving is filled in anew."""
    fields = table._meta.concrete_fields
    count = 0
    rows = _rows(table, DEFAULT_DB_ALIAS)
    while some := list(islice(rows, TOGETHER)):
        made = [table(**dict(zip((field.attname for field in fields), row, strict=True))) for row in some]
        table._base_manager._insert(made, fields=fields, using=TARGET, raw=True)  # type: ignore[attr-defined]
        count += len(made)
    return count


def _rows(table: type[models.Model], alias: str) -> Iterator[tuple[Any, ...]]:
    names = [field.attname for field in table._meta.concrete_fields]
    return table._base_manager.using(alias).order_by("pk").values_list(*names).iterator(chunk_size=TOGETHER)


def _plain(value: Any) -> str:
    """What JSON does not know, the same from either database."""
    return bytes(value).hex() if isinstance(value, memoryview | bytes) else str(value)
