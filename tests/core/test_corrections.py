"""更正停表: a lead says from when to when a pause really was; both versions stay, clocks follow."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from notifications.models import Message
from tests.factories import (
    DAY,
    HOUR,
    MINUTE,
    MONDAY_0900,
    SHANGHAI,
    customer,
    open_application,
    staff,
)
from tests.sla.laws import law
from waterdesk.core import door, flow, policy
from waterdesk.core.errors import Conflict, DeskError, Invalid, NotAllowed
from waterdesk.core.models import Case, Clock, Crossing, Promise, Utility
from waterdesk.core.recompute import EVERY, differences
from waterdesk.core.record import verify
from waterdesk.core.sweep import sweep

pytestmark = pytest.mark.django_db

# The application of Monday 16 November 2026, 09:00, has half a working day: until 14:30.
TEN, ELEVEN = MONDAY_0900 + HOUR, MONDAY_0900 + 2 * HOUR
DUE = datetime(2026, 11, 16, 14, 30, tzinfo=SHANGHAI)
TUESDAY_0900 = MONDAY_0900 + DAY
CLOSING = ("survey", "install", "water_on")


@pytest.fixture
def case():
    """Stood still from ten to eleven: due at 15:30."""
    return paused_once(open_application(at=MONDAY_0900))


def paused_once(case, reason="customer-correction", start=TEN, end=ELEVEN, **changes):
    changes = {"reason": reason} | changes
    door.move(case.number, "pause", actor=staff("clerk"), at=start, changes=changes)
    return case if end is None else door.move(case.number, "resume", actor=staff("lead"), at=end)


def correct(case, begun, over=None, *, at=ELEVEN + HOUR, by=None, number=1, **more):
    changes = {"pause": number, "start": begun.isoformat(), "note": "客户十点半才接到通知"}
    changes |= {"end": over.isoformat()} if over else {}
    by = by or staff("lead", "east")
    seen = more.pop("seen", None)
    return door.move(
        case.number, "correct_pause", actor=by, at=at, changes=changes | more, seen=seen
    )


def due_of(case):
    return case.clocks.get().due_at


def finish(case, at):
    """Everything done by `at`: water on, the clock stopped."""
    crew = staff("field", "east-1")
    changes = {"handler": crew.username}
    door.move(case.number, "assign", actor=staff("lead"), at=at - MINUTE, changes=changes)
    for action in CLOSING:
        changes = {"meter_number": "SB-1"} if action == "install" else {}
        door.move(case.number, action, actor=crew, at=at, changes=changes)


def refusal_of(case, *spans, **more):
    with pytest.raises(Invalid) as refusal:
        correct(case, *spans, **more)
    return refusal.value.fields


def test_the_due_time_follows_the_corrected_pause(case):
    assert due_of(case) == DUE + HOUR
    correct(case, TEN, TEN + 30 * MINUTE)
    assert due_of(case) == DUE + 30 * MINUTE
    pause = case.pauses.get()
    assert (pause.started_at, pause.ended_at) == (TEN, TEN + 30 * MINUTE)


def test_the_record_carries_both_versions_who_and_why_and_stays_sound(case):
    lead = staff("lead", "east")
    correct(case, TEN + 15 * MINUTE, ELEVEN, by=lead, document="更〔2026〕3 号")
    event = case.events.get(action="correct_pause")
    said = {name: event.data[name] for name in ("was_start", "was_end", "start", "end")}
    assert [datetime.fromisoformat(text) for text in said.values()] == [
        TEN,
        ELEVEN,
        TEN + 15 * MINUTE,
        ELEVEN,
    ]
    assert (event.actor, event.data["note"]) == (lead.username, "客户十点半才接到通知")
    assert (event.data["pause"], event.data["pause_reason"]) == (1, "customer-correction")
    assert event.data["document"] == "更〔2026〕3 号"
    moved = case.events.get(action="clock_corrected")
    assert datetime.fromisoformat(moved.data["was"]) == DUE + HOUR
    assert datetime.fromisoformat(moved.data["due"]) == DUE + 45 * MINUTE
    assert list(verify(case.events)) == []


def test_what_was_paused_and_resumed_stays_in_the_record_as_it_was(case):
    before = list(case.events.values_list("digest", flat=True))
    correct(case, TEN, TEN + 30 * MINUTE)
    assert list(case.events.values_list("digest", flat=True))[: len(before)] == before


def test_an_open_pause_has_its_start_corrected_and_lapses_accordingly():
    case = open_application(at=MONDAY_0900, external_line=True)
    paused_once(case, start=TUESDAY_0900, end=None)
    first = case.pauses.get().lapses_at
    correct(case, TUESDAY_0900 - 23 * HOUR, at=TUESDAY_0900 + HOUR)
    pause = case.pauses.get()
    assert (pause.started_at, pause.ended_at) == (TUESDAY_0900 - 23 * HOUR, None)
    # Ten working days from Monday instead of from Tuesday, to closing time.
    assert pause.lapses_at == first - DAY
    clock = case.clocks.get()
    assert (clock.state, clock.next_at) == ("paused", pause.lapses_at)


def test_the_day_that_was_named_still_ends_an_open_pause():
    case = paused_once(open_application(at=MONDAY_0900), end=None, until="2026-11-18")
    correct(case, TEN + 10 * MINUTE)
    assert case.pauses.get().lapses_at == datetime(2026, 11, 18, tzinfo=SHANGHAI)


def test_a_level_that_the_shorter_pause_uncovers_falls_once_at_its_true_instant(case):
    at = DUE + 50 * MINUTE
    sweep(at)
    correct(case, TEN, TEN + 10 * MINUTE, at=at)
    breach = case.events.get(action="clock_breached")
    assert (breach.at, breach.recorded_at) == (DUE + 10 * MINUTE, at)
    sweep(at + 5 * MINUTE)
    correct(case, TEN, TEN + 20 * MINUTE, at=at + 10 * MINUTE)
    correct(case, TEN, TEN + 10 * MINUTE, at=at + 20 * MINUTE)
    sweep(at + 5 * HOUR)
    levels = [
        e.data["level"]
        for e in case.events.filter(action__startswith="clock_")
        if "level" in e.data
    ]
    assert sorted(levels) == sorted(set(levels))
    assert case.events.filter(action="clock_breached").count() == 1


def test_a_breach_stands_though_by_the_corrected_pause_there_was_none(case):
    sweep(DUE + 2 * HOUR)
    correct(case, TEN, TEN + 100 * MINUTE, at=DUE + 2 * HOUR)
    clock = case.clocks.get()
    assert (clock.state, clock.breached_at) == ("breached", DUE + HOUR)
    assert clock.due_at == DUE + 100 * MINUTE
    case.refresh_from_db()
    assert case.explanation == "owed"
    assert case.events.filter(action="clock_breached").count() == 1


def test_a_clock_stopped_in_time_that_was_late_by_the_corrected_pause_is_breached(case):
    finish(case, at=DUE + 30 * MINUTE)
    assert case.clocks.get().state == "met"
    now = DUE + 2 * HOUR
    correct(case, TEN, TEN + 10 * MINUTE, at=now)
    clock = case.clocks.get()
    assert (clock.state, clock.breached_at) == ("breached", DUE + 10 * MINUTE)
    assert Crossing.objects.get(clock=clock, level=100).at == DUE + 10 * MINUTE
    assert case.events.get(action="clock_breached").at == DUE + 10 * MINUTE
    case.refresh_from_db()
    assert (case.explanation, case.status) == ("owed", "water_on")
    told = Message.objects.filter(case=case.number, key="clock.breached")
    assert told.exists()


def test_what_fell_only_after_a_clock_had_stopped_does_not_fall(case):
    finish(case, at=DUE)
    correct(case, TEN, TEN + MINUTE, at=DUE + HOUR)
    assert case.clocks.get().state == "met"
    assert due_of(case) == DUE + MINUTE
    assert not case.events.filter(action="clock_breached").exists()


def test_a_clock_that_ended_exactly_at_the_corrected_limit_is_in_time(case):
    finish(case, at=DUE + 10 * MINUTE)
    correct(case, TEN, TEN + 10 * MINUTE, at=DUE + HOUR)
    assert case.clocks.get().state == "met"


def test_a_closed_case_stays_closed_and_can_be_explained(case):
    finish(case, at=DUE + 30 * MINUTE)
    door.move(case.number, "confirm", actor=staff("clerk"), at=DUE + 40 * MINUTE)
    correct(case, TEN, TEN + 10 * MINUTE, at=DUE + 2 * HOUR)
    case.refresh_from_db()
    assert (case.status, case.closed_at) == ("closed", DUE + 40 * MINUTE)
    assert "explain" in {move.action for move in flow.allowed(staff("clerk"), case)}


def test_clocks_that_do_not_allow_the_reason_stand_where_they_stood(case):
    Clock.objects.update(pause_reasons=["administrative"])
    Clock.objects.update(due_at=DUE)
    correct(case, TEN, TEN + 10 * MINUTE)
    assert due_of(case) == DUE
    assert not case.events.filter(action="clock_corrected").exists()


def test_every_figure_is_afterwards_what_a_replay_of_all_clocks_gives(case):
    finish(case, at=DUE + 30 * MINUTE)
    correct(case, TEN, TEN + 10 * MINUTE, at=DUE + 2 * HOUR)
    assert list(differences(policy.current(), EVERY)) == []


def test_the_same_correction_again_changes_nothing_and_is_refused(case):
    correct(case, TEN, TEN + 30 * MINUTE)
    events = case.events.count()
    assert set(refusal_of(case, TEN, TEN + 30 * MINUTE)) == {"start"}
    assert (case.events.count(), due_of(case)) == (events, DUE + 30 * MINUTE)


def test_what_a_form_showed_to_the_second_and_sent_back_was_not_changed():
    odd = TEN + timedelta(seconds=7, microseconds=345678)
    case = paused_once(open_application(at=MONDAY_0900), start=odd)
    shown = odd.replace(microsecond=0)
    assert "start" in refusal_of(case, shown, ELEVEN)
    correct(case, shown, ELEVEN - MINUTE)
    assert case.pauses.get().started_at == odd


@pytest.mark.parametrize(
    ("start", "end", "fields"),
    [
        (MONDAY_0900 - MINUTE, ELEVEN, {"start"}),
        (TEN, ELEVEN + 2 * HOUR, {"end"}),
        (ELEVEN + 2 * HOUR, ELEVEN + 3 * HOUR, {"start", "end"}),
        (TEN, TEN, {"end"}),
        (ELEVEN, TEN, {"end"}),
        (TEN, None, {"end"}),
        (TEN + 25 * HOUR, TEN + 26 * HOUR, {"start", "end"}),
    ],
)
def test_a_span_that_cannot_be_is_refused_at_its_field_and_nothing_moves(case, start, end, fields):
    assert set(refusal_of(case, start, end)) == fields
    assert due_of(case) == DUE + HOUR
    assert not case.events.filter(action="correct_pause").exists()


def test_an_open_pause_has_no_end_to_correct():
    case = paused_once(open_application(at=MONDAY_0900), end=None)
    assert set(refusal_of(case, TEN, ELEVEN)) == {"end"}


def test_two_pauses_of_a_case_never_overlap(case):
    paused_once(case, start=ELEVEN + 10 * MINUTE, end=ELEVEN + 20 * MINUTE)
    assert set(refusal_of(case, TEN, ELEVEN + 15 * MINUTE)) == {"end"}
    assert set(refusal_of(case, ELEVEN - MINUTE, ELEVEN + 20 * MINUTE, number=2)) == {"start"}
    # Side by side they may stand.
    correct(case, TEN, ELEVEN + 10 * MINUTE)


def test_no_pause_is_corrected_to_last_longer_than_the_promise_allows():
    case = paused_once(
        open_application(at=MONDAY_0900), end=datetime(2026, 11, 30, 17, tzinfo=SHANGHAI)
    )
    too_long = datetime(2026, 11, 30, 18, 1, tzinfo=SHANGHAI)
    now = too_long + HOUR
    assert set(refusal_of(case, TEN, too_long, at=now)) == {"end"}
    correct(case, TEN, too_long - MINUTE, at=now)


def test_an_open_pause_cannot_be_said_to_have_begun_so_early_that_it_would_be_over():
    friday = datetime(2026, 11, 27, 9, tzinfo=SHANGHAI)
    case = paused_once(open_application(at=MONDAY_0900), start=TUESDAY_0900, end=None)
    late = datetime(2026, 12, 1, 9, tzinfo=SHANGHAI)
    assert set(refusal_of(case, TUESDAY_0900 - 23 * HOUR, at=late)) == {"start"}
    correct(case, TUESDAY_0900 - 23 * HOUR, at=friday)


def test_the_start_is_never_moved_farther_than_the_utility_says_however_often():
    case = paused_once(
        open_application(at=MONDAY_0900), start=TUESDAY_0900, end=TUESDAY_0900 + HOUR
    )
    now = TUESDAY_0900 + 8 * HOUR
    Utility.objects.update(pause_correction_hours=2)
    Utility.touch()
    policy.forget()
    correct(case, TUESDAY_0900 - 2 * HOUR, TUESDAY_0900 + HOUR, at=now)
    farther = TUESDAY_0900 - 3 * HOUR
    assert set(refusal_of(case, farther, TUESDAY_0900 + HOUR, at=now)) == {"start"}


def test_some_days_after_its_end_a_pause_is_history():
    case = paused_once(open_application(at=MONDAY_0900))
    spans = (TEN, TEN + 30 * MINUTE)
    assert set(refusal_of(case, *spans, at=ELEVEN + 7 * DAY + MINUTE)) == {"pause"}
    correct(case, *spans, at=ELEVEN + 7 * DAY)


@pytest.mark.parametrize("number", [0, 2, -1, "x", "", "9" * 5000])
def test_a_pause_that_the_case_does_not_have_is_refused(case, number):
    assert set(refusal_of(case, TEN, ELEVEN, number=number)) == {"pause"}


@pytest.mark.parametrize(
    "moment", ["2026-11-16", "昨天", "0001-01-01T00:00+14:00", "9999-12-31T23:59-12:00", "T"]
)
def test_what_is_no_moment_is_refused_at_its_field(case, moment):
    assert set(refusal_of(case, TEN, ELEVEN, start=moment)) == {"start"}


def test_a_moment_without_an_offset_is_the_desks_own_time(case):
    correct(case, TEN, ELEVEN, start="2026-11-16T10:20")
    assert case.pauses.get().started_at == TEN + 20 * MINUTE


def test_words_are_required(case):
    assert set(refusal_of(case, TEN, TEN + MINUTE, note=" ")) == {"note"}


def test_a_stale_page_corrects_nothing(case):
    with pytest.raises(Conflict):
        correct(case, TEN, TEN + 30 * MINUTE, seen=1)
    assert due_of(case) == DUE + HOUR


@pytest.mark.parametrize("role", ["agent", "clerk", "field"])
def test_who_pauses_does_not_correct(case, role):
    with pytest.raises(NotAllowed):
        correct(case, TEN, TEN + 30 * MINUTE, by=staff(role))


def test_nor_does_the_customer_or_the_lead_of_another_area(case):
    for person in (customer(case.phone), staff("lead", "west")):
        with pytest.raises(DeskError):
            correct(case, TEN, TEN + 30 * MINUTE, by=person)


def test_a_case_that_never_stood_still_has_nothing_to_correct():
    fresh = open_application(at=MONDAY_0900)
    assert "correct_pause" not in {move.action for move in flow.allowed(staff("lead"), fresh)}
    with pytest.raises(Conflict):
        correct(fresh, TEN, ELEVEN)


# --- laws ----------------------------------------------------------------------------------------
TIMES = st.integers(0, 300)
UNITS = st.sampled_from([("0.5", "days"), ("3", "workdays"), ("240", "natural"), ("90", "minutes")])
LAWS = settings(
    law,
    max_examples=12,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


def spans(minutes):
    """Two pauses after nine, from four times in order, a quarter of an hour apart at least."""
    points = [MONDAY_0900 + (m + 15 * n) * MINUTE for n, m in enumerate(sorted(minutes), 1)]
    return list(pairwise(points))[::2]


def paused_twice(unit, minutes):
    amount, unit = unit
    Promise.objects.filter(code="two-step").update(amount=amount, unit=unit)
    Utility.touch()
    policy.forget()
    case = open_application(at=MONDAY_0900, address=f"城东区朝阳路 {Case.objects.count()} 号")
    for start, end in spans(minutes):
        paused_once(case, start=start, end=end)
    return case


FOUR = st.lists(TIMES, min_size=4, max_size=4)
LATER = MONDAY_0900 + 9 * HOUR


def corrected(case, number, span):
    """Correct it, unless it is so already."""
    try:
        correct(case, *span, number=number, at=LATER, by=staff("lead"))
    except Invalid as refusal:
        assert set(refusal.fields) == {"start"}
        assert "相同" in str(refusal)


@LAWS
@given(UNITS, FOUR, st.integers(1, 14), st.integers(1, 14))
def test_correcting_and_correcting_back_restores_every_due_time(unit, minutes, earlier, shorter):
    case = paused_twice(unit, minutes)
    first, _second = spans(minutes)
    sweep(LATER)
    due = due_of(case)
    corrected(case, 1, (first[0] - earlier * MINUTE, first[1] - shorter * MINUTE))
    corrected(case, 1, first)
    assert due_of(case) == due
    levels = list(Crossing.objects.filter(clock__case=case).values_list("level", flat=True))
    assert len(levels) == len(set(levels))


@LAWS
@given(UNITS, FOUR, st.integers(0, 7), st.integers(0, 7))
def test_the_order_of_two_corrections_does_not_matter_for_the_due_time(unit, minutes, one, two):
    due = []
    for order in ((1, 2), (2, 1)):
        case = paused_twice(unit, minutes)
        for number in order:
            start, end = spans(minutes)[number - 1]
            corrected(case, number, (start - one * MINUTE, end - two * MINUTE))
        due.append(due_of(case))
    assert due[0] == due[1]
