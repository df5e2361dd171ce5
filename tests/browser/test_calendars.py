"""The administrator loads next year's notice while cases are open."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.core.test_recompute import ANSWER
from tests.factories import open_ticket, staff
from waterdesk.core import policy
from waterdesk.core.models import CalendarDay, WorkCalendar

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_notice_is_refused_previewed_and_loaded_on_a_telephone(devices, tmp_path):
    """Whatever today is: the notice is next year's, the clock is due in it."""
    now = timezone.now()
    this_year = timezone.localdate(now).year
    year = this_year + 1
    WorkCalendar.objects.update(published_until=f"{this_year}-12-31")
    CalendarDay.objects.filter(date__year=year).delete()
    policy.forget()
    # Begun in the future of the test's day where need be: the last afternoon of the year.
    eve = datetime(this_year, 12, 31, 8, 0, tzinfo=UTC)
    ticket = open_ticket(at=eve, **ANSWER)
    was = ticket.clocks.get()
    assert was.provisional

    phone = devices.phone(staff("admin"))
    phone.goto("/desk/calendars/")
    bad, good = tmp_path / "bad.json", tmp_path / "good.json"
    days = [{"name": "元旦", "from": f"{year}-01-01", "to": f"{year}-01-05"}]
    notice = {"year": year, "source": "国办发明电", "off": days, "work": []}
    bad.write_text(json.dumps(notice | {"work": [f"{year}-01-02"]}))
    good.write_text(json.dumps(notice))

    phone.get_by_label("通知文件").set_input_files(bad)
    phone.get_by_role("button", name="预览").click()
    expect(phone.locator("#notice .field-error")).to_contain_text("既是休息日又是上班日")

    phone.get_by_label("通知文件").set_input_files(good)
    phone.get_by_role("button", name="预览").click()
    expect(phone.locator("#moved tbody tr")).to_contain_text([ticket.number])
    assert ticket.clocks.get().due_at == was.due_at
    phone.get_by_role("button", name="确认载入").click()
    expect(phone).to_have_url(re.compile(rf"calendar=office&year={year}$"))
    expect(phone.locator("body")).to_contain_text("1 个计时的到期时间已调整")
    expect(phone.locator('td[data-day="off"]')).to_have_count(5)
    now_due = ticket.clocks.get()
    assert now_due.due_at >= was.due_at + timedelta(days=1)
    assert not now_due.provisional

    desk = devices.desk(staff("supervisor"))
    desk.goto(f"/desk/cases/{ticket.number}/")
    expect(desk.get_by_role("main")).to_contain_text("工作日历调整")
    assert desk.goto("/desk/calendars/").status == 403
