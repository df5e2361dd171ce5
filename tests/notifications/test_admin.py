from __future__ import annotations

from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from notifications import nudge
from notifications.delivery import deliver
from notifications.models import Message, State, Text
from tests.notifications.conftest import NOW
from tests.notifications.far_end import says

pytestmark = pytest.mark.django_db

TEXTS = "admin:notifications_text"
MESSAGES = "admin:notifications_message"


@pytest.fixture
def desk(admin: Any) -> Client:
    signed_in = Client()
    signed_in.force_login(admin)
    return signed_in


def edit(desk: Client, text: Text, body: str) -> Any:
    form = {
        "channel": text.channel,
        "subject": "",
        "body": body,
        "ttl": "",
        "notes": "",
        "active": "on",
    }
    return desk.post(reverse(f"{TEXTS}_change", args=[text.pk]), form)


def test_a_text_can_be_reworded(desk, text):
    wording = text()
    assert edit(desk, wording, "您的办件 {number} 有进展").status_code == 302
    wording.refresh_from_db()
    assert wording.body == "您的办件 {number} 有进展"


def test_braces_that_are_no_placeholder_are_refused_at_the_field(desk, text):
    wording = text()
    answer = edit(desk, wording, "您的办件 {编号}")
    assert answer.status_code == 200
    assert "body" in answer.context["adminform"].form.errors
    wording.refresh_from_db()
    assert wording.body == "办件 {number}"


def test_a_misspelt_placeholder_is_pointed_out(desk, text):
    answer = edit(desk, text(), "您的办件 {nunber}")
    assert any("nunber" in str(said) for said in get_messages(answer.wsgi_request))


def test_a_text_is_not_deleted(desk, text):
    assert desk.get(reverse(f"{TEXTS}_delete", args=[text().pk])).status_code == 403


def test_messages_are_looked_at_with_numbers_masked(desk, queued):
    (message,) = queued()
    page = desk.get(reverse(f"{MESSAGES}_changelist")).content.decode()
    assert "138****1234" in page
    assert "13800001234" not in page
    detail = desk.get(reverse(f"{MESSAGES}_change", args=[message.pk])).content.decode()
    assert "办件 A1" in detail
    assert "13800001234" not in detail


def test_a_secret_text_is_not_shown(desk, queued, text):
    text(secret=True)
    (message,) = queued()
    page = desk.get(reverse(f"{MESSAGES}_change", args=[message.pk])).content.decode()
    assert "办件 A1" not in page


@pytest.mark.parametrize("page", ["add", "change", "delete"])
def test_messages_are_not_written_here(desk, queued, page: str):
    (message,) = queued()
    args = [] if page == "add" else [message.pk]
    assert desk.post(reverse(f"{MESSAGES}_{page}", args=args), {"body": "x"}).status_code == 403


def test_what_failed_can_be_sent_again(desk, queued, gateway, monkeypatch):
    nudged: list[int] = []
    monkeypatch.setattr(nudge, "nudge", lambda: nudged.append(1))
    (message,) = queued()
    gateway.answer = says(400)
    deliver(NOW)
    chosen = {"action": "send_again", "_selected_action": [str(message.pk)]}
    desk.post(reverse(f"{MESSAGES}_changelist"), chosen)
    message.refresh_from_db()
    assert (message.state, message.attempts, nudged) == (State.QUEUED, 0, [1])


def test_the_list_costs_the_same_queries_for_any_number_of_messages(
    desk, queued, django_assert_max_num_queries
):
    queued(40)
    with django_assert_max_num_queries(6):
        desk.get(reverse(f"{MESSAGES}_changelist"))
    assert Message.objects.count() == 40
