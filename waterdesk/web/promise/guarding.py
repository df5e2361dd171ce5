"""Small numbers are kept back, and so is whatever they could be worked out from."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

# Fewer than so many might be recognised by their neighbours. *chosen*, as statistics offices do.
FEWEST = 5


class Guard(StrEnum):
    """SHOWN as it is; FEW are fewer than FEWEST; HIDDEN would give such a number away."""

    SHOWN = "shown"
    FEW = "few"
    HIDDEN = "hidden"


def guarded(counts: Mapping[int, int], above: Mapping[int, int | None]) -> dict[int, Guard]:
    """How each area's number may be shown; an area's number contains those of all below it.

    `above` names the area over each, of those in `counts` or not. What is left of an area without
    the areas shown below it is nothing, or at least FEWEST.
    """
    found = {a: Guard.SHOWN if many >= FEWEST else Guard.FEW for a, many in counts.items()}
    while giving_away := _giving_away(counts, above, found):
        found[giving_away] = Guard.HIDDEN
    return found


def _giving_away(
    counts: Mapping[int, int], above: Mapping[int, int | None], found: Mapping[int, Guard]
) -> int | None:
    """The smallest area by which somebody could work out too small a rest; None where none is."""
    shown = {area for area, guard in found.items() if guard == Guard.SHOWN}
    below: dict[int, list[int]] = {}
    for area in sorted(shown):
        over = above.get(area)
        while over is not None and over not in shown:
            over = above.get(over)
        if over is not None:
            below.setdefault(over, []).append(area)
    for over, parts in below.items():
        if 0 < counts[over] - sum(counts[part] for part in parts) < FEWEST:
            return min(parts, key=lambda part: (counts[part], part))
    return None
