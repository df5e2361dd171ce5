"""The outbox: queueing in bulk, queueing one, claiming from a long backlog."""

from __future__ import annotations

import time
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from notifications import delivery
from notifications.models import Message
from notifications.outbox import Notice, queue

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
BULK = 20_000
TARGET = 10_000  # notices a second
ROUNDS = 3


def run() -> None:
    best = max(_bulk(round_) for round_ in range(ROUNDS))
    print(
        f"outbox: queue {best:,.0f} notices/s in bulk ({best / TARGET:.1f} x the {TARGET:,} wanted)"
    )
    print(f"outbox: queue one, texts at hand: {_single() * 1e3:.2f} ms, 1 query")
    claims = _claims()
    waiting = Message.objects.filter(next_try_at__isnull=False).count()
    print(
        f"outbox: claim {delivery.BATCH} of {waiting:,} due: {claims * 1e3:.1f} ms, "
        f"{delivery.BATCH / claims:,.0f} a second"
    )
    _settle_all()
    print(f"outbox: nothing due: {_nothing_due() * 1e3:.2f} ms")


def _notices(name: str, count: int) -> list[Notice]:
    context = {
        "number": "B202603020001", "service": "新装用水", "name": "张三", "due": "今天 16:30",
        "link": "https://wd.example.cn/track/B202603020001/",
    }  # fmt: skip
    return [
        Notice("application.accept.customer", f"{name}#{n}", None, f"138{n:08d}", context, "B2026")
        for n in range(count)
    ]


def _bulk(round_: int) -> float:
    notices = _notices(f"bulk{round_}", BULK)
    began = time.perf_counter()
    with transaction.atomic():
        made = queue(notices, NOW)
    took = time.perf_counter() - began
    assert made == BULK
    return BULK / took


def _single() -> float:
    times = []
    for notice in _notices("single", 200):
        with transaction.atomic():
            began = time.perf_counter()
            queue([notice], NOW)
            times.append(time.perf_counter() - began)
    return sorted(times)[len(times) // 2]


def _claims() -> float:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE notifications_message")
    began = time.perf_counter()
    for _ in range(10):
        delivery.MESSAGES.claim(NOW, delivery.BATCH)
    return (time.perf_counter() - began) / 10


def _nothing_due() -> float:
    began = time.perf_counter()
    for _ in range(100):
        delivery.deliver(NOW)
    return (time.perf_counter() - began) / 100


def _settle_all() -> None:
    """As a day's delivery would, so that only closed rows stay."""
    Message.objects.exclude(next_try_at=None).update(
        state="dead", error="bench", next_try_at=None, lease_until=None
    )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE notifications_message")  # as autovacuum does by itself
