"""Delivery: claim what is due, send it with no lock held, settle each row.

At least once: a worker that is killed between the carrier's answer and the settling leaves a
lease that runs out, and the message is sent again with the same idempotency key, by which the
carrier knows it. Two deliverers never hold the same row.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F, QuerySet

from notifications import sending
from notifications.models import BODY_AFTERWARDS, DEFAULT_TTL, Message, State
from notifications.rendering import cut, printable
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
# A carrier may ask for more patience than LONGEST_WAIT, but not for ever.
LONGEST_ASKED = timedelta(hours=2)
# What was claimed but not tried, because the carrier is down or the time was up.
PUT_BACK = timedelta(seconds=15)

# Those that lose their use soonest first: a login code does not wait behind a thousand reminders.
# The inner statement is materialised, or a plan could run it again and claim more than the limit.
_CLAIM = """
WITH due AS MATERIALIZED (
    SELECT id FROM {table} WHERE next_try_at <= %s
    ORDER BY expires_at, id LIMIT %s FOR NO KEY UPDATE SKIP LOCKED
)
UPDATE {table} AS message
SET state = 'sending', attempts = attempts + 1, lease_until = %s, next_try_at = %s
FROM due WHERE message.id = due.id
RETURNING message.*
"""


def deliver(now: datetime, limit: int = BATCH) -> int:
    """Send what is due at `now` (aware), at most `limit`; returns how many rows were settled.

    Fewer than `limit` means that nothing more can be done now: all is sent, or the carrier is
    down. A row is settled as sent, put off (temporary failure; capped back-off), dead (refused, or
    MAX_ATTEMPTS reached) or expired. May overlap itself, run late, or be killed: the rows decide.
    Must not be called inside a transaction; raises RuntimeError if it is.
    """
    claimed = _claim(now, limit)
    expired = [m for m in claimed if m.expires_at <= now]
    hopeless = [m for m in claimed if m.expires_at > now and m.attempts > MAX_ATTEMPTS]
    _settle(expired, _end(State.EXPIRED, "expired before it could be sent"))
    _settle(hopeless, _end(State.DEAD, "the worker ended at every attempt"))
    settled = {m.pk for m in (*expired, *hopeless)}
    done = len(settled)
    for channel in sorted({m.channel for m in claimed if m.pk not in settled}):
        due = [m for m in claimed if m.channel == channel and m.pk not in settled]
        with opened(channel) as transport:
            for message, outcome in sending.send_all(due, transport):
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


def _claim(now: datetime, limit: int) -> list[Message]:
    """Take due rows, and those whose lease ran out, for LEASE; committed when this returns."""
    sql = _CLAIM.format(table=connection.ops.quote_name(Message._meta.db_table))
    until = now + LEASE
    with transaction.atomic(durable=True):
        claimed = list(Message.objects.raw(sql, [now, limit, until, until]))
    # RETURNING knows no order.
    return sorted(claimed, key=lambda message: (message.expires_at, message.pk))


def _note(message: Message, outcome: Outcome, now: datetime) -> int:
    """Write down how one message went; 1 if that says something about it, 0 if it was not tried."""
    match outcome:
        case Sent(carrier_id):
            _settle([message], _end(State.SENT, "", sent_at=now, carrier_id=carrier_id))
        case Refused(reason):
            log.warning("message %s refused: %s", message.pk, reason)
            _settle([message], _end(State.DEAD, reason or "refused"))
        case Failed(reason, retry_at):
            _settle([message], _after_failure(message, reason, retry_at, now))
        case _:
            again = now + PUT_BACK
            _settle([message], _put_off(again, "") | {"attempts": F("attempts") - 1})
            return 0
    return 1


def _after_failure(
    message: Message, reason: str, asked: datetime | timedelta | None, now: datetime
) -> dict[str, Any]:
    if message.attempts >= MAX_ATTEMPTS:
        log.warning("message %s given up: %s", message.pk, reason)
        return _end(State.DEAD, reason or "failed")
    again = now + backoff(message.attempts)
    if asked is not None:
        named = asked if isinstance(asked, datetime) else now + asked
        again = max(again, min(named, now + LONGEST_ASKED))
    if again >= message.expires_at:
        return _end(State.EXPIRED, reason)
    return _put_off(again, reason)


def backoff(attempts: int) -> timedelta:
    """How long to wait after the `attempts`-th failure (from 1): trebled each time, capped."""
    return min(FIRST_WAIT * 3 ** min(attempts - 1, 8), LONGEST_WAIT)


def _put_off(again: datetime, reason: str) -> dict[str, Any]:
    return {"state": State.QUEUED, "next_try_at": again, "error": _short(reason)}


def _end(state: State, reason: str, **columns: Any) -> dict[str, Any]:
    """Nothing more to do with this message."""
    return {
        "state": state,
        "next_try_at": None,
        "error": _short(reason),
        "body": BODY_AFTERWARDS,
        **columns,
    }


def _short(reason: str) -> str:
    return cut(printable(reason), 300)


def _settle(messages: Iterable[Message], columns: dict[str, Any]) -> None:
    """Write the end of a claim, unless the row was claimed again or a receipt came meanwhile."""
    by_lease = {m.pk: m.lease_until for m in messages}
    if not by_lease:
        return
    held = Message.objects.filter(
        pk__in=by_lease, state=State.SENDING, lease_until=next(iter(by_lease.values()))
    )
    if held.update(lease_until=None, **columns) < len(by_lease):
        log.info("a message was settled by somebody else meanwhile")
