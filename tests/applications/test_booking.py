"""Appointments: what can be booked, by whom, until when, and who is told."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from applications.models import VisitWindow
from applications.tasks import remind_of_visits
from applications.visits import reminding, seeding
from applications.visits.windows import offered
from notifications.models import Message
from tests.applications.visits import TUESDAY_0900, book, one_more, survey_of, unbook
from tests.factories import DAY, HOUR, MINUTE, MONDAY_0900, customer, open_application, staff
from waterdesk.core import door, policy
from waterdesk.core.errors import Conflict, Invalid, NotAllowed, NotFound
from waterdesk.core.seeding import SeedError
from waterdesk.settings import CELERY_BEAT_SCHEDULE

pytestmark = pytest.mark.django_db
SEPTEMBER = MONDAY_0900.replace(month=9, day=28)


@pytest.fixture
def case():
    return open_application()


def slots(case, at=MONDAY_0900):
    return offered(case, policy.current(), at)


def texts(case, key):
    return list(Message.objects.filter(case=case.number, key=key).values_list("body", flat=True))


def test_windows_are_offered_on_working_days_from_the_notice_on(case):
    found = slots(case)
    assert [f"{each.starts:%a %H}" for each in found[:4]] == [
        "Mon 14",
        "Mon 16",
        "Tue 09",
        "Tue 14",
    ]
    assert {each.starts.weekday() for each in found} == {0, 1, 2, 3, 4}
    assert found[-1].starts.date() == (MONDAY_0900 + 14 * DAY).date()


def test_nothing_is_offered_on_a_holiday(case):
    days = {f"{each.starts:%m-%d}" for each in slots(case, SEPTEMBER)}
    assert {"10-01", "10-02", "10-05", "10-06", "10-07"} & days == set()
    assert "10-08" in days


def test_an_area_with_windows_of_its_own_has_only_those(case):
    VisitWindow.objects.create(
        area_id=case.area_id, days=["wed"], starts="09:00", ends="10:00", capacity=1
    )
    assert [f"{each.starts:%a %H}–{each.ends:%H}" for each in slots(case)] == ["Wed 09–10"] * 2


def test_a_customer_books_and_both_are_told(case):
    worker = staff("field", "east-1", name="wang", phone="13700000000")
    door.move(
        case.number, "assign", actor=staff("lead"), at=MONDAY_0900, changes={"handler": "wang"}
    )
    book(case, by=customer())
    job = survey_of(case)
    assert (job.window_from, job.window_to) == (TUESDAY_0900, TUESDAY_0900 + 2 * HOUR)
    assert "11月17日 周二 09:00–11:00" in texts(case, "application.book.customer")[0]
    assert "查勘" in texts(case, "application.book.customer")[0]
    told = Message.objects.filter(key="application.book.handler", recipient=worker)
    assert {each.channel for each in told} == {"inbox", "sms"}


def test_staff_book_for_a_customer_and_the_record_says_who(case):
    book(case, by=staff("agent"))
    said = case.events.get(action="book")
    assert (said.actor, said.data["job"]) == ("agent-company", "survey")


def test_who_came_by_number_books_without_an_account(case):
    book(case, booked_by="link")
    assert case.events.get(action="book").data["booked_by"] == "link"


def test_nobody_with_an_account_passes_for_somebody_without(case):
    with pytest.raises(Invalid):
        book(case, by=staff("agent"), booked_by="link")


def test_a_stranger_cannot_book(case):
    with pytest.raises(NotFound):
        book(case, by=customer("13811112222"))
    with pytest.raises(NotAllowed):
        book(case, by=staff("supervisor"))


@pytest.mark.parametrize(
    ("starts", "hours", "words"),
    [
        (MONDAY_0900 - DAY, 2, "已经过了"),
        (MONDAY_0900, 2, "已经过了"),
        (TUESDAY_0900 + HOUR, 2, "没有这个预约时段"),
        (TUESDAY_0900, 3, "没有这个预约时段"),
        (MONDAY_0900 + 5 * DAY, 2, "没有这个预约时段"),
        (MONDAY_0900 + 15 * DAY, 2, "最多提前 14 天"),
    ],
)
def test_what_cannot_be_booked_is_refused_and_nothing_is_lost(case, starts, hours, words):
    book(case)
    before = case.events.count()
    with pytest.raises(Invalid, match=words):
        book(case, starts, hours=hours)
    assert survey_of(case).window_from == TUESDAY_0900
    assert case.events.count() == before


def test_a_window_is_booked_so_long_before(case):
    at = TUESDAY_0900 - 119 * MINUTE
    with pytest.raises(Invalid, match="至少提前 120 分钟"):
        book(case, at=at)
    book(case, TUESDAY_0900 + 5 * HOUR, at=at)


def test_a_holiday_is_refused(case):
    with pytest.raises(Invalid, match="不上班"):
        book(one_more(at=SEPTEMBER), MONDAY_0900.replace(month=10, day=1), at=SEPTEMBER)


def test_a_full_window_is_refused_and_another_one_is_not():
    first, second, third = one_more(), one_more(), one_more()
    book(first)
    book(second)
    assert next(each for each in slots(third) if each.starts == TUESDAY_0900).left == 0
    with pytest.raises(Conflict, match="约满"):
        book(third)
    book(third, TUESDAY_0900 + 5 * HOUR)


def test_every_grid_has_room_of_its_own():
    book(one_more())
    book(one_more())
    book(one_more(address="城东区建设路 8 号"))


def test_a_change_gives_the_old_window_back():
    first, second, third = one_more(), one_more(), one_more()
    book(first)
    book(second)
    book(second, TUESDAY_0900 + 5 * HOUR)
    book(third)


def test_the_same_window_twice_is_one_appointment(case):
    book(case)
    with pytest.raises(Conflict, match="已经约在"):
        book(case)
    assert case.events.filter(action="book").count() == 1


def test_a_job_that_is_done_is_not_booked(case):
    door.move(case.number, "survey", actor=staff("admin"), at=MONDAY_0900)
    with pytest.raises(Conflict, match="已完成"):
        book(case)


def test_a_cancelled_case_gives_its_window_back():
    first = one_more()
    book(first)
    book(one_more())
    door.move(first.number, "cancel", actor=staff("clerk"), at=MONDAY_0900)
    book(one_more())


def test_a_customer_changes_until_four_hours_before_staff_until_the_end(case):
    book(case)
    late = TUESDAY_0900 - 4 * HOUR + timedelta(seconds=1)
    with pytest.raises(Conflict, match="不足 4 小时"):
        unbook(case, at=late)
    unbook(case, by=staff("agent"), at=late)
    assert survey_of(case).window_from is None
    assert "已取消" in texts(case, "application.unbook.customer")[0]


def test_a_customer_cancels_in_time(case):
    book(case)
    unbook(case, by=customer(), at=TUESDAY_0900 - 4 * HOUR)
    with pytest.raises(Conflict):
        unbook(case, at=TUESDAY_0900 - 4 * HOUR)


def test_who_was_not_visited_books_again(case):
    book(case)
    book(case, TUESDAY_0900 + DAY, at=TUESDAY_0900 + 2 * HOUR)


def test_the_customer_is_reminded_once_the_evening_before(case):
    book(case)
    evening = TUESDAY_0900.replace(hour=18) - DAY
    assert reminding.remind(evening - MINUTE) == 0
    assert reminding.remind(evening) == 1
    assert reminding.remind(evening + HOUR) == 0
    assert "11月17日 周二 09:00–11:00" in texts(case, reminding.KEY)[0]


def test_nobody_is_reminded_of_what_was_given_up_or_done_or_is_over():
    evening = TUESDAY_0900.replace(hour=18) - DAY
    given_up, done, over = one_more(), one_more(), one_more(address="城东区建设路 9 号")
    for each in (given_up, done, over):
        book(each)
    unbook(given_up)
    door.move(done.number, "survey", actor=staff("admin"), at=MONDAY_0900)
    assert reminding.remind(TUESDAY_0900) == 0
    assert reminding.remind(evening) == 0


def test_an_appointment_of_the_same_day_is_not_reminded(case):
    book(case, MONDAY_0900 + 5 * HOUR)
    assert survey_of(case).remind_at is None


def test_a_changed_appointment_is_reminded_at_its_own_time(case):
    book(case)
    book(case, TUESDAY_0900 + DAY)
    assert reminding.remind(TUESDAY_0900.replace(hour=18) - DAY) == 0
    assert reminding.remind(TUESDAY_0900.replace(hour=18)) == 1


def test_the_worker_looks_at_appointments():
    assert "applications.remind_of_visits" in [e["task"] for e in CELERY_BEAT_SCHEDULE.values()]
    assert remind_of_visits() == 0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"days": ["monday"]}, "no such days"),
        ({"ends": "08:00"}, "ends before"),
        ({"area": "moon"}, "row 1"),
        ({"capacity": 0}, "row 1"),
    ],
)
def test_a_bad_file_is_refused_by_its_row(tmp_path, change, words):
    row = {"area": "company", "days": ["mon"], "starts": "09:00", "ends": "11:00"} | change
    (tmp_path / seeding.FILE).write_text(json.dumps([row]), encoding="utf-8")
    with pytest.raises(SeedError, match=words):
        seeding.load(tmp_path)
