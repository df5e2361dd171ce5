"""A private Valkey (or Redis) on a Unix socket."""

from __future__ import annotations

import signal
import socket
from pathlib import Path

from waterdesk.services.account import Account
from waterdesk.services.data import own_folder
from waterdesk.services.errors import CannotRun
from waterdesk.services.process import Process, how_it_ended, tail, wait_until
from waterdesk.services.programs import Program

START_SECONDS = 30
ENV = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


class Valkey:
    """`keep`: what it holds is written to an append-only file and outlives it; otherwise not."""

    name = "Valkey"

    def __init__(
        self,
        program: Program,
        home: Path,
        sockets: Path,
        account: Account | None,
        *,
        keep: bool,
        keep_open: tuple[int, ...] = (),
    ) -> None:
        self.program = program
        self.data = own_folder(home / "valkey", account)
        self.socket = sockets / "valkey.sock"
        self.log = home / "log" / "valkey.log"
        self.log.parent.mkdir(parents=True, exist_ok=True)
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.data),
            "pidfile": str(self.data / "valkey.pid"),
            "daemonize": "no",
            "save": "",
            "appendonly": "yes" if keep else "no",
            "maxmemory-policy": "noeviction",  # a queue that forgets is no queue
        }
        self.process = Process(
            self.name,
            [
                str(program.within_reach(account, home)),
                *(word for key, value in options.items() for word in (f"--{key}", value)),
            ],
            env=ENV,
            cwd=self.data,
            stop_signals=[(signal.SIGTERM, 10.0), (signal.SIGKILL, 5.0)],
            account=account,
            log=self.log,
            keep_open=keep_open,
            umask=0o077,
        )

    @property
    def url(self) -> str:
        return f"unix://{self.socket}?db=0"

    def start(self) -> None:
        """Start, and return when it takes commands, its file replayed."""
        self.process.start()
        if not wait_until(self._ready, START_SECONDS):
            self.process.stop(hurry=True)
            raise CannotRun(f"Valkey did not answer in {START_SECONDS} s; see {self.log}.")

    def _ready(self) -> bool:
        if (code := self.process.exit_code()) is not None:
            reason = f"{how_it_ended(code)}: {tail(self.log)} (see {self.log})"
            raise CannotRun(f"Valkey did not start, {reason}")
        try:
            with socket.socket(socket.AF_UNIX) as line:
                line.settimeout(1)
                line.connect(str(self.socket))
                line.sendall(b"PING\r\n")
                return line.recv(64).startswith(b"+PONG")
        except OSError:
            return False
