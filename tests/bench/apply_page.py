"""The apply page before a household: questions, taps, keys, seconds; and what the page weighs.

In a real browser, as a desk in production serves it: compressed static files with names that
never change their content, and compressed HTML.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Browser, CDPSession, Page, expect, sync_playwright

from tests.bench import apply

# Somebody who types five characters a second; a tap or a look from one field to the next takes
# as long as four of them. *chosen*
EACH_CHARACTER, EACH_TAP = 0.2, 0.8
# A name, a number and an address of usual length; a Chinese character counts as one.
TYPED = (
    ("name", "张三"),
    ("phone", "13812345678"),
    ("address", "城东区朝阳路 8 号 3 栋 502"),
)
# The same address again would be asked about first.
NEXT_DOOR = (*TYPED[:2], ("address", "城东区朝阳路 8 号 3 栋 503"))
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
GOAL_SECONDS, GOAL_TAPS, GOAL_FIRST, GOAL_SECOND, GOAL_QUESTIONS = 40, 25, 100, 15, 8
CHROMIUM = "/usr/bin/chromium"
QUESTIONS = """
[...document.querySelectorAll("#apply .field")].filter(e => e.checkVisibility()).length
"""


@dataclass(slots=True)
class Hand:
    """Somebody who applies: how often something was touched, how many keys were pressed."""

    page: Page
    taps: int = 0
    keys: int = 0
    began: float = field(default_factory=time.perf_counter)

    def tap(self, selector: str) -> None:
        self.page.wait_for_timeout(EACH_TAP * 1000)
        self.page.locator(selector).tap()
        self.taps += 1

    def press(self, key: str) -> None:
        self.page.wait_for_timeout(EACH_CHARACTER * 1000)
        self.page.keyboard.press(key)
        self.keys += 1

    def type(self, words: str) -> None:
        for character in words:
            self.page.keyboard.type(character)
            self.page.wait_for_timeout(EACH_CHARACTER * 1000)
        self.keys += len(words)

    def to(self, name: str) -> None:
        """Go on with the tabulator until the field of this name has the focus."""
        while self.page.evaluate("document.activeElement.name") != name:
            self.press("Tab")

    def sent(self) -> float:
        """Wait for the tracking page; the seconds since the page was there."""
        expect(self.page.locator(".stub-number")).to_be_visible(timeout=30_000)
        return time.perf_counter() - self.began


def run() -> None:
    """Apply by touch and by keyboard, then weigh the page on a first and a second visit."""
    with served() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        _weigh(browser, address)
        _by_touch(browser, address)
        _by_keyboard(browser, address)
        browser.close()


@contextmanager
def served(database: str = "") -> Iterator[str]:
    """A desk with DEBUG off and its static files collected in a folder of this run."""
    with tempfile.TemporaryDirectory() as folder, environment(STATIC_ROOT=folder):
        subprocess.run(
            [sys.executable, "manage.py", "collectstatic", "--noinput", "-v", "0"],
            env=os.environ | {"DEBUG": "false", "SECRET_KEY": "bench"},
            check=True,
        )
        port = apply._free_port()
        with environment(SITE_URL=f"http://127.0.0.1:{port}"):
            server = apply._serve(port, database)
        try:
            apply._wait(port)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(10)


@contextmanager
def environment(**more: str) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(more)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _by_touch(browser: Browser, address: str) -> None:
    page = browser.new_context(base_url=address, locale="zh-CN", **PHONE).new_page()
    page.goto("/apply/")
    questions = page.evaluate(QUESTIONS)
    hand = Hand(page)
    for name, words in TYPED:
        hand.tap(f"[name={name}]")
        hand.type(words)
    hand.tap("label:has([name=pipe][value=yes])")
    hand.tap(".actionbar button")
    seconds = hand.sent()
    print(f"apply page: {questions} questions a household (goal: at most {GOAL_QUESTIONS})")
    print(
        f"apply page, by touch: {seconds:.1f} s (goal: at most {GOAL_SECONDS}), "
        f"{hand.taps} taps (goal: at most {GOAL_TAPS}), {hand.keys} characters"
    )


def _by_keyboard(browser: Browser, address: str) -> None:
    page = browser.new_context(base_url=address, locale="zh-CN").new_page()
    page.goto("/apply/")
    hand = Hand(page)
    for name, words in NEXT_DOOR:
        hand.to(name)
        hand.type(words)
    hand.to("pipe")
    hand.press("Space")
    while page.evaluate("document.activeElement.type") != "submit":
        hand.press("Tab")
    hand.press("Enter")
    seconds = hand.sent()
    typed = sum(len(words) for _name, words in TYPED)
    print(
        f"apply page, by keyboard: {seconds:.1f} s (goal: at most {GOAL_SECONDS}), "
        f"{hand.keys - typed} keys beside {typed} characters (goal: at most {GOAL_TAPS})"
    )


def _weigh(browser: Browser, address: str) -> None:
    context = browser.new_context(base_url=address, locale="zh-CN", **PHONE)
    for visit, goal in (("first", GOAL_FIRST), ("second", GOAL_SECOND)):
        page = context.new_page()
        weight, requests = _weight(context.new_cdp_session(page), page)
        print(
            f"apply page, {visit} visit: {weight / 1000:.1f} KB in {requests} requests "
            f"(goal: at most {goal} KB)"
        )
        page.close()


def _weight(devtools: CDPSession, page: Page) -> tuple[float, int]:
    """Bytes as they came over the wire, heads included, and in how many answers."""
    wire: dict[str, float] = {}
    devtools.send("Network.enable")
    devtools.on(
        "Network.loadingFinished",
        lambda said: wire.__setitem__(said["requestId"], said["encodedDataLength"]),
    )
    page.goto("/apply/", wait_until="networkidle")
    return sum(wire.values()), sum(1 for size in wire.values() if size)
