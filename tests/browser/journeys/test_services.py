"""Each of the twelve services, from the customer's first tap to the result, by the pages alone."""

from __future__ import annotations

import re
from itertools import groupby
from operator import attrgetter

import pytest
from playwright.sync_api import Page, expect

from applications.models import Application
from tests.browser.forms import HOUSEHOLD, pick, send, tracked
from tests.browser.journeys.told import CREW, JOURNEYS, Journey, Work, day
from tests.factories import staff

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def apply(phone: Page, journey: Journey) -> str:
    """From the hall to the tracking page; the number of the case."""
    phone.goto("/services/")
    phone.get_by_role("link", name=re.compile(f"^{journey.name}")).tap()
    expect(phone.locator("#offer")).to_contain_text("承诺")
    for question, answer in journey.picked.items():
        pick(phone, question, answer)
    for question, answer in journey.chosen.items():
        phone.get_by_label(question).select_option(answer)
    days = {question: day(after) for question, after in journey.days.items()}
    for question, answer in (HOUSEHOLD | journey.typed | days).items():
        phone.get_by_label(question).fill(answer)
    send(phone, "提交申请")
    return tracked(phone)


def do(page: Page, work: Work, within: str) -> None:
    """Press one button of the part of the page that says what comes next."""
    part = page.locator(within)
    # In the list of jobs what must be filled in unfolds from a line of the button's own words.
    for line in part.locator("details.job-form > summary").all():
        line.click()
    for question, answer in work.typed.items():
        part.get_by_label(question).fill(answer)
    for question, answer in work.chosen.items():
        part.get_by_label(question).select_option(answer)
    with page.expect_navigation():
        part.get_by_role("button", name=work.button, exact=True).click()


@pytest.mark.parametrize("journey", JOURNEYS, ids=str)
def test_a_service_goes_from_the_first_tap_to_its_result(devices, journey):
    customer = devices.phone()
    number = apply(customer, journey)
    main, steps = customer.get_by_role("main"), customer.locator("ol.steps > li")
    expect(customer.get_by_text(f"申请已提交，编号 {number}")).to_be_visible()
    expect(main).to_contain_text(re.compile(r"承诺 .*到期|到期.*承诺", re.S))
    expect(steps).to_have_text([re.compile("申请受理"), re.compile(journey.last_step)])

    plumber, lead = staff("field", "east-1", CREW), staff("lead", "east")
    where = {
        "desk": (devices.desk(lead), f"/desk/cases/{number}/", "#next"),
        "crew": (devices.phone(plumber), "/desk/jobs/", f"#job-{number}"),
    }
    # The answer to a button is the page on which the same person finds the next one.
    for who, works in groupby(journey.work, key=attrgetter("who")):
        page, address, part = where[who]
        page.goto(address)
        for work in works:
            do(page, work, part)

    customer.reload()
    expect(customer.locator("ol.steps > li[data-state=done]")).to_have_count(2)
    expect(main).to_contain_text(f"{journey.result}。")
    assert Application.objects.get().status in ("water_on", "done")
