"""A lead keeps the duty roster: at the desk and on the phone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.factories import staff
from waterdesk.core.models import RosterChange, Shift

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_lead_puts_two_people_on_duty_swaps_them_and_takes_one_off(devices):
    lead = staff("lead", "east")
    day = staff("field", "east-1", name="日班")
    night = staff("field", "east-2", name="夜班")
    today = timezone.localtime().date()
    later = today + timedelta(days=1)
    desk = devices.desk(lead)
    desk.goto("/desk/duty/")
    expect(desk.get_by_role("main")).to_contain_text("没有人在值班")

    def put(page, area, person, since, until):
        form = page.locator("#shift")
        form.get_by_label("片区").select_option(label=area)
        form.get_by_label("值班人").select_option(
            label=f"{person} · {person.get_role_display()} · {person.area}"
        )
        form.get_by_label("开始").fill(since)
        form.get_by_label("结束").fill(until)
        form.get_by_role("button", name="排班").click()

    put(desk, "城东一网格", day, f"{today}T00:00", f"{later}T12:00")
    expect(desk.get_by_text("已排班。")).to_be_visible()
    expect(desk.get_by_role("main")).not_to_contain_text("没有人在值班")
    # The same person again, over the end of the first shift: refused, and nothing typed is lost.
    put(desk, "城东二网格", day, f"{later}T11:00", f"{later}T20:00")
    expect(desk.get_by_role("alert")).to_contain_text("请检查")
    expect(desk.locator("#shift")).to_contain_text("已有班次")
    expect(desk.locator("#shift").get_by_label("结束")).to_have_value(f"{later}T20:00")

    phone = devices.phone(lead)
    phone.goto("/desk/duty/")
    put(phone, "城东二网格", night, f"{later}T12:00", f"{later}T23:00")
    expect(phone.get_by_text("已排班。")).to_be_visible()
    swap = phone.locator("#swap")
    swap.get_by_label("班次").select_option(index=1)
    swap.get_by_label("与之对换").select_option(index=2)
    swap.get_by_role("button", name="对换").click()
    expect(phone.get_by_text("已换班。")).to_be_visible()
    people = list(Shift.objects.order_by("starts_at").values_list("user__username", flat=True))
    assert people == [night.username, day.username]

    desk.goto(f"/desk/duty/?day={later}")
    desk.get_by_role("button", name=f"取消 {day.name}").click()
    desk.get_by_role("dialog").get_by_role("button", name="取消 日班").click()
    expect(desk.get_by_text("班次已取消。")).to_be_visible()
    assert list(Shift.objects.values_list("user", flat=True)) == [night.pk]
    assert list(RosterChange.objects.values_list("action", flat=True)) == [
        "remove", "swap", "add", "add",
    ]  # fmt: skip
