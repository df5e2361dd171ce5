"""The list of orders, the file that comes in and the file that goes out."""

from __future__ import annotations

import csv

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.factories import staff
from tests.web.desk import HOUR, NOW, as_role, inline_in, text_of
from tickets.models import Order
from tickets.orders import intake
from waterdesk.core import door

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_ten")]

LIST, FILES = "/desk/orders/", "/desk/orders/import/"
GIVEN = {
    "source": "12345",
    "number": "SZ-001",
    "term": "wd3",
    "received_at": "2026-11-16 08:40",
    "category": "consultation",
    "content": "水费比上月多一倍",
}
ROWS = "工单编号,转来时间,诉求内容,备注\n{},2026-11-16 08:00,水压低\n"


def ordered(**over):
    return intake.open_order(GIVEN | over, by=staff("agent"), at=NOW - HOUR)[0]


def numbers(response):
    return [each["order"].number for each in response.context["lines"]]


def send(client, text):
    return client.post(FILES, {"file": SimpleUploadedFile("a.csv", text.encode())}, follow=True)


def test_orders_stand_under_what_is_to_be_done_with_them():
    ordered()
    signed, answered = ordered(number="SZ-002"), ordered(number="SZ-003")
    door.move(signed.number, "sign_in", actor=staff("agent"), at=NOW)
    changes = {"result": "=已解释"}
    door.move(answered.number, "settle", actor=staff("agent"), at=NOW, changes=changes)
    client = as_role("agent")
    found = {
        tab: numbers(client.get(f"{LIST}?show={tab}"))
        for tab in ("waiting", "signed", "answered", "returned")
    }
    assert found == {
        "waiting": ["SZ-001"],
        "signed": ["SZ-002"],
        "answered": ["SZ-003"],
        "returned": [],
    }
    assert inline_in(client.get(LIST)) == []


def test_what_was_answered_goes_out_as_a_file_without_formulas():
    ticket = ordered()
    changes = {"result": "=已解释"}
    door.move(ticket.number, "settle", actor=staff("agent"), at=NOW, changes=changes)
    answer = as_role("agent").get("/desk/orders.csv?show=answered")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    _head, row = csv.reader(text.splitlines())
    assert row[1:3] == ["SZ-001", ticket.number]
    assert "'=已解释" in row


def test_a_lead_of_elsewhere_sees_none_of_it():
    ordered(address="城东区朝阳路 9 号")
    assert numbers(as_role("lead", "west").get(LIST)) == []
    assert numbers(as_role("lead", "east").get(LIST)) == ["SZ-001"]


def test_a_file_is_looked_at_and_then_opened():
    client = as_role("agent")
    preview = send(client, ROWS.format("A-1"))
    assert "备注" in text_of(preview)
    assert Order.objects.count() == 0
    done = client.post(f"{preview.redirect_chain[0][0]}apply/", follow=True)
    assert "已登记 1 件转办单" in text_of(done)
    assert numbers(done) == ["A-1"]


def test_a_row_at_fault_is_named_and_nothing_can_be_agreed_to():
    preview = send(as_role("agent"), ROWS.format(""))
    assert "第 2 行" in text_of(preview)
    assert not preview.context["may_apply"]
    assert inline_in(preview) == []


def test_another_persons_file_is_not_there():
    preview = send(as_role("agent"), ROWS.format("A-1"))
    assert as_role("lead").get(preview.redirect_chain[0][0]).status_code == 404


@pytest.mark.parametrize("role", ["field", "supervisor"])
def test_who_opens_no_tickets_imports_none(role):
    assert as_role(role).get(FILES).status_code == 403


def test_the_number_of_its_source_stands_wherever_the_cases_own_does():
    ticket = ordered(category="", subtype="leak", address="城东区朝阳路 9 号")
    client = as_role("lead")
    pages = (f"/desk/cases/{ticket.number}/", "/desk/cases/", "/desk/board/", "/desk/dispatch/")
    assert ["SZ-001" in text_of(client.get(page)) for page in pages] == [True] * len(pages)
