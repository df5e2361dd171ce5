"""Where photographs are kept: files below MEDIA_DIR, named by the digest of what they hold.

A file is written before the row that names it is committed, so that no row lacks its file; one
that no row names in the end does no harm. Nothing is ever written over or removed.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from waterdesk.core.pictures import Picture


def keep(picture: Picture) -> None:
    """Write both sizes to the disk itself; what is there already stays. Raises OSError."""
    _write(path_of(picture.digest), picture.large)
    _write(path_of(picture.digest, small=True), picture.small)


def path_of(digest: str, *, small: bool = False) -> Path:
    """The file of one size; `digest` is 64 hex digits of a row, never what somebody typed."""
    name = f"{digest}-small.jpg" if small else f"{digest}.jpg"
    return Path(settings.MEDIA_DIR) / digest[:2] / name


def _write(path: Path, content: bytes) -> None:
    if path.exists():
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)  # whole or not at all; two at once write the same
    except BaseException:
        os.unlink(name)
        raise
