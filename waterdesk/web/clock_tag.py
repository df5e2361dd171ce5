"""What the clock components need to know of a clock, and how far a browser may count it down."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

# How far what is left may be from the way to the due instant and still be the same.
SAME = timedelta(minutes=1)
NOTHING = timedelta(0)


def context(face: Any, counting_until: datetime | None = None) -> dict[str, Any]:
    """Everything of a `clockface.Face`, or of a mapping with the same names.

    The browser may count down what is left only where it is exact: when nothing but counted time
    lies before the due instant, or until `counting_until`, the end of the opening time that runs.
    """
    tone = _read(face, "tone", "plain")
    now, left = _read(face, "now"), _read(face, "left")
    due = _read(face, "due_at") or _read(_read(face, "clock"), "due_at")
    running = _read(face, "is_open", False) and tone in ("ok", "warn", "bad")
    # Late on record, though something is left by a pause that was corrected: the words say both.
    running = running and not (tone == "bad" and left is not None and left > NOTHING)
    until = counting_until or _read(face, "open_until")
    run = _run(now, due, left, until) if running else None
    day = _read(face, "day")
    return {
        "face": face,
        "tone": tone,
        "words": _read(face, "words", ""),
        "in_working_time": _read(face, "in_working_time", ""),
        "due_words": _read(face, "due_words", ""),
        "share": _read(face, "share"),
        "due": due,
        "left": None if run is None else round(left.total_seconds()),
        "run": None if run in (None, timedelta.max) else round(run.total_seconds()),
        "day": round(day.total_seconds()) if day and not _natural(face) else None,
    }


def _run(
    now: datetime | None, due: datetime | None, left: timedelta | None, until: datetime | None
) -> timedelta | None:
    """How long from `now` what is left goes down with the wall clock; None when that is unknown."""
    if now is None or due is None or left is None:
        return None
    if until is not None:
        return max(until - now, NOTHING)
    return timedelta.max if abs(due - now - left) < SAME else None


def _natural(face: Any) -> bool:
    return _read(_read(face, "clock"), "unit") == "natural"


def _read(thing: Any, name: str, default: Any = None) -> Any:
    if isinstance(thing, dict):
        return thing.get(name, default)
    return getattr(thing, name, default)
