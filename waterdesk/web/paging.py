"""Pages by key instead of by offset: page a thousand costs what page one costs."""

from __future__ import annotations

import base64
import binascii
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.db.models import Model, Q, QuerySet
from django.http import QueryDict

from waterdesk.core.errors import Invalid

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows of a list, and the keys of the pages after and before them ("" where none is)."""

    rows: Sequence[Row]
    after: str = ""
    before: str = ""


def by_id(
    rows: QuerySet[Row], query: QueryDict, size: int, read: Callable[[str], Any] = int
) -> Page[Row]:
    """Newest first by primary key; `after` and `before` in the query are keys of its rows.

    One query; `read` turns the key's text into a value. Raises Invalid for a key that is none.
    """
    after, before = query.get("after", ""), query.get("before", "")
    try:
        if before:
            found = list(rows.filter(pk__gt=read(before)).order_by("pk")[: size + 1])
            more = len(found) > size
            page = found[:size][::-1]
            return Page(page, _key(page, -1), _key(page, 0) if more else "")
        if after:
            rows = rows.filter(pk__lt=read(after))
    except (ValueError, OverflowError):
        raise Invalid from None
    found = list(rows.order_by("-pk")[: size + 1])
    page = found[:size]
    return Page(page, _key(page, -1) if len(found) > size else "", _key(page, 0) if after else "")


def by_due(rows: QuerySet[Row], query: QueryDict, size: int) -> Page[Row]:
    """Earliest `due_at` first, the id breaking ties; `after` is a key made here. One query."""
    key = query.get("after", "")
    if key:
        due_at, pk = _due_key(key)
        # The plain comparison is implied, and is what lets the index start at the right place.
        rows = rows.filter(Q(due_at__gt=due_at) | Q(due_at=due_at, pk__gt=pk), due_at__gte=due_at)
    found = list(rows.order_by("due_at", "id")[: size + 1])
    page = found[:size]
    last = page[-1] if len(found) > size else None
    return Page(page, after="" if last is None else due_key(last.due_at, last.pk))


def by_rank(
    rows: QuerySet[Row],
    query: QueryDict,
    size: int,
    name: str,
    read: Callable[[str], Any],
    *,
    descending: bool = False,
) -> Page[Row]:
    """By the attribute `name`, a number or an instant, and then by id; `after` is a key made here.

    One query; `read` turns the key's text back into a value. Raises Invalid for a key that is none.
    """
    if key := query.get("after", ""):
        try:
            value, _bar, pk = base64.urlsafe_b64decode(key.encode()).decode().rpartition("|")
            at, number = read(value), int(pk)
        except (binascii.Error, ValueError, OverflowError):
            raise Invalid from None
        beyond = "lt" if descending else "gt"
        rows = rows.filter(Q(**{f"{name}__{beyond}": at}) | Q(**{name: at}, pk__gt=number))
    found = list(rows.order_by(f"-{name}" if descending else name, "pk")[: size + 1])
    if len(found) <= size:
        return Page(found)
    last = getattr(found[size - 1], name)
    said = last.isoformat() if isinstance(last, datetime) else str(last)
    after = base64.urlsafe_b64encode(f"{said}|{found[size - 1].pk}".encode()).decode()
    return Page(found[:size], after)


def read_instant(text: str) -> datetime:
    """An aware instant; ValueError otherwise."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(text)
    return at


def due_key(due_at: datetime, pk: int) -> str:
    return base64.urlsafe_b64encode(f"{due_at.isoformat()}|{pk}".encode()).decode()


def read_uuid(text: str) -> uuid.UUID:
    return uuid.UUID(text)


def _due_key(key: str) -> tuple[datetime, int]:
    try:
        due_at, _bar, pk = base64.urlsafe_b64decode(key.encode()).decode().partition("|")
        when = datetime.fromisoformat(due_at)
        number = int(pk)
    except (binascii.Error, ValueError):
        raise Invalid from None
    if when.tzinfo is None:
        raise Invalid
    return when, number


def _key(page: Sequence[Model], place: int) -> str:
    return str(page[place].pk) if page else ""


def link(query: QueryDict, **changes: str) -> str:
    """The query string with some parameters set, or dropped when ""; the others survive."""
    wanted = query.copy()
    for name, value in changes.items():
        if value:
            wanted[name] = value
        else:
            wanted.pop(name, None)
    return "?" + wanted.urlencode()


def capped(rows: QuerySet[Any], most: int) -> int:
    """How many rows there are, counting no further than one past `most`."""
    return rows.order_by().values("pk")[: most + 1].count()


def in_words(count: int, most: int) -> str:
    """99+ for what was not counted to its end."""
    return f"{most}+" if count > most else str(count)
