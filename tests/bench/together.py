"""Ten thousand promises that end in the same second, and two workers that notice."""

from __future__ import annotations

import multiprocessing
import time
from datetime import timedelta

from django.db import connections
from django.utils import timezone

from notifications.models import Message
from tests.bench import crowd
from waterdesk.core.models import Crossing
from waterdesk.core.sweep import sweep

MANY, WORKERS = 10_000, 2
DAY = timedelta(days=1)
FORK = multiprocessing.get_context("fork")


def run() -> None:
    crowd.grow(MANY, timezone.now())
    now = timezone.now()
    assert crowd.breach_together(MANY, now) == MANY
    fell, told = Crossing.objects.count(), Message.objects.count()
    connections.close_all()
    ready = FORK.Barrier(WORKERS + 1)
    workers = [FORK.Process(target=_work, args=(now, ready)) for _ in range(WORKERS)]
    for worker in workers:
        worker.start()
    ready.wait()
    began = time.perf_counter()
    for worker in workers:
        worker.join()
        assert worker.exitcode == 0
    took = time.perf_counter() - began
    fell, told = Crossing.objects.count() - fell, Message.objects.count() - told
    assert fell == MANY, fell
    print(
        f"{MANY:,} due in the same second, {WORKERS} workers: all fired, {told:,} messages queued, "
        f"the last one {took:.1f} s after the tick (goal: at most 5)"
    )


def _work(now: object, ready: object) -> None:
    sweep(now - DAY)  # opens a connection and reads the rules
    ready.wait()
    sweep(now)
