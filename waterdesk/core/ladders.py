"""What a ladder may say, and the one number by which each of its rungs is known.

A rung stands at a share of the limit, {"level": 80}, or at a distance from it in the clock's own
unit of time, {"minutes": -30}. Its `level` is the share in per cent; thirty minutes before the
limit are level -30, thirty after it level 1030. So a level below 100 lies before the limit, one
above 100 after it, and no two rungs of a ladder share one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Step = Mapping[str, Any]

BREACH = 100
AFTER = 1000
"""Added to the minutes after the limit; no share is larger."""
FARTHEST = 30_000
"""Minutes before or after the limit: 62 working days of eight hours."""
MOST_RUNGS = 60
"""A clock keeps one bit a rung."""

AUDIENCES = ("handler", "lead", "upper", "supervisor", "leader", "customer", "duty")
ACCEPT, EXPLAIN = "accept", "explain"
# Effect → the move that the desk itself makes; `explain` marks the clock and moves nothing.
MOVES = {"reassign": "recall", "urgent": "raise", ACCEPT: "accept"}
EFFECTS = (*MOVES, EXPLAIN)
WORDS = {"level", "minutes", "tell", "effect"}


class LadderError(ValueError):
    """A ladder that cannot be climbed; says which rung and why."""


def level_of(rung: Step) -> int:
    minutes = rung.get("minutes")
    if minutes is None:
        return int(rung["level"])
    return int(minutes) if minutes < 0 else AFTER + int(minutes)


def minutes_of(level: int) -> int | None:
    """Minutes after the limit, negative before it; None when the level is a share of it."""
    if level < 0:
        return level
    return level - AFTER if level > AFTER else None


def ordered(rungs: Iterable[Step]) -> list[dict[str, Any]]:
    """The rungs as a clock copies them: by level, and every further reading keeps that order."""
    return sorted((dict(rung) for rung in rungs), key=level_of)


def acts(rungs: Iterable[Step]) -> bool:
    """Whether a rung changes its case."""
    return any(rung.get("effect") in MOVES for rung in rungs)


def accepts(rungs: Iterable[Step]) -> bool:
    return any(rung.get("effect") == ACCEPT for rung in rungs)


def check(rungs: Any) -> None:
    """Raises LadderError naming the first rung that is wrong, in the words of the ladder."""
    if not isinstance(rungs, Sequence) or isinstance(rungs, str):
        raise LadderError(f"a list of rungs, not {rungs!r}")
    if len(rungs) > MOST_RUNGS:
        raise LadderError(f"at most {MOST_RUNGS} rungs, not {len(rungs)}")
    seen: set[int] = set()
    for rung in rungs:
        if not isinstance(rung, Mapping):
            raise LadderError(f"{rung!r} is not a rung")
        _check_place(rung)
        _check_deed(rung)
        level = level_of(rung)
        if level in seen:
            raise LadderError(f"doubled rung {dict(rung)}")
        seen.add(level)


def _check_place(rung: Step) -> None:
    if unknown := set(rung) - WORDS:
        raise LadderError(f"unknown {sorted(unknown)} in {dict(rung)}")
    if ("level" in rung) == ("minutes" in rung):
        raise LadderError(f"either level or minutes in {dict(rung)}")
    place = rung.get("level", rung.get("minutes"))
    if not isinstance(place, int) or isinstance(place, bool):
        raise LadderError(f"{place!r} is not a whole number in {dict(rung)}")
    if "level" in rung and not 0 < place <= AFTER:
        raise LadderError(f"a share is 1 to {AFTER} per cent, not {place}")
    if "minutes" in rung and not 0 < abs(place) <= FARTHEST:
        raise LadderError(f"at most {FARTHEST} minutes before or after, and not 0: {place}")


def _check_deed(rung: Step) -> None:
    tell = rung.get("tell", [])
    if not isinstance(tell, list):
        raise LadderError(f"tell is a list in {dict(rung)}")
    for audience in tell:
        if audience not in AUDIENCES:
            raise LadderError(f"unknown audience {audience!r} in {dict(rung)}")
    effect = rung.get("effect", "")
    if effect and effect not in EFFECTS:
        raise LadderError(f"unknown effect {effect!r} in {dict(rung)}")
    if not tell and not effect:
        raise LadderError(f"nobody is told and nothing done in {dict(rung)}")
