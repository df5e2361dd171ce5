"""The first page: a portal for customers, the day's work for staff."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.factories import customer, open_application, open_ticket, staff
from tests.web.desk import HOUR, MINUTE, NOW, alive, as_role, client_of, dispatched, some, text_of
from waterdesk.core import door, policy
from waterdesk.core.models import Promise, Pulse, Utility
from waterdesk.core.sweep import sweep

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_ten")]


def queue(response, place):
    return [line.case.number for line in response.context["queues"][place].lines]


def test_the_portal_says_what_is_promised():
    text = text_of(Client().get("/"))
    for said in (
        "用水报装",
        "四零",
        "四化",
        "24 小时",
        "0.5 个工作日",
        "申请受理",
        "装表通水",
        "查询进度",
        "96390",
    ):
        assert said in text


def test_the_portal_says_what_the_rows_say_and_nothing_else():
    Promise.objects.filter(code="two-step", amount="0.5").update(amount=Decimal(2))
    Utility.objects.update(slogan="三个一：一窗受理、一次办", hotline="12345")
    policy.forget()
    response = Client().get("/")
    text = text_of(response)
    assert response.context["promises"][0]["limit"] == "2 个工作日"
    assert "一窗受理" in text
    assert "四零" not in text
    assert 'href="tel:12345"' in response.content.decode()


def test_a_customer_sees_the_own_cases_with_what_is_left():
    case = open_application(at=NOW - HOUR)
    open_application(at=NOW - HOUR, phone="13700000000", address="城东区朝阳路 99 号")
    text = text_of(client_of(customer()).get("/"))
    assert text.count("B2611") == 1
    assert case.number in text
    assert "还剩 3 小时" in text


def test_a_customer_without_cases_is_told_so():
    assert "还没有办件" in text_of(client_of(customer()).get("/"))


def test_the_agent_sees_what_waits_for_dispatch_and_for_the_call_back():
    waiting = open_ticket(at=NOW - 30 * MINUTE)
    worker = staff("field", "east-1", name="wang")
    done = dispatched(worker)
    for action in ("arrive", "contain"):
        door.move(done.number, action, actor=worker, at=NOW)
    door.move(done.number, "finish", actor=worker, at=NOW, changes={"result": "换阀"})
    response = as_role("agent").get("/")
    assert queue(response, 0) == [waiting.number]
    assert queue(response, 1) == [done.number]
    assert "登记来电" in text_of(response)


def test_the_clerk_sees_the_applications_that_a_person_must_look_at():
    doubtful = open_application(at=NOW - HOUR, address="不知道在哪里 1 号")
    open_application(at=NOW - HOUR)
    response = as_role("clerk").get("/")
    assert queue(response, 0) == [doubtful.number]
    assert "窗口受理" in text_of(response)


def test_a_field_worker_starts_at_the_jobs():
    response = as_role("field").get("/")
    assert response.status_code == 302
    assert response.url == "/desk/jobs/"


@pytest.mark.parametrize("role", ["lead", "supervisor", "admin"])
def test_those_who_answer_for_it_see_what_is_late(role):
    ticket = open_ticket(at=NOW - 3 * HOUR)
    sweep(NOW)
    response = as_role(role).get("/")
    assert set(queue(response, 0)) == {ticket.number}
    assert response.context["tiles"][0].count == "2"
    assert response.context["tiles"][0].tone == "bad"


def test_the_admin_sees_the_machinery_and_the_settings():
    alive()
    response = as_role("admin").get("/")
    text = text_of(response)
    for said in ("数据库", "消息队列", "后台进程", "定时器", "承诺时限", "工作日历"):
        assert said in text


@pytest.mark.parametrize("role", ["agent", "clerk", "lead", "supervisor", "admin"])
def test_an_empty_desk_says_that_it_is_empty(role):
    response = as_role(role).get("/")
    assert response.status_code == 200
    for each in response.context["queues"]:
        assert str(each.empty) in text_of(response)


def test_staff_are_warned_when_the_machinery_is_silent_and_customers_are_not():
    alive()
    client, visitor = as_role("lead"), client_of(customer())
    assert "已停止" not in text_of(client.get("/"))
    Pulse.objects.filter(name="beat").update(at=NOW - MINUTE)
    assert "定时器没有响应" in text_of(client.get("/"))
    assert "定时器没有响应" in text_of(client.get("/desk/board/"))
    Pulse.objects.filter(name="worker").delete()
    assert "后台进程和定时器都没有响应" in text_of(client.get("/"))
    assert visitor.get("/").context["silent"] == []


@pytest.mark.parametrize("role", ["clerk", "lead", "supervisor", "admin"])
def test_many_places_stand_below_headings_and_every_day_s_work_first(role):
    nav = as_role(role).get("/").context["nav"]
    groups = [str(each["group"]) for each in nav]
    assert groups[:4] == [""] * 4  # what a phone shows without its menu
    changes = [group for before, group in pairwise(groups) if group != before]
    assert changes == [group for group in ("热线", "报装", "统计分析", "管理") if group in groups]


def test_few_places_need_no_headings():
    nav = as_role("field").get("/desk/jobs/").context["nav"]
    assert [str(each["label"]) for each in nav] == [
        "外勤手机",
        "我的任务",
        "办件",
        "我的班次",
        "地图",
        "消息",
    ]
    assert {each["group"] for each in nav} == {""}


def test_badges_count_to_99_and_no_further():
    agent = as_role("agent")
    for place in range(51):
        open_ticket(at=NOW - 3 * HOUR, phone=f"139{place:08d}", address=f"城东区朝阳路 {place} 号")
    sweep(NOW)
    badges = {each["label"]: each["badge"] for each in agent.get("/").context["nav"]}
    assert badges["看板"] == "99+"


def test_the_first_page_asks_the_same_number_of_questions_for_5_cases_and_for_50(settings):
    settings.POLICY_MAX_AGE = 3600  # looking at the revision is one more, now and then
    roles = ("", "customer", "agent", "clerk", "lead", "supervisor", "admin")
    clients = {role: as_role(role) for role in roles}
    counts = []
    for more in (5, 45):
        some(more)
        counts.append({role: questions(client) for role, client in clients.items()})
    assert counts[0] == counts[1]


def questions(client):
    client.get("/")
    with CaptureQueriesContext(connection) as queries:
        client.get("/")
    return len(queries)
