from __future__ import annotations

import pytest

from tests.factories import HOUR, MINUTE, MONDAY_0900, calling, open_application, open_ticket, staff
from tickets import reading
from tickets.models import Ticket
from waterdesk.core import door
from waterdesk.core.models import Area
from waterdesk.core.sweep import sweep

pytestmark = pytest.mark.django_db

PHONE = "13987654321"


@pytest.fixture
def agent():
    return staff("agent")


def numbers(found):
    return [each.case.number for each in found]


def test_a_caller_is_known_by_tickets_and_applications_newest_first(agent):
    first, second = open_ticket(), open_application(phone=PHONE)
    open_ticket(phone="13900001111")
    found = reading.cases_of_caller(PHONE, agent)
    assert numbers(found) == [second.number, first.number]
    assert (found[1].subject, found[1].status.label) == ("漏水", "已登记")
    assert found[1].clock.code == "respond"


def test_what_is_late_is_seen_to_be_late(agent):
    open_ticket()
    assert not reading.cases_of_caller(PHONE, agent)[0].is_late
    sweep(MONDAY_0900 + HOUR)
    assert reading.cases_of_caller(PHONE, agent)[0].is_late


def test_one_number_may_be_several_people_each_named_once(agent):
    for name in ("李四", "李四", "王五"):
        open_ticket(name=name)
    open_ticket(name="", address="", category="praise", subtype="")
    found = reading.cases_of_caller(PHONE, agent)
    assert reading.callers(found) == [
        ("王五", "城东区朝阳路 9 号"),
        ("李四", "城东区朝阳路 9 号"),
    ]


def test_what_is_promised_can_be_said_while_the_caller_is_on_the_line(agent):
    draft = calling.draft(
        {"category": "repair", "subtype": "burst", "address": "朝阳路 9 号", "remark": "冒水"},
        by=agent,
        channel="hotline",
    )
    assert reading.promised(draft, MONDAY_0900) == [
        ("爆管响应", "5 分钟"),
        ("爆管到场", "60 分钟"),
        ("爆管止水", "4 小时"),
        ("爆管修复", "24 小时"),
    ]
    assert Ticket.objects.count() == 0


def test_a_withheld_number_is_nobodys(agent):
    open_ticket(phone="")
    assert reading.cases_of_caller("", agent) == []


def test_an_agent_of_one_branch_does_not_learn_of_anothers_cases():
    open_ticket()
    assert reading.cases_of_caller(PHONE, staff("agent", "west")) == []
    assert reading.similar("leak", "城东区朝阳路 9 号", staff("agent", "west"), MONDAY_0900) == []


def test_the_same_fault_at_the_same_address_is_found_for_three_days(agent):
    ticket = open_ticket(address="城东区朝阳路 9 号")

    def found(subtype="leak", address="城东区朝阳路9号", after=HOUR):
        return numbers(reading.similar(subtype, address, agent, MONDAY_0900 + after))

    assert found() == [ticket.number]
    assert found(after=72 * HOUR) == [ticket.number]
    assert found(after=72 * HOUR + MINUTE) == []
    assert found(subtype="burst") == []
    assert found(address="城东区朝阳路 19 号") == []
    assert found(address="") == found(subtype="") == []


def test_what_is_closed_is_not_similar(agent):
    ticket = open_ticket()
    changes = {"reason": "mistake"}
    door.move(ticket.number, "cancel", actor=agent, at=MONDAY_0900 + MINUTE, changes=changes)
    assert reading.similar("leak", "城东区朝阳路 9 号", agent, MONDAY_0900 + HOUR) == []


def test_the_crew_of_an_area_comes_with_its_load_the_least_busy_first(agent):
    busy, idle = staff("field", "east-1", name="a"), staff("field", "east-1", name="b")
    staff("field", "west-1", name="c")
    ticket = open_ticket()
    sent = {"handler": busy.username}
    door.move(ticket.number, "dispatch", actor=agent, at=MONDAY_0900, changes=sent)
    crew = reading.crew_of(Area.objects.get(code="east-1"))
    assert [(person.username, person.load) for person in crew] == [
        (idle.username, 0),
        (busy.username, 1),
    ]


def test_looking_up_costs_the_same_whatever_is_there(agent, django_assert_num_queries):
    for count in (1, 12):
        for place in range(count):
            open_ticket()
            staff("field", "east-1", name=f"crew{count}-{place}")
        area = Area.objects.get(code="east-1")
        with django_assert_num_queries(2):
            assert reading.cases_of_caller(PHONE, agent)
        with django_assert_num_queries(2):
            assert reading.similar("leak", "城东区朝阳路 9 号", agent, MONDAY_0900)
        with django_assert_num_queries(2):
            assert reading.crew_of(area)
