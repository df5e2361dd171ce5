"""Delivery: claim what is due, send it with no lock held, settle each row.

At least once: a worker that is killed between the carrier's answer and the settling leaves a
lease that runs out, and the message is sent again with the same idempotency key, by which the
carrier knows it. Two deliverers never hold the same row.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db.models import F, QuerySet

from notifications import sending
from notifications.claims import PUT_BACK, Outbox, short
from notifications.models import BODY_AFTERWARDS, DEFAULT_TTL, Message, State
from notifications.sending import Failed, Outcome, Refused, Sent
from notifications.transports import opened

log = logging.getLogger(__name__)

BATCH = 200
# Longer than a batch can last, or a second worker would send what the first still holds.
LEASE = timedelta(seconds=sending.BATCH_SECONDS + sending.ANSWER_SECONDS + 40)
# Tries after 10 s, 30 s, 90 s, 4.5 min, 13.5 min, then every half hour; the sixteenth, some five
# hours after the first, is the last. *chosen*: a carrier's evening outage is waited out.
FIRST_WAIT = timedelta(seconds=10)
LONGEST_WAIT = timedelta(minutes=30)
MAX_ATTEMPTS = 16

# Those that lose their use soonest first: a login code does not wait behind a thousand reminders.
MESSAGES = Outbox(
    model=Message,
    order=("expires_at", "id"),
    lease=LEASE,
    first_wait=FIRST_WAIT,
    longest_wait=LONGEST_WAIT,
)


def deliver(now: datetime, limit: int = BATCH) -> int:
    """Send what is due at `now` (aware), at most `limit`; returns how many rows were settled.

    Fewer than `limit` means that nothing more can be done now: all is sent, or the carrier is
    down. A row is settled as sent, put off (temporary failure; capped back-off), dead (refused, or
    MAX_ATTEMPTS reached) or expired. May overlap itself, run late, or be killed: the rows decide.
    Must not be called inside a transaction; raises RuntimeError if it is.
    """
    claimed = MESSAGES.claim(now, limit)
    expired = [m for m in claimed if m.expires_at <= now]
    hopeless = [m for m in claimed if m.expires_at > now and m.attempts > MAX_ATTEMPTS]
    MESSAGES.settle(expired, _end(State.EXPIRED, "expired before it could be sent"))
    MESSAGES.settle(hopeless, _end(State.DEAD, "the worker ended at every attempt"))
    settled = {m.pk for m in (*expired, *hopeless)}
    done = len(settled)
    for channel in sorted({m.channel for m in claimed if m.pk not in settled}):
        due = [m for m in claimed if m.channel == channel and m.pk not in settled]
        with opened(channel) as transport:
            for message, outcome in sending.send_all(due, partial(sending.post, transport)):
                done += _note(message, outcome, now)
    return done


def requeue(messages: QuerySet[Message], now: datetime) -> int:
    """Give what died or expired another day; returns how many. Secret texts are gone by then."""
    again = messages.filter(state__in=[State.DEAD, State.EXPIRED], secret=False)
    return again.update(
        state=State.QUEUED,
        attempts=0,
        next_try_at=now,
        expires_at=now + DEFAULT_TTL,
        error="",
    )


def _note(message: Message, outcome: Outcome, now: datetime) -> int:
    """Write down how one message went; 1 if that says something about it, 0 if it was not tried."""
    match outcome:
        case Sent(carrier_id):
            MESSAGES.settle([message], _end(State.SENT, "", sent_at=now, carrier_id=carrier_id))
        case Refused(reason):
            log.warning("message %s refused: %s", message.pk, reason)
            MESSAGES.settle([message], _end(State.DEAD, reason or "refused"))
        case Failed(reason, retry_at):
            MESSAGES.settle([message], _after_failure(message, reason, retry_at, now))
        case _:
            again = now + PUT_BACK
            MESSAGES.settle([message], _put_off(again, "") | {"attempts": F("attempts") - 1})
            return 0
    return 1


def _after_failure(
    message: Message, reason: str, asked: datetime | timedelta | None, now: datetime
) -> dict[str, Any]:
    if message.attempts >= MAX_ATTEMPTS:
        log.warning("message %s given up: %s", message.pk, reason)
        return _end(State.DEAD, reason or "failed")
    again = MESSAGES.again_at(message.attempts, asked, now)
    if again >= message.expires_at:
        return _end(State.EXPIRED, reason)
    return _put_off(again, reason)


def _put_off(again: datetime, reason: str) -> dict[str, Any]:
    return {"state": State.QUEUED, "next_try_at": again, "error": short(reason)}


def _end(state: State, reason: str, **columns: Any) -> dict[str, Any]:
    """Nothing more to do with this message."""
    return {
        "state": state,
        "next_try_at": None,
        "error": short(reason),
        "body": BODY_AFTERWARDS,
        **columns,
    }
