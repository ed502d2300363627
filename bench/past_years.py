"""Years made from one another with INSERT … SELECT, so that a database of many years takes minutes to fill."""

from django.db import models

from distribution.models import Card, CardYear, HandOver, bulk
from pickup_points.models import User


def copy(model: type[models.Model], *, where: str, **other: str) -> int:
    """Those rows once more, with these columns otherwise; how many. A key not given is a new one."""
    columns = [field.column for field in model._meta.concrete_fields if field.column != "id" or "id" in other]
    chosen = ", ".join(other.get(name, name) for name in columns)
    table = bulk.table(model)
    return bulk.execute(f"INSERT INTO {table} ({', '.join(columns)}) SELECT {chosen} FROM {table} WHERE {where}")


def mark(card_year: CardYear, user: User) -> None:
    """A hand-over for every card of the year that was handed over."""
    key = "gen_random_uuid()" if bulk.is_postgres() else "lower(hex(randomblob(16)))"
    doubtful = "false" if bulk.is_postgres() else "0"
    bulk.execute(
        f"""INSERT INTO {bulk.table(HandOver)}
            (id, card_id, point_id, at, said_at, recorded_at, clock_doubtful, by_id, evidence, collector, undo_reason)
            SELECT {key}, id, pickup_point_id, handed_over_at, handed_over_at, handed_over_at, {doubtful}, %(by)s, 'click', '', ''
            FROM {bulk.table(Card)} WHERE card_year_id = %(year)s AND state = 'handed_over'""",
        {"by": user.pk, "year": card_year.pk},
    )


def settle(*tables: type[models.Model]) -> None:
    """What autovacuum does in time: an index alone can answer only for pages it knows to be settled."""
    if not bulk.is_postgres():
        bulk.execute("ANALYZE")
        return
    for model in tables:
        bulk.execute(f"VACUUM ANALYZE {bulk.table(model)}")
