"""The roster changes after the customer chose: somebody else comes, or the lead sees it."""

from __future__ import annotations

import pytest

from applications.visits.keeping import keep, unkept
from tests.applications.test_assigning import away
from tests.applications.visits import TUESDAY_0900, book, by_rule, on_duty, survey_of
from tests.factories import DAY, HOUR, MONDAY_0900, open_application, staff
from tests.web.desk import client_of, text_of
from waterdesk.core import door, policy
from waterdesk.core.models import Area, Leave, Shift, Utility

pytestmark = pytest.mark.django_db

NOON = MONDAY_0900 + 3 * HOUR


@pytest.fixture(autouse=True)
def _by_rule():
    by_rule()


def booked():
    """Somebody is sent on Monday and expected on Tuesday; the roster has nobody else yet."""
    worker = on_duty("wang")
    return worker, book(open_application())


def by_hand():
    Utility.objects.update(assign_by_rule=False)
    Utility.touch()
    policy.forget()


def test_who_is_there_is_left_alone():
    worker, case = booked()
    assert (unkept(NOON), keep(NOON)) == ([], 0)
    case.refresh_from_db()
    assert case.handler == worker


def test_who_goes_on_leave_is_relieved_by_somebody_on_duty_then():
    worker, case = booked()
    away(worker, start=24)
    other = on_duty("zhao", start=24)
    assert (keep(NOON), keep(NOON)) == (1, 0)
    case.refresh_from_db()
    assert case.handler == survey_of(case).handler == other
    assert unkept(NOON) == []
    assert case.events.get(action="reassign").actor == ""


def test_whose_shift_is_anothers_by_now_is_relieved_as_well():
    worker = on_duty("wang", start=24)
    case = book(open_application())
    Shift.objects.filter(user=worker).delete()
    other = on_duty("zhao", start=24)
    assert keep(NOON) == 1
    case.refresh_from_db()
    assert case.handler == other


def test_where_nobody_is_on_duty_it_stays_on_the_list():
    worker, case = booked()
    away(worker, start=24)
    assert keep(NOON) == 0
    [found] = unkept(NOON)
    assert (found.case.number, found.handler) == (case.number, worker)


def test_where_people_are_sent_by_hand_nobody_is_sent():
    worker, _case = booked()
    away(worker, start=24)
    on_duty("zhao", start=24)
    by_hand()
    assert (keep(NOON), len(unkept(NOON))) == (0, 1)


def test_what_is_over_is_nobodys_matter_any_more():
    worker, _case = booked()
    away(worker, start=24)
    assert unkept(TUESDAY_0900 + 2 * HOUR) == []


def test_the_lead_of_the_area_sees_it_and_no_other(time_machine):
    time_machine.move_to(NOON, tick=False)
    worker, case = booked()
    away(worker, start=24)
    page = text_of(client_of(staff("lead", "east")).get("/desk/jobs/"))
    assert "到时无人上门的预约" in page
    assert case.number in page
    assert "wang 届时不在岗" in page
    assert "无人上门" not in text_of(client_of(staff("lead", "west")).get("/desk/jobs/"))
    assert "无人上门" not in text_of(client_of(worker).get("/desk/jobs/"))


def test_a_case_of_a_branch_finds_somebody_in_its_grids():
    worker = on_duty("wang", "east-1")
    case = open_application(address="城东区不知何处 1 号")
    assert case.handler == worker
    assert case.area == Area.objects.get(code="east-1")


def test_the_grid_itself_goes_before_its_branch():
    on_duty("branch", "east")
    near = on_duty("wang", "east-1")
    assert open_application().handler == near


def test_leave_of_another_day_is_no_reason():
    worker, _case = booked()
    Leave.objects.create(
        user=worker,
        starts_at=TUESDAY_0900 + DAY,
        ends_at=TUESDAY_0900 + 2 * DAY,
        reason="",
    )
    assert unkept(NOON) == []


def test_one_who_was_sent_elsewhere_meanwhile_stays_where_the_lead_sent_him():
    worker, case = booked()
    away(worker, start=24)
    other = on_duty("zhao", start=24)
    lead, changes = staff("lead", "east"), {"handler": other.username}
    door.move(case.number, "reassign", actor=lead, at=NOON, changes=changes)
    assert keep(NOON) == 0
