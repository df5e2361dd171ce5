"""The files of reports: below MEDIA_DIR, named by their SHA-256, whole or not there at all.

Nothing is ever written over or removed. A file that is no longer what its name says is refused.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from waterdesk.core.errors import Conflict

PDF, XLSX = "pdf", "xlsx"
ENDINGS = (PDF, XLSX)
# A file on its way; what a killed worker left is cleared away by `tidy`.
_PART = ".part"
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that lies on the disk: its SHA-256 and its bytes."""

    digest: str
    size: int


def folder() -> Path:
    return Path(settings.MEDIA_DIR) / "reports"


def path_of(digest: str, ending: str) -> Path:
    """`digest` is 64 hex digits of a row, never what somebody typed."""
    return folder() / digest[:2] / f"{digest}.{ending}"


def keep(write: Callable[[BinaryIO], None], ending: str) -> Kept:
    """Have `write` fill a file aside, then give it its name. Raises what `write` does, OSError."""
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(suffix=_PART, dir=folder())
    try:
        with os.fdopen(handle, "w+b") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
            size = file.tell()
        digest = digest_of(Path(name))
        path = path_of(digest, ending)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        os.replace(name, path)  # two at once have written the same
    except BaseException:
        os.unlink(name)
        raise
    return Kept(digest, size)


def opened(digest: str, ending: str) -> BinaryIO:
    """The file, if it still is what was made. Raises Conflict where it is not, or is gone."""
    path = path_of(digest, ending)
    if not path.is_file() or digest_of(path) != digest:
        raise Conflict(_("文件与登记的哈希不符，已拒绝下载；请联系管理员。"))
    return path.open("rb")


def digest_of(path: Path) -> str:
    found = hashlib.sha256()
    with path.open("rb") as file:
        while part := file.read(_CHUNK):
            found.update(part)
    return found.hexdigest()


def tidy(before: float) -> int:
    """Remove what was left half-way before this time (seconds of the epoch); returns how many."""
    left = [path for path in folder().glob(f"*{_PART}") if path.stat().st_mtime < before]
    for path in left:
        path.unlink(missing_ok=True)
    return len(left)
