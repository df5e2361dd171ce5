"""A relief from the customer's application to its yearly review, and a list read on a phone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from applications.models import Application, Standing
from tests.browser.forms import pick, send, tracked
from tests.factories import customer, staff
from waterdesk.core import door

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def applied(page):
    """What a household types for a relief; its case."""
    page.goto("/apply/relief/")
    for name, text in (
        ("name", "张三"),
        ("address", "城东区朝阳路 8 号"),
        ("account", "100200300"),
        ("id_number", "11010519491231002X"),
    ):
        page.locator(f"[name={name}]").fill(text)
    pick(page, "属于哪一类", "低保")
    send(page, "提交申请")
    return Application.objects.get(number=tracked(page))


def granted(case):
    clerk = staff("clerk")
    for action in ("job-check", "job-grant"):
        door.move(case.number, action, actor=clerk, at=timezone.now())


def a_year_passes(case):
    """The review has come: the desk of the browser has the time of today."""
    row = Standing.objects.get(case=case)
    row.review_on = timezone.localdate()
    row.save(update_fields=["review_on"])


@pytest.mark.parametrize("scripts", [True, False])
def test_a_relief_from_its_application_to_the_yearly_review(devices, scripts):
    at_home = devices.phone(customer())
    case = applied(at_home)
    granted(case)
    at_home.goto(f"/track/{case.number}/")
    card = at_home.locator("#standing")
    expect(card).to_contain_text("水费减免有效期至")
    expect(card).to_contain_text("不用您办任何手续")
    # It lasts for three years: there is nothing to be applied for yet.
    expect(card.get_by_role("link")).to_have_count(0)

    a_year_passes(case)
    clerk = devices.desk(staff("clerk"), java_script_enabled=scripts)
    clerk.goto("/desk/standing/")
    clerk.get_by_role("link", name="待复核").first.click()
    clerk.get_by_label("种类").select_option("relief")
    clerk.get_by_role("button", name="筛选").click()
    clerk.wait_for_url("**kind=relief**")
    clerk.reload()
    expect(clerk.get_by_label("种类")).to_have_value("relief")
    expect(clerk.get_by_label("状态")).to_have_value("review")
    clerk.get_by_role("link", name=case.number).click()
    expect(clerk.locator("#standing")).to_contain_text("待复核")
    clerk.locator("#moves").get_by_text("复核资格").first.click()
    clerk.get_by_label("复核结果").select_option("stands")
    clerk.locator("#moves").get_by_label("理由（客户可见）").first.fill("仍在低保名单")
    clerk.locator("#moves").get_by_role("button", name="复核资格").click()
    expect(clerk.locator("#standing")).not_to_contain_text("待复核")
    row = Standing.objects.get(case=case)
    assert row.review_on > timezone.localdate() + timedelta(days=360)
    clerk.goto("/desk/standing/?stand=review")
    expect(clerk.get_by_role("main")).to_contain_text("没有符合条件的事项")
