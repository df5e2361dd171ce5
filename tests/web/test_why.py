"""Why a clock is due then, as staff and customers read it, and in the terminal."""

from __future__ import annotations

import io
from datetime import datetime

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client

from tests.factories import (
    DAY,
    HOUR,
    MINUTE,
    SHANGHAI,
    customer,
    open_application,
    open_ticket,
    staff,
)
from tests.web.desk import as_role, client_of, inline_in, text_of
from waterdesk.core import door, policy
from waterdesk.core.models import CalendarDay, WorkCalendar

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_on_a_saturday")]

SATURDAY_1821 = datetime(2026, 11, 21, 18, 21, 7, tzinfo=SHANGHAI)
FRIDAY_1000 = datetime(2026, 11, 20, 10, 0, tzinfo=SHANGHAI)
BEFORE_SPRING = datetime(2026, 2, 13, 16, 30, tzinfo=SHANGHAI)


@pytest.fixture
def _on_a_saturday():
    with time_machine.travel(SATURDAY_1821, tick=False):
        yield


def for_staff(case, code="two-step"):
    clock = case.clocks.get(code=code)
    return as_role("agent").get(f"/desk/cases/{case.number}/clocks/{clock.pk}/")


def for_customer(case, client=None, code="two-step"):
    clock = case.clocks.get(code=code)
    client = client or client_of(customer(case.phone))
    return client.get(f"/track/{case.number}/clocks/{clock.pk}/")


def sentences(page):
    return page.context["why"].sentences


def lines(page):
    return [
        (x.day, "、".join(x.times), x.counted, x.total, x.notes) for x in page.context["why"].lines
    ]


def paused(case, at, until, note=""):
    changes = {"reason": "customer-delay"}
    door.move(case.number, "pause", actor=staff("clerk"), at=at, changes=changes, note=note)
    door.move(case.number, "resume", actor=staff("clerk"), at=until)


def explained(number):
    out = io.StringIO()
    call_command("explain", number, stdout=out)
    return out.getvalue()


def test_an_application_of_saturday_evening_reads_from_saturday_to_monday():
    page = for_customer(open_application(at=SATURDAY_1821))
    assert sentences(page) == [
        "今天 18:21 不在工作时间，从 11月23日 周一 08:30 起算，只计工作时间。",
        "周六、周日不计，共 2 天。",
        "计满 0.5 个工作日（4 小时），11月23日 周一 14:00 到期。",
    ]
    assert lines(page) == [
        ("11月21日 周六", "", "", "", ["休息日"]),
        ("11月22日 周日", "", "", "", ["休息日"]),
        ("11月23日 周一", "08:30–12:00、13:30–14:00", "4 小时", "4 小时", ["14:00 到期"]),
    ]


def test_holidays_and_make_up_days_are_named_with_the_notice_they_come_from():
    page = for_staff(open_application(at=BEFORE_SPRING, external_line=True))
    assert sentences(page)[1:3] == [
        "2月14日 周六 调休上班，照常计时。",
        "春节放假不计，共 9 天。",
    ]
    assert lines(page)[:3] == [
        ("2月13日 周五", "", "", "", ["起算当日，不计"]),
        ("2月14日 周六", "", "第 1 天", "", ["调休上班"]),
        ("2月15日 周日 至 2月23日 周一，9 天", "", "", "", ["春节"]),
    ]
    assert "国务院办公厅关于2026年部分节假日安排的通知" in text_of(page)


def test_a_pause_is_told_with_what_it_took():
    case = open_application(at=FRIDAY_1000)
    paused(case, FRIDAY_1000 + HOUR, FRIDAY_1000 + 5 * HOUR, note="客户说改天")
    page = for_staff(case)
    assert sentences(page)[1] == (
        "停表（用户要求延期）：昨天 11:00 至 昨天 15:00，其间工作时间 2 小时 30 分不计。"
    )
    friday = lines(page)[0]
    assert friday[1:4] == ("10:00–11:00、15:00–18:00", "4 小时", "4 小时")
    assert friday[4][0] == "停表（用户要求延期）11:00–12:00、13:30–15:00"
    assert "客户说改天" in text_of(page)


def test_the_customer_reads_no_words_of_the_staff():
    case = open_application(at=FRIDAY_1000)
    paused(case, FRIDAY_1000 + HOUR, FRIDAY_1000 + 5 * HOUR, note="客户说改天")
    text = text_of(for_customer(case))
    assert "停表（用户要求延期）" in text
    assert "客户说改天" not in text
    assert "clerk-company" not in text


def test_while_paused_it_says_what_is_left_to_count():
    case = open_application(at=FRIDAY_1000)
    changes = {"reason": "customer-delay"}
    at = FRIDAY_1000 + HOUR
    door.move(case.number, "pause", actor=staff("clerk"), at=at, changes=changes)
    page = for_customer(case)
    assert sentences(page)[-2:] == [
        "停表（用户要求延期）：昨天 11:00 起至今不计。",
        "停表中，已计 1 小时，恢复后再计 3 小时到期。",
    ]


def test_natural_time_says_that_nothing_is_taken_off():
    ticket = open_ticket(at=FRIDAY_1000)
    page = for_customer(ticket, code="finish")
    assert sentences(page) == [
        "昨天 10:00 起算，昼夜连续计时，节假日不扣除。",
        "计满 24 小时，今天 10:00 到期。",
    ]
    assert [line[1:4] for line in lines(page)] == [
        ("10:00–24:00", "14 小时", "14 小时"),
        ("00:00–10:00", "10 小时", "24 小时"),
    ]


def test_a_clock_of_the_past_says_when_it_stopped_and_what_it_used():
    ticket, case = open_ticket(at=FRIDAY_1000), open_application(at=FRIDAY_1000)
    handler = {"handler": staff("field", "east-1").username}
    at = FRIDAY_1000 + 5 * MINUTE
    door.move(ticket.number, "dispatch", actor=staff("lead"), at=at, changes=handler)
    assert sentences(for_staff(ticket, "respond"))[1:] == [
        "计满 15 分钟，昨天 10:15 到期。",
        "昨天 10:05 停止计时，共用 5 分钟。",
    ]
    changes = {"reason": "changed-mind"}
    at = FRIDAY_1000 + 4 * HOUR
    door.move(case.number, "cancel", actor=staff("clerk"), at=at, changes=changes)
    assert sentences(for_staff(case))[-1] == "昨天 14:00 停止计时，共用工作时间 2 小时 30 分。"


def test_a_clock_stopped_in_a_pause_has_no_due_time_to_tell():
    case = open_application(at=FRIDAY_1000)
    case.pauses.create(reason="payment", started_at=FRIDAY_1000 + HOUR)
    stopped = FRIDAY_1000 + 2 * HOUR
    case.clocks.update(state="met", stopped_at=stopped, next_at=None)
    assert sentences(for_staff(case))[-2:] == [
        "停表期间已停止计时，到期时间不再推算。",
        "昨天 12:00 停止计时，共用工作时间 1 小时。",
    ]


def test_what_is_shown_adds_up_also_from_a_start_with_seconds():
    case = open_application(at=FRIDAY_1000 + 6 * HOUR + MINUTE * 7 / 60)
    counted = [line[2:4] for line in lines(for_staff(case)) if line[2]]
    assert counted == [("2 小时", "2 小时"), ("2 小时", "4 小时")]


def test_a_provisional_day_and_a_calendar_changed_since_are_admitted():
    WorkCalendar.objects.update(published_until="2026-11-20")
    policy.forget()
    case = open_application(at=SATURDAY_1821)
    calendar = WorkCalendar.objects.get()
    CalendarDay.objects.create(calendar=calendar, date="2026-11-23", name="停电")
    policy.forget()
    doubts = for_customer(case).context["why"].doubts
    assert doubts[0].startswith("放假安排只公布到 11月20日 周五")
    assert doubts[1] == (
        "此后日历或停表记录有更改：当时定为 11月23日 周一 14:00，"
        "按现在的记录应为 11月24日 周二 14:00。"
    )


def test_every_clock_on_the_pages_leads_to_its_explanation():
    case = open_application(at=SATURDAY_1821)
    clock = case.clocks.get()
    desk = as_role("agent").get(f"/desk/cases/{case.number}/")
    assert f"/desk/cases/{case.number}/clocks/{clock.pk}/" in desk.content.decode()
    tracking = client_of(customer()).get(f"/track/{case.number}/")
    assert f"/track/{case.number}/clocks/{clock.pk}/" in tracking.content.decode()
    assert inline_in(for_staff(case)) == inline_in(for_customer(case)) == []


def test_as_a_part_of_a_page_it_comes_without_the_page():
    case = open_application(at=SATURDAY_1821)
    client = client_of(customer())
    client.defaults["HTTP_HX_REQUEST"] = "true"
    part = for_customer(case, client).content.decode()
    assert "<html" not in part
    assert "周六、周日不计" in part


def test_number_and_last_four_digits_are_enough_to_ask():
    case = open_application(at=SATURDAY_1821)
    client = Client()
    assert for_customer(case, client).status_code == 404
    client.post("/track/", {"number": case.number, "tail": "5678"})
    assert for_customer(case, client).status_code == 200


def test_what_may_not_be_seen_is_not_explained():
    case, other = open_application(at=SATURDAY_1821), open_ticket(at=SATURDAY_1821)
    assert for_customer(case, client_of(customer("13700000000"))).status_code == 404
    stray = other.clocks.first().pk
    assert as_role("agent").get(f"/desk/cases/{case.number}/clocks/{stray}/").status_code == 404
    assert client_of(customer()).get(f"/track/{case.number}/clocks/{stray}/").status_code == 404
    west = as_role("lead", "west")
    clock = case.clocks.get().pk
    assert west.get(f"/desk/cases/{case.number}/clocks/{clock}/").status_code == 404
    case.clocks.update(public=False)
    assert for_customer(case).status_code == 404
    assert for_staff(case).status_code == 200


def test_the_terminal_tells_every_clock_of_a_case_in_columns():
    case = open_application(at=SATURDAY_1821)
    text = explained(f" {case.number.lower()} ")
    assert text.splitlines()[2:] == [
        "■ 两环节通水（无外线）（0.5 个工作日，计时中）",
        "  今天 18:21 不在工作时间，从 11月23日 周一 08:30 起算，只计工作时间。",
        "  周六、周日不计，共 2 天。",
        "  计满 0.5 个工作日（4 小时），11月23日 周一 14:00 到期。",
        "    11月21日 周六                                            休息日",
        "    11月22日 周日                                            休息日",
        "    11月23日 周一  08:30–12:00、13:30–14:00  4 小时  4 小时  14:00 到期",
        "  承诺依据：株洲 4424 服务模式：2 个环节、0.5 个工作日。",
    ]
    assert explained(open_ticket(at=SATURDAY_1821 - DAY).number).count("■") == 4


def test_the_terminal_refuses_a_number_that_nobody_has():
    with pytest.raises(CommandError, match="没有编号为 B2611210000018 的办件"):
        call_command("explain", "B2611210000018")


def test_a_start_in_a_pause_says_so():
    case = open_application(at=FRIDAY_1000)
    case.pauses.create(
        reason="payment", started_at=FRIDAY_1000 - HOUR, ended_at=FRIDAY_1000 + MINUTE
    )
    told = sentences(for_customer(case))
    assert told[0] == "昨天 10:00 正在停表，从 昨天 10:01 起算，只计工作时间。"
    assert told[1] == "停表（待用户交费）：昨天 09:00 至 昨天 10:01，其间工作时间 1 分钟不计。"
