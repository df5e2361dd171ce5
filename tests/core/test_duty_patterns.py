"""Recurring shifts: laid out once, along the work calendar, and withdrawn from a day on."""

from __future__ import annotations

from datetime import date, time

import pytest

from tests.core.test_duty import shift
from tests.core.test_duty_leave import away, replace
from tests.factories import DAY, HOUR, MONDAY_0900, staff
from waterdesk.core import duty, policy
from waterdesk.core.duty import patterns
from waterdesk.core.errors import Conflict, Invalid, NotAllowed, NotFound
from waterdesk.core.models import Area, CalendarDay, Pattern, RosterChange, Shift, Utility

pytestmark = pytest.mark.django_db

# Monday 2026-11-16 to Sunday 2026-11-29.
FIRST, LAST = date(2026, 11, 16), date(2026, 11, 29)
TUESDAY = date(2026, 11, 17)
AT = MONDAY_0900 - 2 * HOUR


def crew(*names):
    return [staff("field", "east-1", name=name) for name in names]


def pattern(people, **over):
    given = {
        "area": Area.objects.get(code="east-1"),
        "people": [each.pk for each in people],
        "starts": time(18),
        "ends": time(8, 30),
        "first": FIRST,
        "last": LAST,
    } | over
    return Pattern(**given)


def by_lead(at=AT, **over):
    return {"actor": staff("lead", "east"), "at": at, "policy": policy.current()} | over


def lay(people, over=None, **more):
    return patterns.lay_out(pattern(people, **(over or {})), **(by_lead() | more))


def preview(people, over=None, **more):
    return patterns.preview(pattern(people, **(over or {})), **(by_lead() | more))


def days(**where):
    return [each.day for each in Shift.objects.filter(**where).order_by("day")]


def special(day, *windows, name="调休"):
    """A notice says something about a day."""
    CalendarDay.objects.create(
        calendar=Area.objects.get(code="company").calendar,
        date=day,
        windows=list(windows),
        name=name,
    )
    Utility.touch()
    policy.forget()


# --- which days, and whose turn -----------------------------------------------------------------
def test_people_take_turns_over_midnight():
    a, b, c = crew("a", "b", "c")
    _row, new = lay([a, b, c])
    assert new == 14
    assert days(user=a) == [date(2026, 11, n) for n in (16, 19, 22, 25, 28)]
    first = Shift.objects.order_by("starts_at").first()
    assert first.starts_at == MONDAY_0900 + 9 * HOUR
    assert first.ends_at == MONDAY_0900 + DAY - HOUR / 2


def test_somebody_may_have_two_turns_in_a_row_and_a_shift_of_a_whole_day():
    a, b = crew("a", "b")
    lay([a, a, b], {"starts": time(8), "ends": time(8), "last": date(2026, 11, 18)})
    people = Shift.objects.order_by("day").values_list("user__username", flat=True)
    assert list(people) == ["a", "a", "b"]
    assert {each.ends_at - each.starts_at for each in Shift.objects.all()} == {DAY}


@pytest.mark.parametrize(
    ("over", "wanted"),
    [
        ({"weekdays": [0, 4]}, [16, 20, 23, 27]),
        ({"every": 3}, [16, 19, 22, 25, 28]),
        ({"every": 2, "weekdays": [0, 2]}, [16, 18]),
        ({"on": "working"}, [16, 17, 18, 19, 20, 23, 24, 25, 26, 27]),
        ({"on": "off"}, [21, 22, 28, 29]),
    ],
)
def test_a_pattern_has_its_days(over, wanted):
    lay(crew("a"), over)
    assert days() == [date(2026, 11, n) for n in wanted]


def test_working_days_follow_the_holidays_and_the_make_up_days():
    # 国庆 2026-10-01 to 07, with Saturday 2026-10-10 made a workday.
    lay(
        crew("a"),
        {"on": "working", "first": date(2026, 9, 30), "last": date(2026, 10, 12)},
        at=MONDAY_0900 - 60 * DAY,
    )
    assert days() == [date(2026, 9, 30), *(date(2026, 10, n) for n in (8, 9, 10, 12))]


def test_working_days_and_days_off_take_turns_apart():
    a, b = crew("a", "b")
    lay([a, b], {"on": "apart"})
    turns = Shift.objects.order_by("day").values_list("user__username", flat=True)
    # Monday to Friday a b a b a, the weekend a b, and on where each of them was.
    assert "".join(turns) == "ababa" + "ab" + "babab" + "ab"


# --- preview and layout -------------------------------------------------------------------------
def test_a_preview_writes_nothing():
    layout = preview(crew("a"))
    assert len(layout.new) == 14
    assert not Shift.objects.exists()
    assert not Pattern.objects.exists()


def test_a_layout_is_one_change_and_every_shift_knows_its_pattern():
    row, _new = lay(crew("a", "b"), {"note": "夜班"})
    assert row.shifts.count() == 14
    assert set(row.shifts.values_list("note", "role")) == {("夜班", "field")}
    change = RosterChange.objects.get()
    assert (change.action, change.actor) == ("lay_out", "lead-east")
    assert change.data["pattern"]["people"] == ["a", "b"]
    assert len(change.data["added"]) == 14


def test_laid_out_twice_it_adds_nothing_twice():
    row, _new = lay(crew("a"))
    assert lay(crew("a")) == (row, 0)
    assert (Shift.objects.count(), Pattern.objects.count()) == (14, 1)
    assert RosterChange.objects.count() == 1


def test_what_was_taken_off_is_laid_out_again_and_who_was_swapped_stays():
    a, b = crew("a", "b")
    row, _new = lay([a])
    off, other = row.shifts.order_by("day")[2:4]
    duty.remove(off.pk, **by_lead())
    replace(other, b, at=AT)
    assert [each.wanted.day for each in preview([a]).new] == [off.day]
    assert lay([a]) == (row, 1)
    assert days(user=b) == [other.day]


def test_days_that_clash_are_shown_and_skipped():
    a, b = crew("a", "b")
    shift(a, start=10, hours=2, at=AT)
    away(b, start=24, hours=24, at=AT)
    layout = preview([a, b])
    said = [(each.wanted.day.day, str(each.why)) for each in layout.clashes]
    assert said == [
        (16, "城东一网格已有班次 11-16 19:00–21:00"),
        (17, "请假 11-17 09:00–11-18 09:00"),
    ]
    # On the first day the other shift leaves a part of the night to nobody.
    assert layout.open_days == (FIRST, TUESDAY)
    _row, new = lay([a, b])
    assert new == 12
    assert RosterChange.objects.first().data["skipped"] == ["2026-11-16", "2026-11-17"]


def test_or_days_that_clash_refuse_the_whole():
    (a,) = crew("a")
    shift(a, start=10, hours=2, at=AT)
    with pytest.raises(Invalid, match="有 1 天冲突"):
        lay([a], skip=False)
    assert Shift.objects.count() == 1
    assert not Pattern.objects.exists()


def test_days_that_somebody_else_covers_are_not_open():
    a, b = crew("a", "b")
    shift(b, area="east", start=5 * 24 + 9, hours=48, at=AT)
    layout = preview([a], {"on": "working"})
    assert layout.open_days == (date(2026, 11, 28), date(2026, 11, 29))


def test_days_that_are_over_are_not_laid_out():
    _row, new = lay(crew("a"), at=MONDAY_0900 + 2 * DAY)
    # The night that began on Tuesday is over since half past eight.
    assert new == 12


def test_a_preview_that_no_longer_holds_is_refused():
    (a,) = crew("a")
    seen = preview([a]).seen
    shift(a, start=10, hours=2, at=AT)
    with pytest.raises(Conflict):
        lay([a], seen=seen)
    lay([a], seen=preview([a]).seen)


@pytest.mark.parametrize(
    ("over", "said"),
    [
        ({"last": date(2026, 11, 15)}, "不能早于"),
        ({"last": date(2027, 11, 17)}, "最多排 366 天"),
        ({"first": date(2026, 11, 1), "last": date(2026, 11, 2)}, "已经过去"),
        ({"first": date(9999, 12, 31), "last": date(9999, 12, 31)}, "两年之内"),
        ({"every": 0}, "至少每 1 天"),
        ({"on": "off", "weekdays": [1]}, "排不出"),
    ],
)
def test_a_pattern_that_makes_no_sense_is_refused(over, said):
    with pytest.raises(Invalid, match=said):
        lay(crew("a"), over)
    assert not Pattern.objects.exists()


def test_a_pattern_of_nobody_is_refused():
    with pytest.raises(Invalid, match="至少选一人"):
        lay([])


def test_a_whole_leap_year_is_laid_out_at_once(django_assert_max_num_queries):
    (a,) = crew("a")
    given = by_lead()
    with django_assert_max_num_queries(16):
        _row, new = patterns.lay_out(pattern([a], last=date(2027, 11, 16)), **given)
    assert new == 366


def test_a_pattern_belongs_to_the_leads_of_its_area():
    row, _new = lay(crew("a"))
    stranger = by_lead(actor=staff("lead", "west"))
    for act in (
        lambda: preview(crew("a"), actor=staff("lead", "west")),
        lambda: lay(crew("a"), actor=staff("agent")),
        lambda: patterns.withdraw(row.pk, TUESDAY, seen=None, **stranger),
        lambda: patterns.lay_anew(row.pk, **stranger),
    ):
        with pytest.raises(NotAllowed):
            act()


# --- withdrawing --------------------------------------------------------------------------------
def test_a_pattern_is_withdrawn_from_a_day_on_and_laid_out_again():
    row, _new = lay(crew("a"))
    gone = patterns.withdraw(row.pk, date(2026, 11, 20), seen=10, **by_lead())
    assert gone == 10
    assert days() == [date(2026, 11, n) for n in (16, 17, 18, 19)]
    change = RosterChange.objects.first()
    assert (change.action, change.data["since"]) == ("withdraw", "2026-11-20")
    assert len(change.data["removed"]) == 10
    again, new = lay(crew("a"))
    assert (again.pk != row.pk, new) == (True, 10)


def test_what_has_begun_stays_when_its_pattern_is_withdrawn():
    row, _new = lay(crew("a"))
    night = by_lead(at=MONDAY_0900 + 10 * HOUR)
    assert len(patterns.to_withdraw(row, FIRST, night["at"])) == 13
    assert patterns.withdraw(row.pk, FIRST, seen=13, **night) == 13
    assert days() == [FIRST]


def test_a_pattern_is_withdrawn_once_not_for_the_past_and_not_unseen():
    row, _new = lay(crew("a"))
    with pytest.raises(Invalid, match="今天或以后"):
        patterns.withdraw(row.pk, date(2026, 11, 15), seen=None, **by_lead())
    with pytest.raises(Conflict):
        patterns.withdraw(row.pk, TUESDAY, seen=5, **by_lead())
    with pytest.raises(Invalid, match="之前就结束"):
        patterns.withdraw(row.pk, LAST + DAY, seen=None, **by_lead())
    patterns.withdraw(row.pk, TUESDAY, seen=13, **by_lead())
    with pytest.raises(Invalid, match="已经停用"):
        patterns.withdraw(row.pk, TUESDAY, seen=None, **by_lead())
    with pytest.raises(NotFound):
        patterns.withdraw(row.pk + 1, TUESDAY, seen=None, **by_lead())


# --- the calendar changes afterwards ------------------------------------------------------------
def misfits():
    east = [area.pk for area in Area.objects.filter(code__startswith="east")]
    return patterns.misfits(east, policy.current(), AT)


def test_a_notice_afterwards_shows_what_no_longer_fits_and_one_click_mends_it():
    a, b = crew("a", "b")
    row, _new = lay([a, b], {"on": "working"})
    assert misfits() == []
    special(TUESDAY, name="放假")
    special(date(2026, 11, 21), ["08:30", "12:00"], name="上班")
    (found,) = misfits()
    assert [each.day for each in found.strays] == [TUESDAY]
    assert [each.day for each in found.missing] == [date(2026, 11, 21)]
    kept = set(row.shifts.exclude(day=TUESDAY).values_list("pk", "user"))
    assert patterns.lay_anew(row.pk, **by_lead()) == (1, 1, [])
    assert misfits() == []
    assert kept < set(row.shifts.values_list("pk", "user"))
    assert TUESDAY not in days()
    assert date(2026, 11, 21) in days()
    change = RosterChange.objects.first()
    said = (change.action, change.data["removed"], change.data["added"])
    assert said == ("lay_anew", ["2026-11-17"], ["2026-11-21"])
    assert patterns.lay_anew(row.pk, **by_lead()) == (0, 0, [])
    assert RosterChange.objects.count() == 2


def test_a_notice_does_not_touch_what_is_over_nor_what_is_every_day():
    lay(crew("a"), {"on": "working"})
    lay(crew("b"))
    special(FIRST, name="放假")
    assert misfits() != []
    assert patterns.misfits([Area.objects.get(code="east-1").pk], policy.current(),
                            MONDAY_0900 + DAY) == []  # fmt: skip


def test_a_day_taken_off_by_hand_is_no_misfit():
    row, _new = lay(crew("a"), {"on": "working"})
    duty.remove(row.shifts.first().pk, **by_lead())
    assert misfits() == []


def test_a_pattern_laid_out_again_after_a_notice_lacks_nothing():
    row, _new = lay(crew("a"), {"on": "working"})
    special(date(2026, 11, 21), ["08:30", "12:00"], name="上班")
    assert lay(crew("a"), {"on": "working"}) == (row, 1)
    assert misfits() == []


def test_a_withdrawn_pattern_fits():
    row, _new = lay(crew("a"), {"on": "working"})
    patterns.withdraw(row.pk, TUESDAY, seen=None, **by_lead())
    special(date(2026, 11, 18), name="放假")
    assert misfits() == []
