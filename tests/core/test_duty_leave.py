"""Leave, standing in, moving and editing shifts: who is away is never on duty."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from tests.core.test_duty import AT, shift, told
from tests.core.test_effects import climb
from tests.factories import DAY, HOUR, MONDAY_0900, open_ticket, staff
from waterdesk.core import duty, policy
from waterdesk.core.errors import Conflict, Invalid, NotAllowed, NotFound
from waterdesk.core.models import Area, Leave, RosterChange, Shift
from waterdesk.core.sweep import sweep

pytestmark = pytest.mark.django_db


def away(user, start=0, hours=8, actor=None, at=MONDAY_0900, reason="病假"):
    return duty.take_leave(
        user,
        MONDAY_0900 + start * HOUR,
        MONDAY_0900 + (start + hours) * HOUR,
        reason,
        actor=actor or staff("lead", "east"),
        at=at,
        policy=policy.current(),
    )


def replace(one, user, at=MONDAY_0900, **more):
    more = {"actor": staff("lead", "east"), "at": at, "policy": policy.current()} | more
    return duty.replace(one.pk, user, **more)


def edit(one, at=MONDAY_0900, **over):
    given = {
        "area_id": one.area_id,
        "starts_at": one.starts_at,
        "ends_at": one.ends_at,
        "note": one.note,
        "actor": staff("lead", "east"),
        "at": at,
        "policy": policy.current(),
    } | over
    return duty.edit(one.pk, **given)


# --- leave --------------------------------------------------------------------------------------
def test_somebody_away_is_never_on_duty_and_the_lead_is_told_instead():
    lead, on = staff("lead", "east"), staff("field", "east-1")
    climb({"level": 50, "tell": ["duty"]})
    shift(on)
    away(on)
    ticket = open_ticket(at=MONDAY_0900)
    sweep(AT)
    assert told(ticket) == {lead}
    assert ticket.events.filter(action="duty_missing").count() == 1
    assert "城东一网格" in duty.uncovered(lead, policy.current(), MONDAY_0900)


def test_a_shift_of_somebody_away_is_uncovered_and_stays_on_the_roster():
    on = staff("field", "east-1")
    mine, later = shift(on), shift(on, start=20)
    away(on, start=7)
    areas = [mine.area_id]
    assert duty.vacant(areas, MONDAY_0900, MONDAY_0900 + DAY) == [mine]
    assert not Shift.objects.on_duty(MONDAY_0900 + 7 * HOUR).exists()
    assert list(Shift.objects.on_duty(MONDAY_0900 + 21 * HOUR)) == [later]


def test_a_shift_of_somebody_who_has_left_is_uncovered():
    gone = staff("field", "east-1")
    mine = shift(gone)
    gone.is_active = False
    gone.save()
    assert duty.vacant([mine.area_id], MONDAY_0900, MONDAY_0900 + DAY) == [mine]


def test_leave_that_ends_where_the_shift_begins_does_not_touch_it():
    on = staff("field", "east-1")
    shift(on, start=8)
    away(on)
    assert list(Shift.objects.vacant()) == []
    assert Shift.objects.on_duty(MONDAY_0900 + 8 * HOUR).count() == 1


def test_who_is_away_is_not_put_on_duty():
    on = staff("field", "east-1")
    away(on)
    with pytest.raises(Invalid, match="请假：11-16 09:00–17:00"):
        shift(on, start=7)
    shift(on, start=8)


def test_nobody_swaps_into_his_leave():
    a, b = staff("field", "east-1"), staff("field", "east-2")
    first, second = shift(a), shift(b, start=8)
    away(b)
    with pytest.raises(Invalid, match="请假"):
        duty.swap(
            first.pk, second.pk,
            actor=staff("lead", "east"), at=MONDAY_0900, policy=policy.current(),
        )  # fmt: skip


def test_leave_over_leave_is_refused():
    on = staff("field", "east-1")
    away(on)
    with pytest.raises(Invalid, match="已经请假：11-16 09:00–17:00"):
        away(on, start=7)
    away(on, start=8)
    assert Leave.objects.count() == 2


def test_the_database_itself_refuses_leave_over_leave():
    first = away(staff("field", "east-1"))
    first.pk = None
    with pytest.raises(IntegrityError, match="leave_one_at_a_time"), transaction.atomic():
        first.save()


@pytest.mark.parametrize(
    ("over", "said"), [({"hours": 0}, "晚于开始"), ({"start": -9}, "已经过去")]
)
def test_leave_that_makes_no_sense_is_refused(over, said):
    with pytest.raises(Invalid, match=said):
        away(staff("field", "east-1"), **over)


def test_only_the_lead_of_the_persons_own_area_gives_leave():
    on = staff("field", "east-1")
    for stranger in (staff("lead", "west"), on, staff("agent")):
        with pytest.raises(NotAllowed):
            away(on, actor=stranger)
    mine = away(on)
    with pytest.raises(NotAllowed):
        duty.end_leave(mine.pk, actor=on, at=MONDAY_0900, policy=policy.current())


def test_who_comes_back_early_is_on_duty_again_and_what_was_is_kept():
    on, lead = staff("field", "east-1"), staff("lead", "east")
    mine, leave = shift(on), away(on)
    back = {"actor": lead, "at": MONDAY_0900 + HOUR, "policy": policy.current()}
    duty.end_leave(leave.pk, **back)
    assert list(Shift.objects.on_duty(MONDAY_0900 + HOUR)) == [mine]
    leave.refresh_from_db()
    assert leave.ends_at == MONDAY_0900 + HOUR
    with pytest.raises(Invalid, match="已结束"):
        duty.end_leave(leave.pk, **back)


def test_leave_that_has_not_begun_is_taken_back_once():
    leave = away(staff("field", "east-1"), start=5)
    back = {"actor": staff("lead", "east"), "at": MONDAY_0900, "policy": policy.current()}
    duty.end_leave(leave.pk, **back)
    with pytest.raises(NotFound):
        duty.end_leave(leave.pk, **back)
    assert list(RosterChange.objects.values_list("action", flat=True)) == ["back", "leave"]


def test_the_log_of_the_roster_does_not_say_why_somebody_is_away():
    away(staff("field", "east-1"), reason="住院")
    assert "住院" not in str(RosterChange.objects.get().data)


# --- standing in --------------------------------------------------------------------------------
def test_somebody_stands_in_and_the_shift_is_covered():
    on, other = staff("field", "east-1"), staff("lead", "east")
    mine = shift(on, start=1)
    away(on)
    taken = replace(mine, other)
    assert (taken.pk, taken.user, taken.role) == (mine.pk, other, "lead")
    assert list(Shift.objects.on_duty(MONDAY_0900 + HOUR)) == [mine]
    change = RosterChange.objects.first()
    assert change.action == "replace"
    assert [change.data[key]["user"] for key in ("before", "after")] == [on.username, "lead-east"]


def test_a_shift_that_has_begun_is_handed_over_from_now_on():
    on, other = staff("field", "east-1"), staff("field", "east-2")
    mine, now = shift(on), MONDAY_0900 + 2 * HOUR
    away(on, start=2)
    replace(mine, other, at=now)
    times = Shift.objects.values_list("user", "starts_at", "ends_at")
    assert set(times) == {
        (on.pk, MONDAY_0900, now),
        (other.pk, now, MONDAY_0900 + 8 * HOUR),
    }


def test_those_who_could_stand_in_are_free_and_there():
    on, busy, sick, free = (staff("field", "east-1", name=name) for name in "abcd")
    mine = shift(on, start=1)
    shift(busy, start=2)
    away(sick, start=8)
    assert duty.stand_ins(mine, [on, busy, sick, free], MONDAY_0900) == [free]
    for each in (busy, sick):
        with pytest.raises(Invalid, match=r"班次|请假"):
            replace(mine, each)


def test_a_shift_is_not_handed_to_its_own_person_nor_after_it_is_over():
    on = staff("field", "east-1")
    mine = shift(on)
    with pytest.raises(Invalid, match="本来就是"):
        replace(mine, on)
    with pytest.raises(Invalid, match="已结束"):
        replace(mine, staff("field", "east-2"), at=MONDAY_0900 + 8 * HOUR)
    with pytest.raises(NotAllowed):
        replace(mine, staff("field", "east-2"), actor=staff("lead", "west"))


def test_what_another_lead_has_changed_meanwhile_is_not_changed_unseen():
    on = staff("field", "east-1")
    mine = shift(on, start=1)
    seen = mine.seen
    replace(mine, staff("field", "east-2"), seen=seen)
    with pytest.raises(Conflict):
        replace(mine, staff("lead", "east"), seen=seen)
    with pytest.raises(Conflict):
        edit(mine, note="晚到", seen=seen)
    with pytest.raises(Conflict):
        duty.remove(
            mine.pk, actor=staff("lead", "east"), at=MONDAY_0900, policy=policy.current(), seen=seen
        )


# --- moving and editing -------------------------------------------------------------------------
def test_a_shift_moves_to_another_area_with_its_person():
    mine = shift(staff("field", "east-1"), start=1)
    east2 = Area.objects.get(code="east-2")
    assert edit(mine, area_id=east2.pk).area == east2
    change = RosterChange.objects.first()
    assert (change.action, change.area) == ("move", east2)
    assert [change.data[key]["area"] for key in ("before", "after")] == ["east-1", "east-2"]


def test_other_times_are_in_the_log_with_those_before():
    mine = shift(staff("field", "east-1"), start=1)
    edit(mine, ends_at=mine.ends_at + HOUR, note="顺延")
    change = RosterChange.objects.first()
    assert change.action == "edit"
    before, after = change.data["before"], change.data["after"]
    assert (before["ends_at"][11:16], after["ends_at"][11:16]) == ("10:00", "11:00")
    assert after["note"] == "顺延"


def test_an_edit_that_changes_nothing_is_no_change():
    mine = shift(staff("field", "east-1"), start=1)
    edit(mine)
    assert RosterChange.objects.count() == 1


def test_of_a_shift_that_has_begun_only_the_end_and_the_note_change():
    mine, now = shift(staff("field", "east-1")), MONDAY_0900 + HOUR
    for over in ({"starts_at": now}, {"area_id": Area.objects.get(code="east-2").pk}):
        with pytest.raises(Invalid, match="已经开始"):
            edit(mine, at=now, **over)
    with pytest.raises(Invalid, match="已经过去"):
        edit(mine, at=now, ends_at=now)
    assert edit(mine, at=now, ends_at=now + HOUR).ends_at == now + HOUR


def test_a_shift_moves_neither_over_another_nor_into_a_strange_area():
    on = staff("field", "east-1")
    mine = shift(on, start=1)
    shift(on, start=10)
    with pytest.raises(Invalid, match="已有班次"):
        edit(mine, ends_at=mine.ends_at + 5 * HOUR)
    with pytest.raises(NotAllowed):
        edit(mine, area_id=Area.objects.get(code="west-1").pk)
