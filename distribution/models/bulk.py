"""Rows by the hundred thousand: COPY on PostgreSQL, executemany on SQLite; and temporary tables on both.

Names of tables and columns come from the code, never from data; values always travel as parameters.
"""

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any

from django.db import connection, models, transaction

BATCH = 5_000
# What PostgreSQL may sort and join in before it goes to disk, for work that touches a whole year.
WORK_MEMORY = "256MB"
TEMPORARY_KILOBYTES = 32_768


def is_postgres() -> bool:
    return connection.vendor == "postgresql"


def table(model: type[models.Model]) -> str:
    """The quoted table name, for a statement written by hand."""
    return connection.ops.quote_name(model._meta.db_table)


def execute(statement: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> int:
    """Run one statement; returns how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters or None)
        return int(cursor.rowcount)


def fetch(statement: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> list[tuple[Any, ...]]:
    """All rows of one question."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters or None)
        return list(cursor.fetchall())


def ask_for_memory() -> None:
    """Let PostgreSQL sort and join a whole year in memory, until this transaction ends."""
    if is_postgres():
        execute(f"SET LOCAL work_mem = '{WORK_MEMORY}'")


@contextlib.contextmanager
def long_read() -> Iterator[None]:
    """Around one statement that streams a whole year.

    PostgreSQL gets a transaction: without one it writes the whole answer to a file before the first row
    comes. SQLite gets none: its transactions would keep every writer out.
    """
    if not is_postgres():
        yield
        return
    with transaction.atomic():
        ask_for_memory()
        yield


def create_temporary(name: str, columns: str, *, is_keyed_by_text: bool = False) -> None:
    """An empty temporary table of this connection; an older one of that name goes.

    With `is_keyed_by_text` SQLite keeps the rows in the primary key itself: one search less for each.
    """
    if not is_postgres():
        # SQLite keeps 2 MB of all temporary tables in memory unless told otherwise, and writes the rest to a file.
        execute(f"PRAGMA temp.cache_size = -{TEMPORARY_KILOBYTES}")
    ending = " WITHOUT ROWID" if is_keyed_by_text and not is_postgres() else ""
    execute(f"DROP TABLE IF EXISTS {name}")
    execute(f"CREATE TEMPORARY TABLE {name} ({columns}){ending}")


def key_type(*, numbers_itself: bool = False) -> str:
    """The type of a whole-number key of a temporary table; it may number the rows from 1 as they are inserted.

    On SQLite it is the row's own place, which is found the fastest.
    """
    if not is_postgres():
        return "integer PRIMARY KEY"
    return "bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY" if numbers_itself else "bigint PRIMARY KEY"


def refresh_statistics(*names: str) -> None:
    """Let PostgreSQL count what was just loaded: without it, it plans as if a new table were nearly empty.

    A name may say of which columns: `name (one, two)`. A table of another role is counted by the function that its
    owner made for it (lerarenkaart/rights.py): PostgreSQL itself would only warn, and count nothing.
    """
    if not is_postgres():
        return
    for name in names:
        of, _, columns = name.rstrip(")").partition(" (")
        if fetch("SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = %s::regclass", [of]) == [(True,)]:
            execute(f"ANALYZE {name}")
        else:
            listed = columns.split(", ") if columns else None
            execute("SELECT lerarenkaart_refresh_statistics(%s::regclass, %s::text[])", [of, listed])


def drop_temporary(*names: str) -> None:
    """Let temporary tables go, so that a connection that lives on does not carry them along."""
    for name in names:
        execute(f"DROP TABLE IF EXISTS {name}")


def load(name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Stream rows into a table and return how many; holds one batch in memory at a time.

    Raises what the database raises; nothing is kept when the surrounding transaction is rolled back.
    """
    if is_postgres():
        return _copy(name, columns, rows)
    places = ", ".join(["%s"] * len(columns))
    statement = f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({places})"
    loaded = 0
    pending = iter(rows)
    with connection.cursor() as cursor:
        while batch := list(islice(pending, BATCH)):
            cursor.executemany(statement, batch)
            loaded += len(batch)
    return loaded


def _copy(name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    loaded = 0
    pending = iter(rows)
    first = next(pending, None)
    if first is None:
        return 0
    with connection.cursor() as cursor, cursor.copy(f"COPY {name} ({', '.join(columns)}) FROM STDIN") as copy:
        for row in chain((first,), pending):
            copy.write_row(row)
            loaded += 1
    return loaded
