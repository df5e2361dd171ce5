"""One listener a process, any number of streams: who waits, and what they are given.

A thread listens to what is announced, reads for all it concerns at once what rings at them, and
puts it before their streams. A stream waits without a database connection.
"""

from __future__ import annotations

import logging
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import psycopg
from django.conf import settings
from django.db import Error, close_old_connections, connection

from tickets.calls import announcing
from tickets.calls.pops import pops_of

log = logging.getLogger(__name__)
# Seconds after which the listener looks whether anybody is left, and whether its line still holds.
LOOK = 5.0
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 15.0


class Full(Exception):
    """This process holds as many streams as it may."""


@dataclass(eq=False)
class Stream:
    """One browser. `fresh` is what it has not been given yet; a newer one replaces it."""

    user: int
    tab: str
    ready: threading.Condition = field(default_factory=threading.Condition)
    fresh: list[dict[str, Any]] | None = None
    replaced: bool = False

    def put(self, pops: list[dict[str, Any]]) -> None:
        with self.ready:
            self.fresh = pops
            self.ready.notify()

    def replace(self) -> None:
        with self.ready:
            self.replaced = True
            self.ready.notify()

    def wait(self, seconds: float) -> list[dict[str, Any]] | None:
        """What is new, as soon as it is; None when nothing was within `seconds`."""
        with self.ready:
            self.ready.wait_for(lambda: self.fresh is not None or self.replaced, seconds)
            fresh, self.fresh = self.fresh, None
            return fresh


class Hub:
    """The streams of this process, and the thread that feeds them while there are any."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._streams: dict[tuple[int, str], Stream] = {}
        self._listener: threading.Thread | None = None
        self._listening = threading.Event()

    def join(self, user: int, tab: str) -> Stream:
        """A stream from now on; of one tab the last one holds. Raises Full.

        A browser that goes to the next page says nothing: its old stream ends here at once, and not
        when it is next written to.
        """
        stream = Stream(user, tab)
        with self._lock:
            old = self._streams.pop((user, tab), None)
            if len(self._streams) >= settings.CALLS_STREAMS:
                raise Full
            self._streams[user, tab] = stream
            if self._listener is None or not self._listener.is_alive():
                self._listening.clear()
                self._listener = threading.Thread(target=self._run, name="calls", daemon=True)
                self._listener.start()
        if old is not None:
            old.replace()
        # What is read after this cannot miss a change: it is announced to us as well.
        self._listening.wait(LOOK)
        return stream

    def leave(self, stream: Stream) -> None:
        with self._lock:
            if self._streams.get((stream.user, stream.tab)) is stream:
                del self._streams[stream.user, stream.tab]

    def _of(self, users: set[int] | None) -> dict[int, list[Stream]]:
        with self._lock:
            wanted: dict[int, list[Stream]] = {}
            for stream in self._streams.values():
                if users is None or stream.user in users:
                    wanted.setdefault(stream.user, []).append(stream)
            return wanted

    def feed(self, users: set[int] | None) -> None:
        """Put before these users (None: everybody here) what rings at them now. One reading."""
        wanted = self._of(users)
        if not wanted:
            return
        for user, pops in pops_of(list(wanted)).items():
            for stream in wanted[user]:
                stream.put(pops)

    def _run(self) -> None:
        pause = FIRST_PAUSE
        while self._wanted():
            try:
                self._listen()
            # The line it listens on is used below Django, and breaks with errors of its own.
            except (Error, psycopg.Error, OSError) as fault:
                log.warning("lost the database (%s); again in %.1f s", type(fault).__name__, pause)
                self._listening.clear()
                time.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
            else:
                pause = FIRST_PAUSE
        close_old_connections()

    def _wanted(self) -> bool:
        """Whether anybody is here; when nobody is, the next to come starts another thread."""
        with self._lock:
            if not self._streams:
                self._listener = None
            return bool(self._streams)

    def _listen(self) -> None:
        """Until nobody is here any more. What was announced while it was away is read anew."""
        line = connection.copy()  # one to listen on, beside the one that reads
        line.ensure_connection()
        try:
            line.connection.execute(f"LISTEN {announcing.CHANNEL}")
            self._listening.set()
            self.feed(None)
            while self._of(None):
                users: set[int] = set()
                for notice in line.connection.notifies(timeout=LOOK, stop_after=1):
                    users |= announcing.users_in(notice.payload)
                if users:
                    self.feed(users)
                else:  # a firewall may have forgotten a quiet line without a word
                    line.connection.execute("SELECT 1")
        finally:
            # It may go back to a pool, where nobody wants to hear any more.
            with suppress(psycopg.Error):
                line.connection.execute("UNLISTEN *")
            line.close()
            connection.close()


hub = Hub()
