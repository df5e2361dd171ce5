"""What the scripts add to the pages, and that the pages do without them."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import until

pytestmark = [pytest.mark.browser, pytest.mark.slow]

DRAFT = "localStorage.getItem('draft:style-customer') ?? ''"
TOUCH = 44
# Radio buttons and check boxes are pressed by their labels, which are measured themselves.
TOO_SMALL = f"""
[...document.querySelectorAll(
  "button, .button, .cell[href], .tab, .tile, summary, select, textarea, .option, .choice, .back," +
  "input:not([type=hidden], [type=radio], [type=checkbox]), .topbar-link, .nav-link, .switch-box"
)].filter(e => e.checkVisibility())
  .map(e => [e.className || e.tagName, e.getBoundingClientRect()])
  .filter(([, box]) => box.height < {TOUCH} - .5 || box.width < {TOUCH} - .5)
  .map(([name, box]) => `${{name}} ${{box.width}} × ${{box.height}}`)
"""


def theme(page: Page) -> list[str]:
    """What is worn before anything is painted: the root's mark and the dark sheet's media."""
    return page.evaluate(
        "[document.documentElement.dataset.theme, document.getElementById('dark').media]"
    )


def test_the_chosen_look_is_there_from_the_first_paint_on_every_page(devices):
    phone = devices.phone(color_scheme="light")
    phone.goto("/style/customer/")
    assert theme(phone) == ["auto", "screen and (prefers-color-scheme: dark)"]
    phone.get_by_role("button", name="外观：跟随系统").click()
    phone.get_by_role("button", name="外观：浅色").click()
    assert theme(phone) == ["dark", "screen"]
    # Scripts that wait for the page do not come: what is worn now was put on before them.
    phone.route(re.compile(r"/app\.js"), lambda route: route.abort())
    phone.goto("/style/desk/", wait_until="commit")
    expect(phone.get_by_role("heading", level=1)).to_be_visible()
    assert theme(phone) == ["dark", "screen"]


def test_a_draft_comes_back_without_the_identity_number_and_can_be_dropped(devices):
    phone = devices.phone()
    phone.goto("/style/customer/")
    phone.get_by_label("姓名").fill("张三")
    phone.get_by_label("身份证号码").fill("11010519491231002X")
    phone.get_by_text("单位", exact=True).click()
    # Typing rests for a moment before it is kept.
    until(lambda: "organisation" in phone.evaluate(DRAFT))
    phone.reload()
    expect(phone.get_by_text("已恢复您上次未提交的内容。")).to_be_visible()
    expect(phone.get_by_label("姓名")).to_have_value("张三")
    expect(phone.get_by_label("身份证号码")).to_have_value("")
    expect(phone.get_by_label("单位", exact=True)).to_be_checked()
    phone.get_by_role("button", name="清空").click()
    phone.reload()
    expect(phone.get_by_label("姓名")).to_have_value("")


def test_what_cannot_be_undone_is_asked_first_and_sent_with_its_name(devices):
    desk = devices.desk()
    desk.goto("/style/")
    button = desk.get_by_role("button", name="确认撤销")
    button.click()
    asked = desk.get_by_role("dialog", name="撤销后不能恢复，确定撤销这件申请吗？")
    asked.get_by_role("button", name="取消").click()
    expect(asked).to_be_hidden()
    expect(button).to_be_focused()
    assert "revoked" not in desk.url
    button.click()
    asked.get_by_role("button", name="确认撤销").click()
    expect(desk).to_have_url(re.compile(r"revoked=1"))


def test_a_second_click_sends_nothing_while_the_first_is_on_its_way(devices):
    desk = devices.desk()
    desk.goto("/style/")
    # Stands for a slow answer: notes what would be sent, and keeps the page.
    desk.evaluate("""() => {
      window.sent = [];
      addEventListener("submit", (event) => {
        if (!event.defaultPrevented) sent.push(event.submitter?.name);
        event.preventDefault();
      });
      delete document.querySelector("[data-confirm]").dataset.confirm;
    }""")
    button = desk.get_by_role("button", name="确认撤销")
    button.dblclick()
    button.evaluate("e => e.form.requestSubmit()")
    assert desk.evaluate("sent") == ["revoked"]
    expect(button).to_be_disabled()
    expect(button).to_have_class(re.compile("is-busy"))


def test_the_keys_of_the_desk_rest_while_somebody_types(devices):
    desk = devices.desk()
    desk.goto("/style/")
    listed = desk.get_by_role("dialog", name="快捷键")
    desk.keyboard.press("?")
    expect(listed).to_be_visible()
    desk.keyboard.press("Escape")
    desk.keyboard.press("/")
    search = desk.get_by_label("搜索办件")
    expect(search).to_be_focused()
    desk.keyboard.type("n?/")
    expect(search).to_have_value("n?/")
    expect(listed).to_be_hidden()


def test_a_clock_goes_on_while_the_page_is_open_and_turns_when_its_time_is_up(devices):
    desk = devices.desk()
    desk.clock.install()
    desk.goto("/style/")
    chips = desk.locator(".clock-chip")
    expect(chips.first).to_contain_text("还剩 1 小时 20 分")
    desk.clock.fast_forward("14:30")
    expect(chips.first).to_contain_text("还剩 1 小时 5 分")
    expect(chips.nth(1)).to_contain_text("已超 2 分钟")
    expect(chips.nth(1)).to_have_attribute("data-tone", "bad")
    expect(chips.nth(2)).to_contain_text("已超 39 分钟")
    # One that is stopped stays.
    expect(chips.nth(3)).to_contain_text("停表中，还剩 1 小时")


def test_good_news_goes_up_and_goes_away_and_a_warning_stays(devices):
    phone = devices.phone()
    phone.clock.install()
    phone.goto("/style/customer/?flash=1")
    news = phone.get_by_text("已提交，编号 A2611200001。")
    expect(phone.locator("#toasts").get_by_text("已提交")).to_be_visible()
    phone.clock.fast_forward("00:10")
    expect(news).to_have_count(0)
    expect(phone.get_by_text("演示：这是一条提醒。")).to_be_visible()


@pytest.mark.parametrize("page", ["", "customer/", "desk/", "refusal/"])
@pytest.mark.parametrize("width", [360, 390])
def test_everything_to_be_pressed_is_large_enough_for_a_thumb(devices, page, width):
    phone = devices.phone(viewport={"width": width, "height": 780})
    phone.goto(f"/style/{page}")
    assert phone.evaluate(TOO_SMALL) == []


def test_without_scripts_nothing_is_offered_that_does_nothing(devices):
    phone = devices.phone(java_script_enabled=False)
    phone.goto("/style/")
    expect(phone.get_by_role("button", name="打开对话框")).to_be_hidden()
    expect(phone.locator("[data-theme-next]")).to_be_hidden()
    # What a button would open stands on the page.
    expect(phone.locator("#demo")).to_be_visible()
    phone.get_by_role("button", name="确认撤销").click()
    expect(phone).to_have_url(re.compile(r"revoked=1"))
