"""Carries one batch of messages to its transport, several at once, for a bounded time.

Knows nothing of rows: it is given messages and says of each how it went.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import datetime, timedelta

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
    messages: Sequence[Message], transport: Transport, seconds: float = BATCH_SECONDS
) -> Iterator[tuple[Message, Outcome]]:
    """Yield each message with its outcome as soon as it is known; every message exactly once.

    `seconds` bounds the wall-clock time in which sendings begin; a transport that has not come
    back ANSWER_SECONDS later is given up as a temporary failure.
    """
    brake = _Brake(seconds)
    pool = ThreadPoolExecutor(min(THREADS, len(messages)), thread_name_prefix="deliver")
    waiting: dict[Future[Outcome], Message] = {
        pool.submit(_send, message, transport, brake): message for message in messages
    }
    try:
        for future in as_completed(list(waiting), timeout=seconds + ANSWER_SECONDS):
            yield waiting.pop(future), future.result()
    except TimeoutError:
        for message in waiting.values():
            yield message, Failed("no answer in time")
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _send(message: Message, transport: Transport, brake: _Brake) -> Outcome:
    if brake.on():
        return Unsent()
    outcome = _try(message, transport)
    brake.failed(isinstance(outcome, Failed))
    return outcome


def _try(message: Message, transport: Transport) -> Outcome:
    letter = Letter(id=str(message.pk), address=message.address, text=message.body)
    try:
        return Sent(transport.send(letter))
    except TemporaryFailure as failure:
        return Failed(str(failure), failure.retry_at)
    except PermanentFailure as refusal:
        return Refused(str(refusal))
    except Exception as bug:
        # One message that a transport stumbles over must not keep the others of the batch.
        log.exception("message %s: the transport broke", message.pk)
        return Failed(f"{type(bug).__name__}: {bug}")
