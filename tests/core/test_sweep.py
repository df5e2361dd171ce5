from __future__ import annotations

from datetime import datetime

import pytest
from django.utils import translation

from notifications.models import Message
from tests.factories import (
    DAY,
    HOUR,
    MINUTE,
    MONDAY_0900,
    SHANGHAI,
    open_application,
    open_ticket,
    staff,
)
from waterdesk.core import clocks, door
from waterdesk.core.models import Clock, Crossing, Event
from waterdesk.core.record import verify
from waterdesk.core.sweep import sweep

pytestmark = pytest.mark.django_db

ANSWER = {"category": "consultation", "subtype": "", "remark": "水价多少"}


def events(case, action):
    return [(e.data["promise"], e.data["level"], e.at) for e in case.events.filter(action=action)]


def test_a_late_sweep_records_the_true_instant():
    ticket = open_ticket(at=MONDAY_0900)
    sweep(MONDAY_0900 + 3 * HOUR)
    breaches = events(ticket, "clock_breached")
    assert breaches == [
        ("respond", 100, MONDAY_0900 + 15 * MINUTE),
        ("arrive", 100, MONDAY_0900 + 60 * MINUTE),
    ]


def test_nothing_is_crossed_before_its_time():
    open_ticket(at=MONDAY_0900)
    assert sweep(MONDAY_0900 + 7 * MINUTE) == 0


def test_a_level_falls_only_after_its_instant_so_that_the_limit_itself_is_in_time():
    open_ticket(at=MONDAY_0900)
    half = MONDAY_0900 + 7.5 * MINUTE
    assert sweep(half) == 0
    assert sweep(half + MINUTE / 60) == 1


def test_sweeping_again_crosses_nothing_twice():
    open_ticket(at=MONDAY_0900)
    now = MONDAY_0900 + 3 * DAY
    first = sweep(now)
    assert first == Crossing.objects.count() > 0
    assert sweep(now) == 0


def test_levels_fire_in_the_order_in_which_they_fell():
    ticket = open_ticket(at=MONDAY_0900)
    sweep(MONDAY_0900 + 2 * DAY)
    fell = list(ticket.events.filter(action__startswith="clock_").values_list("at", flat=True))
    assert fell == sorted(fell)


def test_the_sweeps_events_continue_the_record_of_the_case():
    ticket = open_ticket(at=MONDAY_0900)
    sweep(MONDAY_0900 + 2 * DAY)
    agent = staff("agent")
    door.move(ticket.number, "note", actor=agent, at=MONDAY_0900 + 2 * DAY, note="已联系")
    assert list(verify(ticket.events)) == []
    ticket.refresh_from_db()
    assert ticket.version == ticket.events.count()


def test_a_small_batch_size_changes_nothing_but_the_number_of_transactions():
    tickets = [open_ticket(at=MONDAY_0900, address=f"城东区朝阳路 {n} 号") for n in range(5)]
    sweep(MONDAY_0900 + 2 * DAY, batch=2)
    assert {len(events(ticket, "clock_breached")) for ticket in tickets} == {4}
    assert not Clock.objects.filter(next_at__lt=MONDAY_0900 + 2 * DAY).exists()


def test_a_clock_breached_is_so_at_its_due_time():
    ticket = open_ticket(at=MONDAY_0900)
    sweep(MONDAY_0900 + 20 * MINUTE)
    respond = ticket.clocks.get(code="respond")
    assert (respond.state, respond.breached_at) == ("breached", respond.due_at)


def test_a_working_clock_rests_overnight():
    ticket = open_ticket(at=datetime(2026, 11, 20, 17, 0, tzinfo=SHANGHAI), **ANSWER)
    assert sweep(datetime(2026, 11, 23, 8, 0, tzinfo=SHANGHAI)) == 0
    assert ticket.clocks.get().due_at == datetime(2026, 11, 25, 18, 0, tzinfo=SHANGHAI)


def test_a_paused_clock_neither_reminds_nor_breaches():
    case = open_application(at=MONDAY_0900)
    clerk = staff("clerk")
    door.move(
        case.number,
        "pause",
        actor=clerk,
        at=MONDAY_0900 + 30 * MINUTE,
        changes={"reason": "customer-correction"},
        note="请补充门牌号",
    )
    assert sweep(MONDAY_0900 + 10 * DAY) == 0
    assert case.clocks.get().state == "paused"


def test_a_pause_moves_the_due_time_by_what_it_did_not_count():
    case = open_application(at=MONDAY_0900)
    before = case.clocks.get().due_at
    clerk = staff("clerk")
    changes = {"reason": "customer-correction"}
    door.move(case.number, "pause", actor=clerk, at=MONDAY_0900 + HOUR, changes=changes, note="x")
    door.move(case.number, "resume", actor=clerk, at=MONDAY_0900 + 2 * HOUR)
    assert case.clocks.get().due_at == before + HOUR


def test_a_move_records_first_what_no_sweep_has_noticed():
    ticket = open_ticket(at=MONDAY_0900)
    staff("field", "east-1")
    door.move(
        ticket.number,
        "dispatch",
        actor=staff("agent"),
        at=MONDAY_0900 + 20 * MINUTE,
        changes={"handler": "field-east-1"},
    )
    actions = list(ticket.events.values_list("action", flat=True))
    assert actions.index("clock_breached") < actions.index("dispatch")
    assert ticket.clocks.get(code="respond").state == "breached"


def test_who_finishes_at_the_limit_itself_has_kept_the_promise():
    ticket = open_ticket(at=MONDAY_0900)
    staff("field", "east-1")
    door.move(
        ticket.number,
        "dispatch",
        actor=staff("agent"),
        at=MONDAY_0900 + 15 * MINUTE,
        changes={"handler": "field-east-1"},
    )
    assert ticket.clocks.get(code="respond").state == "met"


def test_a_stopped_clock_climbs_no_further():
    ticket = open_ticket(at=MONDAY_0900)
    agent = staff("agent")
    changes = {"reason": "mistake"}
    door.move(ticket.number, "cancel", actor=agent, at=MONDAY_0900 + MINUTE, changes=changes)
    assert sweep(MONDAY_0900 + 9 * DAY) == 0
    assert set(ticket.clocks.values_list("state", flat=True)) == {"void"}


def test_handler_lead_and_supervisor_are_told_in_turn():
    lead, supervisor = staff("lead", "east"), staff("supervisor")
    handler = staff("field", "east-1")
    ticket = open_ticket(at=MONDAY_0900)
    agent = staff("agent")
    changes = {"handler": handler.username}
    door.move(ticket.number, "dispatch", actor=agent, at=MONDAY_0900 + MINUTE, changes=changes)
    Message.objects.all().delete()

    def told_after(minutes):
        sweep(MONDAY_0900 + minutes * MINUTE)
        inbox = Message.objects.filter(channel="inbox", occurrence__startswith="clock:")
        people = {message.recipient_id for message in inbox}
        return people & {handler.pk, lead.pk, supervisor.pk}

    assert told_after(31) == {handler.pk}
    assert told_after(49) == {handler.pk, lead.pk}
    assert told_after(61) == {handler.pk, lead.pk, supervisor.pk}


def test_a_reminder_noticed_too_late_is_recorded_but_told_to_nobody():
    lead = staff("lead", "east")
    ticket = open_ticket(at=MONDAY_0900)
    sweep(MONDAY_0900 + 20 * MINUTE)
    assert [level for _, level, _ in events(ticket, "clock_reminded")] == [50, 80]
    inbox = Message.objects.filter(channel="inbox", recipient=lead, occurrence__startswith="clock")
    assert [message.key for message in inbox] == ["clock.breached"]


def test_a_message_after_the_limit_says_by_how_much_it_was_missed():
    lead = staff("lead", "east")
    open_ticket(at=MONDAY_0900)
    sweep(MONDAY_0900 + 25 * MINUTE)
    escalated = Message.objects.get(channel="inbox", recipient=lead, key="clock.escalated")
    assert "已超 10 分钟" in escalated.body


def test_a_message_is_in_the_utilitys_language_whoever_acts():
    crew = staff("field", "east-1")
    ticket = open_ticket(at=MONDAY_0900)
    with translation.override("en"):
        door.move(
            ticket.number,
            "dispatch",
            actor=staff("agent"),
            at=MONDAY_0900 + MINUTE,
            changes={"handler": crew.username},
        )
    told = Message.objects.get(channel="inbox", recipient=crew)
    assert "还剩" in told.body


def test_somebody_in_two_audiences_is_told_once():
    lead = staff("lead", "east")
    ticket = open_ticket(at=MONDAY_0900)
    # Nobody has been sent, so "handler" falls to the lead, who is in the audience as well.
    sweep(MONDAY_0900 + 13 * MINUTE)
    respond = ticket.clocks.get(code="respond")
    inbox = Message.objects.filter(channel="inbox", recipient=lead)
    assert inbox.filter(occurrence=f"clock:{respond.pk}:80").count() == 1


def test_a_clock_that_cannot_be_reckoned_does_not_hold_up_the_others(monkeypatch, caplog):
    broken = open_ticket(at=MONDAY_0900)
    sound = open_ticket(at=MONDAY_0900, address="城东区朝阳路 77 号")
    real = clocks.cross

    def cross(clock, *rest):
        if clock.case_id == broken.pk:
            raise ZeroDivisionError("broken row")
        return real(clock, *rest)

    monkeypatch.setattr("waterdesk.core.sweep.timing.cross", cross)
    assert sweep(MONDAY_0900 + HOUR) > 0
    assert events(sound, "clock_breached")
    assert "set aside" in caplog.text
    assert sweep(MONDAY_0900 + HOUR) == 0


def test_nothing_due_costs_one_query(django_assert_max_num_queries):
    open_ticket(at=MONDAY_0900)
    with django_assert_max_num_queries(3):
        assert sweep(MONDAY_0900 + MINUTE) == 0


def test_the_number_of_queries_does_not_follow_the_number_of_clocks(django_assert_max_num_queries):
    staff("lead", "east")
    for n in range(30):
        open_ticket(at=MONDAY_0900, address=f"城东区朝阳路 {n} 号")
    with django_assert_max_num_queries(14):
        assert sweep(MONDAY_0900 + DAY) >= 30


def test_the_record_tells_facts_not_labels():
    ticket = open_ticket(at=MONDAY_0900)
    sweep(MONDAY_0900 + HOUR)
    data = Event.objects.filter(case=ticket.number, action="clock_breached").first().data
    of = {"area": "east-1", "subject": "repair.leak", "channel": "hotline"}
    assert data == {"promise": "respond", "level": 100, "judged": {"of": of}}


def test_a_clock_goes_with_its_case_to_another_area():
    crew = staff("field", "west-1")
    ticket = open_ticket(at=MONDAY_0900, address="新区规划一路 1 号")
    changes = {"handler": crew.username}
    door.move(ticket.number, "dispatch", actor=staff("agent"), at=MONDAY_0900, changes=changes)
    assert set(ticket.clocks.values_list("area__code", flat=True)) == {"west-1"}
    assert Clock.objects.visible_to(crew).count() == ticket.clocks.count()
