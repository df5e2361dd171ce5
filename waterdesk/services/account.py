"""The account under which the private servers run.

PostgreSQL refuses to run as root. Making an account is not ours to do, so one that every machine
has is borrowed; what it must read is put where it can, and no mode of anybody's folder is changed.
"""

from __future__ import annotations

import os
import pwd
from dataclasses import dataclass
from pathlib import Path

from waterdesk.services.errors import CannotRun

BORROWED = ("postgres", "nobody")


@dataclass(frozen=True)
class Account:
    name: str
    uid: int
    gid: int

    def owns(self, path: Path) -> None:
        os.chown(path, self.uid, self.gid)


def for_servers() -> Account | None:
    """None: the servers run as whoever runs the launcher. As root, another account."""
    if os.geteuid() != 0:
        return None
    for name in BORROWED:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    raise CannotRun(
        "PostgreSQL does not run as root, and this machine has neither an account "
        "'postgres' nor 'nobody'. Run as an ordinary user."
    )


def may_enter(path: Path, account: Account | None) -> bool:
    """Whether `account` may pass through every folder on the way to `path`, itself included.

    Looks at owner, group and mode; access lists are not considered.
    """
    if account is None:
        return True
    path = path.resolve()
    for folder in (path, *path.parents):
        try:
            status = folder.stat()
        except FileNotFoundError:
            continue
        shift = 6 if status.st_uid == account.uid else 3 if status.st_gid == account.gid else 0
        if not status.st_mode >> shift & 0o1:
            return False
    return True
