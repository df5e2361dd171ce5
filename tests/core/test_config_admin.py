"""Configuration in the admin: what cannot stand is refused at the form, naming the row."""

from __future__ import annotations

import pytest
from django.test import Client

from waterdesk.core.models import Promise, WorkCalendar

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(admin_user) -> Client:
    client = Client()
    client.force_login(admin_user, backend="waterdesk.web.accounts.backends.StaffPassword")
    return client


def posted(promise: Promise, **over: str) -> dict[str, str]:
    """What the form sends for a promise."""
    return {
        "code": promise.code,
        "kind": promise.kind,
        "name": promise.name,
        "conditions": '{"category": "repair", "subtype": "leak"}',
        "amount": str(promise.amount),
        "unit": promise.unit,
        "pause_reasons": "[]",
        "ladder": str(promise.ladder_id),
        "version": str(promise.version),
        "effective_from_0": "2000-01-01",
        "effective_from_1": "00:00:00",
        "public": "on",
        "source": promise.source,
    } | over


@pytest.fixture
def leak() -> Promise:
    return Promise.objects.get(name="漏水到场")


@pytest.mark.parametrize(
    ("over", "words"),
    [
        ({"pause_reasons": '["siesta"]'}, "siesta"),
        ({"conditions": '{"mood": "bad"}'}, "mood"),
        ({"conditions": '{"category": "repair", "night": true}'}, "同样具体"),
        ({"effective_from_0": "2030-01-01", "effective_from_1": "00:00:00"}, "空缺"),
    ],
)
def test_a_promise_that_cannot_stand_is_refused_at_the_form(browser, leak, over, words):
    address = f"/admin/core/promise/{leak.pk}/change/"
    page = browser.post(address, posted(leak, **over))
    assert page.status_code == 200
    assert words in page.content.decode()
    assert Promise.objects.get(pk=leak.pk).effective_from == leak.effective_from
    assert Promise.objects.get(pk=leak.pk).conditions == leak.conditions


def test_an_edit_that_can_stand_is_kept(browser, leak):
    page = browser.post(f"/admin/core/promise/{leak.pk}/change/", posted(leak, amount="45"))
    assert page.status_code == 302
    assert Promise.objects.get(pk=leak.pk).amount == 45


def test_what_is_wrong_elsewhere_does_not_stand_in_the_way(browser, leak):
    Promise.objects.filter(name="爆管修复").update(pause_reasons=["gone"])
    page = browser.post(f"/admin/core/promise/{leak.pk}/change/", posted(leak, amount="45"))
    assert page.status_code == 302


@pytest.mark.parametrize("weekly", ["{}", '{"mon": []}', '{"mon": [["18:00", "08:30"]]}', "[1]"])
def test_a_calendar_that_never_opens_is_refused_at_the_form(browser, weekly):
    days = {"days-TOTAL_FORMS": "0", "days-INITIAL_FORMS": "0"}
    given = {"code": "none", "name": "无", "tz": "Asia/Shanghai", "weekly": weekly} | days
    page = browser.post("/admin/core/workcalendar/add/", given)
    assert page.status_code == 200
    assert not WorkCalendar.objects.filter(code="none").exists()
