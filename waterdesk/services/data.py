"""Where the private servers keep their data and their sockets."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import signal
import tempfile
import time
from pathlib import Path

from waterdesk.services.account import Account, may_enter
from waterdesk.services.errors import CannotRun

# A socket's path may have 107 bytes (103 on macOS), the file's name included.
LONGEST_FOLDER = 70


def home_for(var: Path, account: Account | None) -> Path:
    """`var` itself, or, where the servers' account cannot get there, a place of their own.

    Only root needs that, in a checkout under a closed folder such as /root; the place is named
    after the checkout, so that the next start finds it again.
    """
    if may_enter(var, account):
        return var
    name = hashlib.sha256(str(var.resolve()).encode()).hexdigest()[:10]
    home = Path("/var/lib") / f"waterdesk-{name}"
    home.mkdir(mode=0o755, parents=True, exist_ok=True)
    return home


def own_folder(path: Path, account: Account | None) -> Path:
    """Make `path` a private folder of the servers' account."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    if account:
        account.owns(path)
    return path


def temporary_folder(prefix: str, account: Account | None) -> Path:
    """A private folder of the servers' account, with a path short enough for sockets in it.

    Its name carries this process's number, for `remove_stale_folders`.
    """
    parent = Path(tempfile.gettempdir())
    if len(bytes(parent)) > LONGEST_FOLDER - 30 or not may_enter(parent, account):
        parent = Path("/tmp")  # noqa: S108  mkdtemp makes a private folder in it
    folder = Path(tempfile.mkdtemp(prefix=f"{prefix}{os.getpid()}-", dir=parent))
    if account:
        account.owns(folder)
    return folder


def remove_stale_folders(prefix: str) -> None:
    """Remove the temporary folders of processes that were killed before they could."""
    for parent in {tempfile.gettempdir(), "/tmp"}:  # noqa: S108
        for folder in Path(parent).glob(f"{prefix}*-*"):
            number = folder.name.removeprefix(prefix).split("-")[0]
            if number.isdigit() and not folder.is_symlink() and not _alive(int(number)):
                shutil.rmtree(folder, ignore_errors=True)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


class ServersLock:
    """Held by the servers themselves, which inherit the open file: free only when all have ended.

    So a start after a kill -9 waits until the servers of the killed run are gone, and then knows
    that whatever they left (postmaster.pid) is stale, though its number may be another's by now.
    """

    def __init__(self, home: Path, seconds: float = 20) -> None:
        self._fd = os.open(home / "servers.lock", os.O_RDWR | os.O_CREAT, 0o644)
        end = time.monotonic() + seconds
        asked = False
        while not self._try():
            if time.monotonic() > end:
                os.close(self._fd)
                raise CannotRun(f"Servers of an earlier run still use {home}; end them first.")
            if not asked and time.monotonic() > end - seconds / 2:
                asked = True
                _ask_to_end(home / "postgres" / "postmaster.pid", signal.SIGINT)
                _ask_to_end(home / "valkey" / "valkey.pid", signal.SIGTERM)
            time.sleep(0.1)
        for stale in ("postgres/postmaster.pid", "valkey/valkey.pid"):
            (home / stale).unlink(missing_ok=True)

    def _try(self) -> bool:
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def fileno(self) -> int:
        return self._fd

    def close(self) -> None:
        os.close(self._fd)


def _ask_to_end(pid_file: Path, signal_number: signal.Signals) -> None:
    """Only while somebody holds the lock, so that the number in the file is still a server's."""
    try:
        os.kill(int(pid_file.read_text("ascii").split()[0]), signal_number)
    except (OSError, ValueError, IndexError):
        return
