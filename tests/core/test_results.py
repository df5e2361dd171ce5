"""Moves as results for other systems: what is said, to whom, and sending it again."""

from __future__ import annotations

import json

import pytest

from notifications.results import topics
from notifications.results.models import Delivery, State, Subscriber
from tests.factories import HOUR, MINUTE, MONDAY_0900, open_application, open_ticket, staff
from waterdesk.core import door, record, results
from waterdesk.core.errors import Invalid, NotAllowed, NotFound
from waterdesk.core.models.record import Event

pytestmark = pytest.mark.django_db
LATER = MONDAY_0900 + HOUR


def listens(*names: str, code: str = "billing", **more) -> Subscriber:
    given = {"name": code, "url": "https://billing.example.com/", "secret": "BILLING"}
    return Subscriber.objects.create(code=code, topics=list(names), **(given | more))


def told() -> list[tuple[str, int]]:
    return list(Delivery.objects.order_by("id").values_list("topic", "version"))


def dead(case) -> Delivery:
    row = Delivery.objects.get(case=case.number)
    Delivery.objects.filter(pk=row.pk).update(state="dead", next_try_at=None, answer="HTTP 500")
    return row


def test_moves_are_told_under_where_they_led_in_their_order():
    listens("application.opened", "application.accepted", "application.cancelled")
    case = open_application()
    door.move(case.number, "cancel", actor=None, at=LATER)
    assert told() == [
        ("application.opened", 1), ("application.accepted", 3), ("application.cancelled", 4),
    ]  # fmt: skip


def test_a_move_that_leads_nowhere_is_told_under_its_own_name():
    listens("ticket.note", "ticket.dispatched")
    ticket = open_ticket()
    lead, worker = staff("lead"), staff("field", "east-1")
    door.move(ticket.number, "note", actor=lead, at=LATER, changes={"note": "急"})
    door.move(ticket.number, "dispatch", actor=lead, at=LATER, changes={"handler": worker.username})
    assert [topic for topic, _version in told()] == ["ticket.note", "ticket.dispatched"]


def test_what_happened_says_nothing_about_the_person():
    listens("application.accepted")
    case = open_application(name="张三", phone="13812345678", address="城东区朝阳路 8 号")
    said = json.loads(Delivery.objects.get().body)
    assert (said["case"], said["topic"]) == (case.number, "application.accepted")
    assert said["at"] == "2026-11-16T01:00:00+00:00"
    assert said["data"] == {
        "kind": "application", "subject": case.subject, "action": "accept", "status": "accepted",
        "area": case.area.code, "channel": "web", "outcome": "",
    }  # fmt: skip


def test_what_was_queued_does_not_change_with_the_case():
    listens("application.opened")
    case = open_application()
    before = Delivery.objects.get().body
    door.move(case.number, "cancel", actor=None, at=LATER)
    assert Delivery.objects.get().body == before


def test_a_move_that_is_refused_tells_nobody():
    listens("application.water_on")
    case = open_application()
    with pytest.raises(NotAllowed):
        door.move(case.number, "water_on", actor=staff("agent"), at=LATER)
    assert told() == []


def test_who_is_switched_off_has_his_results_held():
    listens("application.opened", active=False)
    open_application()
    assert Delivery.objects.get().state == State.HELD


def test_every_topic_has_words():
    known = topics.known()
    assert {"application.water_on", "application.closed", "ticket.opened", "account.open"} <= set(
        known
    )
    assert all(str(words) for words in known.values())


class TestReplay:
    def test_it_is_sent_again_and_the_record_says_who_asked(self):
        listens("application.opened")
        case = open_application()
        row = dead(case)
        chief = staff("supervisor")
        rows = results.visible_to(chief)
        assert results.replay(rows, "对方已修复", actor=chief, at=LATER) == 1
        row.refresh_from_db()
        assert (row.state, row.next_try_at, row.replays) == (State.WAITING, LATER, 1)
        event = case.events.last()
        assert (event.action, event.actor, event.at) == ("result_replayed", chief.username, LATER)
        assert event.data == {
            "delivery": str(row.pk), "topic": "application.opened", "subscriber": "billing",
            "reason": "对方已修复",
        }  # fmt: skip
        assert list(record.verify(Event.objects.filter(case=case.number).order_by("seq"))) == []

    def test_what_is_on_its_way_is_let_be(self):
        listens("application.opened")
        case = open_application()
        chief = staff("supervisor")
        assert results.replay(Delivery.objects.all(), "再发", actor=chief, at=LATER) == 0
        assert "result_replayed" not in case.events.values_list("action", flat=True)

    def test_at_most_so_many_at_once_the_oldest_first(self, monkeypatch):
        monkeypatch.setattr(results, "MOST_AT_ONCE", 1)
        listens("application.opened")
        first = dead(open_application())
        second = dead(open_application(address="城东区朝阳路 9 号"))
        chief = staff("admin")
        assert results.replay(Delivery.objects.all(), "再发", actor=chief, at=LATER) == 1
        states = [Delivery.objects.get(pk=row.pk).state for row in (first, second)]
        assert states == ["waiting", "dead"]
        assert results.replay(Delivery.objects.all(), "再发", actor=chief, at=LATER) == 1

    def test_without_a_reason_nothing_is_sent(self):
        with pytest.raises(Invalid):
            results.replay(Delivery.objects.all(), " ", actor=staff("admin"), at=LATER)

    @pytest.mark.parametrize("role", ["agent", "clerk", "field", "lead"])
    def test_others_may_not(self, role):
        with pytest.raises(NotAllowed):
            results.replay(Delivery.objects.all(), "再发", actor=staff(role), at=LATER)
        assert not results.visible_to(staff(role)).exists()

    def test_a_supervisor_of_another_area_sees_none_of_it(self):
        listens("application.opened")
        open_application()
        assert results.visible_to(staff("supervisor", "east")).count() == 1
        elsewhere = staff("supervisor", "west")
        assert results.visible_to(elsewhere).count() == 0


class TestReading:
    def test_the_whole_body_leaves_a_line_in_the_record(self):
        listens("application.opened")
        case = open_application()
        row, chief = Delivery.objects.get(), staff("admin")
        assert results.reveal(row, "核对投诉", actor=chief, at=LATER) == row.body
        event = case.events.last()
        assert (event.action, event.actor) == ("result_read", chief.username)
        assert event.data["reason"] == "核对投诉"

    def test_a_supervisor_may_not(self):
        listens("application.opened")
        open_application()
        row = Delivery.objects.get()
        with pytest.raises(NotAllowed):
            results.reveal(row, "看看", actor=staff("supervisor"), at=LATER)

    def test_a_case_of_another_area_is_not_there(self):
        listens("application.opened")
        open_application()
        row = Delivery.objects.get()
        with pytest.raises(NotFound):
            results.reveal(row, "看看", actor=staff("admin", "west"), at=LATER + MINUTE)
