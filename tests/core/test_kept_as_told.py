"""A clock that stopped while its due time was provisional is judged by what the customer was told.

2026 is published, 2027 is not yet. The notice comes after the answer was given.
"""

from __future__ import annotations

import json
from datetime import date, datetime

import pytest
import time_machine
from django.test import Client
from rest_framework.authtoken.models import Token

from tests.factories import DAY, HOUR, SHANGHAI, customer, open_ticket, staff
from tests.web.desk import client_of, text_of
from waterdesk.core import causes, door, notice_files, notices, policy
from waterdesk.core.models import Clock
from waterdesk.core.recompute import Scope, differences
from waterdesk.core.sweep import sweep

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_at_once")]

# Thursday; three working days of weeks alone end on Tuesday, the 5th of January.
LAST_DAY = datetime(2026, 12, 31, 16, 0, tzinfo=SHANGHAI)
TUESDAY_1700 = datetime(2027, 1, 5, 17, 0, tzinfo=SHANGHAI)
LATER = datetime(2027, 1, 20, 9, 0, tzinfo=SHANGHAI)
AS_TOLD = "按当时暂定的日历计"


@pytest.fixture
def _at_once(settings):
    settings.POLICY_MAX_AGE = 0


def publish(off=(), work=()):
    """The notice for 2027; a Saturday and a Sunday to work on make every due time earlier."""
    year = {
        "year": 2027,
        "source": "国办发明电〔2026〕9号",
        "off": [{"name": "春节", "from": "2027-02-06", "to": "2027-02-12"}, *off],
        "work": list(work),
    }
    return notices.apply(notice_files.read(json.dumps(year).encode()), "office", LATER)


EARLIER = {"work": ["2027-01-02", "2027-01-03"]}
FARTHER = {"off": [{"name": "元旦", "from": "2027-01-01", "to": "2027-01-04"}]}


def answered(at=TUESDAY_1700):
    """A question of the last published day, answered by the provisional due time or after it."""
    ticket = open_ticket(at=LAST_DAY, category="consultation", subtype="", remark="水价多少")
    sweep(at)
    changes = {"result": "已答复"}
    door.move(ticket.number, "answer", actor=staff("agent"), at=at, changes=changes)
    return ticket


def figures(ticket):
    return ticket.clocks.values("state", "due_at", "provisional", "stopped_at", "breached_at").get()


def page_for_staff(ticket, clock):
    with time_machine.travel(LATER, tick=False):
        client = client_of(staff("agent"))
        return (
            text_of(client.get(f"/desk/cases/{ticket.number}/clocks/{clock.pk}/")),
            text_of(client.get(f"/desk/cases/{ticket.number}/")),
        )


def page_for_customer(ticket, clock):
    with time_machine.travel(LATER, tick=False):
        client = client_of(customer(ticket.phone))
        return (
            text_of(client.get(f"/track/{ticket.number}/clocks/{clock.pk}/")),
            text_of(client.get(f"/track/{ticket.number}/")),
        )


def told_to_programs(user, clock):
    token = Token.objects.get_or_create(user=user)[0].key
    client = Client(headers={"Authorization": f"Token {token}"})
    return client.get(f"/api/v1/clocks/{clock.pk}/explanation/").json()


@pytest.mark.parametrize("published", [EARLIER, FARTHER])
def test_what_was_answered_in_time_stays_in_time_whatever_is_published(published):
    ticket = answered()
    before = figures(ticket)
    assert (before["state"], before["provisional"]) == ("met", True)
    publish(**published)
    assert list(differences(policy.current(), Scope(since=LAST_DAY))) == []
    assert figures(ticket) == before


def test_what_was_late_stays_late_though_it_would_be_in_time_by_the_notice():
    ticket = answered(at=TUESDAY_1700 + DAY)
    before = figures(ticket)
    assert before["state"] == "breached"
    publish(**FARTHER)
    assert list(differences(policy.current(), Scope(since=LAST_DAY))) == []
    assert figures(ticket) == before


def test_what_still_ran_is_counted_anew():
    ticket = open_ticket(at=LAST_DAY, category="consultation", subtype="", remark="水价多少")
    before = figures(ticket)
    publish(**EARLIER)
    after = figures(ticket)
    assert (before["provisional"], after["provisional"]) == (True, False)
    assert after["due_at"] < before["due_at"]


def test_the_period_it_is_counted_in_is_that_of_what_was_told():
    ticket = answered()
    publish(**EARLIER)
    due = ticket.clocks.get().due_at.astimezone(SHANGHAI).date()
    asked = causes.Asked(due, due)
    summary = causes.count(Clock.objects.all(), asked, policy.current(), LATER)
    assert (due, summary.total.kept, summary.total.late) == (date(2027, 1, 5), 1, 0)


@pytest.mark.parametrize("page", [page_for_staff, page_for_customer])
def test_the_pages_say_that_it_is_counted_by_what_was_provisional(page):
    ticket = answered()
    clock = ticket.clocks.get()
    assert all(AS_TOLD in text for text in page(ticket, clock))
    publish(**EARLIER)
    why, case = page(ticket, clock)
    assert AS_TOLD in why
    assert AS_TOLD in case
    assert "应为 1月3日 周日 18:00，仅供对照" in why
    assert "公布后会重新计算" not in why + case


def test_nothing_of_the_kind_is_said_of_what_was_certain():
    ticket = open_ticket(at=LAST_DAY - 20 * DAY, category="consultation", subtype="", remark="?")
    at = LAST_DAY - 20 * DAY + HOUR
    changes = {"result": "已答复"}
    door.move(ticket.number, "answer", actor=staff("agent"), at=at, changes=changes)
    assert all(AS_TOLD not in text for text in page_for_staff(ticket, ticket.clocks.get()))


def test_programs_are_told_as_well():
    ticket = answered()
    clock = ticket.clocks.get()
    publish(**EARLIER)
    for user in (staff("agent"), customer(ticket.phone)):
        told = told_to_programs(user, clock)
        assert (told["provisional"], told["kept_as_told"]) == (True, True)
        assert (told["provisional_after"], told["agrees"]) == (None, False)


def test_programs_are_told_apart_what_still_runs():
    ticket = open_ticket(at=LAST_DAY, category="consultation", subtype="", remark="水价多少")
    told = told_to_programs(staff("agent"), ticket.clocks.get())
    assert (told["provisional"], told["kept_as_told"]) == (True, False)
    assert told["provisional_after"] == "2026-12-31"
