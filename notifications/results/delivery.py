"""Delivery of results: claim what is due, post it with no lock held, settle each row.

At least once, and the results of one case to one subscriber one after the other: a later one waits
until the earlier one has arrived or is dead.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db.models import F, QuerySet

from notifications import sending
from notifications.claims import PUT_BACK, Outbox, short
from notifications.results import book
from notifications.results.models import Delivery, State, Subscriber
from notifications.results.posting import Gone, post
from notifications.sending import Failed, Refused, Sent

log = logging.getLogger(__name__)

BATCH = 100
LEASE = timedelta(seconds=sending.BATCH_SECONDS + sending.ANSWER_SECONDS + 40)
# Tries after 10 s, 30 s, 90 s … 2 h, then every six hours; the last after four days. *chosen*: a
# receiver that broke on a Friday evening is mended on Monday, and one over a holiday is replayed.
FIRST_WAIT = timedelta(seconds=10)
LONGEST_WAIT = timedelta(hours=6)
MAX_ATTEMPTS = 23
# A refusal rarely passes; a receiver that is being set up may refuse once or twice.
MAX_REFUSALS = 3

# Earlier ones of the same case, also those that are held, keep a later one back.
_IN_TURN = """NOT EXISTS (
    SELECT FROM {table} AS earlier
    WHERE earlier.subscriber_id = waiting.subscriber_id AND earlier."case" = waiting."case"
    AND earlier.state IN ('waiting', 'sending', 'held')
    AND (earlier.version, earlier.id) < (waiting.version, waiting.id)
)"""
RESULTS = Outbox(
    model=Delivery,
    order=("next_try_at", "id"),
    lease=LEASE,
    first_wait=FIRST_WAIT,
    longest_wait=LONGEST_WAIT,
    ready=_IN_TURN.format(table=Delivery._meta.db_table),
)


def deliver(now: datetime, limit: int = BATCH) -> int:
    """Post what is due at `now` (aware), at most `limit`; returns how many rows were claimed.

    0 means that nothing more can be done now. A row is settled as sent, put off (temporary
    failure; capped back-off), dead (refused MAX_REFUSALS times in a row, or MAX_ATTEMPTS reached)
    or held (its subscriber is switched off). May overlap itself, run late, or be killed: the rows
    decide. Must not be called inside a transaction; raises RuntimeError if it is.
    """
    _release(now)
    claimed = RESULTS.claim(now, limit)
    subscribers = Subscriber.objects.in_bulk({row.subscriber_id for row in claimed})
    for row in claimed:
        row.subscriber = subscribers[row.subscriber_id]
    off = [row for row in claimed if not row.subscriber.active]
    hopeless = [row for row in claimed if row.subscriber.active and row.attempts > MAX_ATTEMPTS]
    RESULTS.settle(off, _held("the subscriber is switched off") | {"attempts": F("attempts") - 1})
    RESULTS.settle(hopeless, _dead("the worker ended at every attempt"))
    settled = {row.pk for row in (*off, *hopeless)}
    if due := [row for row in claimed if row.pk not in settled]:
        by_receiver = sending.send_all(
            due, partial(post, at=now), far_end=lambda row: row.subscriber_id
        )
        for row, outcome in by_receiver:
            RESULTS.settle([row], _columns(row, outcome, now))
    return len(claimed)


def replay(rows: QuerySet[Delivery], now: datetime) -> int:
    """Send settled deliveries again, the same body under the same id; returns how many.

    What is still on its way is left alone. What belongs to a subscriber that is switched off
    waits until it is on.
    """
    again = rows.filter(state__in=[State.SENT, State.DEAD])
    return again.update(
        state=State.WAITING,
        attempts=0,
        refusals=0,
        replays=F("replays") + 1,
        next_try_at=now,
        answer="",
    )


def _release(now: datetime) -> None:
    """What was held goes on when its subscriber is on again; the rows decide."""
    on = Subscriber.objects.filter(active=True)
    Delivery.objects.filter(state=State.HELD, subscriber__in=on).update(
        state=State.WAITING, next_try_at=now
    )


def _columns(row: Delivery, outcome: Any, now: datetime) -> dict[str, Any]:
    """What is written down of how one delivery went."""
    match outcome:
        case Sent(answer):
            end = {"next_try_at": None, "refusals": 0, "sent_at": now, "answer": short(answer)}
            return {"state": State.SENT} | end
        case Gone(reason):
            log.warning("subscriber %s is gone: %s", row.subscriber.code, reason)
            gone = Subscriber.objects.filter(pk=row.subscriber_id, active=True)
            gone.update(active=False, gone_at=now)
            book.forget()
            return _held(reason)
        case Refused(reason):
            if row.refusals + 1 >= MAX_REFUSALS:
                return _dead(reason or "refused") | {"refusals": F("refusals") + 1}
            return _later(row, reason, None, now) | {"refusals": F("refusals") + 1}
        case Failed(reason, retry_at):
            return _later(row, reason, retry_at, now) | {"refusals": 0}
    again = {"state": State.WAITING, "next_try_at": now + PUT_BACK}
    return again | {"attempts": F("attempts") - 1}


def _later(
    row: Delivery, reason: str, asked: datetime | timedelta | None, now: datetime
) -> dict[str, Any]:
    if row.attempts >= MAX_ATTEMPTS:
        return _dead(reason or "failed")
    again = RESULTS.again_at(row.attempts, asked, now)
    return {"state": State.WAITING, "next_try_at": again, "answer": short(reason)}


def _held(reason: str) -> dict[str, Any]:
    return {"state": State.HELD, "next_try_at": None, "answer": short(reason)}


def _dead(reason: str) -> dict[str, Any]:
    return {"state": State.DEAD, "next_try_at": None, "answer": short(reason)}
