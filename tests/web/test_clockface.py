"""How a clock reads: what is left, until when, how it stands."""

from __future__ import annotations

import pytest

from tests.factories import open_application, open_ticket, staff
from tests.web.desk import DAY, HOUR, MINUTE, NOW, dispatched
from waterdesk.core import door, policy
from waterdesk.core.models import Promise
from waterdesk.core.sweep import sweep
from waterdesk.web import clockface

pytestmark = pytest.mark.django_db


def read(case, code, now):
    clock = case.clocks.get(code=code)
    return clockface.faces([clock], policy.current(), now)[0]


def test_a_running_clock_says_what_is_left_and_until_when():
    face = read(open_ticket(at=NOW), "arrive", NOW + 10 * MINUTE)
    assert (face.state, face.words, face.due_words) == (
        "running",
        "还剩 50 分钟",
        "今天 11:00 到期",
    )
    assert face.share == 16


def test_in_its_last_fifth_it_is_soon():
    ticket = open_ticket(at=NOW)
    assert read(ticket, "arrive", NOW + 47 * MINUTE).state == "running"
    assert read(ticket, "arrive", NOW + 48 * MINUTE).state == "soon"


def test_past_its_limit_it_is_late_whether_the_sweep_has_come_or_not():
    ticket = open_ticket(at=NOW)
    later = NOW + 65 * MINUTE
    assert read(ticket, "arrive", later).words == "已超 5 分钟"
    sweep(later)
    face = read(ticket, "arrive", later)
    assert (face.state, face.words, face.due_words) == ("late", "已超 5 分钟", "应于 今天 11:00")
    assert face.share == 100


def test_nights_and_noon_are_not_counted_in_working_time():
    case = open_application(at=NOW)
    face = read(case, "two-step", NOW + DAY)
    # 10:00–12:00 and 13:30–15:30 make the four hours: a day later all is used, and twice over.
    assert face.words == "已超 4 小时"
    assert face.gross_words == "1 天"


def test_more_than_a_working_day_is_told_in_working_days():
    case = open_application(at=NOW, external_line=True)
    assert read(case, "two-step", NOW).words == "还剩 3 个工作日 6 小时 30 分"
    assert read(case, "two-step", NOW).limit_words == "3 个工作日"


def test_a_paused_clock_keeps_what_is_left():
    case = open_application(at=NOW)
    changes = {"reason": "customer-delay"}
    door.move(case.number, "pause", actor=staff("clerk"), at=NOW + HOUR, changes=changes)
    face = read(case, "two-step", NOW + 5 * HOUR)
    assert (face.state, face.words) == ("paused", "停表中，还剩 3 小时")
    assert face.used_words == "1 小时"
    assert face.gross_words == "5 小时"


def test_a_kept_promise_says_how_long_it_took_however_late_one_looks():
    ticket = dispatched(staff("field", "east-1"), at=NOW)
    face = read(ticket, "respond", NOW + 3 * DAY)
    assert (face.state, face.words) == ("met", "按时完成，用时 10 分钟")


def test_a_broken_promise_says_so_for_good():
    worker = staff("field", "east-1")
    ticket = dispatched(worker, at=NOW)
    door.move(ticket.number, "arrive", actor=worker, at=NOW + 90 * MINUTE)
    face = read(ticket, "arrive", NOW + DAY)
    assert (face.state, face.tone) == ("missed", "bad")
    assert "1 小时 30 分" in face.words


def test_a_cancelled_case_counts_no_more():
    ticket = open_ticket(at=NOW)
    changes = {"reason": "duplicate"}
    door.move(ticket.number, "cancel", actor=staff("agent"), at=NOW + MINUTE, changes=changes)
    assert read(ticket, "arrive", NOW + DAY).words == "不再计时"


def test_many_clocks_ask_one_question(django_assert_num_queries):
    clocks = [clock for _each in range(3) for clock in open_ticket(at=NOW).clocks.all()]
    rules = policy.current()
    with django_assert_num_queries(1):
        assert len(clockface.faces(clocks, rules, NOW)) == 12


def test_hours_left_say_so_where_they_are_hours_of_working_time():
    saturday = NOW + 5 * DAY
    case = open_application(at=saturday)
    face = read(case, "two-step", saturday)
    assert (face.words, face.in_working_time) == ("还剩 4 小时", "（工作时间）")
    assert read(open_ticket(at=saturday), "finish", saturday).in_working_time == ""


def test_hours_left_need_no_word_where_the_clock_on_the_wall_says_the_same():
    case = open_application(at=NOW + 6 * HOUR)  # 16:00: two hours today, two on Tuesday
    tuesday = NOW + DAY - MINUTE * 60
    assert read(case, "two-step", NOW + 6 * HOUR).in_working_time == "（工作时间）"
    assert read(case, "two-step", tuesday).in_working_time == ""


def test_a_pause_leaves_working_time_and_what_is_done_leaves_none():
    case = open_application(at=NOW)
    changes = {"reason": "customer-delay"}
    door.move(case.number, "pause", actor=staff("clerk"), at=NOW + HOUR, changes=changes)
    assert read(case, "two-step", NOW + 5 * HOUR).in_working_time == "（工作时间）"
    changes = {"reason": "changed-mind"}
    door.move(case.number, "cancel", actor=staff("clerk"), at=NOW + 5 * HOUR, changes=changes)
    assert read(case, "two-step", NOW + 6 * HOUR).in_working_time == ""


def test_working_days_left_speak_for_themselves():
    case = open_application(at=NOW, external_line=True)
    assert read(case, "two-step", NOW).in_working_time == ""


def test_around_the_clock_a_pause_leaves_hours_as_they_are():
    Promise.objects.filter(code="two-step").update(unit="natural", amount=240)
    policy.forget()
    case = open_application(at=NOW)
    changes = {"reason": "customer-delay"}
    door.move(case.number, "pause", actor=staff("clerk"), at=NOW + HOUR, changes=changes)
    face = read(case, "two-step", NOW + 5 * HOUR)
    assert (face.state, face.in_working_time) == ("paused", "")
