"""The rights of the desk's own role in PostgreSQL: everything it needs, and nothing on the record.

Two roles: an owner, by which `migrate` runs, and the one the desk works by, which owns nothing. A
trigger refuses changes of the record to both, but an owner can switch a trigger off; a role that
is not the owner cannot, and has no right to UPDATE, DELETE or TRUNCATE in the first place.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection
from psycopg import sql

from waterdesk.core.sealing.checking import APPEND_ONLY

_GRANTS = (
    "GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {role}",
    "GRANT USAGE ON SCHEMA public TO {role}",
    "REVOKE CREATE ON SCHEMA public FROM PUBLIC, {role}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
    "GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA public TO {role}",
    # What later migrations make; the record is none of it.
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public "
    "GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT, UPDATE ON SEQUENCES TO {role}",
    "REVOKE ALL ON {record} FROM PUBLIC, {role}",
    "GRANT SELECT, INSERT ON {record} TO {role}",
    "REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON django_migrations FROM {role}",
)


def statements(role: str) -> list[str]:
    """What the owner has PostgreSQL do for this role, in order; repeated it changes nothing."""
    with connection.cursor() as cursor:
        names = {
            "role": sql.Identifier(role),
            "database": sql.Identifier(connection.settings_dict["NAME"]),
            "record": sql.SQL(", ").join(map(sql.Identifier, APPEND_ONLY)),
        }
        return [sql.SQL(each).format(**names).as_string(cursor.cursor) for each in _GRANTS]


def apply(role: str) -> None:
    """Have it done, by the role of this connection, which owns the tables."""
    with connection.cursor() as cursor:
        for statement in statements(role):
            cursor.execute(statement)


def too_much(role: str = "") -> Iterator[str]:
    """What this role could do to the record; by default the one the desk works by. "" is nothing.

    Raises LookupError for a role that is not there.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolname, rolsuper FROM pg_roles WHERE rolname = coalesce(%s, current_user)",
            [role or None],
        )
        found = cursor.fetchone()
        if found is None:
            raise LookupError(role)
        name, superuser = found
        if superuser:
            yield f"{name} is a superuser"
            return
        cursor.execute(
            "SELECT c.relname, pg_has_role(%(role)s, c.relowner, 'USAGE'), "
            "has_table_privilege(%(role)s, c.oid, 'UPDATE, DELETE, TRUNCATE, TRIGGER') "
            "FROM pg_class c WHERE c.relname = ANY(%(tables)s) "
            "AND c.relnamespace = 'public'::regnamespace ORDER BY 1",
            {"role": name, "tables": list(APPEND_ONLY)},
        )
        for table, owner, may in cursor.fetchall():
            if owner:
                yield f"{name} owns {table}"
            elif may:
                yield f"{name} may change {table}"
