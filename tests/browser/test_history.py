"""A supervisor finds out who changed a promise, and takes the list along as a file."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.factories import open_ticket, staff
from waterdesk.core.models import Promise, User
from waterdesk.database.acting import acting

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_from_a_changed_promise_to_the_cases_it_touched(devices):
    staff("admin", name="wang")
    User.objects.filter(username="wang").update(name="王管理")
    leak = Promise.objects.get(kind="ticket", name="漏水到场")
    with acting(f"page:/admin/core/promise/{leak.pk}/change/", lambda: "wang"):
        leak.amount = 45
        leak.save()
    ticket = open_ticket(at=timezone.now())

    desk = devices.desk(staff("supervisor"))
    desk.goto("/desk/oversight/changes/")
    desk.get_by_label("内容").select_option("core_promise")
    desk.get_by_label("动作").select_option("changed")
    desk.get_by_role("button", name="筛选").click()
    (change,) = desk.locator(".change").all()
    expect(change).to_contain_text("漏水到场")
    expect(change).to_contain_text("王管理 · 管理后台")
    expect(change.get_by_role("row", name="时限")).to_contain_text("45")
    with desk.expect_download() as download:
        desk.get_by_role("link", name="导出 CSV").click()
    assert "时限：60 → 45" in download.value.path().read_text("utf-8-sig")
    change.get_by_role("link", name="涉及的办件").click()
    expect(desk.get_by_role("main")).to_contain_text(ticket.number)
