"""A visit is booked on a phone with nothing but the number, and changed at the desk."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from applications.models import Job
from applications.visits.rows import spoken
from tests.browser.forms import send
from tests.factories import open_application, staff
from waterdesk.core import door

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_the_customer_chooses_a_window_and_the_crew_reads_it(devices):
    now, crew = timezone.now(), staff("field", "east-1", phone="13700000000")
    case = open_application(at=now)
    changes = {"handler": crew.username}
    door.move(case.number, "assign", actor=staff("lead", "east"), at=now, changes=changes)
    phone = devices.phone()
    phone.goto(f"/track/?number={case.number}")
    phone.get_by_label("手机号后四位").fill("5678")
    phone.locator("form[method=post] button[type=submit]").last.click()
    phone.get_by_role("link", name="选择上门时间").click()
    phone.locator("label.option").first.click()
    send(phone, "确定预约")
    expect(phone.get_by_text("已约好：")).to_be_visible()
    job = Job.objects.get(case=case.pk, code="survey")
    said = spoken(job.window_from, job.window_to)
    expect(phone.get_by_role("main")).to_contain_text(said)

    field = devices.phone(crew)
    field.goto("/desk/jobs/")
    expect(field.get_by_role("main")).to_contain_text("查勘")
    expect(field.get_by_role("main")).to_contain_text(f"已约 {said}")

    desk = devices.desk(staff("clerk", "east"))
    desk.goto(f"/desk/cases/{case.number}/visit/survey/")
    send(desk, "取消预约")
    expect(desk.get_by_text("预约已取消。")).to_be_visible()
