"""Carries one batch to its far ends, several at once, for a bounded time.

Knows nothing of tables: it is given rows and says of each how it went.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Hashable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from django.db.models import Model

from notifications.models import Message
from notifications.transports import Letter, PermanentFailure, TemporaryFailure, Transport

log = logging.getLogger(__name__)

# A carrier that takes a second for each message must not keep the others waiting in a row. *chosen*
THREADS = 8
# No sending begins after this, and nothing is waited for longer than ANSWER_SECONDS more.
BATCH_SECONDS = 30.0
ANSWER_SECONDS = 20.0
# So many failures in a row are the carrier's, not the messages': the rest is left for later.
FAILURES_IN_A_ROW = THREADS


@dataclass(frozen=True, slots=True)
class Sent:
    carrier_id: str


@dataclass(frozen=True, slots=True)
class Failed:
    """Worth another try, not before `retry_at` when the carrier named one."""

    reason: str
    retry_at: datetime | timedelta | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    reason: str


@dataclass(frozen=True, slots=True)
class Unsent:
    """Not tried: the batch was out of time, or the carrier is down."""


Outcome = Sent | Failed | Refused | Unsent

Row = TypeVar("Row", bound=Model)


class _Brake:
    """Says when a batch should stop trying."""

    def __init__(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds
        self._failures = 0
        self._lock = threading.Lock()

    def on(self) -> bool:
        return self._failures >= FAILURES_IN_A_ROW or time.monotonic() > self._ends

    def failed(self, failed: bool) -> None:
        with self._lock:
            self._failures = self._failures + 1 if failed else 0


def send_all(
    rows: Sequence[Row],
    send: Callable[[Row], Outcome],
    seconds: float = BATCH_SECONDS,
    far_end: Callable[[Row], Hashable] = lambda _row: None,
) -> Iterator[tuple[Row, Outcome]]:
    """Yield each row with its outcome as soon as it is known; every row exactly once.

    `seconds` bounds the wall-clock time in which sendings begin; one that has not come back
    ANSWER_SECONDS later is given up as a temporary failure. `far_end` says whose failures count
    together: who is down does not keep the others waiting.
    """
    brakes = {far_end(row): _Brake(seconds) for row in rows}
    pool = ThreadPoolExecutor(min(THREADS, len(rows)), thread_name_prefix="deliver")
    waiting: dict[Future[Outcome], Row] = {
        pool.submit(_send, row, send, brakes[far_end(row)]): row for row in rows
    }
    try:
        for future in as_completed(list(waiting), timeout=seconds + ANSWER_SECONDS):
            yield waiting.pop(future), future.result()
    except TimeoutError:
        for row in waiting.values():
            yield row, Failed("no answer in time")
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _send(row: Row, send: Callable[[Row], Outcome], brake: _Brake) -> Outcome:
    if brake.on():
        return Unsent()
    outcome = _try(row, send)
    brake.failed(isinstance(outcome, Failed))
    return outcome


def _try(row: Row, send: Callable[[Row], Outcome]) -> Outcome:
    try:
        return send(row)
    except TemporaryFailure as failure:
        return Failed(str(failure), failure.retry_at)
    except PermanentFailure as refusal:
        return Refused(str(refusal))
    except Exception as bug:
        # One row that a transport stumbles over must not keep the others of the batch.
        log.exception("%s %s: the transport broke", row._meta.model_name, row.pk)
        return Failed(f"{type(bug).__name__}: {bug}")


def post(transport: Transport, message: Message) -> Sent:
    """Hand one message to its transport. Raises one of the two failures."""
    letter = Letter(id=str(message.pk), address=message.address, text=message.body)
    return Sent(transport.send(letter))
