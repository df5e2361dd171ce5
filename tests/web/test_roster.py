from __future__ import annotations

import pytest

from tests.core.test_duty import shift
from tests.core.test_effects import climb
from tests.factories import staff
from tests.web.desk import as_role, text_of
from waterdesk.core.models import Area, Shift

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


def test_two_shifts_are_swapped_and_the_change_is_shown():
    first = shift(staff("field", "east-1"), start=24)
    second = shift(staff("field", "east-2"), area="east-2", start=48)
    lead = as_role("lead", "east")
    page = lead.post(DUTY + "swap/", {"first": first.pk, "second": second.pk}, follow=True)
    assert "已换班" in text_of(page)
    assert "换班 · lead-east field-east-1 11-17 09:00–17:00 field-east-2 11-18" in text_of(page)
    first.refresh_from_db()
    assert first.user == second.user


def test_a_swap_with_oneself_is_refused():
    first = shift(staff("field", "east-1"), start=24)
    second = shift(staff("field", "east-1"), start=48)
    page = as_role("lead", "east").post(DUTY + "swap/", {"first": first.pk, "second": second.pk})
    assert "不用换" in text_of(page)


def test_a_shift_is_removed_after_a_question():
    gone = shift(staff("field", "east-1"), start=24)
    lead = as_role("lead", "east")
    assert f'data-confirm="取消 {gone.user}' in lead.get(DUTY).content.decode()
    page = lead.post(f"{DUTY}{gone.pk}/remove/", follow=True)
    assert "班次已取消" in text_of(page)
    assert not Shift.objects.exists()
    assert lead.post(f"{DUTY}{gone.pk}/remove/").status_code == 404


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
