from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from notifications import nudge, texts
from notifications.models import Message, State, Text
from notifications.outbox import SMS_LENGTH, queue
from tests.notifications.conftest import MINUTE, NOW, PHONE, notice

pytestmark = pytest.mark.django_db


@pytest.fixture
def nudged(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How often the worker was nudged."""
    times: list[int] = []
    monkeypatch.setattr(nudge, "nudge", lambda: times.append(1))
    return times


def test_a_message_is_fixed_when_it_is_queued(text):
    wording = text(body="办件 {number}")
    assert queue([notice(case="A1")], NOW) == 1
    wording.body = "改了"
    wording.save()
    message = Message.objects.get()
    assert (message.body, message.address, message.case) == ("办件 A1", PHONE, "A1")
    assert (message.state, message.next_try_at, message.created_at) == (State.QUEUED, NOW, NOW)


def test_a_notice_goes_out_on_every_channel_with_a_text_and_an_address(text, person):
    wang = person()
    text(channel="sms")
    text(channel="inbox", subject="{number}")
    assert (
        queue([notice("both", user_id=wang.pk), notice("sms"), notice("neither", phone="")], NOW)
        == 3
    )
    told = Message.objects.values_list("occurrence", "channel").order_by("id")
    assert set(told) == {("both", "sms"), ("both", "inbox"), ("sms", "sms")}


def test_an_inbox_message_is_delivered_by_being_there(
    text, person, nudged, django_capture_on_commit_callbacks
):
    text(channel="inbox", subject="{number}")
    with django_capture_on_commit_callbacks(execute=True):
        queue([notice(user_id=person().pk)], NOW)
    message = Message.objects.get()
    assert (message.state, message.sent_at, message.next_try_at) == (State.SENT, NOW, None)
    assert nudged == []


def test_a_landline_gets_no_short_message(text):
    text()
    assert queue([notice(phone="0731-22881234")], NOW) == 0


def test_a_silenced_text_is_not_sent(text):
    text(active=False)
    assert queue([notice()], NOW) == 0


def test_one_occurrence_is_told_once(text):
    text()
    assert queue([notice("A1#1"), notice("A1#1"), notice("A1#2")], NOW) == 2
    assert queue([notice("A1#1"), notice("A1#2"), notice("A1#3")], NOW) == 1


def test_two_people_are_both_told_of_one_occurrence(text):
    text()
    assert queue([notice(), notice(phone="13900001234")], NOW) == 2


def test_a_rolled_back_cause_leaves_nothing_and_nudges_nobody(
    text, nudged, django_capture_on_commit_callbacks
):
    text()
    with (
        django_capture_on_commit_callbacks(execute=True),
        pytest.raises(ZeroDivisionError),
        transaction.atomic(),
    ):
        queue([notice()], NOW)
        raise ZeroDivisionError
    assert Message.objects.count() == 0
    assert nudged == []


def test_a_committed_cause_nudges_the_worker(text, nudged, django_capture_on_commit_callbacks):
    text()
    with django_capture_on_commit_callbacks(execute=True):
        queue([notice()], NOW)
        assert nudged == []
    assert nudged == [1]


def test_what_was_queued_before_nudges_nobody(text, nudged, django_capture_on_commit_callbacks):
    text()
    queue([notice()], NOW)
    with django_capture_on_commit_callbacks(execute=True):
        queue([notice()], NOW)
    assert nudged == []


@pytest.mark.parametrize("count", [1, 500])
def test_queueing_takes_two_statements_cold_and_one_warm(text, count: int):
    text()
    with CaptureQueriesContext(
        connection,
    ) as cold:
        queue([notice(f"cold{n}") for n in range(count)], NOW)
    with CaptureQueriesContext(connection) as warm:
        queue([notice(f"warm{n}") for n in range(count)], NOW)
    assert (len(cold), len(warm)) == (2, 1)


def test_nothing_to_tell_asks_nothing_of_the_database(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert queue([], NOW) == 0


def test_an_edited_text_is_used_at_once_by_the_process_that_saved_it(text):
    wording = text(body="旧")
    queue([notice("1")], NOW)
    wording.body = "新"
    wording.save()
    queue([notice("2")], NOW)
    assert list(Message.objects.order_by("id").values_list("body", flat=True)) == ["旧", "新"]


def test_an_edited_text_is_used_elsewhere_within_seconds(text, monkeypatch):
    text(body="旧")
    queue([notice("1")], NOW)
    Text.objects.update(body="新")
    monkeypatch.setattr(texts, "KEPT_SECONDS", 0.0)
    queue([notice("2")], NOW)
    assert Message.objects.get(occurrence="2").body == "新"


def test_the_texts_life_bounds_the_message_unless_the_notice_says_otherwise(text):
    text(ttl=timedelta(minutes=5))
    queue([notice("text's"), notice("own", expires=NOW + MINUTE)], NOW)
    assert Message.objects.get(occurrence="text's").expires_at == NOW + 5 * MINUTE
    assert Message.objects.get(occurrence="own").expires_at == NOW + MINUTE


def test_no_value_can_break_the_transaction_of_the_case(text):
    text(channel="sms", subject="{note}", body="{note}{nowhere}")
    assert queue([notice(context={"note": "洞\x00\ud800" * 5000})], NOW) == 1
    assert len(Message.objects.get().body) == SMS_LENGTH


def test_a_naive_instant_is_refused():
    with pytest.raises(ValueError, match="aware"):
        queue([notice()], datetime(2026, 3, 2, 9, 0))  # noqa: DTZ001


def test_an_occurrence_too_long_for_its_column_is_a_loud_bug(text):
    text()
    with pytest.raises(Exception, match="value too long"), transaction.atomic():
        queue([notice("x" * 161)], NOW)


@pytest.mark.parametrize(
    "never",
    [
        {"state": "lost"},
        {"state": "sending"},
        {"state": "sent", "next_try_at": None},
        {"state": "dead", "next_try_at": None},
        {"next_try_at": None},
        {"lease_until": NOW},
        {"expires_at": None},
        {"read_at": NOW},
        {"address": ""},
        {"channel": "inbox"},
        {"attempts": F("attempts") - 1},
    ],
    ids=str,
)
def test_the_database_refuses_what_can_never_be(queued, never: dict):
    (message,) = queued()
    with pytest.raises(IntegrityError), transaction.atomic():
        Message.objects.filter(pk=message.pk).update(**never)
