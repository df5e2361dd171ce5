"""Whole columns as PostgreSQL spells arrays: one parameter for any number of rows.

psycopg looks at each element of a list anew, and takes as long for it as the server does for the
rest of the statement.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID


def spelled(values: Iterable[Any]) -> str:
    """`values` as the text of an array, to be cast to its type by the statement.

    Texts are quoted, so that they may hold anything; so is whatever else spells itself by str().
    Raises TypeError for an array in an array, whose spelling would be another.
    """
    return "{" + ",".join([_BY_TYPE.get(type(value), _other)(value) for value in values]) + "}"


def plain(values: Iterable[Any]) -> str:
    """The same for numbers, instants and codes without a sign that arrays know; quicker."""
    return "{" + ",".join(["NULL" if value is None else str(value) for value in values]) + "}"


def _quoted(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _other(value: Any) -> str:
    if isinstance(value, list | tuple | set | dict):
        raise TypeError(f"{value!r} is not one value")
    return _quoted(str(value))


_BY_TYPE: dict[type, Callable[[Any], str]] = {
    type(None): lambda _: "NULL",
    str: _quoted,
    int: str,
    bool: str,
    Decimal: str,
    datetime: str,
    UUID: str,
}
