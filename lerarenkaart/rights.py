"""What the roles of deploy/roles.sql may do with our tables: the owner makes them, web and worker use them (ADR 0023)."""

from django.db import connection, transaction

WEB, WORKER = "lerarenkaart_web", "lerarenkaart_worker"
# An import lets PostgreSQL count what it loaded, which only the owner of a table may. This function may it for
# the worker: of a table that is named as a table, with columns that are quoted, and nothing else.
REFRESH = """
CREATE OR REPLACE FUNCTION lerarenkaart_refresh_statistics(target regclass, columns text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  EXECUTE format('ANALYZE %s', target) || coalesce(
    ' (' || (SELECT string_agg(quote_ident(one), ', ') FROM unnest(columns) AS one) || ')', '');
END $$
"""
# Each look at personal data is added, and then stands (hardening.md T05). Sealing and forgetting, when its time has
# passed, is the worker's: nobody talks to it from outside.
STATEMENTS = (
    f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {WEB}, {WORKER}",
    f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {WEB}, {WORKER}",
    f"REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {WEB}, {WORKER}",
    f"REVOKE UPDATE, DELETE ON distribution_reading FROM {WEB}",
    f"REVOKE INSERT, UPDATE, DELETE ON distribution_readingseal FROM {WEB}",
    REFRESH,
    "REVOKE ALL ON FUNCTION lerarenkaart_refresh_statistics(regclass, text[]) FROM PUBLIC",
    f"GRANT EXECUTE ON FUNCTION lerarenkaart_refresh_statistics(regclass, text[]) TO {WORKER}",
)


def grant() -> bool:
    """Give both roles what they need and no more, however it was before; False where there are no such roles.

    Has to be asked by the owner of the tables, after each migration.
    """
    if connection.vendor != "postgresql":
        return False
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_roles WHERE rolname IN (%s, %s)", [WEB, WORKER])
        if cursor.fetchone() != (2,):
            return False
        for statement in STATEMENTS:
            cursor.execute(statement)
    return True
