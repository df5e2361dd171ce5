"""Who is at work, told to PostgreSQL beside each write to a watched table.

The triggers of core.history note who changed a row of configuration. They read two settings of the
session, which this module sets just before the statement: inside a transaction for as long as that
lasts, otherwise for the one statement. Nothing else pays for it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import psycopg

# As long as the columns that keep them.
NAME_LENGTH, WAY_LENGTH = 150, 200


@dataclass(frozen=True, slots=True)
class Actor:
    """`way` says by which door (page:/admin/…, command:load_seeds, task:…), `name` asks who."""

    way: str = ""
    name: Callable[[], str] = str


_NOBODY = Actor()
_actor: ContextVar[Actor] = ContextVar("actor", default=_NOBODY)
_watched: set[str] = set()

_WRITES = re.compile(
    r"\b(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM|MERGE\s+INTO|COPY|TRUNCATE(?:\s+TABLE)?)\s+"
    r"(?:ONLY\s+)?(?:\"?public\"?\.)?\"?(\w+)",
    re.IGNORECASE,
)
_SAY = "SELECT set_config('waterdesk.actor', %s, %s), set_config('waterdesk.way', %s, %s)"


@contextmanager
def acting(way: str, name: Callable[[], str] = str) -> Iterator[None]:
    """Whatever is written within is done this way by the person that `name` names then."""
    token = _actor.set(Actor(way, name))
    try:
        yield
    finally:
        _actor.reset(token)


def watch(tables: Iterable[str]) -> None:
    """Tell the database who is at work whenever one of these tables is written; may be repeated."""
    _watched.update(tables)


def say_who(
    execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    """For `execute_wrappers`: names the actor before a statement that writes a watched table."""
    if not _touches(sql):
        return execute(sql, params, many, context)
    connection, actor = context["connection"], _actor.get()
    # The raw cursor: this is no statement of whoever asked for the write.
    cursor = context["cursor"].cursor
    local = connection.in_atomic_block
    name, way = actor.name()[:NAME_LENGTH], actor.way[:WAY_LENGTH]
    with connection.wrap_database_errors:
        cursor.execute(_SAY, [name, local, way, local])
    try:
        return execute(sql, params, many, context)
    finally:
        if not local:
            _forget(connection)


def _forget(connection: Any) -> None:
    """Say that nobody is at work; a connection that cannot be told any more is given up."""
    try:
        with connection.connection.cursor() as cursor:
            cursor.execute(_SAY, ["", False, "", False])
    except psycopg.Error:
        connection.close()


def _touches(sql: Any) -> bool:
    text = sql if isinstance(sql, str) else str(sql)
    if text[:6] == "SELECT":
        return False
    return any(name.lower() in _watched for name in _WRITES.findall(text))
