"""更正停表: what is no correction is refused at its field, and who may not correct cannot."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.core.test_corrections import (
    DUE,
    ELEVEN,
    TEN,
    TUESDAY_0900,
    correct,
    due_of,
    paused_once,
    refusal_of,
)
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
from waterdesk.core import flow, policy
from waterdesk.core.errors import Conflict, DeskError, NotAllowed
from waterdesk.core.models import Utility

pytestmark = pytest.mark.django_db


@pytest.fixture
def case():
    """Stood still from ten to eleven."""
    return paused_once(open_application(at=MONDAY_0900))


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
