"""A supervisor has the record checked, and reads a person in full for a reason."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.browser.forms import send
from tests.factories import DAY, HOUR, open_application, staff
from waterdesk.core.sealing import nightly, running

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_the_record_is_checked_and_a_person_is_read_for_a_reason(devices, settings, tmp_path):
    settings.SEALS_DIR = tmp_path
    now = timezone.now()
    case = open_application(at=now - 2 * DAY, name="张三丰", id_number="11010519491231002X")
    nightly.seal(now - HOUR)
    running.work(now)
    page = devices.desk(staff("supervisor"))
    page.goto("/desk/record/")
    send(page, "开始核验")
    runs = page.locator("#record-runs")
    expect(runs.locator("tbody tr").first).to_contain_text("核验中")
    running.work(now)
    # The page asks again by itself.
    expect(runs.locator("tbody tr").first).to_contain_text("完好")

    page.goto(f"/desk/cases/{case.number}/")
    expect(page.get_by_text("13812345678")).to_have_count(0)
    page.get_by_text("查看全部个人信息").click()
    page.locator("[name=reason]").last.fill("核对投诉")
    send(page, "查看全部")
    expect(page.get_by_text("11010519491231002X")).to_be_visible()
    page.goto("/desk/disclosures/")
    expect(page.locator("tbody tr")).to_contain_text("核对投诉")
