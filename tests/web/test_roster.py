from __future__ import annotations

from datetime import date

import pytest

from notifications.models import Message
from tests.core.test_duty import shift
from tests.core.test_duty_leave import away
from tests.core.test_duty_patterns import lay, special
from tests.core.test_effects import climb
from tests.factories import DAY, MONDAY_0900, staff
from tests.web.desk import NOW, as_role, text_of
from waterdesk.core import duty, policy
from waterdesk.core.models import Area, Shift, Utility, WorkCalendar

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_ten")]

DUTY = "/desk/duty/"


def typed(**over):
    return {
        "area": Area.objects.get(code="east-1").pk,
        "user": staff("field", "east-1").pk,
        "starts_at": "2026-11-17T08:00",
        "ends_at": "2026-11-17T20:00",
        "note": "夜班前",
    } | over


@pytest.mark.parametrize(
    ("role", "status"),
    [("lead", 200), ("supervisor", 200), ("admin", 200), ("agent", 403), ("field", 403),
     ("customer", 403), ("", 302)],
)  # fmt: skip
def test_leads_supervisors_and_administrators_open_the_roster(role, status):
    assert as_role(role).get(DUTY).status_code == status


def test_an_empty_week_says_so():
    page = text_of(as_role("lead", "east").get(DUTY))
    assert "这一周还没有排班" in page
    assert "没有人在值班" in page


def test_a_lead_adds_a_shift_and_sees_it_in_its_week():
    lead = as_role("lead", "east")
    page = lead.post(DUTY + "add/", typed(), follow=True)
    assert "已排班" in text_of(page)
    assert "周二 17" in text_of(page)
    assert "field-east-1 08:00–20:00 夜班前" in text_of(page)
    assert "这一周还没有排班" in text_of(lead.get(DUTY + "?day=2026-12-01"))


def test_a_shift_over_midnight_stands_on_both_days():
    shift(staff("field", "east-1"), start=10, hours=10)
    page = text_of(as_role("lead", "east").get(DUTY))
    assert "19:00–24:00" in page
    assert "00:00–05:00" in page


def test_a_refused_shift_keeps_what_was_typed():
    lead = as_role("lead", "east")
    lead.post(DUTY + "add/", typed())
    page = lead.post(DUTY + "add/", typed(starts_at="2026-11-17T19:00", ends_at="2026-11-17T23:00"))
    assert page.status_code == 400
    assert "已有班次：11-17 08:00–20:00" in text_of(page)
    assert 'value="2026-11-17T23:00"' in page.content.decode()
    assert "夜班前" in page.content.decode()
    assert Shift.objects.count() == 1


def test_another_branchs_area_is_no_choice():
    west = Area.objects.get(code="west-1").pk
    page = as_role("lead", "east").post(DUTY + "add/", typed(area=west))
    assert page.status_code == 400
    assert not Shift.objects.exists()


def both(first, second):
    return {"first": f"{first.pk}-{first.seen}", "second": f"{second.pk}-{second.seen}"}


def test_a_swap_that_was_made_meanwhile_is_not_undone():
    first = shift(staff("field", "east-1"), start=24)
    second = shift(staff("field", "east-2"), start=48)
    lead, given = as_role("lead", "east"), both(first, second)
    lead.post(DUTY + "swap/", given)
    page = lead.post(DUTY + "swap/", given)
    assert page.status_code == 400
    assert "该班次已被他人更改" in text_of(page)
    first.refresh_from_db()
    assert first.user == second.user


def test_two_shifts_are_swapped_and_the_change_is_shown():
    first = shift(staff("field", "east-1"), start=24)
    second = shift(staff("field", "east-2"), area="east-2", start=48)
    lead = as_role("lead", "east")
    page = lead.post(DUTY + "swap/", both(first, second), follow=True)
    assert "已换班" in text_of(page)
    assert "换班 · lead-east field-east-1 11-17 09:00–17:00 field-east-2 11-18" in text_of(page)
    first.refresh_from_db()
    assert first.user == second.user


def test_a_swap_with_oneself_is_refused():
    first = shift(staff("field", "east-1"), start=24)
    second = shift(staff("field", "east-1"), start=48)
    page = as_role("lead", "east").post(DUTY + "swap/", both(first, second))
    assert "不用换" in text_of(page)


def test_a_shift_is_removed_after_a_question():
    gone = shift(staff("field", "east-1"), start=24)
    lead = as_role("lead", "east")
    assert f'data-confirm="取消 {gone.user}' in lead.get(DUTY).content.decode()
    page = lead.post(f"{DUTY}{gone.pk}/remove/", follow=True)
    assert "班次已取消" in text_of(page)
    assert not Shift.objects.exists()
    assert lead.post(f"{DUTY}{gone.pk}/remove/").status_code == 404


def test_a_shift_that_was_changed_meanwhile_is_not_removed_unseen():
    mine = shift(staff("field", "east-1"), start=24)
    page = as_role("lead", "east").post(f"{DUTY}{mine.pk}/remove/", {"seen": "another"})
    assert page.status_code == 409
    assert Shift.objects.exists()


def test_the_holidays_of_the_week_stand_above_it_and_in_its_head():
    shift(staff("field", "east-1"), start=-24 * 42, at=MONDAY_0900 - 50 * DAY)
    page = text_of(as_role("lead", "east").get(DUTY, {"day": "2026-10-05"}))
    assert "周一 5 国庆节 休 周二 6 国庆节 休 周三 7 国庆节 休 周六 10 调休上班 班" in page
    assert "周日 11 休" in page


def test_hours_that_nobody_covers_are_shown_from_now_on():
    climb({"level": 50, "tell": ["duty"]})
    shift(staff("field", "east"), area="east", start=2, hours=10)
    page = text_of(as_role("lead", "east").get(DUTY))
    # It is ten o'clock.
    assert "无人值班 城东营业所 10:00–11:00 城东营业所 21:00–24:00 城东营业所 00:00–24:00" in page


def test_a_gap_on_a_day_off_is_louder():
    shift(staff("field", "east-1"), start=24 * 4)
    page = as_role("lead", "east").get(DUTY).content.decode()
    # Tuesday to Thursday and what is left of Monday and Friday; Saturday and Sunday.
    assert page.count('class="open-hours" data-tone="warn"') == 5 + 1
    assert page.count('class="open-hours" data-tone="bad"') == 2


def test_a_week_that_is_over_has_no_gaps():
    shift(staff("field", "east-1"), start=-24 * 5, at=MONDAY_0900 - 10 * DAY)
    page = text_of(as_role("lead", "east").get(DUTY, {"day": "2026-11-09"}))
    assert "field-east-1" in page
    assert "无人值班" not in page


def test_an_area_with_a_calendar_of_its_own_says_what_its_day_is():
    calendar = Area.objects.get(code="company").calendar
    own = WorkCalendar.objects.create(
        code="own", name="另一份", weekly={"sat": [["08:00", "12:00"]]}, tz=calendar.tz
    )
    Area.objects.filter(code="east-1").update(calendar=own)
    Utility.touch()
    policy.forget()
    shift(staff("field", "east-1"), start=24)
    page = text_of(as_role("lead", "east").get(DUTY))
    assert "周二 17 周三" in page
    assert "外勤人员 休 field-east-1" in page


def test_a_notice_afterwards_rings_and_one_click_mends_it():
    row, _new = lay([staff("field", "east-1", name="小陈")], {"on": "working"}, at=NOW)
    special(date(2026, 11, 18), name="放假")
    lead = as_role("lead", "east")
    assert "排班与工作日历不符" in text_of(lead.get(DUTY))
    assert "不该有班： 11-18 小陈" in text_of(lead.get(DUTY))
    page = text_of(lead.post(f"{DUTY}patterns/{row.pk}/anew/", follow=True))
    assert "取消 1 个班次，增加 0 个" in page
    assert "排班与工作日历不符" not in page


def test_the_gap_of_tonight_rings_on_home_and_board():
    climb({"level": 50, "tell": ["duty"]})
    shift(staff("field", "east"), area="east", hours=10)
    lead = as_role("lead", "east")
    for address in ("/", "/desk/board/", DUTY):
        page = text_of(lead.get(address))
        assert "24 小时内将无人值班 城东营业所 11-16 19:00–11-17 10:00" in page
        assert "现在无人值班" not in page


def test_the_alarm_of_a_gap_lies_in_the_leads_inbox():
    climb({"level": 50, "tell": ["duty"]})
    lead = as_role("lead", "east")
    shift(staff("field", "east"), area="east", hours=10)
    duty.warn_ahead(policy.current(), NOW)
    inbox = lead.get("/inbox/")
    assert "值班缺岗：城东营业所 今天 19:00" in text_of(inbox)
    found = Message.objects.get(key="duty.gap", recipient__username="lead-east")
    page = text_of(lead.get(f"/inbox/{found.pk}/", follow=True))
    assert "城东营业所从今天 19:00到另行排班前没有人值班" in page


def test_who_is_on_duty_now_stands_first():
    shift(staff("field", "east-1", phone="13800000009"))
    page = text_of(as_role("lead", "east").get(DUTY))
    assert "现在值班 field-east-1 城东一网格 · 外勤人员 · 13800000009" in page


@pytest.mark.parametrize("address", ["/", "/desk/board/", DUTY])
def test_home_board_and_roster_ring_when_nobody_is_on_duty(address):
    climb({"level": 50, "tell": ["duty"]})
    lead = as_role("lead", "east")
    assert "现在无人值班 城东一网格、城东二网格" in text_of(lead.get(address))
    shift(staff("field", "east"), area="east")
    assert "现在无人值班" not in text_of(lead.get(address))


def test_a_strange_week_is_this_week():
    lead = as_role("lead", "east")
    for day in ("x", "0001-01-01", "9999-12-31", "2026-13-01"):
        assert "2026-11-16 – 2026-11-22" in text_of(lead.get(DUTY, {"day": day}))


def test_the_number_of_queries_does_not_follow_the_number_of_shifts(django_assert_max_num_queries):
    lead = as_role("lead", "east")
    for n in range(6):
        shift(staff("field", "east-1", name=f"crew-{n}"), start=n)
    lead.get(DUTY)
    with django_assert_max_num_queries(16):
        lead.get(DUTY)


def test_neither_gaps_nor_people_away_cost_a_query_each(django_assert_max_num_queries):
    climb({"level": 50, "tell": ["duty"]})
    lead = as_role("lead", "east")
    for n in range(6):
        on = staff("field", "east-1", name=f"crew-{n}")
        shift(on, start=5 * n, hours=4)
        away(on, start=5 * n, hours=2)
    page = text_of(lead.get(DUTY))
    assert page.count("不在岗") >= 2 * 5
    with django_assert_max_num_queries(22):
        lead.get(DUTY)
