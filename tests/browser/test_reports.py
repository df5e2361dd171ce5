"""A supervisor has a month's report made, sees it come, downloads it; everybody reads the page."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.factories import staff
from tests.finished import finished
from waterdesk.core.models import Area, Utility
from waterdesk.core.models.reports import Kind
from waterdesk.core.reports import asking
from waterdesk.web.tasks import make_reports

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LATE = timedelta(days=4)


@pytest.fixture
def last_month():
    """The month that is over, with some repairs in it, one of them late."""
    month = asking.last(Kind.MONTH, timezone.localdate())
    begun = month.begins + timedelta(days=9, hours=9)
    for after in (*[timedelta(hours=3)] * 6, LATE):
        finished(begun=begun, after=after)
    return month


def test_a_report_is_asked_for_comes_by_itself_and_is_downloaded(devices, last_month):
    desk = devices.desk(staff("supervisor"))
    desk.goto("/desk/oversight/reports/")
    desk.get_by_role("button", name="生成报告").click()
    main = desk.get_by_role("main")
    expect(main).to_contain_text("排队中")
    make_reports()
    expect(main).to_contain_text("已生成")
    expect(main).to_contain_text("与报告中的每个数字相同")
    for ending in ("pdf", "xlsx"):
        with desk.expect_download() as caught:
            desk.locator(f"a[href$='report.{ending}']").click()
        digest = hashlib.sha256(Path(caught.value.path()).read_bytes()).hexdigest()
        expect(main).to_contain_text(digest)

    phone = devices.phone(staff("supervisor"), java_script_enabled=False)
    phone.goto("/desk/oversight/reports/")
    expect(phone.get_by_role("main")).to_contain_text("已生成")
    phone.get_by_label("片区").last.select_option("east")
    phone.get_by_role("button", name="订阅", exact=True).click()
    expect(phone.get_by_role("main")).to_contain_text("城东营业所")

    Utility.objects.update(promise_open=True)
    Area.objects.filter(code="company").update(promise_open=True)
    Utility.touch()
    everybody = devices.phone()
    everybody.goto("/")
    everybody.get_by_role("link", name="公开承诺").click()
    expect(everybody.get_by_role("main")).to_contain_text(f"{last_month.since:%Y-%m}")
    expect(everybody.get_by_role("main")).to_contain_text("85.7%")
