"""The facts behind one due time, by the rows and by the API."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client
from rest_framework.authtoken.models import Token

from tests.factories import (
    DAY,
    HOUR,
    MINUTE,
    MONDAY_0900,
    SHANGHAI,
    customer,
    open_application,
    open_ticket,
    staff,
)
from waterdesk.core import door, explaining, policy
from waterdesk.core.models import CalendarDay, Promise, WorkCalendar
from waterdesk.sla.account import Kind

pytestmark = pytest.mark.django_db

SATURDAY_1821 = datetime(2026, 11, 21, 18, 21, tzinfo=SHANGHAI)
BEFORE_SPRING = datetime(2026, 2, 13, 16, 30, tzinfo=SHANGHAI)


def told(case, code="two-step", now=MONDAY_0900, *, as_staff=True):
    clock = case.clocks.select_related("promise", "calendar").get(code=code)
    pauses = case.pauses.select_related("author")
    return explaining.explain(clock, pauses, policy.current(), now, staff=as_staff)


def pause(case, at, reason="customer-delay", note=""):
    changes = {"reason": reason}
    door.move(case.number, "pause", actor=staff("clerk"), at=at, changes=changes, note=note)


def resume(case, at):
    door.move(case.number, "resume", actor=staff("clerk"), at=at)


def ask(user, clock):
    token = Token.objects.get_or_create(user=user)[0].key
    client = Client(headers={"Authorization": f"Token {token}"})
    return client.get(f"/api/v1/clocks/{clock}/explanation/")


def test_the_days_add_up_to_the_limit_and_end_when_the_clock_is_due():
    case = open_application(at=SATURDAY_1821)
    why = told(case)
    assert (why.agrees, why.reckoned) == (True, case.clocks.get().due_at)
    assert [day.row.kind for day in why.days] == [Kind.REST, Kind.REST, Kind.WORK]
    assert why.account.counted == why.account.limit == 4 * HOUR
    assert why.remaining == timedelta()


def test_days_off_and_make_up_days_carry_their_names_and_their_source():
    why = told(open_application(at=BEFORE_SPRING, external_line=True))
    names = {f"{day.row.day:%m-%d}": (day.name, day.source[:5]) for day in why.days}
    assert names["02-14"] == ("调休上班", "国务院办公")
    assert names["02-15"] == ("春节", "国务院办公")
    assert names["02-24"] == ("", "")
    assert [(sum.kind, sum.name, sum.days) for sum in why.sums] == [
        ("make_up", "调休上班", 1),
        ("off", "春节", 9),
    ]


def test_natural_time_knows_no_days_off():
    why = told(open_ticket(at=BEFORE_SPRING + DAY), "finish")
    assert why.sums == ()
    assert {day.name for day in why.days} == {""}
    assert why.agrees


def test_pauses_are_named_and_summed_with_the_staffs_words():
    case = open_application(at=MONDAY_0900)
    pause(case, MONDAY_0900 + HOUR, note="客户出差")
    resume(case, MONDAY_0900 + 5 * HOUR)
    pause(case, MONDAY_0900 + 6 * HOUR, reason="site-not-ready")
    resume(case, MONDAY_0900 + 6 * HOUR + 10 * MINUTE)
    first, second = told(case).pauses
    # 10:00–14:00, of which an hour and a half is noon.
    assert (first.name, first.lost, first.note) == ("用户要求延期", 150 * MINUTE, "客户出差")
    assert first.author == "clerk-company"
    assert (second.name, second.lost) == ("用户现场不具备条件", 10 * MINUTE)
    assert told(case).agrees


def test_customers_read_no_words_of_the_staff():
    case = open_application(at=MONDAY_0900)
    pause(case, MONDAY_0900 + HOUR, note="客户出差")
    (stop,) = told(case, as_staff=False).pauses
    assert (stop.name, stop.note, stop.author) == ("用户要求延期", "", "")


def test_a_pause_that_the_promise_does_not_allow_takes_nothing_and_is_for_the_staff():
    Promise.objects.filter(code="two-step").update(pause_reasons=["payment"])
    policy.forget()
    case = open_application(at=MONDAY_0900)
    case.pauses.create(reason="customer-delay", started_at=MONDAY_0900 + HOUR)
    (stop,) = told(case).pauses
    assert (stop.stops, stop.lost) == (False, timedelta())
    assert told(case, as_staff=False).pauses == ()


def test_while_paused_the_rest_has_still_to_be_counted():
    case = open_application(at=MONDAY_0900)
    pause(case, MONDAY_0900 + HOUR)
    why = told(case, now=MONDAY_0900 + DAY)
    assert (why.account.due, why.remaining) == (None, 3 * HOUR)
    assert why.agrees
    assert why.account.end == MONDAY_0900 + DAY


def test_a_clock_that_has_stopped_knows_nothing_of_later_pauses():
    Promise.objects.filter(kind="ticket").update(pause_reasons=["customer-delay"])
    policy.forget()
    ticket = open_ticket(at=MONDAY_0900)
    handler = {"handler": staff("field", "east-1").username}
    at = MONDAY_0900 + 5 * MINUTE
    door.move(ticket.number, "dispatch", actor=staff("lead"), at=at, changes=handler)
    ticket.pauses.create(reason="customer-delay", started_at=at + MINUTE, ended_at=at + 2 * MINUTE)
    why = told(ticket, "respond")
    assert (why.pauses, why.agrees, why.used) == ((), True, 5 * MINUTE)


def test_a_clock_that_stops_in_a_pause_has_counted_no_further():
    case = open_application(at=MONDAY_0900)
    began, ended = MONDAY_0900 + HOUR, MONDAY_0900 + 5 * HOUR
    case.pauses.create(reason="payment", started_at=began, ended_at=ended)
    case.clocks.update(state="met", stopped_at=MONDAY_0900 + 2 * HOUR, next_at=None)
    why = told(case)
    assert (why.account.due, why.used, why.remaining) == (None, HOUR, 3 * HOUR)
    assert why.agrees


def test_a_due_day_beyond_the_published_schedule_says_beyond_which_day():
    WorkCalendar.objects.update(published_until="2026-11-16")
    policy.forget()
    case = open_application(at=MONDAY_0900 + 8 * HOUR)
    assert str(told(case).published_until) == "2026-11-16"
    assert told(open_application(at=MONDAY_0900, address="城东区 1 号")).published_until is None


def test_a_calendar_changed_since_is_admitted():
    case = open_application(at=SATURDAY_1821)
    calendar = WorkCalendar.objects.get()
    CalendarDay.objects.create(calendar=calendar, date="2026-11-23", name="停水演练")
    policy.forget()
    why = told(case)
    assert (why.agrees, why.reckoned) == (False, case.clocks.get().due_at + DAY)


def test_the_api_tells_it_to_staff_and_to_the_customer():
    case = open_application(at=SATURDAY_1821)
    clock = case.clocks.get()
    for user in (staff("agent"), customer()):
        answer = ask(user, clock.pk)
        assert answer.status_code == 200
        body = answer.json()
        assert body["case"] == case.number
        assert body["limit"] == {"amount": "0.50", "unit": "days", "seconds": 14400.0}
        assert sum(day["counted_seconds"] for day in body["days"]) == 14400
        assert body["days"][0] | {"source": ""} == {
            "date": "2026-11-21", "kind": "rest", "name": "", "source": "", "number": None,
            "counted_seconds": 0.0, "total_seconds": 0.0, "windows": [],
        }  # fmt: skip
        assert body["days"][-1]["windows"][-1]["end"] == body["due_at"] == body["ends_at"]
        assert body["agrees"] is True


def test_the_api_hides_what_may_not_be_seen():
    case = open_application(at=MONDAY_0900)
    clock = case.clocks.get()
    assert ask(customer("13700000000"), clock.pk).status_code == 404
    assert ask(staff("lead", "west"), clock.pk).status_code == 404
    assert ask(staff("agent"), clock.pk + 10**6).json()["code"] == "not_found"
    nobody = Client().get(f"/api/v1/clocks/{clock.pk}/explanation/")
    assert nobody.json()["code"] == "not_authenticated"
    case.clocks.update(public=False)
    assert ask(customer(), clock.pk).status_code == 404
    assert ask(staff("agent"), clock.pk).status_code == 200
