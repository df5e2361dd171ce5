"""The hotline with its questions, its knowledge base and its ear for danger, by keyboard."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.forms import keys, type_into
from tests.factories import staff
from tickets.models import Article, Ticket

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SAVED = re.compile(r"/desk/cases/G\d+/$")


def test_a_question_is_answered_from_the_knowledge_base_and_a_danger_is_heard(devices):
    agent = devices.desk(staff("agent"))
    agent.goto("/desk/hotline/")

    # Initials, an arrow and Enter: the answer stands in the form, and one more key closes the call.
    type_into(agent, "phone", "13800001111")
    keys(agent, "Alt+k")
    type_into(agent, "asked", "ghgm")
    expect(agent.locator("#found")).to_contain_text("过户更名怎么办")
    keys(agent, "ArrowDown", "Enter")
    answer = agent.get_by_label("当场答复")
    expect(answer).to_have_value(Article.objects.get(code="transfer").short)
    expect(agent.get_by_label("情况描述")).to_have_value("过户更名怎么办")
    agent.get_by_label("短信发送答复").check()
    keys(agent, "Control+Enter")
    expect(agent).to_have_url(SAVED)
    settled = Ticket.objects.get()
    actions = [event.action for event in settled.events.all()]
    assert (settled.status, actions) == ("closed", ["open", "settle", "send_answer"])

    # A burst: its questions come with the subject; what is said of danger is heard while typed.
    keys(agent, "n")
    expect(agent.get_by_label("来电号码")).to_be_focused()
    keys(agent, "Enter", "1", "1")
    seen = agent.get_by_label("看到什么")
    seen.select_option("渗水、潮湿")
    lanes = agent.get_by_label("占了几条车道")
    expect(lanes).to_be_hidden()
    agent.get_by_label("危及行人或车辆").check()
    lanes.fill("2")
    urgent = agent.get_by_label("紧急")
    urgent.uncheck()
    agent.get_by_label("情况描述").press_sequentially("没有人触电")
    expect(agent.locator("#emergency")).not_to_contain_text("触电")
    agent.get_by_label("情况描述").press_sequentially("，路面塌陷了")
    expect(agent.locator("#emergency")).to_contain_text("请远离塌陷处")
    expect(urgent).to_be_checked()
    agent.get_by_label("地址").fill("城东区朝阳路 18 号")
    expect(seen).to_have_value("seep")
    keys(agent, "Control+Enter")
    expect(agent).to_have_url(SAVED)
    burst = Ticket.objects.latest("pk")
    assert (burst.urgent, burst.emergency, burst.answers["lanes"]) == (True, "collapse", 2)
    expect(agent.get_by_role("main")).to_contain_text("渗水、潮湿")
