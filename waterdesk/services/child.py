"""Become a program that ends when the starter ends: `child.py STARTER SIGNAL UID GID PROGRAM …`.

The kernel's request (PR_SET_PDEATHSIG) is lost when the account changes, so it is made after the
change and just before the exec, which keeps it. It is tied to the starter's thread: start from the
main one. Where the kernel knows no such request (macOS) a starter killed with -9 leaves its
children, and the next start ends them (see data.py).
"""

from __future__ import annotations

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1


def die_with_parent(signal_number: int) -> None:
    """Ask the kernel to send `signal_number` to this process when its parent's thread ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal_number, 0, 0, 0)


def main(arguments: list[str]) -> None:
    starter, signal_number, uid, gid = (int(word) for word in arguments[:4])
    program = arguments[4:]
    if uid >= 0:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    die_with_parent(signal_number)
    if os.getppid() != starter:  # it ended before the kernel knew of our wish
        sys.exit(1)
    os.execv(program[0], program)


if __name__ == "__main__":
    main(sys.argv[1:])
