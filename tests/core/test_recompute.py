"""Clocks replayed after their calendar changed: `manage.py recompute` and what stands under it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from tests.factories import (
    DAY,
    HOUR,
    MINUTE,
    MONDAY_0900,
    SHANGHAI,
    open_application,
    open_ticket,
    staff,
)
from waterdesk.core import door, policy
from waterdesk.core.models import CalendarDay, Clock, Crossing, WorkCalendar
from waterdesk.core.recompute import catch_up, differences, recompute
from waterdesk.core.record import verify
from waterdesk.core.sweep import sweep

pytestmark = pytest.mark.django_db

ANSWER = {"category": "consultation", "subtype": "", "remark": "水价多少"}
FRIDAY_1700 = datetime(2026, 11, 20, 17, 0, tzinfo=SHANGHAI)
MORNING, AFTERNOON = ["08:30", "12:00"], ["13:30", "18:00"]


def office():
    return WorkCalendar.objects.get(code="office")


def day(when, *windows, name="公司日"):
    """A day that differs, for everybody from now on; no windows make it a day off."""
    CalendarDay.objects.update_or_create(
        calendar=office(), date=when, defaults={"windows": list(windows), "name": name}
    )
    policy.forget()


def question(**over):
    return open_ticket(at=over.pop("at", FRIDAY_1700), **ANSWER, **over)


def check(*arguments):
    """What `recompute --check` says, and how it exits."""
    out = StringIO()
    try:
        call_command("recompute", "--check", *arguments, stdout=out)
    except SystemExit as end:
        return end.code, out.getvalue()
    return 0, out.getvalue()


def figures():
    return list(Clock.objects.order_by("pk").values())


def test_a_new_day_off_moves_the_due_time_and_the_next_level():
    ticket = question()
    before = ticket.clocks.get()
    day(date(2026, 11, 24))
    outcome = recompute(FRIDAY_1700 + HOUR)
    after = ticket.clocks.get()
    assert (outcome.written, outcome.moved) == (1, 1)
    assert after.due_at == before.due_at + DAY
    assert after.next_at > before.next_at


def test_the_record_says_that_it_moved_from_when_to_when_and_stays_whole():
    ticket = question()
    was = ticket.clocks.get().due_at
    day(date(2026, 11, 24))
    recompute(FRIDAY_1700 + HOUR)
    event = ticket.events.get(action="clock_moved")
    assert event.data == {
        "promise": ticket.clocks.get().code,
        "was": was.isoformat(),
        "due": (was + DAY).isoformat(),
    }
    door.move(ticket.number, "note", actor=staff("agent"), at=FRIDAY_1700 + 2 * HOUR, note="已联系")
    assert list(verify(ticket.events)) == []


def test_repeating_it_changes_nothing():
    question()
    day(date(2026, 11, 24))
    recompute(FRIDAY_1700 + HOUR)
    before = figures()
    again = recompute(FRIDAY_1700 + 2 * HOUR)
    assert (again.written, again.moved, figures()) == (0, 0, before)


def test_a_change_and_its_reverse_restore_every_figure():
    question()
    open_application(at=FRIDAY_1700)
    before = figures()
    day(date(2026, 11, 23))
    recompute(FRIDAY_1700 + MINUTE)
    assert figures() != before
    CalendarDay.objects.get(date=date(2026, 11, 23)).delete()
    recompute(FRIDAY_1700 + 2 * MINUTE)
    assert figures() == before


def test_a_level_that_fired_is_not_fired_again_when_its_time_moves_on():
    ticket = question()
    now = ticket.clocks.get().due_at + MINUTE
    fired = sweep(now)
    day(date(2026, 11, 24))
    recompute(now)
    assert sweep(now + MINUTE) == 0
    assert sweep(now + 9 * DAY) + fired == Crossing.objects.count()
    breach = ticket.events.get(action="clock_breached")
    assert ticket.clocks.get().breached_at == breach.at
    assert ticket.clocks.get().state == "breached"


def test_a_level_whose_time_has_now_passed_fires_once_at_its_true_instant():
    ticket = question()
    saturday = datetime(2026, 11, 21, 12, 0, tzinfo=SHANGHAI)
    level, instant = ticket.clocks.get().next_level, ticket.clocks.get().next_at
    assert sweep(saturday + 6 * HOUR) == 0
    day(date(2026, 11, 21), MORNING, AFTERNOON, name="调休上班")
    day(date(2026, 11, 22), MORNING, AFTERNOON, name="调休上班")
    recompute(saturday + 29 * HOUR)
    true = ticket.clocks.get().next_at
    assert true < saturday + 29 * HOUR < instant
    assert sweep(saturday + 29 * HOUR) == 1
    assert sweep(saturday + 29 * HOUR) == 0
    assert list(Crossing.objects.values_list("level", "at")) == [(level, true)]


def test_a_paused_clock_stays_paused_and_is_right_when_it_goes_on():
    case = open_application(at=MONDAY_0900)
    clerk = staff("clerk")
    changes = {"reason": "administrative"}
    door.move(case.number, "pause", actor=clerk, at=MONDAY_0900 + HOUR, changes=changes, note="x")
    day(date(2026, 11, 16), ["09:30", "12:00"])
    recompute(MONDAY_0900 + 2 * HOUR)
    paused = case.clocks.get()
    assert (paused.state, paused.next_at) == ("paused", None)
    door.move(case.number, "resume", actor=clerk, at=MONDAY_0900 + 2 * HOUR)
    assert check()[0] == 0


def test_an_edit_by_hand_is_followed_once_and_then_costs_nothing(
    settings, django_assert_max_num_queries
):
    settings.POLICY_MAX_AGE = 0
    question()
    catch_up(FRIDAY_1700)
    CalendarDay.objects.create(calendar=office(), date=date(2026, 11, 24), windows=[])
    assert catch_up(FRIDAY_1700 + MINUTE).moved == 1
    with django_assert_max_num_queries(1):
        assert catch_up(FRIDAY_1700 + 2 * MINUTE) is None


def test_a_stopped_clock_is_left_as_it_was():
    ticket = question()
    changes = {"reason": "mistake"}
    agent = staff("agent")
    door.move(ticket.number, "cancel", actor=agent, at=FRIDAY_1700 + MINUTE, changes=changes)
    before = figures()
    day(date(2026, 11, 24))
    assert recompute(FRIDAY_1700 + HOUR).looked == 0
    assert figures() == before


def test_a_small_batch_size_changes_nothing_but_the_number_of_transactions():
    tickets = [question(address=f"城东区朝阳路 {n} 号") for n in range(5)]
    day(date(2026, 11, 24))
    assert recompute(FRIDAY_1700 + HOUR, size=2).moved == 5
    assert {ticket.events.filter(action="clock_moved").count() for ticket in tickets} == {1}
    assert check() == (0, "clocks: every figure is what its replay gives\n")


def test_no_more_rows_than_a_batch_are_read_at_a_time(django_assert_max_num_queries):
    for n in range(12):
        question(address=f"城东区朝阳路 {n} 号")
    policy.current()
    with django_assert_max_num_queries(24):
        recompute(FRIDAY_1700 + HOUR)


def test_check_names_the_case_the_promise_the_figure_and_both_values():
    ticket = question()
    due = ticket.clocks.get().due_at
    day(date(2026, 11, 24))
    before = figures()
    code, said = check()
    promise = ticket.clocks.get().code
    assert code == 1
    assert f"{ticket.number} {promise} due_at: {due.isoformat()} → " in said
    assert f"{ticket.number} {promise} next_at: " in said
    assert figures() == before
    assert not ticket.events.filter(action="clock_moved").exists()


def test_check_is_content_with_a_desk_at_work():
    open_application(at=MONDAY_0900)
    ticket = open_ticket(at=MONDAY_0900)
    staff("field", "east-1")
    changes = {"handler": "field-east-1"}
    agent = staff("agent")
    sweep(MONDAY_0900 + 50 * MINUTE)
    door.move(ticket.number, "dispatch", actor=agent, at=MONDAY_0900 + HOUR, changes=changes)
    sweep(MONDAY_0900 + DAY)
    assert check("--since", "2026-11-01")[0] == 0


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("due_at", MONDAY_0900 + 9 * DAY),
        ("next_at", MONDAY_0900 + 9 * DAY),
        ("provisional", True),
        ("state", "paused"),
    ],
)
def test_a_figure_that_somebody_wrote_past_the_door_is_found_and_mended(field, value):
    question()
    sound = figures()
    Clock.objects.update(**{field: value})
    code, said = check()
    assert (code, said.count(f" {field}: ")) == (1, 1)
    recompute(FRIDAY_1700 + MINUTE)
    Clock.objects.update(told_due_at=None)
    assert figures() == sound


def test_a_breach_is_held_against_the_record():
    ticket = open_ticket(at=MONDAY_0900)
    sweep(MONDAY_0900 + 20 * MINUTE)
    Clock.objects.filter(code="respond").update(breached_at=MONDAY_0900 + 19 * MINUTE)
    code, said = check()
    assert code == 1
    assert f"{ticket.number} respond breached_at" in said


def test_since_looks_at_stopped_clocks_too():
    ticket = open_ticket(at=MONDAY_0900)
    staff("field", "east-1")
    changes = {"handler": "field-east-1"}
    agent = staff("agent")
    door.move(ticket.number, "dispatch", actor=agent, at=MONDAY_0900 + MINUTE, changes=changes)
    Clock.objects.filter(code="respond").update(due_at=MONDAY_0900 + timedelta(days=2))
    assert check()[0] == 0
    assert check("--since", "2026-11-16")[0] == 1
    assert check("--since", "2026-11-17")[0] == 0


def test_a_supposed_calendar_is_compared_without_touching_anything():
    ticket = question()
    rules = policy.current()
    assert list(differences(rules)) == []
    day(date(2026, 11, 24))
    (found,) = differences(policy.current())
    assert (found.clock.number, found.moved) == (ticket.number, True)


def test_a_clock_that_cannot_be_reckoned_is_named_and_does_not_hold_up_the_others():
    broken, sound = question(), question(address="城东区朝阳路 77 号")
    broken.clocks.update(amount=999_999, unit="days")
    day(date(2026, 11, 24))
    outcome = recompute(FRIDAY_1700 + HOUR)
    assert [fault.split(":")[0] for fault in outcome.faults] == [broken.number]
    assert sound.events.filter(action="clock_moved").count() == 1
    assert check()[0] == 1


def test_a_clock_whose_calendar_is_unknown_is_named_as_well():
    ticket = question()
    rules = policy.current()
    without = replace(rules, calendars={}, published_until={})
    (found,) = differences(without)
    assert (found.clock.number, found.fields) == (ticket.number, [])
    assert found.fault
