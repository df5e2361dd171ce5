"""The forms as people fill them in: by what stands beside a field."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

TRACKING = re.compile(r"/track/(B\d+)/$")

HOUSEHOLD = {
    "姓名": "张三",
    "手机号码": "138 1234 5678",
    "用水地址": "城东区朝阳路 8 号",
}


def fill_in(page: Page, **typed: str) -> None:
    """Fill the form of an application; a question is named by its label."""
    for label, words in (HOUSEHOLD | typed).items():
        page.get_by_label(label).fill(words)
    pick(page, "门口是否已有供水管道", "有")


def pick(page: Page, question: str, answer: str) -> None:
    """Press the answer itself: the button before it may be drawn over, or be no more than a dot."""
    answers = page.get_by_role("group", name=question).locator("label")
    answers.filter(has_text=re.compile(rf"^\s*{answer}\s*$")).click()


def send(page: Page, label: str) -> None:
    page.get_by_role("button", name=label, exact=True).click()


def tracked(page: Page) -> str:
    """The number of the case whose tracking page this browser has come to."""
    expect(page).to_have_url(TRACKING)
    return TRACKING.search(page.url)[1]


def keys(page: Page, *pressed: str) -> None:
    """Press one key after the other, once the page's scripts are there to hear them."""
    page.wait_for_load_state("domcontentloaded")
    for key in pressed:
        page.keyboard.press(key)


def type_into(page: Page, name: str, text: str) -> None:
    """Type without touching the field: the focus has to have come to the one of this name."""
    expect(page.locator("*:focus")).to_have_attribute("name", name)
    page.keyboard.type(text)


def notes_of(page: Page, field: Locator) -> Locator:
    """What a field says of itself to somebody who cannot see: its help and its errors."""
    return page.locator(", ".join(f"#{name}" for name in named_by(field)))


def named_by(field: Locator) -> list[str]:
    return (field.get_attribute("aria-describedby") or "nothing").split()
