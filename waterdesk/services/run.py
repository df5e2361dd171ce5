"""The whole desk on one machine: servers, web, worker, beat, as children of this process.

Settings come from the environment (.env.example); besides: PORT, HOST, DEMO=0 for no demo data, and
VAR_DIR, the folder for what is kept (var/). DATABASE_URL and REDIS_URL name servers; each that is
not given is started privately, with its data in that folder. When something stands in the way there
is one line and a non-zero exit, and nothing is left running.
"""

from __future__ import annotations

import errno
import fcntl
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import TextIO

from waterdesk.services import account, checks, data, desk, prepared, programs
from waterdesk.services.child import die_with_parent
from waterdesk.services.errors import CannotRun
from waterdesk.services.postgres import Postgres
from waterdesk.services.process import Process, bound, wait_until
from waterdesk.services.supervise import Supervisor
from waterdesk.services.valkey import Valkey

ROOT = Path(__file__).resolve().parents[2]
VAR = Path(os.environ.get("VAR_DIR") or ROOT / "var").resolve()
SOCKETS = "waterdesk-run-"
READY_SECONDS = 60
# What `manage.py` takes from a desk that runs beside it.
SHARED = ("DEBUG", "SECRET_KEY", "SITE_URL", "DATABASE_URL", "REDIS_URL")
ROLES = "agent, clerk, field, lead, supervisor, admin"


class Stop(BaseException):
    """Ctrl-C, SIGTERM, or the terminal is gone."""


def say(text: str) -> None:
    print(f"waterdesk: {text}", file=sys.stderr, flush=True)


def only_one(address: str) -> TextIO:
    """The right to be the only desk of this folder, held while the file is open."""
    (VAR / "log").mkdir(parents=True, exist_ok=True)
    file = (VAR / "run.lock").open("a+", encoding="ascii")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.seek(0)
        pid, _, where = file.read().strip().partition(" ")
        raise CannotRun(f"Already running at {where} (process {pid}).") from None
    file.truncate(0)
    print(f"{os.getpid()} {address}", file=file, flush=True)
    return file


class Launcher:
    def __init__(self) -> None:
        self.supervisor = Supervisor(say)
        self.sockets: Path | None = None
        self.cluster: Path | None = None
        self.shared: Path | None = None
        self.preparing: subprocess.Popen[str] | None = None

    def run(self) -> None:
        """Everything, until Stop or CannotRun is raised."""
        port = checks.port(os.environ.get("PORT", "") or "8000")
        host = os.environ.get("HOST", "") or "127.0.0.1"
        shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104
        address = f"http://{f'[{shown}]' if ':' in shown else shown}:{port}"
        self.lock = only_one(address)
        listener = checks.listener(host, port)
        env = desk.environment(ROOT, VAR, address)
        streams = self._streams_at(host, shown, env)
        checks.settings(env)
        self._servers(env)
        self._share(env)
        demo = self._prepare_if_needed(env)
        web = desk.web(ROOT, env, listener)
        self.supervisor.add(web)
        wait_for_web(web, shown, port)  # before the others, which would take the processor from it
        if streams is not None:
            self.supervisor.add(desk.streams(ROOT, env, streams))
        if env.get("AMI_HOST"):
            self.supervisor.add(desk.telephony(ROOT, env))
        self.supervisor.add(desk.worker(ROOT, env))
        self.supervisor.add(desk.beat(ROOT, env))
        greet(address, demo)
        self.supervisor.watch()

    def _streams_at(self, host: str, shown: str, env: dict[str, str]) -> socket.socket | None:
        """An address of its own for what rings; None without telephony, or if one is named."""
        if not desk.has_telephony(env) or env.get("CALLS_STREAM_URL"):
            return None
        listener = checks.listener(host, 0)
        where = f"[{shown}]" if ":" in shown else shown
        env["CALLS_STREAM_URL"] = f"http://{where}:{listener.getsockname()[1]}"
        return listener

    def _servers(self, env: dict[str, str]) -> None:
        """Look at the servers that are named, then start those that are not."""
        given = {name for name in ("DATABASE_URL", "REDIS_URL") if env.get(name)}
        if "DATABASE_URL" in given:
            checks.database(env["DATABASE_URL"])
        if "REDIS_URL" in given:
            checks.broker(env["REDIS_URL"])
        if len(given) == 2:
            checks.disk(VAR, checks.MEGABYTE)
            return
        owner = account.for_servers()
        home = data.home_for(VAR, owner)
        (home / "log").mkdir(exist_ok=True)
        if home != VAR:
            say(f"the servers' account cannot reach {VAR}; their data is in {home}.")
        first = not (home / "postgres").exists()
        checks.disk(home, checks.NEEDED_FIRST if first else checks.NEEDED_LATER)
        lock = data.ServersLock(home)
        try:
            data.remove_stale_folders(SOCKETS)
            self.sockets = data.temporary_folder(SOCKETS, owner)
            places = {"keep": True, "keep_open": (lock.fileno(),)}
            if "DATABASE_URL" not in given:
                postgres = Postgres(home, self.sockets, owner, **places)
                self.supervisor.add(postgres.process, postgres.start)
                env["DATABASE_URL"], self.cluster = postgres.url, postgres.data
            if "REDIS_URL" not in given:
                valkey = Valkey(programs.valkey(), home, self.sockets, owner, **places)
                self.supervisor.add(valkey.process, valkey.start)
                env["REDIS_URL"] = valkey.url
        finally:
            self.servers_lock = lock  # open until the end, for servers that are started again

    def _share(self, env: dict[str, str]) -> None:
        path = VAR / "run.env"
        path.unlink(missing_ok=True)
        path.touch(0o600)
        path.write_text("".join(f"{name}={env[name]}\n" for name in SHARED), "utf-8")
        self.shared = path

    def _prepare_if_needed(self, env: dict[str, str]) -> bool:
        """Look at somebody else's database each time, at ours only when something changed."""
        if self.cluster is None:
            return self._prepare(env)
        note = self.cluster.with_name("prepared.json")
        now = prepared.fingerprint(ROOT, self.cluster, env)
        demo = prepared.read(note, now)
        if demo is None:
            demo = self._prepare(env)
            prepared.write(note, now, demo)
        return demo

    def _prepare(self, env: dict[str, str]) -> bool:
        """Bring the database up to date; whether there are demo accounts."""
        self.preparing = subprocess.Popen(
            bound([sys.executable, "-m", "waterdesk.services.prepare"], signal.SIGKILL),
            env=env,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            encoding="utf-8",
            start_new_session=True,
        )
        output = self.preparing.communicate()[0]
        code, self.preparing = self.preparing.returncode, None
        if code:
            raise CannotRun("The database could not be brought up to date; nothing was started.")
        return "demo" in output.split()

    def stop(self) -> None:
        if self.preparing is not None:
            self.preparing.kill()
            self.preparing.wait()
        self.supervisor.stop()
        if self.shared is not None:
            self.shared.unlink(missing_ok=True)
        if self.sockets is not None:
            shutil.rmtree(self.sockets, ignore_errors=True)


def wait_for_web(web: Process, host: str, port: int) -> None:
    """Return when it answers anything at all: what it answers is for its own log."""

    def answers() -> bool:
        if web.exit_code() is not None:
            raise CannotRun("The web server did not start; its reason stands above.")
        connection = http.client.HTTPConnection(host, port, timeout=10)
        try:
            connection.request("GET", "/login/")
            return connection.getresponse().status > 0
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    if not wait_until(answers, READY_SECONDS):
        raise CannotRun(f"The web server did not answer in {READY_SECONDS} s.")


def greet(address: str, demo: bool) -> None:
    say(f"ready at {address}/ — Ctrl-C stops everything.")
    if demo:
        say(f"demo accounts: {ROLES}; password waterdesk-demo; sign in at {address}/desk/login/")
        say(f"customers sign in at {address}/login/; the code by SMS appears in this window.")


def main() -> int:
    if os.environ.get("MAKELEVEL"):
        die_with_parent(signal.SIGTERM)  # a make that was killed leaves no desk behind
    launcher = Launcher()

    def stop(number: int, frame: FrameType | None) -> None:
        on_end_signals(hurry)
        raise Stop

    def hurry(number: int, frame: FrameType | None) -> None:
        launcher.supervisor.kill()

    on_end_signals(stop)
    code = 1
    try:
        launcher.run()
    except Stop:
        say("stopping ...")
        code = 0
    except CannotRun as reason:
        say(str(reason))
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
        say("The disk is full." if full else f"{error.strerror}: {error.filename}")
    finally:
        on_end_signals(hurry)
        launcher.stop()
    return code


def on_end_signals(handler: Callable[[int, FrameType | None], None]) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, handler)


if __name__ == "__main__":
    sys.exit(main())
