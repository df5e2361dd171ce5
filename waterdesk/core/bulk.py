"""One statement for many rows, its text made once a model.

Django's bulk_update builds a CASE per row and column instead, and its bulk_create compiles the
statement anew each time: half a millisecond for two rows, and a third of the time of thousands.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

import psycopg
from django.db import connection, models
from psycopg.pq import Format

from waterdesk.database.arrays import spelled

Row = TypeVar("Row", bound=models.Model)
Fields = list["models.Field[Any, Any]"]


def insert_many(rows: Sequence[Row]) -> Sequence[Row]:
    """Insert unsaved rows of one model that numbers itself, and give each its new key.

    One INSERT a table, in the caller's transaction; a model that extends another one has two
    tables. For the few rows of one move; for many there is `insert_all`. No save(), no signals.
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


def insert_all(rows: Sequence[models.Model]) -> None:
    """Insert unsaved rows of one model, any number in one statement, whose keys nobody needs.

    In the caller's transaction. No save(), no signals.
    """
    if not rows:
        return
    fields, head = _bulk_insertion(type(rows[0]))
    with connection.cursor() as cursor:
        cursor.execute(head, [_column(rows, field) for field in fields])


@cache
def _bulk_insertion(model: type[models.Model]) -> tuple[Fields, str]:
    fields, head, _ = _insertion(model)
    casts = ", ".join(_cast(field) for field in fields)
    # Only names from the model's own definition stand in the text.
    return fields, f"{head.removesuffix('VALUES ')}SELECT * FROM unnest({casts})"  # noqa: S608


def update_many(rows: Sequence[models.Model], fields: Sequence[str]) -> int:
    """Write `fields` of every row in one UPDATE … FROM unnest(…); returns the rows written.

    The rows are of one model and already locked by the caller. No save(), no signals.
    """
    if not rows:
        return 0
    columns, sql = _update(type(rows[0]), tuple(fields))
    values = [spelled(row.pk for row in rows)]
    values += [_column(rows, field) for field in columns]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.rowcount


@cache
def _update(model: type[models.Model], names: tuple[str, ...]) -> tuple[Fields, str]:
    meta, quote = model._meta, connection.ops.quote_name
    fields = [meta.get_field(name) for name in names]
    key = meta.pk
    casts = ", ".join(map(_cast, [key.target_field if key.is_relation else key, *fields]))
    columns = ", ".join(quote(field.column) for field in fields)
    sets = ", ".join(f"{quote(field.column)} = v.{quote(field.column)}" for field in fields)
    table = quote(meta.db_table)
    # Only names from the model's own definition stand in the text; every value is a parameter.
    return fields, (
        f"UPDATE {table} SET {sets} FROM unnest({casts}) AS v(pk, {columns}) "  # noqa: S608
        f"WHERE {table}.{quote(key.column)} = v.pk"
    )


def _cast(field: models.Field[Any, Any]) -> str:
    """The array type of a column; text for varchar(n), to which an explicit cast cuts silently."""
    kind = field.db_type(connection) or "text"
    return f"%s::{'text' if kind.startswith('varchar') else kind}[]"


def _column(rows: Sequence[models.Model], field: models.Field[Any, Any]) -> str:
    values = (getattr(row, field.attname) for row in rows)
    if isinstance(field, models.JSONField):
        values = (json.dumps(value, ensure_ascii=False) for value in values)
    return spelled(values)


def read_rows(
    raw: psycopg.Connection,
    sql: str,
    values: Sequence[Any] | Mapping[str, Any],
    *,
    prepare: bool = False,
) -> list[tuple[Any, ...]]:
    """The rows that one statement gives, as plain values, times in UTC; in the binary format.

    With `prepare` the server keeps its plan for the next time. Through a cursor of Django's they
    come as text and are read in Python: ten times the time.
    """
    with psycopg.Cursor(raw) as cursor:
        cursor.format = Format.BINARY
        return cursor.execute(sql, values, prepare=prepare).fetchall()
