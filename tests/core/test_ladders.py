from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waterdesk.core import ladders
from waterdesk.core.ladders import LadderError


@pytest.mark.parametrize(
    ("rungs", "named"),
    [
        ([{"level": 50, "tell": ["boss"]}], "boss"),
        ([{"level": 50, "tell": ["lead"], "effect": "explode"}], "explode"),
        ([{"level": 50, "tell": ["lead"]}, {"level": 50, "tell": ["handler"]}], "doubled"),
        ([{"minutes": -5, "tell": ["lead"]}] * 2, "doubled"),
        ([{"level": 50, "minutes": -5, "tell": ["lead"]}], "either"),
        ([{"tell": ["lead"]}], "either"),
        ([{"level": 0, "tell": ["lead"]}], "share"),
        ([{"level": "50", "tell": ["lead"]}], "whole number"),
        ([{"minutes": 0, "tell": ["lead"]}], "not 0"),
        ([{"minutes": 30_001, "tell": ["lead"]}], "30000"),
        ([{"level": 50}], "nobody"),
        ([{"level": 50, "tells": ["lead"]}], "tells"),
        ([{"level": n + 1, "tell": ["lead"]} for n in range(61)], "at most 60"),
        ("standard", "list"),
    ],
)
def test_a_ladder_that_cannot_be_climbed_is_refused_by_name(rungs, named):
    with pytest.raises(LadderError, match=named):
        ladders.check(rungs)


def test_every_audience_and_effect_is_accepted():
    ladders.check([{"level": 1, "tell": list(ladders.AUDIENCES)}])
    ladders.check([{"level": n + 1, "effect": each} for n, each in enumerate(ladders.EFFECTS)])


PLACES = st.one_of(
    st.integers(1, ladders.AFTER).map(lambda share: {"level": share}),
    st.integers(1, ladders.FARTHEST).map(lambda minutes: {"minutes": -minutes}),
    st.integers(1, ladders.FARTHEST).map(lambda minutes: {"minutes": minutes}),
)


@given(PLACES, PLACES)
def test_two_rungs_have_one_level_only_if_they_are_one(one, other):
    assert (ladders.level_of(one) == ladders.level_of(other)) == (one == other)


@given(PLACES)
def test_a_level_says_again_what_it_was_made_of(rung):
    assert ladders.minutes_of(ladders.level_of(rung)) == rung.get("minutes")


@given(st.integers(1, ladders.FARTHEST))
def test_below_a_hundred_is_before_the_limit_and_above_it_after(minutes):
    assert ladders.level_of({"minutes": -minutes}) < ladders.BREACH
    assert ladders.level_of({"minutes": minutes}) > ladders.BREACH
