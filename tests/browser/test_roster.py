"""A lead keeps the duty roster: at the desk and on the phone."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.factories import staff
from waterdesk.core.models import Leave, RosterChange, Shift

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


@pytest.fixture
def crew():
    return [staff("field", "east-1", name=name) for name in ("小陈", "小郑", "小周")]


def lay_out(page, people, first, last):
    page.goto("/desk/duty/patterns/")
    form = page.locator("#pattern")
    form.get_by_label("片区").select_option(label="城东一网格")
    form.get_by_label("上班时刻").fill("18:00")
    form.get_by_label("下班时刻").fill("08:30")
    form.get_by_label("从哪天起").fill(str(first))
    form.get_by_label("到哪天止").fill(str(last))
    for place, person in enumerate(people, 1):
        said = f"{person} · {person.get_role_display()} · {person.area}"
        form.get_by_label(f"第 {place} 人").select_option(label=said)
    form.get_by_role("button", name="预览").click()


def test_a_pattern_is_seen_first_then_laid_out_and_withdrawn(devices, crew):
    today = timezone.localtime().date()
    desk = devices.desk(staff("lead", "east"))
    lay_out(desk, crew[:2], today + timedelta(days=1), today + timedelta(days=28))
    expect(desk.get_by_role("main")).to_contain_text("将增加班次")
    assert not Shift.objects.exists()
    desk.get_by_role("button", name="确认排班").click()
    expect(desk.get_by_text("已排 28 个班次")).to_be_visible()
    desk.goto("/desk/duty/patterns/")
    desk.get_by_role("link", name="停用").click()
    desk.get_by_label("自哪天停用").fill(str(today + timedelta(days=8)))
    desk.get_by_role("button", name="查看将取消的班次").click()
    expect(desk.get_by_role("main")).to_contain_text("将取消 21 个班次")
    desk.get_by_role("button", name="确认停用").click()
    expect(desk.get_by_text("取消 21 个班次")).to_be_visible()
    assert Shift.objects.count() == 7


def test_a_lead_keeps_leave_on_the_phone_and_lets_somebody_stand_in(devices, crew):
    today = timezone.localtime().date()
    on, other, _third = crew
    phone = devices.phone(staff("lead", "east"))
    lay_out(phone, [on], today + timedelta(days=1), today + timedelta(days=2))
    phone.get_by_role("button", name="确认排班").click()
    expect(phone.get_by_text("已排 2 个班次")).to_be_visible()
    phone.goto("/desk/duty/leave/")
    form = phone.locator("#leave")
    said = f"{on} · {on.get_role_display()} · {on.area}"
    form.get_by_label("请假人").select_option(label=said)
    form.get_by_label("事由").fill("病假")
    form.get_by_label("开始").fill(f"{today + timedelta(days=1)}T00:00")
    form.get_by_label("结束").fill(f"{today + timedelta(days=2)}T12:00")
    form.get_by_role("button", name="登记请假").click()
    expect(phone.get_by_text("此人有 1 个班次需要替班")).to_be_visible()
    row = phone.locator(".stand-in")
    said = f"{other} · {other.get_role_display()} · {other.area}"
    row.get_by_label("替班人").select_option(label=said)
    row.get_by_role("button", name="替班").click()
    expect(phone.get_by_text("已安排替班。")).to_be_visible()
    expect(phone.locator(".stand-in")).to_have_count(0)
    people = Shift.objects.order_by("starts_at").values_list("user", flat=True)
    assert list(people) == [other.pk, on.pk]
    assert Leave.objects.count() == 1


def test_the_week_is_walked_with_the_keyboard_alone(devices, crew):
    today = timezone.localtime().date()
    desk = devices.desk(staff("lead", "east"))
    lay_out(desk, crew[:1], today + timedelta(days=7), today + timedelta(days=7))
    desk.get_by_role("button", name="确认排班").click()
    expect(desk.get_by_text("已排 1 个班次")).to_be_visible()
    desk.goto("/desk/duty/")
    desk.keyboard.press("]")
    desk.wait_for_url(re.compile("day="))
    link = desk.locator("#week").get_by_role("link", name="小陈").first
    link.focus()
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("heading", name="小陈的班次")).to_be_visible()


def test_the_week_is_printed_on_one_sheet(devices, crew):
    today = timezone.localtime().date()
    monday = today - timedelta(days=today.weekday())
    desk = devices.desk(staff("lead", "east"))
    lay_out(desk, crew, monday + timedelta(days=7), monday + timedelta(days=13))
    desk.get_by_role("button", name="确认排班").click()
    expect(desk.get_by_text("已排 7 个班次")).to_be_visible()
    desk.emulate_media(media="print")
    expect(desk.get_by_text("打印于")).to_be_visible()
    expect(desk.locator("#week")).to_be_visible()
    for gone in (".nav", "#shift", ".tabs", ".shift form >> nth=0"):
        expect(desk.locator(gone)).to_be_hidden()
    sheet = desk.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type /Page\b", sheet)) == 1
    width, height = map(float, re.search(rb"/MediaBox \[0 0 (\S+) (\S+?)\]", sheet).groups())
    assert (round(width), round(height)) == (842, 595)


def test_somebody_subscribes_to_the_own_shifts_on_the_phone(devices, crew):
    phone = devices.phone(crew[0])
    phone.goto("/desk/jobs/")
    phone.get_by_role("link", name="我的班次").click()
    phone.get_by_role("button", name="生成订阅地址").click()
    address = phone.get_by_label("订阅地址").input_value()
    assert phone.request.get(address).text().startswith("BEGIN:VCALENDAR")
    phone.get_by_role("button", name="作废").click()
    phone.get_by_role("dialog").get_by_role("button", name="作废").click()
    expect(phone.get_by_text("日历地址已作废。")).to_be_visible()
    assert phone.request.get(address).status == 404
