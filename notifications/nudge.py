"""Tells the worker, after a commit, that there is something to deliver, or another task to do.

Only a speed-up: the beat finds the rows anyway. So the request that queued them must never wait
for the broker. A broker may refuse, which takes half a second, or accept and never answer, which
takes for ever; both happen to a thread of this module's own, one a process.
"""

from __future__ import annotations

import logging
import os
import threading
import time

from celery import Task
from kombu.exceptions import OperationalError

from notifications.tasks import deliver_messages

log = logging.getLogger(__name__)

# However often something is queued, this process asks at most once in this time.
PAUSE_SECONDS = 0.5
# A nudge that no worker took by then is dropped: the beat has been at it meanwhile.
EXPIRES_SECONDS = 10

_wanted = threading.Event()
_tasks: set[Task] = set()
_starting = threading.Lock()
_thread: threading.Thread | None = None


def nudge(task: Task = deliver_messages) -> None:
    """Ask for a delivery, or for another task, soon. Never waits, never raises; many are one."""
    _tasks.add(task)
    _wanted.set()
    # Whoever does not get the lock leaves it to the one that has it.
    if _running() or not _starting.acquire(blocking=False):
        return
    try:
        _start()
    except RuntimeError as problem:  # no more threads, or the process is ending
        log.warning("cannot nudge the worker: %s", problem)
    finally:
        _starting.release()


def _running() -> bool:
    return _thread is not None and _thread.is_alive()


def _start() -> None:
    global _thread
    if not _running():
        _thread = threading.Thread(target=_run, name="nudge", daemon=True)
        _thread.start()


def _run() -> None:
    while True:
        _wanted.wait()
        _wanted.clear()
        # Counted first: what is asked for while these are published waits for the next round.
        for _ in range(len(_tasks)):
            _publish(_tasks.pop())
        time.sleep(PAUSE_SECONDS)


def _publish(task: Task) -> None:
    try:
        task.apply_async(retry=False, ignore_result=True, expires=EXPIRES_SECONDS)
    except (OperationalError, OSError) as problem:
        log.warning("the broker did not take the nudge; the beat will do it: %s", problem)


def _after_fork() -> None:
    """A child has no thread of its parent's, and may have copied its locks while they were held."""
    global _wanted, _tasks, _starting, _thread
    _wanted = threading.Event()
    _tasks = set()
    _starting = threading.Lock()
    _thread = None


os.register_at_fork(after_in_child=_after_fork)
