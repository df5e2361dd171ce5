"""Three applications walked whole, from the first tap to the four zeros, in two towns."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from applications.models import Project
from applications.projects import rows
from notifications.models import Message
from tests.applications.contracts import code_in, link_in
from tests.applications.projects.made import imported
from tests.browser.forms import pick, send, tracked
from tests.browser.journeys.conftest import Held
from tests.browser.journeys.walks import (
    BEFOREHAND,
    COMPANY,
    CREW,
    CREW_PHONE,
    HOUSEHOLD,
    LIST,
    PROJECT,
    TOWNS,
    Deed,
    Town,
    Walk,
)
from tests.conftest import SEEDS
from tests.factories import DAY, MINUTE, MONDAY_0900, customer, staff
from waterdesk.core import door
from waterdesk.web.profiles.loading import load

pytestmark = [pytest.mark.browser, pytest.mark.slow]


class People:
    """Who works at the case, and the devices before them."""

    def __init__(self, held: Held) -> None:
        self.held = held
        self.lead, self.clerk = staff("lead", "east"), staff("clerk", "east")
        self.crew = staff("field", "east-1", CREW, phone=CREW_PHONE)
        self.desk = held.devices.desk(self.lead)

    def do(self, number: str, deeds: tuple[Deed, ...]) -> None:
        for deed in deeds:
            self.held.until(MONDAY_0900 + deed.after)
            who = getattr(self, deed.who)
            given = deed.changes(number)
            door.move(number, deed.action, actor=who, at=self.held.now, changes=given)


@pytest.fixture
def people(held, town) -> People:
    load(SEEDS, town.code, MONDAY_0900 - 30 * DAY)
    return People(held)


def apply(phone: Page, walk: Walk, town: Town) -> str:
    """From the hall to the tracking page; the number of the case."""
    phone.goto("/services/")
    phone.get_by_role("link", name=re.compile("^新装用水")).tap()
    for question, answer in walk.picked.items():
        pick(phone, question, answer)
    for question, answer in (walk.typed | {"手机号码": walk.phone}).items():
        phone.get_by_label(question).fill(answer)
    phone.get_by_label("水表口径").select_option(walk.calibre)
    offer = phone.locator("#offer")
    expect(offer).to_contain_text(f"2 个环节、{town.limits[walk.code]}")
    expect(offer).to_contain_text(town.steps[0])
    send(phone, "提交申请")
    return tracked(phone)


def book(phone: Page, number: str, job: str) -> None:
    """Choose the first window that is free."""
    phone.get_by_role("link", name=re.compile(f"{job}.*选择上门时间", re.S)).tap()
    phone.locator("label.option").first.click()
    send(phone, "确定预约")
    expect(phone.get_by_text("已约好：")).to_be_visible()
    phone.goto(f"/track/{number}/")
    expect(phone.locator(".standing").first).to_contain_text(re.compile(f"已约好.*上门：{job}"))


def file(desk: Page, kind: str) -> None:
    permit = desk.locator(f"#permit-{kind}")
    permit.get_by_text("申报许可").first.click()
    permit.get_by_label("审批部门受理号").fill(f"SL-{kind}")
    permit.get_by_role("button", name="申报许可").click()
    expect(desk.locator(f"#permit-{kind}")).to_contain_text("已申报")


def pay(desk: Page, said) -> None:
    moves = desk.locator("#moves")
    moves.get_by_text("登记收款").first.click()
    moves.get_by_label("金额（元）").fill(said["金额（元）"])
    moves.get_by_label("用于").select_option(said["用于"])
    moves.get_by_label("收费项目").select_option(said["收费项目"])
    moves.get_by_label("流水号").fill(said["流水号"])
    moves.get_by_label("付款方式").select_option("转账")
    moves.get_by_role("button", name="登记收款").click()
    expect(desk.locator("#fees")).to_contain_text(said["流水号"])


def text_of(number: str, key: str) -> str:
    return Message.objects.filter(case=number, key=key).latest("id").body


def sign(phone: Page, number: str) -> None:
    """From the text that came with the water to the signed contract."""
    phone.goto(link_in(text_of(number, "contract.made.customer")))
    send(phone, "获取验证码")
    phone.get_by_label("短信验证码").fill(code_in(text_of(number, "contract.code")))
    send(phone, "我已阅读并同意，签署合同")
    expect(phone.get_by_role("main")).to_contain_text("合同已签署")


def rate(phone: Page, number: str) -> None:
    phone.goto(re.search(r"/s/[\w-]{24}/", text_of(number, "after.rate.customer"))[0])
    phone.locator("label", has_text=re.compile(r"^\s*5")).click()
    send(phone, "提交评价")
    expect(phone.get_by_role("heading", name="谢谢您的评价")).to_be_visible()


def confirm(held: Held, walk: Walk, number: str) -> Page:
    """The customer, signed in, says that the water runs; the tracking page."""
    phone = held.devices.phone(customer(walk.phone))
    phone.goto(f"/track/{number}/")
    send(phone, "确认办结")
    expect(phone.get_by_role("main")).to_contain_text("已办结")
    return phone


def shows_the_zeros(page: Page, walk: Walk) -> None:
    card = page.locator("#four-zeros")
    expect(card.locator(".zero-number")).to_have_text(list(walk.zeros))
    expect(card).to_contain_text(walk.standing)
    expect(card.locator(".burden-head")).to_have_text(list(walk.burdens))


def shows_the_clock(page: Page, walk: Walk, town: Town) -> None:
    net, gross = walk.spent
    expect(page.locator(".spent").first).to_have_text(f"净用时 {net} 历时 {gross}")
    expect(page.locator(".gauge").first).to_contain_text(f"按时完成，用时 {net}")
    expect(page.get_by_role("main")).to_contain_text(f"承诺 {town.limits[walk.code]}")


def shows_the_messages(desk: Page, walk: Walk, number: str) -> None:
    """What was sent is what the table says; the page has each of it, the newest first."""
    told = list(Message.objects.filter(case=number).order_by("id"))
    who = {CREW: "crew", "lead-east": "lead", "": "customer"}
    sent = [f"{row.key} {row.channel} {who[str(row.recipient or '')]}" for row in told]
    assert sent == list(walk.messages)
    part = desk.locator("section", has=desk.get_by_role("heading", name="发出的消息"))
    part.locator("summary").click()
    shown = part.locator("tbody tr")
    masked = f"{walk.phone[:3]}****{walk.phone[-4:]}"
    expect(shown).to_have_text(
        [
            re.compile(
                rf"{re.escape(str(row.recipient or masked))}\s*{row.get_channel_display()}\s*"
                + re.escape("（保密）" if row.secret else row.body[:30]),
                re.S,
            )
            for row in reversed(told)
        ]
    )


def goes_on(held: Held, people: People, number: str, walk: Walk, town: Town) -> None:
    """From the number to the end, and what the pages then say of it."""
    people.do(number, walk.before)
    people.desk.goto(f"/desk/cases/{number}/")
    for kind in walk.filed:
        file(people.desk, kind)
    for said in walk.paid:
        pay(people.desk, said)
    people.do(number, walk.water)

    held.until(held.now + 5 * MINUTE)
    phone = held.devices.phone()
    sign(phone, number)
    rate(phone, number)
    track = confirm(held, walk, number)
    expect(track.locator("ol.steps > li[data-state=done]")).to_have_count(2)
    expect(track.get_by_role("main")).to_contain_text(town.utility)
    expect(track.get_by_role("main")).to_contain_text(town.sources[walk.code])
    people.desk.goto(f"/desk/cases/{number}/")
    for page in (track, people.desk):
        shows_the_zeros(page, walk)
        shows_the_clock(page, walk, town)
    shows_the_messages(people.desk, walk, number)


@pytest.mark.parametrize("town", TOWNS, ids=str)
@pytest.mark.parametrize("walk", [HOUSEHOLD, COMPANY], ids=str)
def test_an_application_is_walked_whole(held, people, walk, town):
    held.until(walk.begins)
    phone = held.devices.phone()
    number = apply(phone, walk, town)
    steps = phone.locator("ol.steps > li")
    expect(steps).to_have_text([re.compile(step) for step in town.steps])
    assert town.accepted in text_of(number, "application.accept.customer")
    for job in walk.booked:
        book(phone, number, job)
    goes_on(held, people, number, walk, town)


@pytest.mark.parametrize("town", TOWNS, ids=str)
def test_a_project_of_the_list_is_walked_whole(held, people, town):
    before = MONDAY_0900 - 14 * DAY
    imported(LIST.encode(), at=before)
    project = Project.objects.get()
    for form, said in BEFOREHAND.items():
        rows.change(project.pk, said, by=people.lead, at=before, action=form)

    people.desk.goto(f"/desk/projects/{project.pk}/")
    send(people.desk, "转为报装")
    people.desk.locator("#confirm-yes").click()
    expect(people.desk).to_have_url(re.compile(r"/desk/cases/B\d+/$"))
    number = people.desk.url.split("/")[-2]
    phone = held.devices.phone()
    phone.goto(re.search(r"/track/B\d+/", text_of(number, "application.accept.customer"))[0])
    phone.get_by_label("手机号后四位").fill("1111")
    phone.locator("form[method=post] button[type=submit]").last.click()
    steps = phone.locator("ol.steps > li")
    expect(steps).to_have_text([re.compile(step) for step in town.steps])
    expect(phone.get_by_role("main")).to_contain_text("现场已查勘")
    goes_on(held, people, number, PROJECT, town)
