"""Sending an application: what is shown before it, and what happens without a network."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from applications.models import Application
from tests.browser.forms import fill_in, send, tracked
from tests.factories import open_application, staff

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_what_was_not_sent_for_lack_of_a_network_is_kept_and_sent_once(devices):
    phone = devices.phone()
    phone.goto("/apply/")
    fill_in(phone)
    key = phone.locator("#apply [name=once]").input_value()
    phone.wait_for_load_state("networkidle")  # the promise is asked for anew with every answer
    phone.context.set_offline(True)
    send(phone, "提交申请")
    expect(phone.locator("#unsent")).to_be_visible()
    expect(phone.get_by_label("用水地址")).to_have_value("城东区朝阳路 8 号")
    send(phone, "再次提交")
    expect(phone.locator("#unsent")).to_be_visible()
    phone.context.set_offline(False)
    assert phone.locator("#apply [name=once]").input_value() == key
    send(phone, "再次提交")
    number = tracked(phone)
    expect(phone.get_by_text(f"申请已提交，编号 {number}")).to_be_visible()
    expect(phone.get_by_role("link", name=f"/track/{number}/")).to_be_visible()
    assert Application.objects.count() == 1


def test_an_answer_that_got_lost_makes_no_second_application(devices):
    phone = devices.phone()
    phone.goto("/apply/")
    fill_in(phone)

    def lose(route):
        route.fetch()
        route.abort()

    phone.route("**/apply/", lose, times=1)
    send(phone, "提交申请")
    expect(phone.locator("#unsent")).to_be_visible()
    send(phone, "再次提交")
    tracked(phone)
    assert Application.objects.count() == 1


def test_what_comes_next_follows_the_answers(devices):
    phone = devices.phone()
    phone.goto("/apply/")
    expect(phone.locator("#offer")).to_contain_text("接下来")
    expect(phone.locator("#offer")).to_contain_text("查勘、装表")
    expect(phone.locator("#offer")).not_to_contain_text("外线施工")
    phone.get_by_role("group", name="门口是否已有供水管道").get_by_text("没有").click()
    expect(phone.locator("#offer")).to_contain_text("外线施工")


def test_a_duplicate_is_shown_while_typing_and_confirmed_at_sending(devices):
    open_application(phone="13700001111")
    phone = devices.phone()
    phone.goto("/apply/")
    fill_in(phone)
    expect(phone.locator("#twins")).to_contain_text("同一地址已有在办的")
    send(phone, "提交申请")
    expect(phone.get_by_role("button", name="仍要提交")).to_be_visible()
    send(phone, "仍要提交")
    tracked(phone)
    assert Application.objects.count() == 2


def test_an_agent_opens_another_service_for_the_caller_in_two_clicks(devices):
    desk = devices.desk(staff("agent"))
    desk.goto("/desk/hotline/")
    desk.get_by_label("来电号码").fill("13812345678")
    desk.get_by_label("地址").fill("城东区朝阳路 8 号")
    send(desk, "为来电人申请业务")
    send(desk, "过户更名")
    expect(desk.get_by_label("手机号码")).to_have_value("13812345678")
    expect(desk.get_by_label("用水地址")).to_have_value("城东区朝阳路 8 号")
    assert "138" not in desk.url
