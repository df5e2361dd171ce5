"""Rows of a seed file, written to the desk: those that are missing, or all of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.exceptions import FieldError, ValidationError
from django.db import DatabaseError, models, transaction

# What a row may do to the model it is written to.
_UNREADABLE = (DatabaseError, FieldError, KeyError, TypeError, ValidationError, ValueError)


class SeedError(Exception):
    """A file of `seeds/` that cannot be loaded, naming the file and the row."""


def add(
    model: type[models.Model],
    rows: Iterable[dict[str, Any]],
    key: Sequence[str],
    update: bool = False,
) -> int:
    """Add the rows that are missing, by their `key`; returns how many are new.

    Two queries for any number of rows; with `update`, which makes all of them what they say, some
    for each. It goes round `save`: whoever calls moves the revision. Raises SeedError naming the
    row.
    """
    if update:
        return sum(_write(model, row, key, True) for row in rows)
    missing = _missing(model, rows, key)
    try:
        with transaction.atomic():
            model._default_manager.bulk_create([model(**row) for row in missing])
    except _UNREADABLE:
        # One by one, and the row at fault says so.
        return sum(_write(model, row, key, False) for row in missing)
    return len(missing)


def known_to(model: type[models.Model], names: Iterable[str]) -> None:
    """Raises FieldError for a name that is no column: one that stands would not look at it."""
    if strange := sorted(set(names) - {field.name for field in model._meta.fields}):
        raise FieldError(f"nobody knows “{strange[0]}”")


def _missing(
    model: type[models.Model], rows: Iterable[dict[str, Any]], key: Sequence[str]
) -> list[dict[str, Any]]:
    """The rows that are not there yet; of two with one key the first."""
    there = {_key_of(row, key) for row in model._default_manager.values(*key)}
    found = {}
    for row in rows:
        try:
            known_to(model, row)
            found.setdefault(_key_of(row, key), row)
        except _UNREADABLE as fault:
            raise SeedError(f"{model.__name__}: {fault} in {row}") from fault
    return [row for name, row in found.items() if name not in there]


def _key_of(row: Mapping[str, Any], key: Sequence[str]) -> str:
    """What tells a row from the others, as text: conditions are the same in any order."""
    return json.dumps([row[name] for name in key], sort_keys=True, default=_plain)


def _plain(value: Any) -> str | int:
    return value.pk if isinstance(value, models.Model) else str(value)


def _write(
    model: type[models.Model], row: dict[str, Any], key: Sequence[str], update: bool
) -> bool:
    """Write one row, found by its key; returns whether it is new."""
    try:
        lookup = {name: row[name] for name in key}
        rest = {name: value for name, value in row.items() if name not in key}
        known_to(model, rest)
        rows = model._default_manager
        write = rows.update_or_create if update else rows.get_or_create
        return write(**lookup, defaults=rest)[1]
    except _UNREADABLE as fault:
        raise SeedError(f"{model.__name__}: {fault} in {row}") from fault
