"""A private PostgreSQL on a Unix socket."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from waterdesk.services import programs
from waterdesk.services.account import Account
from waterdesk.services.data import own_folder
from waterdesk.services.errors import CannotRun
from waterdesk.services.process import Process, how_it_ended, tail, wait_until

USER = DATABASE = "waterdesk"
START_SECONDS = 60  # after a crash it first replays its log

# Said aloud and not inherited: under the C locale, trigrams of Chinese are empty, and without UTF-8
# a character counts as several.
LOCALE = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"
ENV = {"PATH": "/usr/bin:/bin", "LC_ALL": LOCALE, "TZ": "UTC"}

CONFIG = {
    "listen_addresses": "",
    "max_connections": "60",
    "unix_socket_permissions": "0700",
    # The log tells what went wrong, not about whom: no statements, no values.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "timezone": "UTC",
}
# What a run may lose without harm: the cluster of a test.
CARELESS = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}


class Postgres:
    """`keep`: the data outlives the run and every commit is on disk; otherwise neither.

    `settings` of PostgreSQL go before all others.
    """

    name = "PostgreSQL"

    def __init__(
        self,
        home: Path,
        sockets: Path,
        account: Account | None,
        *,
        keep: bool,
        keep_open: tuple[int, ...] = (),
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self.program = programs.postgres()
        self.account = account
        self.keep = keep
        self.sockets = sockets
        self.home = home
        self.data = home / "postgres"
        self.log = home / "log" / "postgres.log"
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self._binary = self.program.within_reach(account, home)
        config = CONFIG | {"unix_socket_directories": f'"{sockets}"'}
        if not keep:
            config |= CARELESS
        config |= settings or {}
        options = [word for key, value in config.items() for word in ("-c", f"{key}={value}")]
        fast, at_once = (signal.SIGINT, 15.0), (signal.SIGQUIT, 5.0)
        self.process = Process(
            self.name,
            [str(self._binary), "-D", str(self.data), *options],
            env=ENV,
            cwd=sockets,
            stop_signals=[fast, at_once] if keep else [at_once],
            orphan_signal=signal.SIGINT if keep else signal.SIGQUIT,
            account=account,
            log=self.log,
            keep_open=keep_open,
            umask=0o077,
        )

    @property
    def url(self) -> str:
        return f"postgresql://{USER}@/{DATABASE}?host={self.sockets}"

    def start(self) -> None:
        """Make the cluster if there is none, start, and return when it takes connections."""
        if not (self.data / "PG_VERSION").exists():
            self._create()
        self.process.start()
        if not wait_until(self._ready, START_SECONDS):
            self.process.stop(hurry=True)
            raise CannotRun(f"PostgreSQL did not answer in {START_SECONDS} s; see {self.log}.")

    def _ready(self) -> bool:
        if (code := self.process.exit_code()) is not None:
            reason = f"{how_it_ended(code)}: {tail(self.log)} (see {self.log})"
            raise CannotRun(f"PostgreSQL did not start, {reason}")
        try:
            lines = (self.data / "postmaster.pid").read_text("utf-8").splitlines()
        except OSError:
            return False
        # What pg_ctl reads as well: the eighth line is the state, the first whose it is.
        return (
            len(lines) > 7
            and lines[0].strip() == str(self.process.pid)
            and lines[7].strip() == "ready"
        )

    def _create(self) -> None:
        """In a folder beside it, renamed when whole: a half-made cluster is never taken for one."""
        half = self.home / "postgres.new"
        shutil.rmtree(half, ignore_errors=True)
        own_folder(half, self.account)
        initdb = [
            str(self._binary.with_name("initdb")), "-D", str(half), "-U", USER, "--auth=trust",
            "--encoding=UTF8", f"--locale={LOCALE}", "--lc-messages=C", "--no-instructions",
        ]  # fmt: skip
        try:
            self._run(initdb if self.keep else [*initdb, "--no-sync"])
            single = [str(self._binary), "--single", "-D", str(half), "postgres"]
            self._run(single, f"CREATE DATABASE {DATABASE}\n")
            half.rename(self.data)
        finally:
            shutil.rmtree(half, ignore_errors=True)

    def _run(self, command: list[str], text: str = "") -> None:
        done = subprocess.run(
            command,
            input=text,
            env=ENV,
            cwd=self.sockets,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            user=self.account.uid if self.account else None,
            group=self.account.gid if self.account else None,
            extra_groups=[] if self.account else None,
            umask=0o077,
            check=False,
        )
        # The single-user server reports an error and still ends with 0.
        wrong = [line for line in done.stderr.splitlines() if "rror" in line or "FATAL" in line]
        if done.returncode or wrong:
            with self.log.open("a", encoding="utf-8") as log:
                log.write(done.stdout + done.stderr)
            reason = " | ".join(wrong) or how_it_ended(done.returncode)
            raise CannotRun(f"PostgreSQL could not make its cluster: {reason} (see {self.log})")
