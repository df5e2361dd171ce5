"""The seals outside the database: a line of JSON a day in SEALS_DIR, only ever added to.

Whoever changes the rows and reseals them has this file against him, as long as he cannot write to
it: copy it to another machine, or have it on a disk that takes each line once.
"""

from __future__ import annotations

import fcntl
import json
import os
from pathlib import Path
from typing import Any

from django.conf import settings

from waterdesk.core.models.seals import Seal
from waterdesk.core.sealing.seals import as_line

NAME = "seals.jsonl"
Lines = list[dict[str, Any]]


def path() -> Path:
    return Path(settings.SEALS_DIR) / NAME


def write() -> int:
    """Add the seals of the days after the file's last one; returns how many. They are on disk then.

    A line is never written anew: one that somebody removed or changed stays a fault. Two at once
    wait for each other; a line cut short by a crash is ended, and its day written again.
    """
    path().parent.mkdir(parents=True, exist_ok=True)
    with path().open("a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        text = file.read()
        kept = _read(text)
        seals = Seal.objects.order_by("day")
        missing = list(seals.filter(day__gt=kept[-1]["day"]) if kept else seals)
        said = b"".join(_spelled(seal) for seal in missing)
        file.write((b"\n" if text and not text.endswith(b"\n") and said else b"") + said)
        file.flush()
        os.fsync(file.fileno())
    return len(missing)


def read() -> Lines:
    """What stands there; nothing where there is no file."""
    return _read(path().read_bytes()) if path().exists() else []


def _read(text: bytes) -> Lines:
    """Its whole lines; one that is none is as if it were not there."""
    found = []
    for line in text.split(b"\n"):
        try:
            said = json.loads(line)
        except ValueError:
            continue
        if isinstance(said, dict) and isinstance(said.get("day"), str):
            found.append(said)
    return found


def _spelled(seal: Seal) -> bytes:
    return json.dumps(as_line(seal), separators=(",", ":")).encode() + b"\n"
