"""One thread beside the caller's that asks the database for it, on its own connection.

While PostgreSQL works, the caller goes on reckoning. It is the same connection, so it is the same
transaction too, where there is one; psycopg lets one statement through at a time.
"""

from __future__ import annotations

import gc
import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Concatenate, ParamSpec, TypeVar

import psycopg
from django.db import connection

Given = ParamSpec("Given")
Answer = TypeVar("Answer")


# How long the caller may go on before the other thread has its turn, seconds. Python's own 5 ms
# would leave PostgreSQL idle for as long between any two statements.
TURN = 0.0003
# Pages of plain rows make no cycles; at Python's own 700 the collector takes a third of the time.
SELDOM = (50_000, 20, 100)
# As the operating system counts: 0 is everybody's, 19 the last in the queue.
LATER = 10


class Aside:
    """Jobs are done in the order they are given; leaving waits for the one that is under way."""

    def __enter__(self) -> Aside:
        connection.ensure_connection()
        # Django's own wrapper would open another connection in another thread.
        self._raw = connection.connection
        self._pool = ThreadPoolExecutor(1, initializer=_give_way)
        self._before = sys.getswitchinterval(), self._raw.prepare_threshold, gc.get_threshold()
        sys.setswitchinterval(TURN)
        gc.set_threshold(*SELDOM)
        # Django turns prepared statements off; here a job may ask for one.
        self._raw.prepare_threshold = sys.maxsize
        return self

    def __exit__(self, *raised: object) -> None:
        self._pool.shutdown(cancel_futures=True)
        turn, self._raw.prepare_threshold, often = self._before
        sys.setswitchinterval(turn)
        gc.set_threshold(*often)

    def ask(
        self,
        job: Callable[Concatenate[psycopg.Connection, Given], Answer],
        *given: Given.args,
        **more: Given.kwargs,
    ) -> Future[Answer]:
        """Have `job` done with the connection; its answer, or what it raised, is waited for."""
        return self._pool.submit(job, self._raw, *given, **more)


def last_in_line(job: Callable[[], Answer]) -> Answer:
    """Have `job` done by a thread that leaves the processor to everybody else who wants it.

    A thread may lower its own place and not raise it again, so it is a new one. It is for
    reckoning: what it asks the database itself is in no transaction of the caller's.
    """

    def alone() -> Answer:
        try:
            return job()
        finally:
            connection.close()  # this thread's own, if it has one

    with ThreadPoolExecutor(1, initializer=_give_way) as pool:
        return pool.submit(alone).result()


def _give_way() -> None:
    # Elsewhere a number of a thread would be taken for that of a process.
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), LATER)


def answer(future: Future[Answer]) -> Answer:
    """Wait for an answer; errors of the database are raised as Django's."""
    with connection.wrap_database_errors:
        return future.result()
