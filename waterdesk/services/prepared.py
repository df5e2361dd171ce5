"""What a private database was last brought up to, so that the next start need not look again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

SOURCES = ("waterdesk", "applications", "tickets", "notifications", "seeds")
KINDS = {".py", ".json", ".txt", ".css", ".js", ".svg"}
SETTINGS = ("DEBUG", "DEMO", "STATIC_ROOT")


def fingerprint(root: Path, cluster: Path, env: Mapping[str, str]) -> str:
    """Of everything that preparing depends on: the code and seeds, some settings, the cluster.

    By name, size and time of the files, which takes a hundredth of the second that looking takes.
    """
    files = [root / "requirements.txt", cluster / "PG_VERSION"]
    for source in SOURCES:
        files += [path for path in (root / source).rglob("*") if path.suffix in KINDS]
    facts = [[env.get(name) for name in SETTINGS]]
    facts += [
        [str(path), status.st_size, status.st_mtime_ns, status.st_ino]
        for path, status in ((path, path.stat()) for path in sorted(files))
    ]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def read(note: Path, fingerprint: str) -> bool | None:
    """Whether the database has the demo accounts; None if it has to be looked at."""
    try:
        known = json.loads(note.read_text("ascii"))
    except (OSError, ValueError):
        return None
    return bool(known["demo"]) if known.get("fingerprint") == fingerprint else None


def write(note: Path, fingerprint: str, demo: bool) -> None:
    note.write_text(json.dumps({"fingerprint": fingerprint, "demo": demo}), "ascii")
