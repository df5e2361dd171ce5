"""One statement for many rows, its text made once a model.

Django's bulk_update builds a CASE per row and column instead, and its bulk_create compiles the
statement anew each time: half a millisecond for two rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

from django.db import connection, models
from psycopg import Cursor
from psycopg.pq import Format

Row = TypeVar("Row", bound=models.Model)
Fields = list["models.Field[Any, Any]"]


def insert_many(rows: Sequence[Row]) -> Sequence[Row]:
    """Insert unsaved rows of one model that numbers itself, and give each its new key.

    One INSERT a table, in the caller's transaction; a model that extends another one has two
    tables. For the few rows of one move: from some dozens on, bulk_create is quicker. No save(),
    no signals.
    """
    if not rows:
        return rows
    model = type(rows[0])
    for table in (*model._meta.parents, model):
        _insert(rows, *_insertion(table))
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias
    return rows


def _insert(rows: Sequence[models.Model], fields: Fields, head: str, tail: str) -> None:
    row = "(" + ", ".join(["%s"] * len(fields)) + ")"
    values = [
        field.get_db_prep_save(getattr(each, field.attname), connection)
        for each in rows
        for field in fields
    ]
    with connection.cursor() as cursor:
        cursor.execute(head + ", ".join([row] * len(rows)) + tail, values)
        keys = cursor.fetchall()
    for each, (key,) in zip(rows, keys, strict=True):
        each.pk = each.id = key


@cache
def _insertion(model: type[models.Model]) -> tuple[Fields, str, str]:
    """The columns that are given, and the statement's text before and after their values."""
    meta, quote = model._meta, connection.ops.quote_name
    fields = [field for field in meta.local_concrete_fields if field is not meta.auto_field]
    names = ", ".join(quote(field.column) for field in fields)
    # Only names from the model's own definition stand in the text; every value is a parameter.
    head = f"INSERT INTO {quote(meta.db_table)} ({names}) VALUES "  # noqa: S608
    return fields, head, f" RETURNING {quote(meta.pk.column)}"


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


def read_rows(sql: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """The rows of one SELECT, as plain values, times in UTC; read in PostgreSQL's binary format.

    Through a cursor of Django's they come as text and are read in Python: ten times the time.
    """
    connection.ensure_connection()
    with connection.wrap_database_errors, Cursor(connection.connection) as cursor:
        cursor.format = Format.BINARY
        return cursor.execute(sql, values).fetchall()
