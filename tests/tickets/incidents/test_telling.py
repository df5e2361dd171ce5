"""Every caller hears of every stage once, whatever happens; the finish is everybody's."""

from __future__ import annotations

from functools import partial

import pytest

from notifications import outbox
from notifications.models import Message
from tests.factories import HOUR, MINUTE, MONDAY_0900
from tests.tickets.incidents.street import burst, move, two_joined, worked_on
from tickets.incidents import telling
from tickets.models.incidents import Progress
from waterdesk.core import after

pytestmark = pytest.mark.django_db

STAGE = telling.KEY
LATER = MONDAY_0900 + 20 * MINUTE


def told(phone):
    rows = Message.objects.filter(key=STAGE, address=phone).order_by("id")
    return [row.body for row in rows]


def test_each_stage_is_told_to_each_caller_once():
    incident, one, other = two_joined()
    worked_on(incident, LATER, "arrive", "shut", "replaced")
    assert telling.tell(LATER + HOUR) == 8
    assert telling.tell(LATER + HOUR) == 0
    assert len(told(one.phone)) == len(told(other.phone)) == 4
    assert "关阀止水" in told(one.phone)[2]
    assert one.number in told(one.phone)[2]


def test_a_caller_who_rang_twice_is_told_once():
    incident, one, _other = two_joined()
    again = burst(7, phone=one.phone)
    move(again, "join", MONDAY_0900 + 15 * MINUTE, same=incident.number)
    worked_on(incident, LATER)
    telling.tell(LATER + MINUTE)
    assert len(told(one.phone)) == 1


def test_a_worker_that_dies_in_the_middle_is_followed_by_one_that_tells_the_rest(monkeypatch):
    incident, one, other = two_joined()
    worked_on(incident, LATER)
    queue = outbox.queue
    calls = iter([queue])

    def dies(notices, at):
        return next(calls)(notices, at)

    with monkeypatch.context() as patch:
        patch.setattr(outbox, "queue", dies)
        with pytest.raises(StopIteration):
            telling.tell(LATER + MINUTE, batch=1)
    assert (len(told(one.phone)), len(told(other.phone))) == (1, 0)
    assert telling.tell(LATER + 2 * MINUTE, batch=1) == 1
    assert (len(told(one.phone)), len(told(other.phone))) == (1, 1)


def test_who_joins_later_is_not_told_what_was_before():
    incident, *_both = two_joined()
    worked_on(incident, LATER, "arrive")
    late = burst(5)
    move(late, "join", LATER + 5 * MINUTE, same=incident.number)
    move(incident, "shut", LATER + 6 * MINUTE, "lead")
    telling.tell(LATER + HOUR)
    assert len(told(late.phone)) == 1


def test_who_was_split_off_is_told_no_more():
    incident, _one, other = two_joined()
    move(other, "split", LATER)
    worked_on(incident, LATER, "arrive")
    telling.tell(LATER + HOUR)
    assert told(other.phone) == []


def test_the_callers_of_a_merged_incident_follow_the_other_one():
    into, one, _other = two_joined()
    three, four = burst(3), burst(4)
    move(four, "join", MONDAY_0900 + 5 * MINUTE, same=three.number)
    merged = three.incident
    move(merged, "merge", LATER, to=into.number)
    worked_on(into, LATER, "arrive")
    telling.tell(LATER + HOUR)
    assert [len(told(each.phone)) for each in (one, three, four)] == [2, 2, 2]


def test_the_finish_of_the_incident_finishes_every_ticket_and_each_waits_for_its_follow_up():
    incident, one, other = two_joined()
    worked_on(incident, LATER, "arrive", "restore")
    telling.tell(LATER + HOUR)
    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.status, other.status) == ("finished", "finished")
    assert one.result == incident.result
    assert {after.row_of(each).call for each in (one, other)} == {"waiting"}
    assert not Progress.objects.filter(told_at__isnull=True).exists()


def test_a_ticket_reopened_after_that_is_worked_on_by_itself():
    incident, one, _other = two_joined()
    worked_on(incident, LATER, "arrive", "restore")
    telling.tell(LATER + HOUR)
    move(one, "reopen", LATER + 2 * HOUR)
    assert one.incident is None
    assert one.clocks.filter(code="finish", stopped_at__isnull=True).count() == 1


def test_what_the_pages_tell_is_said_in_a_text_for_every_message():
    incident, *_both = two_joined()
    worked_on(incident, LATER, "arrive", "shut", "dug", "replaced", "flushed", "tested", "paved")
    move(incident, "restore", LATER + HOUR, "lead", result="已复供")
    telling.tell(LATER + HOUR)
    assert Message.objects.filter(key=STAGE).count() == 2 * 9
    assert "黄水" in told("13900000001")[-1]


def test_a_stage_costs_as_many_questions_for_twenty_callers_as_for_two(
    django_assert_max_num_queries,
):
    incident, *_both = two_joined()
    join = partial(move, action="join", at=MONDAY_0900 + 15 * MINUTE, same=incident.number)
    for place in range(10, 28):
        join(burst(place))
    worked_on(incident, LATER)
    with django_assert_max_num_queries(12):
        assert telling.tell(LATER + MINUTE) == 20
