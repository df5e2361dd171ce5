"""Somebody looks after what left the desk: on a phone, at the desk, with scripts and without."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from notifications.results.models import Delivery
from tests.applications.test_results import watered
from tests.core.test_results import dead, listens
from tests.factories import staff

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def account(committed) -> Delivery:
    listens("account.open", name="营收系统")
    return dead(watered(name="张三丰"))


def test_a_supervisor_sends_again_what_did_not_arrive(account, devices):
    phone = devices.phone(staff("supervisor"))
    phone.goto("/desk/results/")
    phone.get_by_role("link", name="推送失败").click()
    phone.get_by_role("link", name=account.case).click()
    expect(phone.locator(".payload")).to_contain_text("张*")
    phone.get_by_label("理由").fill("对方已修复")
    phone.get_by_role("button", name="重新推送").click()
    expect(phone.get_by_role("main")).to_contain_text("待推送")


def test_without_scripts_all_of_them_are_sent_again(account, devices):
    desk = devices.desk(staff("supervisor"), java_script_enabled=False)
    desk.goto("/desk/results/?state=dead")
    desk.get_by_text("全部重推").first.click()
    desk.get_by_label("理由").fill("对方已修复")
    desk.get_by_role("button", name="全部重推").click()
    expect(desk.locator("body")).to_contain_text("已将 1 条结果重新排队")


def test_an_administrator_reads_the_whole_and_takes_the_list_along(account, devices):
    desk = devices.desk(staff("admin"))
    desk.goto(f"/desk/results/{account.pk}/")
    desk.get_by_text("查看全文").first.click()
    desk.get_by_label("理由").first.fill("核对投诉")
    desk.get_by_role("button", name="查看全文").click()
    expect(desk.locator(".payload")).to_contain_text("张三丰")
    desk.goto("/desk/results/accounts/?since=2026-11-01&until=2026-11-30")
    with desk.expect_download() as file:
        desk.get_by_role("link", name="导出 CSV").click()
    assert file.value.suggested_filename == "accounts-20261101-20261130.csv"
