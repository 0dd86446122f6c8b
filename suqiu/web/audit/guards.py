"""What the database itself refuses: to change or take out a line of the audit or of an order's history.

A person with the database's owner's rights can lift these guards; the chain then shows what was done. They are put
up after every migration, for SQLite drops a table's triggers when it rebuilds the table.
"""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

#: Tables that only grow, and what may not be done to them.
GROWING = ("audit_entry", "orders_step")
_DEEDS = ("UPDATE", "DELETE")
_FUNCTION = "suqiu_history_grows"


def install(connection: BaseDatabaseWrapper) -> None:
    """Put up the guards on the tables that are there; what stands already is left."""
    present = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for table in (name for name in GROWING if name in present):
            if connection.vendor == "postgresql":
                cursor.execute(
                    f"CREATE OR REPLACE FUNCTION {_FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS "
                    "$$ BEGIN RAISE EXCEPTION 'history is appended, never changed'; END $$"
                )
                for deed, each in (("UPDATE", "ROW"), ("DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
                    cursor.execute(
                        f"CREATE OR REPLACE TRIGGER {table}_no_{deed.lower()} BEFORE {deed} ON {table} "
                        f"FOR EACH {each} EXECUTE FUNCTION {_FUNCTION}()"
                    )
                continue
            for deed in _DEEDS:
                cursor.execute(
                    f"CREATE TRIGGER IF NOT EXISTS {table}_no_{deed.lower()} BEFORE {deed} ON {table} "
                    "BEGIN SELECT RAISE(ABORT, 'history is appended, never changed'); END"
                )


def lift(connection: BaseDatabaseWrapper, *tables: str) -> None:
    """Take the guards of tables down, by default all: for archiving, in its transaction, and for emptying in tests."""
    present = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for table in (name for name in tables or GROWING if name in present):
            for deed in (*_DEEDS, "TRUNCATE"):
                on = f" ON {table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{deed.lower()}{on}")


def standing(connection: BaseDatabaseWrapper) -> dict[str, bool]:
    """Say for each table whether its guards stand."""
    query = (
        "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
        if connection.vendor == "postgresql"
        else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        names = {row[0] for row in cursor.fetchall()}
    return {table: all(f"{table}_no_{deed.lower()}" in names for deed in _DEEDS) for table in GROWING}
