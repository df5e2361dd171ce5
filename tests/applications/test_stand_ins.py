"""Who enters an application for somebody else, and how that is told."""

from __future__ import annotations

import pytest
from django.urls import reverse

from applications.models import Application
from tests.factories import MONDAY_0900, customer, open_application, staff

pytestmark = pytest.mark.django_db

CALL = {"phone": "13812345678", "name": "张三", "address": "城东区朝阳路 8 号", "carry": "call"}
STANDING_IN = [
    ("agent", "company", "hotline", "由热线坐席代办"),
    ("clerk", "company", "counter", "由窗口人员代办"),
    ("field", "east-1", "field", "由上门人员代办"),
]
TYPED = {
    "once": "k1", "applicant_kind": "person", "name": "张三", "phone": "13812345678",
    "address": "城东区朝阳路 8 号", "pipe": "yes", "use": "residential", "calibre_mm": "20",
}  # fmt: skip


@pytest.mark.parametrize(("role", "area", "channel", "words"), STANDING_IN)
def test_channel_and_person_are_in_the_record_and_on_both_pages(client, role, area, channel, words):
    who = staff(role, area, name="李坐席")
    client.force_login(who)
    client.post("/desk/counter/", TYPED)
    case = Application.objects.get()
    first = case.events.get(action="open")
    assert (case.opened_by, first.actor, first.data["channel"]) == (who, "李坐席", channel)
    desk = client.get(reverse("case", args=[case.number])).content.decode()
    assert f"{words}（李坐席）" in desk
    client.force_login(customer())
    own = client.get(reverse("track", args=[case.number])).content.decode()
    assert words in own
    assert "李坐席" not in own.split("办理经过")[0]


def test_of_the_customers_own_nobody_stands_in():
    assert open_application(at=MONDAY_0900).stand_in == ""
    assert open_application(at=MONDAY_0900, by=customer(), address="城东区 2 号").stand_in == ""


def test_the_hotline_opens_any_service_for_the_caller(client):
    client.force_login(staff("agent"))
    page = client.get("/desk/hotline/").content.decode()
    assert 'formaction="/desk/counter/"' in page


def test_what_the_caller_said_stands_in_the_form_and_nothing_is_saved(client):
    client.force_login(staff("agent"))
    page = client.post("/desk/counter/", CALL | {"remark": "漏水", "calibre_mm": "300"})
    text = page.content.decode()
    assert page.status_code == 200
    assert all(CALL[name] in text for name in ("phone", "name", "address"))
    assert "漏水" not in text
    assert not Application.objects.exists()


def test_another_service_takes_along_what_was_typed(client):
    client.force_login(staff("agent"))
    typed = TYPED | {"carry": "1", "remark": "周末在家"}
    text = client.post("/desk/counter/?service=transfer", typed).content.decode()
    assert "过户更名" in text
    assert "13812345678" in text
    assert "周末在家" in text
    assert 'value="k1"' not in text


def test_an_applicant_whom_the_service_does_not_serve_is_not_taken_along(client):
    client.force_login(staff("agent"))
    page = client.post("/desk/counter/?service=fire", TYPED | {"carry": "1"})
    assert page.context["form"]["applicant_kind"].value() == "organisation"
