"""Somebody asks why a clock is due then: on the phone at home and at the desk."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.factories import MONDAY_0900, customer, open_application, staff
from waterdesk.core import door

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_customer_opens_the_count_of_an_application_day_by_day(devices):
    case = open_application(at=MONDAY_0900.replace(month=2, day=13, hour=17))
    phone = devices.phone(customer())
    phone.goto(f"/track/{case.number}/")
    told = phone.locator(".why")
    expect(told.get_by_role("table")).to_have_count(0)
    told.get_by_text("为什么是这个时间").click()
    rows = told.get_by_role("row")
    expect(rows.filter(has_text="2月14日 周六")).to_contain_text("调休上班")
    expect(rows.last).to_contain_text("到期")
    expect(told).to_contain_text("计满 0.5 个工作日（4 小时）")
    # Asked once, it stays: closing and opening again asks nobody.
    asked: list[str] = []
    phone.on("request", lambda request: asked.append(request.url))
    told.get_by_text("为什么是这个时间").click()
    expect(told.get_by_role("table")).to_be_hidden()
    told.get_by_text("为什么是这个时间").click()
    expect(told.get_by_role("table")).to_be_visible()
    assert [url for url in asked if "/clocks/" in url] == []


def test_without_scripts_the_same_is_a_page_of_its_own(devices):
    case = open_application(at=MONDAY_0900)
    changes = {"reason": "customer-delay"}
    door.move(case.number, "pause", actor=staff("clerk"), at=MONDAY_0900, changes=changes)
    desk = devices.desk(staff("agent"), java_script_enabled=False)
    desk.goto(f"/desk/cases/{case.number}/")
    desk.get_by_text("为什么是这个时间").click()
    desk.get_by_role("link", name="查看逐日计算").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("为什么是这个时间")
    expect(desk.get_by_role("main")).to_contain_text("停表（用户要求延期）")
    desk.get_by_role("link", name=case.number).click()
    expect(desk).to_have_url(f"{devices.address}/desk/cases/{case.number}/")
