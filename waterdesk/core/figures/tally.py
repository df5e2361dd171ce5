"""One answer: how many were judged and how they were kept, and how long it took."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from waterdesk.core.figures import buckets


@dataclass(frozen=True, slots=True)
class Spread:
    """How long it took: half of them no longer than `median`, nine of ten no longer than `p90`.

    Whole minutes, what is begun left out; above two hours at most 1/64 too short.
    """

    median: timedelta
    p90: timedelta


@dataclass(slots=True)
class Tally:
    """Clocks that were judged; those that are late and still open are in it from the first instant.

    `outside` of the late ones were late for an accepted cause outside the company's control, and
    are late all the same. `net` and `gross` are of those that have stopped, None of nothing.
    """

    judged: int = 0
    on_time: int = 0
    outside: int = 0
    done: int = 0
    net: Spread | None = None
    gross: Spread | None = None

    @property
    def late(self) -> int:
        return self.judged - self.on_time

    @property
    def open_late(self) -> int:
        """Late, and not stopped yet: whatever was kept has stopped."""
        return self.judged - self.done

    @property
    def share(self) -> float | None:
        """按时率: the per cent on time of all judged, to a tenth and never up by rounding."""
        return self.on_time * 1000 // self.judged / 10 if self.judged else None

    @property
    def share_apart(self) -> float | None:
        """剔除外部原因后: the same without those late for an accepted cause outside."""
        ours = self.judged - self.outside
        return self.on_time * 1000 // ours / 10 if ours else None


def spread(counts: Mapping[int, int]) -> Spread | None:
    """Of how many there are in each bucket; None of none."""
    median, p90 = buckets.part(counts, 50), buckets.part(counts, 90)
    return None if median is None or p90 is None else Spread(median, p90)
