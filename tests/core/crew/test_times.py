"""When something on a phone really happened, by what the phone says of itself."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import DAY, HOUR, MINUTE, MONDAY_0900
from waterdesk.core.crew.times import AHEAD, CHANGED, LATE, UNKNOWN, UNSET, WRONG, Said, read

NOON = MONDAY_0900 + 3 * HOUR
SECOND = timedelta(seconds=1)
SPANS = st.timedeltas(min_value=-3 * DAY, max_value=3 * DAY)


def told(ago, offset=timedelta(0), shows=None):
    """What a phone says that did it so long ago; its clock is off by `offset` from then until now.

    `shows` is how far it is off while it sends, where that is another.
    """
    return Said(NOON - ago - offset, offset, NOON - (offset if shows is None else shows))


@pytest.mark.parametrize("ago", [0 * SECOND, 10 * MINUTE, 2 * HOUR])
@pytest.mark.parametrize("offset", [0 * MINUTE, 6 * MINUTE, -20 * HOUR, UNSET - SECOND])
def test_within_the_tolerance_the_true_time_counts_however_the_clock_is_set(ago, offset):
    reading = read(told(ago, offset), NOON, 2 * HOUR)
    assert (reading.at, reading.doubt) == (NOON - ago, "")


def test_a_clock_that_is_off_by_little_is_taken_as_it_is():
    reading = read(told(HOUR, 4 * MINUTE), NOON, 2 * HOUR)
    assert (reading.at, reading.doubt) == (NOON - HOUR - 4 * MINUTE, "")


@pytest.mark.parametrize(
    ("said", "doubt"),
    [
        (told(2 * HOUR + SECOND), LATE),
        (told(HOUR, DAY), WRONG),
        (told(HOUR, -400 * DAY), WRONG),
        (told(HOUR, 0 * HOUR, shows=6 * MINUTE), CHANGED),
        (told(-6 * MINUTE), AHEAD),
        (Said(NOON - HOUR, None, NOON), UNKNOWN),
    ],
)
def test_what_cannot_be_simply_believed_is_doubted(said, doubt):
    assert read(said, NOON, 2 * HOUR).doubt == doubt


@pytest.mark.parametrize("offset", [None, DAY, -400 * DAY])
def test_a_clock_that_was_never_set_still_knows_how_long_ago_it_was(offset):
    shown = NOON - 5 * DAY
    reading = read(Said(shown - 40 * MINUTE, offset, shown), NOON, 2 * HOUR)
    assert reading.at == NOON - 40 * MINUTE


@given(at=SPANS, offset=st.none() | SPANS, sent=st.none() | SPANS)
def test_nothing_happened_after_it_was_told_and_nothing_undoubted_long_before(at, offset, sent):
    said = Said(NOON + at, offset, sent if sent is None else NOON + sent)
    reading = read(said, NOON, 2 * HOUR)
    assert reading.at <= NOON
    assert reading.doubt or NOON - reading.at <= 2 * HOUR
