"""One program started by us: in its own process group, ending when we end."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from waterdesk.services.account import Account

CHILD = Path(__file__).with_name("child.py")


def bound(
    command: list[str], orphan_signal: signal.Signals, account: Account | None = None
) -> list[str]:
    """`command`, run by `account` and sent `orphan_signal` when this process vanishes."""
    uid, gid = (account.uid, account.gid) if account else (-1, -1)
    words = [str(number) for number in (os.getpid(), int(orphan_signal), uid, gid)]
    return [sys.executable, "-I", "-S", str(CHILD), *words, *command]


@dataclass
class Process:
    """`stop_signals` are tried in turn, each for its number of seconds; then the group is killed.

    `orphan_signal` is what the kernel sends when the starter vanishes.
    """

    name: str
    command: list[str]
    env: dict[str, str]
    cwd: Path
    stop_signals: list[tuple[signal.Signals, float]]
    orphan_signal: signal.Signals = signal.SIGTERM
    account: Account | None = None
    log: Path | None = None
    keep_open: tuple[int, ...] = ()
    umask: int = -1
    _popen: subprocess.Popen[bytes] | None = field(default=None, init=False, repr=False)
    _asked: bool = field(default=False, init=False, repr=False)

    def start(self) -> None:
        output = self.log.open("ab") if self.log else None
        self._asked = False
        try:
            self._popen = subprocess.Popen(
                bound(self.command, self.orphan_signal, self.account),
                env=self.env,
                cwd=self.cwd,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,  # Ctrl-C reaches the launcher alone, which stops the rest
                pass_fds=self.keep_open,
                umask=self.umask,
            )
        finally:
            if output:
                output.close()

    @property
    def pid(self) -> int | None:
        return self._popen.pid if self._popen else None

    def exit_code(self) -> int | None:
        """None while it runs, or was never started."""
        return self._popen.poll() if self._popen else None

    def runs(self) -> bool:
        return self._popen is not None and self._popen.poll() is None

    def ask(self) -> None:
        """Send the first stop signal and do not wait; `stop` will not repeat it."""
        if self._popen is not None:
            self._popen.send_signal(self.stop_signals[0][0])
            self._asked = True

    def stop(self, *, hurry: bool = False) -> None:
        """End it and everything it started; harmless when it has ended."""
        if self._popen is None:
            return
        for signal_number, seconds in self.stop_signals[-1:] if hurry else self.stop_signals:
            if not self._asked:
                self._popen.send_signal(signal_number)
            self._asked = False
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._popen.wait(seconds)
                break
        self.end_group()

    def end_group(self) -> None:
        """Kill what is left of the group, after the program itself ended or would not."""
        if self._popen is None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._popen.pid, signal.SIGKILL)
        self._popen.wait()
        self._popen = None


def how_it_ended(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    try:
        return f"killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"killed by signal {-code}"


def tail(log: Path, lines: int = 3) -> str:
    """The last lines of a log in one line, for the reason why a server did not start."""
    try:
        text = log.read_text("utf-8", "replace")
    except OSError:
        return ""
    return " | ".join(line.strip() for line in text.splitlines()[-lines:] if line.strip())


def wait_until(ready: Callable[[], bool], seconds: float) -> bool:
    """Call `ready` until it is true or `seconds` have passed; it may raise to end the wait."""
    end = time.monotonic() + seconds
    pause = 0.01
    while not ready():
        if time.monotonic() > end:
            return False
        time.sleep(pause)
        pause = min(pause * 1.5, 0.1)
    return True
