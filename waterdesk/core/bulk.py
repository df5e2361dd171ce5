"""One statement for many rows: Django's bulk_update builds a CASE per row and column instead."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection, models


def update_many(rows: Sequence[models.Model], fields: Sequence[str]) -> int:
    """Write `fields` of every row in one UPDATE … FROM unnest(…); returns the rows written.

    The rows are of one model and already locked by the caller. No save(), no signals.
    """
    if not rows:
        return 0
    meta = rows[0]._meta
    columns = [meta.get_field(name) for name in fields]
    key = meta.pk
    quote = connection.ops.quote_name
    casts = ", ".join(
        f"%s::{field.db_type(connection)}[]"
        for field in [key.target_field if key.is_relation else key, *columns]
    )
    names = ", ".join(quote(field.column) for field in columns)
    sets = ", ".join(f"{quote(field.column)} = v.{quote(field.column)}" for field in columns)
    table = quote(meta.db_table)
    # Only names from the model's own definition stand in the text; every value is a parameter.
    sql = (
        f"UPDATE {table} SET {sets} FROM unnest({casts}) AS v(pk, {names}) "  # noqa: S608
        f"WHERE {table}.{quote(key.column)} = v.pk"
    )
    values = [[row.pk for row in rows]]
    values += [
        [field.get_db_prep_save(getattr(row, field.attname), connection) for row in rows]
        for field in columns
    ]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.rowcount
