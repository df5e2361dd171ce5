"""The heartbeats of the worker and of beat: each process writes its own, from its own main loop.

A worker that hangs in a task still pulses; that its tasks run shows in the pulse of the sweep.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from celery import bootsteps
from celery.beat import Scheduler as PlainScheduler
from django.db import DatabaseError, connection
from django.utils import timezone

log = logging.getLogger(__name__)

EVERY = 5.0


def beat_once(name: str) -> None:
    """Write one pulse and leave no connection behind; a database that is away is only logged.

    The connection is closed because the worker's main process forks its children.
    """
    # Celery reads this module before Django's models are ready.
    from waterdesk.core.health import pulse

    try:
        pulse(name, timezone.now())
    except DatabaseError as fault:
        log.warning("no pulse for %s: %s", name, fault.__class__.__name__)
    finally:
        connection.close()


class WorkerHeart(bootsteps.StartStopStep):
    """Pulses from the worker's own event loop while it lives."""

    requires = ("celery.worker.components:Timer",)

    def __init__(self, worker: Any, **kwargs: Any) -> None:
        self.timer = None

    def start(self, worker: Any) -> None:
        beat_once("worker")
        self.timer = worker.timer.call_repeatedly(EVERY, beat_once, ("worker",))

    def stop(self, worker: Any) -> None:
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None


class Scheduler(PlainScheduler):
    """Beat's scheduler, which pulses whenever it looks at its schedule (every EVERY s or less)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._pulsed = timezone.now() - timedelta(days=1)
        kwargs["max_interval"] = EVERY
        super().__init__(*args, **kwargs)

    def tick(self, *args: Any, **kwargs: Any) -> float:
        now = timezone.now()
        if (now - self._pulsed).total_seconds() >= EVERY - 1:
            self._pulsed = now
            beat_once("beat")
        return min(super().tick(*args, **kwargs), EVERY)
