"""The hotline by keyboard alone, as an agent works it with the headset on."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.forms import keys, type_into
from tests.e2e.conftest import until
from tests.factories import staff
from tickets.models import Ticket

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SAVED = re.compile(r"/desk/cases/G\d+/$")


@pytest.fixture
def agent(devices) -> Page:
    page = devices.desk(staff("agent"))
    page.goto("/desk/hotline/")
    expect(page.get_by_label("来电号码")).to_be_focused()
    return page


def told(page: Page) -> None:
    """Wait for what is looked up."""
    expect(page.locator("#caller")).not_to_contain_text("输入号码后")


def test_a_burst_is_logged_with_five_keys_beside_the_text(agent):
    type_into(agent, "phone", "13800001111")
    keys(agent, "Enter", "1", "1")
    told(agent)
    type_into(agent, "address", "城东区朝阳路 18 号")
    keys(agent, "Enter")
    type_into(agent, "remark", "路面冒水")
    expect(agent.locator("#hints-beside")).to_contain_text("远离塌陷")
    expect(agent.get_by_label("紧急")).to_be_checked()
    keys(agent, "Control+Enter")
    expect(agent).to_have_url(SAVED)
    ticket = Ticket.objects.get()
    expect(agent.get_by_role("main")).to_contain_text(ticket.number[7:-1])
    assert (ticket.subject, ticket.area.code, ticket.urgent) == ("repair.burst", "east-1", True)
    keys(agent, "n")
    expect(agent.get_by_label("来电号码")).to_be_focused()
    expect(agent.get_by_label("情况描述")).to_have_value("")


def test_who_is_sent_is_not_forgotten_when_a_slow_look_up_comes_back(agent):
    staff("field", "east-1", name="zhang")
    held: list[Route] = []
    type_into(agent, "phone", "13800001111")
    keys(agent, "Enter", "1", "2")
    type_into(agent, "address", "城东区朝阳路 18 号")
    keys(agent, "Enter")
    handler = agent.get_by_label("直接派给")
    expect(handler).to_contain_text("zhang")
    agent.route("**/desk/hotline/", lambda route: held.append(route))
    agent.get_by_label("地址").fill("城东区朝阳路 20 号")
    keys(agent, "Enter")
    until(lambda: agent.wait_for_timeout(50) or bool(held))
    handler.select_option("zhang")
    agent.unroute("**/desk/hotline/")  # and what was held goes on
    expect(agent.locator("#looked-up.htmx-request")).to_have_count(0)
    expect(handler).to_have_value("zhang")


def test_a_question_is_answered_and_closed_by_keyboard(agent):
    type_into(agent, "phone", "13800001111")
    keys(agent, "Enter", "2", "Enter")
    type_into(agent, "remark", "水价多少")
    answer = agent.get_by_label("当场答复")
    expect(answer).to_be_visible()
    answer.focus()
    type_into(agent, "answer", "第一阶梯 2.58 元/立方米")
    keys(agent, "Control+Enter")
    expect(agent).to_have_url(SAVED)
    assert Ticket.objects.get().status == "closed"


def test_what_was_typed_survives_a_reload_until_it_is_saved(agent):
    type_into(agent, "phone", "13800001111")
    keys(agent, "Enter", "1", "2")
    type_into(agent, "address", "城东区朝阳路 18 号")
    keys(agent, "Enter")
    type_into(agent, "remark", "门口漏水")
    until(lambda: "门口漏水" in agent.evaluate("localStorage.getItem('draft:hotline') ?? ''"))
    agent.reload()
    expect(agent.get_by_label("情况描述")).to_have_value("门口漏水")
    told(agent)
    agent.get_by_label("情况描述").focus()
    keys(agent, "Control+Enter")
    expect(agent).to_have_url(SAVED)
    # The address changes before the page that drops the draft has run its script.
    until(lambda: agent.evaluate("localStorage.getItem('draft:hotline')") is None)
    agent.goto("/desk/hotline/")
    expect(agent.get_by_label("情况描述")).to_have_value("")


def test_a_slip_is_marked_and_everything_else_is_still_there(agent):
    type_into(agent, "phone", "13800001111")
    keys(agent, "Enter", "1", "2")
    agent.get_by_label("情况描述").fill("门口漏水")
    agent.get_by_label("情况描述").focus()
    keys(agent, "Control+Enter")
    expect(agent.get_by_role("alert").first).to_contain_text("地址")
    expect(agent.get_by_label("情况描述")).to_have_value("门口漏水")
    assert Ticket.objects.count() == 0
