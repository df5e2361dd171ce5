"""Keep programs running: start again what ended, later each time; stop all in order."""

from __future__ import annotations

import os
import select
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from waterdesk.services.errors import CannotRun
from waterdesk.services.process import Process, how_it_ended

FIRST_PAUSE = 1.0  # seconds; doubles with every end that follows soon, up to LONGEST_PAUSE
LONGEST_PAUSE = 30.0
STEADY = 60.0  # seconds of life after which an end counts as the first


@dataclass
class Part:
    """`start` returns when it serves, or raises CannotRun."""

    process: Process
    start: Callable[[], None]
    server: bool = False  # the others need it, to the end
    failures: int = 0
    started: float = 0.0
    again: float | None = None  # when it is due to be started again; None while it runs


@dataclass
class Supervisor:
    """Parts in the order of their start; they are stopped in the opposite order."""

    say: Callable[[str], None]
    parts: list[Part] = field(default_factory=list)

    def add(self, process: Process, start: Callable[[], None] | None = None) -> None:
        """Start a program; one that brings its own `start` is a server."""
        part = Part(process, start or process.start, server=start is not None)
        self.parts.append(part)  # first, so that one which fails half-way is stopped as well
        part.started = time.monotonic()
        part.start()

    def watch(self) -> None:
        """Sleep until a part ends or is due again; only an exception ends this."""
        reader, writer = os.pipe()
        os.set_blocking(reader, False)
        os.set_blocking(writer, False)
        before = signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
        handler = signal.signal(signal.SIGCHLD, lambda *_: None)
        try:
            while True:
                self.look(time.monotonic())
                due = [part.again for part in self.parts if part.again is not None]
                pause = max(0.0, min(due) - time.monotonic()) if due else None
                if select.select([reader], [], [], pause)[0]:
                    os.read(reader, 4096)
        finally:
            signal.signal(signal.SIGCHLD, handler)
            signal.set_wakeup_fd(before)
            os.close(reader)
            os.close(writer)

    def look(self, now: float) -> None:
        for part in self.parts:
            if part.again is None and (code := part.process.exit_code()) is not None:
                part.process.end_group()
                self._plan(part, now, how_it_ended(code))
            elif part.again is not None and part.again <= now:
                self._restart(part, now)

    def _plan(self, part: Part, now: float, reason: str) -> None:
        part.failures = 1 if now - part.started > STEADY else part.failures + 1
        pause = min(FIRST_PAUSE * 2 ** (part.failures - 1), LONGEST_PAUSE)
        part.again = now + pause
        self.say(f"{part.process.name} ended ({reason}); starting it again in {pause:.0f} s.")

    def _restart(self, part: Part, now: float) -> None:
        part.again = None
        part.started = now
        try:
            part.start()
        except CannotRun as reason:
            part.process.stop(hurry=True)
            self._plan(part, now, str(reason))
        else:
            self.say(f"{part.process.name} runs again.")

    def stop(self) -> None:
        """Those that serve others are asked last: first all clients at once, then each server."""
        for part in reversed(self.parts):
            if not part.server:
                part.process.ask()
        for part in reversed(self.parts):
            part.process.stop()

    def kill(self) -> None:
        """The person at the terminal asked twice. A private PostgreSQL recovers from its log."""
        for part in self.parts:
            if part.process.pid:
                os.kill(part.process.pid, part.process.stop_signals[-1][0])
