"""A call is what its events say, in whatever order they came."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import MINUTE, MONDAY_0900
from tickets.calls.state import Fact, state_of

SECOND = timedelta(seconds=1)
KINDS = (
    "arrived", "queued", "ringing", "unanswered", "answered", "held", "resumed", "transferred",
    "voicemail", "abandoned", "ended", "expired",
)  # fmt: skip
FACTS = st.builds(
    lambda event, kind, seconds, extension: Fact(
        str(event), kind, MONDAY_0900 + seconds * SECOND, extension=extension
    ),
    st.integers(0, 9_999),
    st.sampled_from(KINDS),
    st.integers(0, 4),  # so that many happen at one instant
    st.sampled_from(["", "8001", "8002", "8003"]),
)
# A busy machine draws slowly.
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
CALLS = st.lists(FACTS, min_size=1, max_size=12, unique_by=lambda fact: fact.event)


def fact(kind: str, seconds: int, extension: str = "", **more: str) -> Fact:
    at = MONDAY_0900 + seconds * SECOND
    return Fact(f"{kind}{seconds}{extension}", kind, at, extension=extension, **more)


ANSWERED = [
    fact("arrived", 0, number="13800001111", called="96390"),
    fact("ringing", 2, "8001"),
    fact("ringing", 2, "8002"),
    fact("answered", 12, "8001"),
    fact("held", 30, "8001"),
    fact("resumed", 40, "8001"),
    fact("ended", 72),
]


@UNHURRIED
@given(CALLS, st.lists(st.integers(0, 10**9), max_size=18))
def test_no_order_and_no_repetition_changes_a_call(facts, lots):
    again = [facts[lot % len(facts)] for lot in lots]
    assert state_of([*again, *reversed(facts)]) == state_of(facts)


@UNHURRIED
@given(CALLS)
def test_every_call_that_ended_is_over_everywhere(facts):
    story = state_of([*facts, fact("ended", 121)])
    assert story.state in ("ended", "abandoned", "voicemail")
    assert story.ended_at is not None
    assert all(ring.until is not None for ring in story.rings.values())


@UNHURRIED
@given(CALLS)
def test_seconds_are_never_negative_nor_more_than_there_were(facts):
    story = state_of([*facts, fact("ended", 121)])
    assert 0 <= (story.wait or 0) + (story.talk or 0) <= 121


def test_a_call_that_was_answered_has_waited_and_talked():
    story = state_of(ANSWERED)
    assert (story.state, story.extension, story.wait, story.talk) == ("ended", "8001", 12, 50)
    assert (story.number, story.called) == ("13800001111", "96390")


def test_while_it_rings_it_rings_at_both_and_after_the_answer_at_one():
    ringing, answered = state_of(ANSWERED[:3]), state_of(ANSWERED[:4])
    assert (ringing.state, [ring.until for ring in ringing.rings.values()]) == (
        "ringing", [None, None],
    )  # fmt: skip
    assert (answered.state, answered.rings["8001"].until) == ("talking", None)
    assert answered.rings["8002"].until == MONDAY_0900 + 12 * SECOND


def test_a_caller_who_gives_up_was_never_answered():
    story = state_of([fact("queued", 0), fact("ringing", 5, "8001"), fact("ended", 25)])
    assert (story.state, story.wait, story.talk) == ("abandoned", 25, None)
    assert story.abandoned_at == MONDAY_0900 + 25 * SECOND


def test_a_call_out_that_nobody_took_is_no_missed_call():
    story = state_of([fact("arrived", 0, "8001", direction="out"), fact("ended", 25)])
    assert (story.state, story.extension) == ("ended", "8001")


def test_a_call_out_rings_at_no_extension():
    told = [
        fact("arrived", 0, "8001", direction="out"),
        fact("ringing", 1, "trunk"),
        fact("answered", 9, "trunk"),
    ]
    story = state_of(told)
    assert (story.state, story.extension, story.rings) == ("talking", "8001", {})


def test_who_speaks_to_the_machine_was_not_answered():
    story = state_of([fact("queued", 0), fact("voicemail", 30), fact("ended", 60)])
    assert (story.state, story.wait, story.talk) == ("voicemail", 30, None)


def test_a_transfer_rings_at_the_other_and_leaves_the_first():
    story = state_of([*ANSWERED[:4], fact("transferred", 50, "8003")])
    assert (story.state, story.extension) == ("ringing", "8003")
    assert story.rings["8001"].until == MONDAY_0900 + 50 * SECOND
    assert story.rings["8003"].until is None


def test_an_extension_that_gives_up_lets_the_call_wait():
    story = state_of([fact("ringing", 0, "8001"), fact("unanswered", 20, "8001")])
    assert (story.state, story.rings["8001"].until) == ("waiting", MONDAY_0900 + 20 * SECOND)


def test_what_is_told_after_the_end_changes_nothing():
    assert state_of([*ANSWERED, fact("ringing", 90, "8003")]) == state_of(ANSWERED)


def test_an_end_that_was_made_up_gives_way_to_one_that_was_told():
    expired = Fact("expired:1", "expired", MONDAY_0900 + 240 * MINUTE)
    assert state_of([*ANSWERED[:4], expired]).expired
    assert state_of([*ANSWERED, expired]) == state_of(ANSWERED)


def test_a_call_without_events_is_none():
    with pytest.raises(ValueError, match="at least one"):
        state_of([])
