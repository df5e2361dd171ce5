"""A receiver of results, and results queued for it, for the tests of their delivery."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from notifications.results import outbox
from notifications.results.models import Delivery, Subscriber
from notifications.results.outbox import Result
from tests.notifications.conftest import NOW
from tests.notifications.far_end import Gateway

SECRET = "0123456789abcdef0123456789abcdef"
LOOPBACK = "127.0.0.0/8"


def subscriber(gateway: Gateway, code: str = "billing", **more: Any) -> Subscriber:
    """One that is told of accounts, at the far end's address."""
    given = {"name": code, "url": gateway.url, "secret": "BILLING", "topics": ["account.open"]}
    return Subscriber.objects.create(code=code, **(given | more))


def result(case: str = "B1", version: int = 1, **more: Any) -> Result:
    given = {"topic": "account.open", "at": NOW, "data": {"meter_number": "M1", "name": "张三"}}
    return Result(case=case, version=version, **(given | more))


def queued(*results: Result, at: datetime = NOW) -> list[Delivery]:
    """Queue them, or one; returns all deliveries in the order of queueing."""
    outbox.queue(results or [result()], at)
    return list(Delivery.objects.order_by("id"))
