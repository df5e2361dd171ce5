"""The inbox: one's own messages, read when they are opened, counted on every page."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from notifications import outbox
from notifications.models import Message
from notifications.outbox import Notice
from tests.factories import customer, staff
from tests.web.desk import NOW, as_role, client_of, dispatched, text_of
from waterdesk.web import inbox

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_ten")]

INBOX = "/inbox/"


@pytest.fixture
def worker():
    return staff("field", "east-1", name="wang")


def newest(user):
    return Message.objects.inbox_of(user).order_by("-id").first()


def test_a_message_leads_to_its_case_and_is_read_once_it_was_opened(worker):
    ticket = dispatched(worker)
    client = client_of(worker)
    message = newest(worker)
    assert message.read_at is None
    response = client.get(f"{INBOX}{message.pk}/")
    assert f'href="/desk/cases/{ticket.number}/"' in response.content.decode()
    message.refresh_from_db()
    assert message.read_at == NOW


def test_opening_it_again_keeps_the_first_instant(worker, at_ten):
    dispatched(worker)
    client = client_of(worker)
    message = newest(worker)
    client.get(f"{INBOX}{message.pk}/")
    at_ten.shift(600)
    client.get(f"{INBOX}{message.pk}/")
    message.refresh_from_db()
    assert message.read_at == NOW


def test_nobody_opens_somebody_elses_message(worker):
    dispatched(worker)
    message = newest(worker)
    assert as_role("admin").get(f"{INBOX}{message.pk}/").status_code == 404
    message.refresh_from_db()
    assert message.read_at is None


def test_unread_ones_are_marked_and_can_be_seen_alone(worker):
    first, second = dispatched(worker), dispatched(worker)
    client = client_of(worker)
    opened = Message.objects.inbox_of(worker).get(case=first.number)
    client.get(f"{INBOX}{opened.pk}/")
    rows = client.get(INBOX, {"show": "unread"}).context["page"].rows
    assert [message.case for message in rows] == [second.number]
    assert text_of(client.get(INBOX)).count("未读") >= 1


def test_everything_is_read_at_one_press_and_nothing_of_others(worker):
    other = staff("field", "east-1", name="other")
    dispatched(worker)
    dispatched(other)
    client = client_of(worker)
    assert client.post(f"{INBOX}read/").status_code == 302
    assert not Message.objects.inbox_of(worker).unread().exists()
    assert Message.objects.inbox_of(other).unread().exists()


def test_the_badge_counts_and_stops_at_99(worker):
    client = client_of(worker)
    assert text_of(client.get(f"{INBOX}badge/")) == ""
    dispatched(worker)
    assert "1" in text_of(client.get(f"{INBOX}badge/"))
    told = Notice("ticket.dispatch.handler", "", worker.pk, "")
    outbox.queue([replace(told, occurrence=f"x{place}") for place in range(100)], NOW)
    assert "99+" in text_of(client.get(f"{INBOX}badge/"))


def test_pages_ask_for_the_badge_anew_and_stop_when_nobody_is_signed_in(worker):
    page = client_of(worker).get(INBOX).content.decode()
    assert 'hx-get="/inbox/badge/" hx-trigger="every 30s"' in page
    stop_polling = 286
    assert Client().get(f"{INBOX}badge/").status_code == stop_polling


def test_pages_follow_each_other_without_a_gap(worker, monkeypatch):
    monkeypatch.setattr(inbox, "PAGE_ROWS", 2)
    for _each in range(3):
        dispatched(worker)
    client = client_of(worker)
    first = client.get(INBOX)
    second = client.get(INBOX + first.context["after"])
    found = [*first.context["page"].rows, *second.context["page"].rows]
    assert found == list(Message.objects.inbox_of(worker).order_by("-id"))
    assert second.context["after"] == ""


@pytest.mark.parametrize("key", ["x", "1", "0190"])
def test_a_spoilt_page_key_is_refused(worker, key):
    assert client_of(worker).get(INBOX, {"after": key}).status_code == 400


def test_the_list_asks_the_same_number_of_questions_for_5_messages_and_for_25(worker):
    client = client_of(worker)
    counts = []
    for more in (5, 20):
        for _each in range(more):
            dispatched(worker)
        client.get(INBOX)
        with CaptureQueriesContext(connection) as queries:
            client.get(INBOX)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_customer_has_an_inbox_too():
    assert client_of(customer()).get(INBOX).status_code == 200
