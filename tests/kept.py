"""The database as the seeds left it, brought back after each test that commits.

Django empties all tables by TRUNCATE, which makes some five hundred files anew for a handful of
rows, and lists the permissions again. Here the rows alone go, and the seeds come back from a copy.
"""

from __future__ import annotations

from django.db import connection, transaction

# Nothing that a test does changes these.
UNTOUCHED = ("django_migrations", "django_content_type", "auth_permission")

# Without triggers: the record goes too, and no order has to be found. PostgreSQL lets a superuser
# alone do this.
FUNCTIONS = f"""
CREATE FUNCTION kept.remove(stays name[]) RETURNS void LANGUAGE plpgsql
SET session_replication_role = replica AS $$
DECLARE name text;
BEGIN
  FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public'
                 AND tablename <> ALL (stays) AND tablename NOT IN {UNTOUCHED}
  LOOP EXECUTE format('DELETE FROM public.%I', name); END LOOP;
END $$;
CREATE FUNCTION kept.fill() RETURNS void LANGUAGE plpgsql
SET session_replication_role = replica AS $$
DECLARE name text;
BEGIN
  FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'kept'
  LOOP EXECUTE format('INSERT INTO public.%I SELECT * FROM kept.%I', name, name); END LOOP;
END $$
"""


def keep() -> None:
    """Put a copy of all that is there now aside, in a schema that nobody empties."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA kept")
        for table in sorted(set(connection.introspection.table_names(cursor)) - set(UNTOUCHED)):
            name = connection.ops.quote_name(table)
            cursor.execute(f"SELECT EXISTS (SELECT FROM {name})")
            if cursor.fetchone()[0]:
                cursor.execute(f"CREATE TABLE kept.{name} AS TABLE {name}")
        cursor.execute(FUNCTIONS)


@transaction.atomic
def restore() -> None:
    """Remove whatever was committed since, and bring back what was put aside."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT kept.remove('{}')")
        cursor.execute("SELECT kept.fill()")


def clear(*stay: str) -> None:
    """Remove what lies in tables that the seeds left empty, but for those that `stay`."""
    seeded = "ARRAY(SELECT tablename FROM pg_tables WHERE schemaname = 'kept')"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT kept.remove({seeded} || %s::name[])", [list(stay)])
