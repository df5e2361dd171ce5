from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import include, path
from rest_framework.routers import SimpleRouter
from rest_framework.test import APIClient

from notifications.api import MessageViewSet
from notifications.delivery import deliver
from notifications.models import Message, State
from notifications.outbox import queue
from tests.notifications.conftest import MINUTE, NOW, notice

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]

router = SimpleRouter()
router.register("messages", MessageViewSet, basename="message")
urlpatterns = [path("api/v1/", include(router.urls))]
URL = "/api/v1/messages/"


def client(user: Any = None) -> APIClient:
    made = APIClient()
    made.force_authenticate(user)
    return made


@pytest.fixture
def tell(text):
    """Put so many messages into somebody's inbox, a minute apart."""
    text(channel="inbox", subject="{number}", body="请联系 {phone}")

    def make(user: Any, count: int = 1, case: str = "A1") -> list[Message]:
        for n in range(count):
            context = {"number": f"{case}-{n}", "phone": "13912345678"}
            told = notice(f"{case}-{n}", user_id=user.pk, phone="", context=context, case=case)
            queue([told], NOW + n * MINUTE)
        return list(Message.objects.inbox_of(user).order_by("-id"))

    return make


def test_nobody_sees_messages_without_signing_in():
    assert client().get(URL).status_code in (401, 403)


def test_one_sees_ones_own_inbox_newest_first(tell, person):
    wang, li = person("wang"), person("li")
    tell(li)
    mine = tell(wang, 3, "A2")
    rows = client(wang).get(URL).data["results"]
    assert [row["id"] for row in rows] == [str(message.pk) for message in mine]
    assert rows[0]["body"] == "请联系 13912345678"


def test_somebody_elses_message_is_not_there(tell, person):
    wang, li = person("wang"), person("li")
    (theirs,) = tell(li)
    assert client(wang).get(f"{URL}{theirs.pk}/").status_code == 404
    assert client(wang).post(f"{URL}{theirs.pk}/read/").status_code == 404
    theirs.refresh_from_db()
    assert theirs.read_at is None


def test_a_short_message_is_in_nobodys_inbox(queued, person):
    queued(user_id=person("wang").pk)
    wang = Message.objects.get().recipient
    assert client(wang).get(URL).data["results"] == []


def test_an_administrator_sees_all_with_numbers_masked(queued, tell, person, admin):
    queued()
    tell(person("li"))
    rows = {row["channel"]: row for row in client(admin).get(URL).data["results"]}
    assert rows["sms"]["address"] == "138****1234"
    assert rows["inbox"]["address"] == ""
    assert rows["inbox"]["body"] == "请联系 139****5678"


def test_nobody_reads_a_secret_text(text, admin):
    text(secret=True, body="码 {number}")
    queue([notice(user_id=admin.pk)], NOW)
    (row,) = client(admin).get(URL).data["results"]
    assert "A1" not in row["body"]


def test_reading_counts_once(tell, person, time_machine):
    wang = person("wang")
    newest, _older = tell(wang, 2)
    time_machine.move_to(NOW + MINUTE, tick=False)
    first = client(wang).post(f"{URL}{newest.pk}/read/")
    time_machine.move_to(NOW + 9 * MINUTE, tick=False)
    again = client(wang).post(f"{URL}{newest.pk}/read/")
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.data["read_at"] == again.data["read_at"]
    newest.refresh_from_db()
    assert newest.read_at == NOW + MINUTE
    unread = client(wang).get(URL, {"unread": "true"}).data["results"]
    assert [row["id"] for row in unread] == [str(_older.pk)]
    assert len(client(wang).get(URL, {"unread": "false"}).data["results"]) == 1


def test_an_administrator_does_not_read_for_others(tell, person, admin):
    (theirs,) = tell(person("li"))
    assert client(admin).post(f"{URL}{theirs.pk}/read/").status_code == 404


def test_the_messages_of_one_case_can_be_asked_for(tell, person, admin):
    li = person("li")
    tell(li, 2, "A1")
    tell(li, 1, "A2")
    rows = client(admin).get(URL, {"case": "A2"}).data["results"]
    assert [row["case"] for row in rows] == ["A2"]


def test_pages_follow_each_other_without_gap(tell, person):
    wang = person("wang")
    expected = [str(message.pk) for message in tell(wang, 7)]
    seen, url = [], f"{URL}?page_size=3"
    for _page in range(3):
        answer = client(wang).get(url).data
        seen += [row["id"] for row in answer["results"]]
        url = answer["next"]
    assert seen == expected
    assert url is None


@pytest.mark.parametrize("position", ["p=not-an-id", "p=", "p=%00", "o=-1&p=1", "nonsense"])
def test_a_forged_cursor_is_refused(person, position: str):
    cursor = base64.b64encode(position.encode()).decode()
    answer = client(person()).get(f"{URL}?{urlencode({'cursor': cursor})}")
    assert answer.status_code in (200, 404)


@pytest.mark.parametrize("query", ["case=%00", "case=" + "x" * 5000, "unread=perhaps", "cursor=é"])
def test_odd_filters_do_no_harm(person, query: str):
    assert client(person()).get(f"{URL}?{query}").status_code in (200, 400, 404)


@pytest.mark.parametrize("pk", ["1", "x", "00000000-0000-0000-0000-000000000000", "%00"])
def test_an_unknown_message_is_not_there(person, pk: str):
    assert client(person()).get(f"{URL}{pk}/").status_code == 404


def test_queries_do_not_grow_with_messages(tell, person):
    wang = person("wang")
    costs = []
    for count in (1, 30):
        tell(wang, count, f"B{count}")
        with CaptureQueriesContext(connection) as used:
            client(wang).get(URL)
        costs.append(len(used))
    assert costs == [1, 1]


class TestReceipts:
    URL = f"{URL}receipts/"

    @pytest.fixture
    def sent(self, queued, gateway, settings) -> Message:
        settings.SMS_RECEIPT_TOKEN = "carrier's"
        (message,) = queued()
        deliver(NOW)
        message.refresh_from_db()
        return message

    def post(self, body: Any, token: str = "carrier's") -> Any:
        return APIClient().post(
            self.URL, body, format="json", headers={"Authorization": f"Bearer {token}"}
        )

    def test_the_carrier_says_that_it_arrived(self, sent):
        assert self.post({"id": sent.carrier_id, "state": "delivered"}).status_code == 204
        sent.refresh_from_db()
        assert sent.state == State.DELIVERED

    @pytest.mark.parametrize("token", ["", "wrong", "carrier'", "密"])
    def test_nobody_else_may_say_so(self, sent, token: str):
        answer = self.post({"id": sent.carrier_id, "state": "delivered"}, token)
        assert answer.status_code in (401, 403)
        sent.refresh_from_db()
        assert sent.state == State.SENT

    def test_without_a_token_of_ours_nobody_may(self, sent, settings):
        settings.SMS_RECEIPT_TOKEN = ""
        assert self.post({"id": sent.carrier_id, "state": "delivered"}, "").status_code in (
            401,
            403,
        )

    @pytest.mark.parametrize(
        ("body", "status"),
        [
            ({"id": "nobody", "state": "delivered"}, 404),
            ({"id": "x", "state": "eaten"}, 400),
            ({"id": "\x00", "state": "delivered"}, 400),
            ({"id": {"a": 1}, "state": "delivered"}, 400),
            ([], 400),
            ({}, 400),
        ],
    )
    def test_an_odd_receipt_is_refused(self, sent, body: Any, status: int):
        assert self.post(body).status_code == status


def test_the_unread_count_stands_for_the_bell(tell, person):
    wang = person("wang")
    tell(wang, 4)
    inbox = Message.objects.inbox_of(wang)
    assert inbox.unread().count() == 4
    assert inbox.mark_read(NOW + timedelta(hours=1)) == 4
    assert inbox.mark_read(NOW + timedelta(hours=2)) == 0
