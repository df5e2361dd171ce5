"""How long something took, in buckets: fine enough for a median, few enough to be added up.

A bucket holds durations of whole minutes, what is begun left out. Below 128 minutes each minute has
its own; above there are 64 to the octave, so that what a bucket says is at most 1/64 too short.
PostgreSQL has the same as core_figure_bucket (migration 0070).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from math import ceil

# Each whole minute below this has a bucket of its own; from here on the octaves begin.
EXACT = 128
A_OCTAVE = 64
MINUTE = 60


def bucket(seconds: int) -> int:
    """The bucket of a duration in seconds, from 0 on."""
    minutes = seconds // MINUTE
    if minutes < EXACT:
        return minutes
    octave = minutes.bit_length() - EXACT.bit_length()
    return EXACT + octave * A_OCTAVE + (minutes >> (octave + 1)) - A_OCTAVE


def least(bucket: int) -> timedelta:
    """The shortest duration of a bucket, which stands for all of them."""
    if bucket < EXACT:
        return timedelta(minutes=bucket)
    octave, place = divmod(bucket - EXACT, A_OCTAVE)
    return timedelta(minutes=(place + A_OCTAVE) << (octave + 1))


def part(counts: Mapping[int, int], per_cent: int) -> timedelta | None:
    """What `per_cent` of those counted by bucket did not exceed (nearest rank); None of none."""
    whole = sum(counts.values())
    wanted, seen = ceil(whole * per_cent / 100), 0
    for each in sorted(counts):
        seen += counts[each]
        if seen >= wanted > 0:
            return least(each)
    return None
