"""The outbox of results: a delivery is written in the transaction of its cause."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from django.db import transaction

from notifications import nudge
from notifications.ids import uuid7
from notifications.results import book
from notifications.results.models import Delivery, State, Subscriber
from notifications.tasks import deliver_results

nudged = partial(nudge.nudge, deliver_results)


@dataclass(frozen=True, slots=True)
class Result:
    """What happened to a case, for whoever subscribes to `topic`.

    `version` orders the results of one case; `at` (aware) is when it was true. `data` is JSON.
    """

    topic: str
    case: str
    version: int
    at: datetime
    data: Mapping[str, Any]


def queue(results: Iterable[Result], at: datetime) -> int:
    """Write a delivery for each result and subscriber, in the caller's transaction; how many fit.

    No query when nobody subscribes. Whoever is switched off has its deliveries held. Repeating it
    queues nothing. The worker is told after the commit. Raises ValueError if `at` is naive.
    """
    if at.tzinfo is None:
        raise ValueError("queue() needs an aware instant")
    results = list(results)
    rows = [
        _row(result, each, at)
        for each in book.subscribers()
        for result in results
        if result.topic in each.topics
    ]
    if rows:
        Delivery.objects.bulk_create(rows, ignore_conflicts=True)
        transaction.on_commit(nudged)
    return len(rows)


def body_of(key: str, result: Result) -> str:
    """The text that is signed and sent: JSON on one line, its keys in order, UTF-8."""
    said = {
        "id": key,
        "topic": result.topic,
        "case": result.case,
        "version": result.version,
        "at": result.at.astimezone(UTC).isoformat(),
        "data": result.data,
    }
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _row(result: Result, subscriber: Subscriber, at: datetime) -> Delivery:
    key = uuid7(at)
    return Delivery(
        id=key,
        subscriber=subscriber,
        topic=result.topic,
        case=result.case,
        version=result.version,
        body=body_of(str(key), result),
        state=State.WAITING if subscriber.active else State.HELD,
        created_at=at,
        next_try_at=at if subscriber.active else None,
    )
