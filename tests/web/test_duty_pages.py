"""The pages beside the week: one shift, patterns with their preview, leave."""

from __future__ import annotations

import re

import pytest

from tests.core.test_duty import shift
from tests.core.test_duty_leave import away
from tests.core.test_duty_patterns import lay
from tests.factories import DAY, HOUR, MONDAY_0900, staff
from tests.web.desk import NOW, as_role, inline_in, text_of
from waterdesk.core.models import Area, Leave, Pattern, RosterChange, Shift

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_ten")]

DUTY = "/desk/duty/"


@pytest.fixture
def lead():
    return as_role("lead", "east")


def hidden(page, form):
    """What the hidden form of a preview carries."""
    html = page.content.decode()
    html = html[html.index(f'id="{form}"') :]
    html = html[: html.index("</form>")]
    found = {}
    for tag in re.findall(r"<input[^>]*>", html):
        name = re.search(r'name="([^"]*)"', tag)[1]
        value = re.search(r'value="([^"]*)"', tag)
        found.setdefault(name, []).append(value[1] if value else "")
    return found


# --- who may ------------------------------------------------------------------------------------
@pytest.mark.parametrize("path", ["patterns/", "leave/"])
@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("lead", 200),
        ("supervisor", 200),
        ("agent", 403),
        ("field", 403),
        ("customer", 403),
        ("", 302),
    ],
)
def test_leads_keep_patterns_and_leave(path, role, status):
    assert as_role(role).get(DUTY + path).status_code == status


def test_another_branchs_shifts_and_patterns_are_not_there(lead):
    mine = shift(staff("field", "east-1"), start=24)
    row, _new = lay([staff("field", "east-2")], at=NOW)
    west = as_role("lead", "west")
    for path in (f"{mine.pk}/", f"patterns/{row.pk}/withdraw/"):
        assert west.get(DUTY + path).status_code == 404
    for path in (f"{mine.pk}/edit/", f"{mine.pk}/replace/"):
        assert west.post(DUTY + path, {}).status_code == 404
    assert west.post(f"{DUTY}patterns/{row.pk}/anew/").status_code == 403
    assert as_role("field", "east-1").post(f"{DUTY}{mine.pk}/edit/", {}).status_code == 403


# --- one shift ----------------------------------------------------------------------------------
def edited(one, **over):
    return {
        "area": one.area_id,
        "starts_at": "2026-11-17T09:00",
        "ends_at": "2026-11-17T17:00",
        "note": one.note,
        "seen": one.seen,
    } | over


def test_a_shift_gets_another_area_and_the_log_says_so(lead):
    mine = shift(staff("field", "east-1"), start=24)
    page = lead.get(f"{DUTY}{mine.pk}/")
    assert 'value="2026-11-17T09:00"' in page.content.decode()
    assert inline_in(page) == []
    other = Area.objects.get(code="east-2")
    page = text_of(lead.post(f"{DUTY}{mine.pk}/edit/", edited(mine, area=other.pk), follow=True))
    assert "班次已更改" in page
    assert "调整片区 · lead-east 原：城东一网格 field-east-1 11-17 09:00–17:00" in page
    assert "现：城东二网格 field-east-1 11-17 09:00–17:00" in page


def test_a_refused_edit_keeps_what_was_typed(lead):
    mine = shift(staff("field", "east-1"), start=24)
    shift(staff("field", "east-1"), start=40)
    given = edited(mine, ends_at="2026-11-18T03:00", note="连班")
    page = lead.post(f"{DUTY}{mine.pk}/edit/", given)
    assert page.status_code == 400
    assert "已有班次" in text_of(page)
    assert "连班" in page.content.decode()
    page = lead.post(f"{DUTY}{mine.pk}/edit/", edited(mine, seen="another"))
    assert page.status_code == 409
    assert "已被他人更改" in text_of(page)


def test_somebody_who_is_free_stands_in(lead):
    mine = shift(staff("field", "east-1"), start=24)
    free = staff("field", "east-2")
    away(staff("field", "east", name="病人"), start=20, hours=24)
    page = text_of(lead.get(f"{DUTY}{mine.pk}/"))
    assert "field-east-2 · 外勤人员" in page
    assert "病人 ·" not in page
    given = {"user": free.pk, "seen": mine.seen}
    page = text_of(lead.post(f"{DUTY}{mine.pk}/replace/", given, follow=True))
    assert "已安排替班" in page
    assert "替班 · lead-east 原：field-east-1" in page
    mine.refresh_from_db()
    assert mine.user == free


def test_who_is_not_free_is_no_choice(lead):
    mine = shift(staff("field", "east-1"), start=24)
    busy = staff("field", "east-2")
    shift(busy, start=25)
    page = lead.post(f"{DUTY}{mine.pk}/replace/", {"user": busy.pk, "seen": mine.seen})
    assert page.status_code == 400
    mine.refresh_from_db()
    assert mine.user != busy


def test_a_shift_that_is_over_is_only_read(lead):
    mine = shift(staff("field", "east-1"), start=-20, hours=2, at=MONDAY_0900 - DAY)
    page = text_of(lead.get(f"{DUTY}{mine.pk}/"))
    assert "已结束的班次不能更改" in page
    assert "安排替班" not in page


# --- leave --------------------------------------------------------------------------------------
def leave(user, **over):
    return {
        "user": user.pk,
        "starts_at": "2026-11-17T08:00",
        "ends_at": "2026-11-18T08:00",
        "reason": "病假",
    } | over


def test_leave_leads_to_the_shifts_that_need_somebody_and_one_step_covers_them(lead):
    on, free = staff("field", "east-1"), staff("field", "east-2")
    mine = shift(on, start=24)
    page = lead.post(DUTY + "leave/add/", leave(on), follow=True)
    said = text_of(page)
    assert "已登记请假" in said
    assert "此人有 1 个班次需要替班" in said
    assert "需要替班 field-east-1 不在岗 城东一网格 · 11-17 09:00–17:00" in said
    given = {"user": free.pk, "seen": mine.seen}
    said = text_of(lead.post(f"{DUTY}{mine.pk}/replace/", given, follow=True))
    assert "需要替班" not in said
    assert "field-east-2 09:00–17:00" in said


def test_where_nobody_is_free_the_page_says_so(lead):
    on = staff("field", "east-1")
    shift(on, start=24)
    shift(staff("lead", "east"), start=24)
    away(on, start=24)
    assert "没有空闲的人" in text_of(lead.get(DUTY))


def test_leave_is_shown_and_ended_after_a_question(lead):
    on = staff("field", "east-1")
    lead.post(DUTY + "leave/add/", leave(on, starts_at="2026-11-16T08:00"))
    page = lead.get(DUTY + "leave/")
    assert "field-east-1 请假中 11-16 08:00–11-18 08:00 · 病假" in text_of(page)
    assert "data-confirm" in page.content.decode()
    row = Leave.objects.get()
    assert "已销假" in text_of(lead.post(f"{DUTY}leave/{row.pk}/end/", follow=True))
    assert "没有人请假" in text_of(lead.get(DUTY + "leave/"))
    assert lead.post(f"{DUTY}leave/{row.pk + 1}/end/").status_code == 404


def test_refused_leave_keeps_what_was_typed(lead):
    on = staff("field", "east-1")
    lead.post(DUTY + "leave/add/", leave(on))
    page = lead.post(DUTY + "leave/add/", leave(on, reason="事假"))
    assert page.status_code == 400
    assert "已经请假：11-17 08:00–11-18 08:00" in text_of(page)
    assert 'value="事假"' in page.content.decode()
    assert Leave.objects.count() == 1
    west = staff("field", "west-1")
    assert lead.post(DUTY + "leave/add/", leave(west)).status_code == 400


# --- patterns -----------------------------------------------------------------------------------
def pattern(*people, **over):
    return {
        "area": Area.objects.get(code="east-1").pk,
        "starts": "18:00",
        "ends": "08:30",
        "on": "all",
        "every": 1,
        "first": "2026-11-17",
        "last": "2026-11-30",
        "note": "夜班",
        "clashes": "skip",
        **{f"person_{n}": each.pk for n, each in enumerate(people, 1)},
    } | over


def test_a_pattern_is_previewed_then_laid_out(lead):
    a, b = staff("field", "east-1"), staff("field", "east-2")
    page = lead.post(DUTY + "patterns/preview/", pattern(a, b))
    said = text_of(page)
    assert "将增加班次 14" in said
    assert "11-17 周二 field-east-1 将排班" in said
    assert inline_in(page) == []
    assert not Shift.objects.exists()
    given = hidden(page, "apply")
    said = text_of(lead.post(DUTY + "patterns/apply/", given, follow=True))
    assert "已排 14 个班次" in said
    assert "按规律排班 · lead-east field-east-1、field-east-2 18:00–08:30" in said
    said = text_of(lead.post(DUTY + "patterns/apply/", given, follow=True))
    assert "已排 0 个班次" in said
    assert (Shift.objects.count(), Pattern.objects.count()) == (14, 1)


def test_clashes_and_open_days_are_shown_and_skipped(lead):
    on = staff("field", "east-1")
    shift(on, start=34, hours=2)
    away(on, start=24 * 3, hours=48)
    page = lead.post(DUTY + "patterns/preview/", pattern(on, last="2026-11-22"))
    said = text_of(page)
    assert "城东一网格已有班次 11-17 19:00–21:00" in said
    assert "请假 11-19 09:00–11-21 09:00" in said
    assert "排后仍缺岗的日子" in said
    assert "11-17 、 11-19 – 11-20" in said
    lead.post(DUTY + "patterns/apply/", hidden(page, "apply"))
    assert Shift.objects.filter(pattern__isnull=False).count() == 3


def test_who_wants_all_days_or_none_cannot_confirm_a_clash(lead):
    on = staff("field", "east-1")
    shift(on, start=34, hours=2)
    page = lead.post(DUTY + "patterns/preview/", pattern(on, clashes="refuse"))
    assert "一天也不排" in text_of(page)
    assert "确认排班" not in text_of(page)
    page = lead.post(DUTY + "patterns/apply/", hidden(page, "apply"))
    assert page.status_code == 400
    assert "有 1 天冲突，没有排班" in text_of(page)
    assert Shift.objects.count() == 1


def test_a_preview_that_no_longer_holds_is_refused(lead):
    on = staff("field", "east-1")
    page = lead.post(DUTY + "patterns/preview/", pattern(on))
    shift(on, start=34, hours=2)
    page = lead.post(DUTY + "patterns/apply/", hidden(page, "apply"))
    assert page.status_code == 409
    assert "请重新核对" in text_of(page)


@pytest.mark.parametrize(
    ("over", "said"),
    [
        ({"last": "2026-11-16"}, "不能早于"),
        ({"last": "2027-12-31"}, "最多排 366 天"),
        ({"person_1": ""}, "必填"),
        ({"every": 0}, "1"),
        ({"starts": "25:00"}, "有效"),
    ],
)
def test_a_pattern_that_makes_no_sense_keeps_what_was_typed(lead, over, said):
    page = lead.post(DUTY + "patterns/preview/", pattern(staff("field", "east-1"), **over))
    assert page.status_code == 400
    assert said in text_of(page)
    assert 'value="夜班"' in page.content.decode()


def test_a_pattern_is_withdrawn_after_its_shifts_were_shown(lead):
    row, _new = lay([staff("field", "east-1")], at=NOW)
    assert "停用" in text_of(lead.get(DUTY + "patterns/"))
    page = lead.get(f"{DUTY}patterns/{row.pk}/withdraw/", {"since": "2026-11-20"})
    assert "自 2026-11-20 起将取消 10 个班次" in text_of(page)
    assert Shift.objects.count() == 14
    given = hidden(page, "withdraw")
    said = text_of(lead.post(f"{DUTY}patterns/{row.pk}/withdraw/", given, follow=True))
    assert "规律已停用，取消 10 个班次" in said
    assert "自 2026-11-20 停用" in said
    page = lead.post(f"{DUTY}patterns/{row.pk}/withdraw/", given)
    assert page.status_code == 400
    assert "已经停用" in text_of(page)
    assert RosterChange.objects.filter(action="withdraw").count() == 1


def test_a_withdrawal_of_more_than_was_shown_is_refused(lead):
    row, _new = lay([staff("field", "east-1")], at=NOW)
    given = {"since": "2026-11-20", "seen": 3}
    page = lead.post(f"{DUTY}patterns/{row.pk}/withdraw/", given)
    assert page.status_code == 409
    assert Shift.objects.count() == 14


def test_a_strange_day_to_withdraw_from_is_refused_and_takes_nothing(lead):
    row, _new = lay([staff("field", "east-1")], at=NOW)
    assert lead.get(f"{DUTY}patterns/{row.pk}/withdraw/", {"since": "x"}).status_code == 200
    page = lead.post(f"{DUTY}patterns/{row.pk}/withdraw/", {"since": "x"})
    assert page.status_code == 400
    assert Shift.objects.count() == 14


def test_shifts_of_a_pattern_say_so(lead):
    row, _new = lay([staff("field", "east-1")], at=NOW + HOUR)
    page = text_of(lead.get(f"{DUTY}{row.shifts.first().pk}/"))
    assert "由排班规律排出" in page
