"""留痕: appending to the record. The whole of it is checked by core.sealing.

Every event carries the digest of the event before it in the same case; the newest digest and the
number of events stand on the case row itself. PostgreSQL refuses UPDATE and DELETE on events.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from waterdesk.core.models.record import Event

if TYPE_CHECKING:
    from waterdesk.core.models.cases import Case
    from waterdesk.core.models.people import User


_canonical = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that happened to a case at `at` (aware); codes and values only."""

    action: str
    at: datetime
    data: dict[str, Any] = field(default_factory=dict)


_came_in: ContextVar[datetime | None] = ContextVar("came_in", default=None)


@contextmanager
def arriving(at: datetime | None) -> Iterator[None]:
    """Whatever is recorded in here, of any case, is recorded at `at` at the earliest.

    A move that came in late is made at its true instant, and what it does to other cases as well;
    the day on which all of it is written down is that of its arrival, and its seal's. None leaves
    it to whoever is around this.
    """
    token = _came_in.set(at or _came_in.get())
    try:
        yield
    finally:
        _came_in.reset(token)


def chain(case: Case, facts: Iterable[Fact], actor: User | None, now: datetime) -> list[Event]:
    """Unsaved events for `facts`, in order, and the case's head moved on to the last of them.

    The caller holds the case's lock and writes both. `actor` None is the desk itself.
    """
    now = max(now, _came_in.get() or now)
    events = []
    for fact in facts:
        event = Event(
            case=case.number,
            seq=case.version + 1,
            at=fact.at,
            recorded_at=now,
            actor=actor.username if actor is not None else "",
            role=actor.role if actor is not None else "",
            action=fact.action,
            data=fact.data,
            previous=case.seal,
        )
        event.digest = digest(event)
        case.version, case.seal = event.seq, event.digest
        events.append(event)
    return events


class Line(NamedTuple):
    """What an event says and follows, where thousands are written without a row of the model."""

    case: str
    seq: int
    at: datetime
    recorded_at: datetime
    actor: str
    role: str
    action: str
    data: dict[str, Any]
    previous: str


def digest(event: Event | Line) -> str:
    """SHA-256, in hex, over everything the event says and the digest before it."""
    return hashlib.sha256(said(event)).hexdigest()


# All bytes that JSON leaves as they are within a text.
_AS_IT_IS = bytes(byte for byte in range(0x20, 0x100) if byte not in b'"\\')


def said(event: Event | Line) -> bytes:
    """Everything the event says and the digest before it: JSON in its one canonical form.

    That is UTF-8 without needless blanks or escapes, keys in order, times in UTC with microseconds.
    """
    at, recorded_at, data = instant(event.at), instant(event.recorded_at), event.data
    # Most events say a few plain texts. Written out they take a third of the encoder's time, and a
    # text that would need an escape shows.
    if set(map(type, data.values())) <= {str}:
        texts = ",".join([f'"{key}":"{value}"' for key, value in sorted(data.items())])
        plain = (
            f'["{event.case}",{event.seq},"{at}","{recorded_at}","{event.actor}","{event.role}",'
            f'"{event.action}",{{{texts}}},"{event.previous}"]'
        ).encode()
        if plain.translate(None, _AS_IT_IS) == b'"' * (14 + 4 * len(data)):
            return plain
    return _canonical.encode(
        [
            event.case,
            event.seq,
            at,
            recorded_at,
            event.actor,
            event.role,
            event.action,
            data,
            event.previous,
        ]
    ).encode()


@lru_cache(maxsize=64)
def instant(at: datetime) -> str:
    """One instant as digests read it; those of a batch are mostly the same."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def verify(events: Iterable[Event]) -> Iterator[str]:
    """What is wrong with these events, which come in order of case and seq; nothing when sound."""
    before: Event | None = None
    for event in events:
        if before is None or before.case != event.case:
            expected_seq, expected_previous = 1, ""
        else:
            expected_seq, expected_previous = before.seq + 1, before.digest
        if event.seq != expected_seq:
            yield f"{event.case}: event {expected_seq} is missing"
        elif event.previous != expected_previous:
            yield f"{event.case}#{event.seq}: does not follow the event before it"
        if digest(event) != event.digest:
            yield f"{event.case}#{event.seq}: was changed"
        before = event
