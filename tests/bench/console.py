"""The console by keyboard: seconds and keys of a repair that is logged and a question answered.

In a real browser, before a desk as in production, with somebody who types five characters a second.
A question is answered while its call is on the line, so that nobody types the number; a repair is
measured both ways. A chord like Ctrl+Enter is one key.
"""

from __future__ import annotations

import re
import time

from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.bench.apply_page import CHROMIUM, EACH_CHARACTER, environment, served
from tests.factories import open_ticket, staff
from tickets.models import Call
from waterdesk.core.models import User

NUMBER, KNOWN = "13800001111", "13987654321"
ADDRESS, REMARK, ASKED = "城东区朝阳路 18 号", "门口漏水，越来越大", "gh"
SAVED = re.compile(r"/desk/cases/G\d+/$")
GOAL_ANSWER, GOAL_REPAIR, GOAL_KEYS = 10, 15, 12
REPEATED = 3
PASSWORD = "a-long-enough-password"


class Agent:
    """Two hands on a keyboard: how many keys were pressed beside the text, for how long."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.keys, self.typed = page, 0, 0
        page.goto(url)
        expect(page.locator("[name=phone]")).to_be_focused()
        self.began = time.perf_counter()

    def press(self, *names: str) -> None:
        for name in names:
            self.page.wait_for_timeout(EACH_CHARACTER * 1000)
            self.page.keyboard.press(name)
            self.keys += 1

    def type(self, field: str, words: str) -> None:
        expect(self.page.locator("*:focus")).to_have_attribute("name", field)
        for character in words:
            self.page.wait_for_timeout(EACH_CHARACTER * 1000)
            self.page.keyboard.type(character)
        self.typed += len(words)

    def saved(self) -> float:
        self.page.wait_for_url(SAVED, wait_until="commit")
        return time.perf_counter() - self.began


def run() -> None:
    """Print the slowest of three of each kind."""
    agent = staff("agent", name="bench-console")
    open_ticket(at=timezone.now(), phone=KNOWN)
    # Playwright keeps an event loop in this thread, on which nothing of Django's ever runs.
    unsafe = environment(DJANGO_ALLOW_ASYNC_UNSAFE="true")
    with unsafe, served() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        context = _signed_in(browser, address, agent)
        for what, work, goal in (
            ("question answered and closed", _answer, GOAL_ANSWER),
            ("repair logged, number and address typed", _repair, GOAL_REPAIR),
            ("repair logged, caller picked", _repair_of_a_known_caller, GOAL_REPAIR),
        ):
            _say(what, [work(context.new_page(), agent) for _each in range(REPEATED)], goal)
        browser.close()


def _say(what: str, took: list[tuple[float, int, int]], goal: int) -> None:
    seconds, keys, typed = max(took)
    print(
        f"console, {what}: {seconds:.1f} s (goal: at most {goal}), "
        f"{keys} keys beside {typed} characters (goal: at most {GOAL_KEYS})"
    )


def _signed_in(browser: Browser, address: str, user: User) -> BrowserContext:
    """By the page itself: the desk that is served has a key of its own for its sessions."""
    user.set_password(PASSWORD)
    user.save()
    context = browser.new_context(base_url=address, locale="zh-CN")
    page = context.new_page()
    page.goto("/desk/login/")
    page.locator("[name=username]").fill(user.username)
    page.locator("[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}/", wait_until="commit")
    page.close()
    return context


def _on_the_line(agent: User, number: str) -> str:
    now = timezone.now()
    call = Call.objects.create(
        provider="bench", provider_call=now.isoformat(), number=number, agent=agent,
        state="talking", began_at=now, answered_at=now, wait=3,
    )  # fmt: skip
    return f"/desk/hotline/?call={call.pk}"


def _answer(page: Page, agent: User) -> tuple[float, int, int]:
    hand = Agent(page, _on_the_line(agent, NUMBER))
    hand.press("Alt+k")
    hand.type("asked", ASKED)
    expect(page.locator("#found input").first).to_be_attached()
    hand.press("ArrowDown", "Enter")
    expect(page.locator("[name=answer]")).not_to_have_value("")
    hand.press("Control+Enter")
    return hand.saved(), hand.keys, hand.typed


def _repair(page: Page, agent: User) -> tuple[float, int, int]:
    hand = Agent(page, "/desk/hotline/")
    hand.type("phone", NUMBER)
    hand.press("Enter", "1", "2")
    hand.type("address", ADDRESS)
    hand.press("Enter")
    hand.type("remark", REMARK)
    hand.press("Control+Enter")
    return hand.saved(), hand.keys, hand.typed


def _repair_of_a_known_caller(page: Page, agent: User) -> tuple[float, int, int]:
    hand = Agent(page, _on_the_line(agent, KNOWN))
    hand.press("a", "1", "2", "Enter")
    hand.type("remark", REMARK)
    hand.press("Control+Enter")
    return hand.saved(), hand.keys, hand.typed
