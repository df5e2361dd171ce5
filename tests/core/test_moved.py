"""Customers are told of due times that a calendar moved: once, and what holds now."""

from __future__ import annotations

from datetime import date

import pytest

from notifications.models import Message
from tests.core.test_recompute import ANSWER, FRIDAY_1700, day, office
from tests.factories import DAY, HOUR, MINUTE, MONDAY_0900, open_application, open_ticket, staff
from waterdesk.core import door, policy
from waterdesk.core import recompute as replaying
from waterdesk.core.models import CalendarDay, Clock, Utility
from waterdesk.core.moved import tell
from waterdesk.core.recompute import catch_up, recompute
from waterdesk.core.sweep import sweep

pytestmark = pytest.mark.django_db

TUESDAY = date(2026, 11, 24)
KEY = "clock.moved.customer"


@pytest.fixture(autouse=True)
def replayed_at_once(settings):
    settings.POLICY_MAX_AGE = 0
    catch_up(FRIDAY_1700)


def question(**over):
    return open_ticket(at=FRIDAY_1700, **ANSWER, **over)


def off(on=TUESDAY, now=FRIDAY_1700 + MINUTE):
    day(on)
    return catch_up(now)


def told():
    return list(Message.objects.filter(key=KEY).order_by("id").values_list("body", flat=True))


def test_the_customer_hears_from_when_to_when_and_why():
    ticket = question()
    off()
    assert tell(FRIDAY_1700 + HOUR / 2) == 1
    (text,) = told()
    assert ticket.number in text
    assert "因工作日历调整" in text
    was, due = "11月25日 周三 18:00", "11月26日 周四 18:00"
    assert text.index(was) < text.index(due)


def test_it_is_carried_in_service_hours():
    question()
    off(now=FRIDAY_1700 + 5 * HOUR)
    tell(FRIDAY_1700 + 5 * HOUR)
    assert Message.objects.get(key=KEY).next_try_at == MONDAY_0900 + 7 * DAY - HOUR / 2


def test_it_is_told_once():
    question()
    off()
    assert [tell(FRIDAY_1700 + HOUR), tell(FRIDAY_1700 + 2 * HOUR)] == [1, 0]
    assert len(told()) == 1


def test_moved_twice_is_told_once_from_what_the_customer_knows():
    question()
    off()
    off(date(2026, 11, 25))
    tell(FRIDAY_1700 + HOUR)
    (text,) = told()
    assert "11月25日" in text
    assert "11月27日" in text


def test_moved_and_moved_back_is_not_told_at_all():
    question()
    off()
    CalendarDay.objects.get(date=TUESDAY).delete()
    catch_up(FRIDAY_1700 + 2 * MINUTE)
    assert tell(FRIDAY_1700 + HOUR) == 0
    assert told() == []


def test_what_reads_the_same_is_not_told():
    ticket = question()
    before = ticket.clocks.get().due_at
    off()
    ticket.clocks.update(told_due_at=ticket.clocks.get().due_at + MINUTE / 2)
    assert ticket.clocks.get().due_at != before
    assert tell(FRIDAY_1700 + HOUR) == 1
    assert told() == []


def test_nothing_is_told_before_the_replay_is_through():
    question()
    day(TUESDAY)
    recompute(FRIDAY_1700 + MINUTE)
    assert tell(FRIDAY_1700 + HOUR) == 0
    catch_up(FRIDAY_1700 + HOUR)
    assert tell(FRIDAY_1700 + HOUR) == 1


def test_what_is_finished_meanwhile_or_late_is_not_told():
    done, late = question(), question(address="城东区朝阳路 77 号")
    off()
    changes = {"reason": "mistake"}
    agent = staff("agent")
    door.move(done.number, "cancel", actor=agent, at=FRIDAY_1700 + HOUR, changes=changes)
    sweep(late.clocks.get().due_at + MINUTE)
    tell(FRIDAY_1700 + 30 * DAY)
    assert told() == []
    assert not Clock.objects.filter(told_due_at__isnull=False).exists()


def test_a_promise_that_is_not_public_is_nobody_elses_business():
    ticket = question()
    ticket.clocks.update(public=False)
    off()
    assert tell(FRIDAY_1700 + HOUR) == 0


def test_who_was_granted_more_time_has_heard_the_new_due_time_already():
    case = open_application(at=FRIDAY_1700)
    clerk, lead = staff("clerk"), staff("lead")
    off(date(2026, 11, 23))
    at = FRIDAY_1700 + HOUR / 2
    door.move(case.number, "ask_extension", actor=clerk, at=at, changes={"days": 1, "note": "雨"})
    door.move(case.number, "grant_extension", actor=lead, at=at)
    assert tell(at) == 0


def test_a_clock_waited_for_at_the_end_is_told_of_like_the_others(monkeypatch):
    ticket, agent = question(), staff("agent")
    day(TUESDAY)
    real = replaying.sheets

    def read_before_a_note(*given):
        sheets = list(real(*given))
        door.move(ticket.number, "note", actor=agent, at=FRIDAY_1700, note="已联系")
        return iter(sheets)

    monkeypatch.setattr(replaying, "sheets", read_before_a_note)
    assert catch_up(FRIDAY_1700 + MINUTE).moved == 1
    assert tell(FRIDAY_1700 + HOUR) == 1
    assert len(told()) == 1


def test_many_are_worked_off_in_batches():
    for n in range(5):
        question(address=f"城东区朝阳路 {n} 号")
    off()
    assert tell(FRIDAY_1700 + HOUR, size=2) == 5
    assert len(told()) == 5
    assert Utility.objects.get().replayed == policy.current().revision
    assert office().days.filter(date=TUESDAY).exists()
