"""Reminders and ends: the rows decide, whenever and however often somebody looks."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from applications.standing import days
from applications.standing.ticking import tick
from notifications.models import Message
from tests.applications.standing.left import BEGAN, at, left, standing, told
from tests.factories import staff
from waterdesk.settings import CELERY_BEAT_SCHEDULE

ENDS = date(2026, 11, 30)
DAYS = st.dates(date(2026, 1, 1), date(2032, 12, 31))
AHEAD = st.lists(st.integers(0, 400), max_size=5, unique=True)


@given(AHEAD, DAYS, DAYS, st.lists(DAYS, max_size=12))
def test_each_reminder_is_told_once_at_most_whatever_the_order_of_the_ticks(
    ahead, begins_on, ends_on, ticks
):
    told, said = days.passed_over(ahead, begins_on, ends_on), Counter()
    for today in ticks:
        due = days.due_reminder(ahead, told, ends_on, today)
        said.update([due] if due is not None else [])
        told = told if due is None else due
    assert set(said.values()) <= {1}
    assert list(said) == sorted(said, reverse=True)


@given(AHEAD, DAYS, st.integers(1, 900))
def test_a_desk_that_looks_every_day_tells_each_on_its_day(ahead, begins_on, length):
    ends_on = begins_on + timedelta(days=length)
    told, on = days.passed_over(ahead, begins_on, ends_on), {}
    for n in range(length + 2):
        today = begins_on + timedelta(days=n)
        due = days.due_reminder(ahead, told, ends_on, today)
        assert due is None or days.next_day(ahead, told, ends_on) <= today
        told = told if due is None else due
        on |= {} if due is None else {due: (ends_on - today).days}
    assert on == {each: each for each in ahead if each < length}
    assert days.next_day(ahead, told, ends_on) == ends_on + timedelta(days=1)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2028, 2, 29), 48, date(2032, 2, 29)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2026, 11, 16), 36, date(2029, 11, 16)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
    ],
)
def test_months_end_on_the_corresponding_day_or_the_last_of_the_month(day, months, expected):
    assert days.plus_months(day, months) == expected


@given(DAYS, st.integers(0, 240), st.integers(0, 240))
def test_more_months_never_end_earlier(day, some, more):
    assert days.plus_months(day, some) <= days.plus_months(day, some + more)


@pytest.mark.django_db
def test_the_customer_is_told_by_short_message_and_the_lead_in_the_inbox():
    lead = staff("lead", "east")
    case = left("temporary")
    assert tick(at(date(2026, 11, 23))) == 1
    [text] = told(case, "ending.customer")
    assert "2026-11-30" in text
    assert "还有 7 天" in text
    assert "/apply/temporary/" in text
    inbox = Message.objects.get(key="application.ending.lead")
    assert (inbox.recipient, inbox.channel) == (lead, "inbox")


@pytest.mark.django_db
def test_a_desk_that_was_down_tells_only_the_last_that_it_missed():
    case = left("relief")
    assert tick(at(date(2029, 11, 12))) == 1
    assert [event.data["days"] for event in case.events.filter(action="ending")] == [7]
    assert "还有 4 天" in told(case, "ending.customer")[0]


@pytest.mark.django_db
def test_of_an_end_that_was_slept_through_the_end_alone_is_told():
    case = left("relief")
    assert tick(at(date(2029, 12, 20))) == 1
    assert told(case, "ending.customer") == []
    assert standing(case).ended_on == date(2029, 11, 16)
    assert "2029-11-16" in told(case, "standing_ended.customer")[0]


@pytest.mark.django_db
def test_it_holds_through_its_last_day():
    case = left("temporary")
    tick(at(ENDS, 19))
    assert standing(case).state == "in-force"
    assert tick(at(ENDS + timedelta(days=1))) == 1
    assert standing(case).state == "ended"
    assert [tick(at(ENDS + timedelta(days=n))) for n in (1, 2, 300)] == [0, 0, 0]


@pytest.mark.django_db
@pytest.mark.parametrize("hour", [0, 9, 20, 23])
def test_nobody_is_told_at_night(hour):
    left("temporary")
    assert tick(at(ENDS + timedelta(days=1), hour)) == 0


@pytest.mark.django_db
def test_many_are_done_in_batches(monkeypatch):
    monkeypatch.setattr("applications.standing.ticking.BATCH", 1)
    left("temporary")
    left("temporary", phone="13900000001", address="城东区朝阳路 10 号")
    assert tick(at(ENDS + timedelta(days=1))) == 2


@pytest.mark.django_db
def test_nothing_is_due_on_the_first_day():
    left("temporary")
    assert tick(at(BEGAN)) == 0


def test_beat_asks_for_it():
    assert "applications.tend_standings" in [e["task"] for e in CELERY_BEAT_SCHEDULE.values()]
