"""The duty roster: who is on duty, and what happens when nobody is."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from notifications.models import Message
from tests.core.test_effects import climb
from tests.factories import HOUR, MINUTE, MONDAY_0900, open_ticket, staff
from waterdesk.core import duty, policy
from waterdesk.core.errors import Invalid, NotAllowed, NotFound
from waterdesk.core.models import Area, RosterChange, Shift
from waterdesk.core.sweep import sweep

pytestmark = pytest.mark.django_db

AT = MONDAY_0900 + 31 * MINUTE


def shift(user, area="east-1", start=0, hours=8, actor=None, at=MONDAY_0900):
    return duty.add(
        area_id=Area.objects.get(code=area).pk,
        user=user,
        starts_at=MONDAY_0900 + start * HOUR,
        ends_at=MONDAY_0900 + (start + hours) * HOUR,
        note="",
        actor=actor or staff("lead", "east"),
        at=at,
        policy=policy.current(),
    )


def told(ticket):
    inbox = Message.objects.filter(case=ticket.number, channel="inbox", key="clock.reminder")
    return {message.recipient for message in inbox if message.occurrence.endswith(":50")}


def test_who_is_on_duty_is_told_and_nobody_who_is_off():
    lead, on, off = staff("lead", "east"), staff("field", "east-1"), staff("field", "east-2")
    climb({"level": 50, "tell": ["duty"]})
    shift(on)
    shift(off, start=8)
    ticket = open_ticket(at=MONDAY_0900)
    Message.objects.all().delete()
    sweep(AT)
    # The other promises of the ticket climb the ladder of the seeds.
    arrive = ticket.clocks.get(code="arrive").pk
    found = Message.objects.filter(channel="inbox", occurrence=f"clock:{arrive}:50")
    assert [message.recipient for message in found] == [on]
    assert lead not in {message.recipient for message in found}
    assert not ticket.events.filter(action="duty_missing").exists()


def test_the_nearest_area_up_with_somebody_on_duty_answers():
    branch = staff("field", "east")
    climb({"level": 50, "tell": ["duty"]})
    shift(branch, area="east")
    ticket = open_ticket(at=MONDAY_0900)
    sweep(AT)
    assert branch in told(ticket)


def test_when_nobody_is_on_duty_the_record_says_so_and_the_lead_is_told():
    lead, off = staff("lead", "east"), staff("field", "east-1")
    climb({"level": 50, "tell": ["duty"]})
    shift(off, start=8)
    ticket = open_ticket(at=MONDAY_0900)
    sweep(AT)
    missing = ticket.events.get(action="duty_missing")
    assert (missing.at, missing.data) == (AT, {"promise": "arrive"})
    assert told(ticket) == {lead}


def test_a_reminder_that_is_too_late_to_tell_misses_nobody():
    climb({"level": 50, "tell": ["duty"]})
    ticket = open_ticket(at=MONDAY_0900)
    sweep(MONDAY_0900 + 2 * HOUR)
    assert not ticket.events.filter(action="duty_missing").exists()


def test_who_has_left_is_never_on_duty():
    lead, gone = staff("lead", "east"), staff("field", "east-1")
    climb({"level": 50, "tell": ["duty"]})
    shift(gone)
    gone.is_active = False
    gone.save()
    ticket = open_ticket(at=MONDAY_0900)
    sweep(AT)
    assert told(ticket) == {lead}


def test_a_shift_ends_at_its_end():
    on = staff("field", "east-1")
    shift(on)
    assert Shift.objects.at(MONDAY_0900).count() == 1
    assert Shift.objects.at(MONDAY_0900 + 8 * HOUR).count() == 0


def test_nobody_has_two_shifts_at_once():
    on = staff("field", "east-1")
    shift(on)
    shift(on, start=8)
    with pytest.raises(Invalid, match="已有班次：11-16 09:00–17:00"):
        shift(on, area="east-2", start=7)
    assert Shift.objects.count() == 2


def test_the_database_itself_refuses_two_shifts_at_once():
    on = staff("field", "east-1")
    first = shift(on)
    first.pk = None
    with pytest.raises(IntegrityError, match="shift_one_at_a_time"), transaction.atomic():
        first.save()


@pytest.mark.parametrize(
    ("over", "said"),
    [
        ({"hours": 0}, "晚于开始"),
        ({"start": -9}, "已经过去"),
        ({"hours": 24 * 800}, "两年之内"),
        ({"start": -24 * 365 * 1000, "hours": 24 * 365 * 1001}, "两年之内"),
    ],
)
def test_a_shift_that_makes_no_sense_is_refused(over, said):
    with pytest.raises(Invalid, match=said):
        shift(staff("field", "east-1"), **over)


def test_a_lead_keeps_the_roster_of_the_own_areas_only():
    west = staff("lead", "west")
    mine = shift(staff("field", "east-1"))
    with pytest.raises(NotAllowed):
        shift(staff("field", "east-2"), actor=west)
    with pytest.raises(NotAllowed):
        duty.remove(mine.pk, actor=west, at=MONDAY_0900, policy=policy.current())
    with pytest.raises(NotAllowed):
        shift(staff("field", "east-2"), actor=staff("agent"))


def swap(one, other, at=MONDAY_0900):
    duty.swap(one.pk, other.pk, actor=staff("lead", "east"), at=at, policy=policy.current())


def test_two_people_swap_and_both_shifts_are_on_record():
    a, b = staff("field", "east-1"), staff("field", "east-2")
    first, second = shift(a), shift(b, start=8)
    swap(first, second)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.user, second.user) == (b, a)
    change = RosterChange.objects.first()
    assert (change.action, change.actor) == ("swap", "lead-east")
    assert [each["user"] for each in change.data["shifts"]] == [a.username, b.username]


def test_a_swap_of_shifts_at_the_same_time_changes_places():
    a, b = staff("field", "east-1"), staff("field", "east-2")
    first, second = shift(a), shift(b, area="east-2")
    swap(first, second)
    first.refresh_from_db()
    assert first.user == b


def test_a_swap_that_puts_somebody_in_two_places_is_refused():
    a, b = staff("field", "east-1"), staff("field", "east-2")
    first, second = shift(a), shift(b, start=8)
    shift(b, area="east", start=4, hours=2)
    with pytest.raises(Invalid, match="已有班次"):
        swap(first, second)


def test_what_is_over_is_not_changed():
    over = shift(staff("field", "east-1"))
    late = MONDAY_0900 + 9 * HOUR
    with pytest.raises(Invalid, match="已结束"):
        swap(over, shift(staff("field", "east-2"), start=9), at=late)
    with pytest.raises(Invalid, match="已结束"):
        duty.remove(over.pk, actor=staff("lead", "east"), at=late, policy=policy.current())


def test_a_shift_is_removed_once():
    gone = shift(staff("field", "east-1"))
    given = {"actor": staff("lead", "east"), "at": MONDAY_0900, "policy": policy.current()}
    duty.remove(gone.pk, **given)
    with pytest.raises(NotFound):
        duty.remove(gone.pk, **given)
    assert RosterChange.objects.first().action == "remove"


def test_the_alarm_names_the_areas_that_nobody_watches(django_assert_num_queries):
    lead = staff("lead", "east")
    shift(staff("field", "east-1"))
    with django_assert_num_queries(0):
        assert duty.uncovered(lead, policy.current(), MONDAY_0900) == []
    climb({"level": 50, "tell": ["duty"]})
    assert duty.uncovered(lead, policy.current(), MONDAY_0900) == ["城东二网格"]
    shift(staff("field", "east"), area="east")
    assert duty.uncovered(lead, policy.current(), MONDAY_0900) == []
