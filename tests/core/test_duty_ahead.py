"""Gaps of the roster, and the alarm a day before they begin."""

from __future__ import annotations

from datetime import timedelta

import pytest

from notifications.models import Message
from tests.core.test_duty import shift
from tests.core.test_duty_leave import away, replace
from tests.core.test_effects import climb
from tests.factories import DAY, HOUR, MINUTE, MONDAY_0900, staff
from waterdesk.core import duty, policy
from waterdesk.core.duty.cover import holes
from waterdesk.core.models import Area, User
from waterdesk.core.tasks import warn_of_gaps

pytestmark = pytest.mark.django_db

EAST = ("east", "east-1", "east-2")


def ids(*codes):
    return list(Area.objects.filter(code__in=codes).values_list("pk", flat=True))


def gaps(codes=EAST, hours=24):
    found = duty.gaps(ids(*codes), policy.current(), MONDAY_0900, MONDAY_0900 + hours * HOUR)
    areas = policy.current().areas
    return [(areas[g.area_id].code, hour(g.starts_at), hour(g.ends_at)) for g in found]


def hour(at):
    return (at - MONDAY_0900) / HOUR


def warn(at=MONDAY_0900):
    return duty.warn_ahead(policy.current(), at)


def told(channel="inbox"):
    found = Message.objects.filter(key="duty.gap", channel=channel).order_by("created_at", "id")
    return [(each.recipient.username, each.subject) for each in found]


@pytest.fixture
def lead():
    climb({"level": 50, "tell": ["duty"]})
    # Others have nothing to do with the east; their areas are covered.
    for code in ("west", "north"):
        shift(staff("field", code), area=code, hours=24 * 60, start=-24 * 30,
              actor=staff("admin"), at=MONDAY_0900 - 31 * DAY)  # fmt: skip
    return staff("lead", "east", phone="13800000004")


@pytest.mark.parametrize(
    ("spans", "left"),
    [
        ([], [(0, 9)]),
        ([(0, 9)], []),
        ([(2, 3), (5, 6)], [(0, 2), (3, 5), (6, 9)]),
        ([(1, 6), (2, 3), (6, 12)], [(0, 1)]),
        ([(-5, 2), (8, 20)], [(2, 8)]),
        ([(9, 12)], [(0, 9)]),
        ([(-3, 0)], [(0, 9)]),
    ],
)
def test_what_spans_leave_open(spans, left):
    def at(hours):
        return MONDAY_0900 + hours * HOUR

    found = holes([(at(a), at(b)) for a, b in spans], at(0), at(9))
    assert found == [(at(a), at(b)) for a, b in left]


def test_a_gap_of_all_areas_below_is_told_once_of_the_one_above():
    assert gaps() == [("east", 0, 24)]
    shift(staff("field", "east"), area="east", hours=8)
    assert gaps() == [("east", 8, 24)]
    shift(staff("field", "east-1"), start=8)
    assert gaps() == [("east-2", 8, 24), ("east-1", 16, 24)]


def test_leave_in_a_shift_is_a_gap():
    on = staff("field", "east-1")
    shift(on, hours=24)
    away(on, start=2, hours=3)
    assert gaps(("east-1",)) == [("east-1", 2, 5)]


def test_the_lead_is_told_of_tomorrows_gap_once(lead):
    shift(staff("field", "east"), area="east", start=-1, hours=20)
    assert warn() == 2
    assert told() == [("lead-east", "值班缺岗：城东营业所 明天 04:00")]
    sms = Message.objects.get(key="duty.gap", channel="sms")
    assert sms.address == "13800000004"
    assert "从明天 04:00到另行排班前没有人值班" in sms.body
    for minutes in (0, 5, 60 * 20, 60 * 30):
        assert warn(MONDAY_0900 + minutes * MINUTE) == 0


def test_a_gap_further_ahead_is_not_told_yet(lead):
    shift(staff("field", "east"), area="east", start=-1, hours=26)
    assert warn() == 0
    assert warn(MONDAY_0900 + HOUR + MINUTE) == 2


def test_what_is_left_of_a_gap_is_another_gap(lead):
    shift(staff("field", "east"), area="east", start=-1, hours=9)
    shift(staff("field", "east"), area="east", start=20, hours=24 * 6)
    warn()
    shift(staff("field", "east-1"), area="east", start=8, hours=2)
    warn()
    assert [subject for _who, subject in told()] == [
        "值班缺岗：城东营业所 今天 17:00",
        "值班缺岗：城东营业所 今天 19:00",
    ]
    assert warn() == 0


def test_leave_that_opens_a_gap_is_told_and_standing_in_closes_it(lead):
    on, other = staff("field", "east", name="a"), staff("field", "east", name="b")
    mine = shift(on, area="east", start=-200, hours=24 * 20, at=MONDAY_0900 - 300 * HOUR)
    assert warn() == 0
    away(on, start=3, hours=2)
    replace(mine, other)
    assert warn() == 0
    away(other, start=3, hours=2)
    assert warn() == 2
    assert told() == [("lead-east", "值班缺岗：城东营业所 今天 12:00")]


def test_an_area_that_never_had_anybody_is_told_of_once_a_week(lead):
    assert warn() == 2
    assert warn(MONDAY_0900 + 6 * DAY) == 0
    assert warn(MONDAY_0900 + 7 * DAY) == 2


def test_two_leads_are_told_of_their_own_areas(lead):
    own = staff("lead", "east-2")
    warn()
    assert sorted(told()) == [
        ("lead-east", "值班缺岗：城东一网格 今天 09:00"),
        ("lead-east-2", "值班缺岗：城东二网格 今天 09:00"),
    ]
    assert own.area.code == "east-2"


def test_where_there_is_no_lead_the_supervisor_is_told(lead):
    User.objects.filter(role="lead").update(is_active=False)
    staff("supervisor")
    warn()
    assert told() == [("supervisor-company", "值班缺岗：城东营业所 今天 09:00")]


def test_nobody_is_told_while_no_ladder_asks_for_a_roster(django_assert_num_queries):
    staff("lead", "east")
    policy.current()
    with django_assert_num_queries(0):
        duty.asked_for(policy.current())
    assert warn() == 0


def test_the_task_says_how_many_messages_it_made(lead, time_machine):
    time_machine.move_to(MONDAY_0900, tick=False)
    assert warn_of_gaps() == 2
    assert warn_of_gaps() == 0


def test_a_short_message_does_not_outlive_the_gap(lead):
    shift(staff("field", "east"), area="east", start=2, hours=24 * 6)
    warn()
    sms = Message.objects.get(key="duty.gap", channel="sms")
    assert sms.expires_at == MONDAY_0900 + timedelta(hours=2)
