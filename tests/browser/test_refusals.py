"""What goes wrong while typing: it is said at the field, and nothing typed is lost."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page, Route, expect

from applications.models import Application
from tests.browser.devices import Devices
from tests.browser.forms import HOUSEHOLD, fill_in, notes_of, send, tracked
from tests.factories import open_ticket, staff
from tickets.models import Ticket
from waterdesk.core import door

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# Markup, an emoji of four bytes, and two characters that old encodings do not know.
NAME = "<b id=bold>䶮𬱖</b>🐕<script>alert(1)</script>"


def test_a_wrong_phone_number_is_named_at_its_field_and_everything_typed_stays(devices):
    phone = devices.phone()
    phone.goto("/apply/")
    fill_in(phone, 姓名=NAME, 手机号码="1381234567", 备注="下午方便\n请先打电话")
    phone.get_by_label("水表口径").select_option("DN15")
    send(phone, "提交申请")
    number = phone.get_by_label("手机号码")
    expect(number).to_have_attribute("aria-invalid", "true")
    expect(notes_of(phone, number)).to_contain_text(["手机号码应为 11 位数字"])
    expect(number).to_have_attribute("aria-invalid", "true")
    expect(number).to_be_focused()
    expect(number).to_be_in_viewport()
    expect(number).to_have_value("1381234567")
    expect(phone.get_by_label("姓名")).to_have_value(NAME)
    expect(phone.get_by_label("用水地址")).to_have_value(HOUSEHOLD["用水地址"])
    expect(phone.get_by_label("备注")).to_have_value("下午方便\n请先打电话")
    expect(phone.get_by_label("水表口径")).to_have_value("15")
    assert not Application.objects.exists()

    number.fill("13812345678")
    send(phone, "提交申请")
    case = Application.objects.get(number=tracked(phone))
    assert case.name == NAME

    desk = devices.desk(staff("clerk"))
    desk.goto(f"/desk/cases/{case.number}/")
    expect(desk.get_by_text(NAME, exact=True)).to_be_visible()
    expect(desk.locator("#bold")).to_have_count(0)


def test_a_wrong_identity_number_at_the_counter_is_named_at_its_field(devices):
    desk = devices.desk(staff("clerk"))
    desk.goto("/desk/counter/")
    fill_in(desk, 身份证号码="11010519491231002Y")
    send(desk, "登记申请")
    identity = desk.get_by_label("身份证号码")
    expect(notes_of(desk, identity).filter(has_text="身份证号码应为 18 位")).to_be_visible()
    expect(identity).to_be_focused()
    expect(identity).to_have_value("11010519491231002Y")
    expect(desk.get_by_label("姓名")).to_have_value(HOUSEHOLD["姓名"])
    identity.fill("11010519491231002X")
    send(desk, "登记申请")
    expect(desk).to_have_url(re.compile(r"/desk/cases/B\d+/$"))
    assert Application.objects.get().id_number == "11010519491231002X"


def test_a_double_click_on_a_network_that_repeats_itself_opens_one_case(devices):
    phone = devices.phone()
    phone.goto("/apply/")
    fill_in(phone)
    phone.route("**/apply/", sent_twice)
    phone.get_by_role("button", name="提交申请", exact=True).dblclick()
    assert tracked(phone) == Application.objects.get().number


def sent_twice(route: Route) -> None:
    """The server hears it, the answer is lost, and the browser sends it again."""
    route.fetch()
    route.continue_()


def test_of_two_tabs_that_make_the_same_move_the_second_is_told_and_can_send_its_words_again(
    devices,
):
    first, second = two_tabs(devices)
    for tab in (first, second):
        tab.locator("summary").filter(has_text="备注").click()
    write(first, "备注", "先写的")
    expect(first.get_by_text("已完成“备注”")).to_be_visible()
    write(second, "备注", "后写的，不能丢")
    expect(second.get_by_role("main")).to_contain_text("已被他人更新")
    expect(second.get_by_label("备注")).to_have_value("后写的，不能丢")
    send(second, "备注")
    expect(second.locator("ol.timeline")).to_contain_text("后写的，不能丢")


def test_of_two_tabs_that_finish_the_second_is_told_and_its_words_are_still_to_be_read(devices):
    first, second = two_tabs(devices)
    write(first, "处理结果", "换了接头", "完成")
    expect(first.get_by_text("已完成“完成”")).to_be_visible()
    write(second, "处理结果", "换了一整段管", "完成")
    main = second.get_by_role("main")
    expect(main).to_contain_text("已被他人更新")
    expect(main).to_contain_text("您填写的内容没有保存")
    expect(main).to_contain_text("换了一整段管")
    assert Ticket.objects.get().result == "换了接头"


def two_tabs(devices: Devices) -> list[Page]:
    """The same case twice before the same person, who is on the spot."""
    crew, now = staff("field", "east-1"), timezone.now()
    ticket = open_ticket(at=now)
    to = {"handler": crew.username}
    door.move(ticket.number, "dispatch", actor=staff("lead"), at=now, changes=to)
    door.move(ticket.number, "arrive", actor=crew, at=now)
    door.move(ticket.number, "contain", actor=crew, at=now)
    first = devices.desk(crew)
    tabs = [first, first.context.new_page()]
    for tab in tabs:
        tab.goto(f"/desk/cases/{ticket.number}/")
    return tabs


def write(page: Page, field: str, words: str, button: str = "") -> None:
    page.get_by_label(field).fill(words)
    send(page, button or field)
