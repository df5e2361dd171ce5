"""Staff review, extend and end what a service left; every refusal says why."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from applications.standing.ticking import tick
from tests.applications.standing.left import BEGAN, at, go, left, standing, told
from tests.factories import staff
from waterdesk.core import door
from waterdesk.core.errors import Conflict, Invalid, NotAllowed
from waterdesk.core.flow import allowed

pytestmark = pytest.mark.django_db

A_YEAR_ON = date(2027, 11, 16)


def offered(case, role="clerk"):
    moves = allowed(staff(role), case, at(BEGAN))
    return [move.action for move in moves if move.action.endswith("_standing")]


def test_a_review_that_finds_all_well_asks_again_in_a_year():
    case = left("relief")
    go(case, "review_standing", A_YEAR_ON, result="stands")
    assert standing(case).review_on == date(2028, 11, 16)
    said = case.events.get(action="standing_set").data
    assert (said["ends"], said["review_on"]) == ("2029-11-16", "2028-11-16")
    assert told(case, "standing_ended.customer") == []


def test_the_last_review_is_followed_by_the_end_alone():
    case = left("relief")
    go(case, "review_standing", date(2028, 11, 20), result="stands")
    assert standing(case).review_on is None


def test_a_review_that_finds_otherwise_ends_it_and_tells_the_customer_why():
    case = left("relief")
    go(case, "review_standing", A_YEAR_ON, result="ends", note="已不在低保名单")
    row = standing(case)
    assert (row.state, row.ended_on, row.ended_because) == ("ended", A_YEAR_ON, "review")
    [text] = told(case, "standing_ended.customer")
    assert "复核未通过" in text
    assert "已不在低保名单" in text
    assert "/apply/relief/" in text


def test_what_is_extended_is_reminded_of_its_new_end():
    case = left("temporary")
    tick(at(date(2026, 11, 23)))
    go(case, "extend_standing", date(2026, 11, 24), until="2027-06-30")
    row = standing(case)
    assert (row.state, row.ends_on, row.told) == ("extended", date(2027, 6, 30), None)
    assert "2027-06-30" in told(case, "standing_extended.customer")[0]
    assert [tick(at(date(2027, 5, 30) + timedelta(days=n))) for n in (0, 1, 2)] == [0, 1, 0]


def test_months_are_counted_from_the_end_that_was():
    case = left("large-family")
    go(case, "extend_standing", date(2028, 11, 1), months=6)
    assert standing(case).ends_on == date(2029, 5, 16)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "其中一项"),
        ({"until": "2027-01-01", "months": 2}, "其中一项"),
        ({"until": "2026-11-01"}, "日期已过"),
        ({"until": "2026-11-30"}, "更晚的日期"),
        ({"until": "2028-11-17"}, "最晚只能延续到 2028-11-16"),
        ({"months": 30}, "最晚只能延续到 2028-11-16"),
    ],
)
def test_an_extension_is_one_later_day_within_what_the_service_gives(changes, words):
    case = left("temporary")
    with pytest.raises(Invalid, match=words):
        go(case, "extend_standing", BEGAN, **changes)
    assert standing(case).ends_on == date(2026, 11, 30)
    assert not case.events.filter(action="extend_standing").exists()


def test_what_has_ended_is_offered_to_nobody_and_refused_with_its_day():
    case = left("relief")
    go(case, "end_standing", A_YEAR_ON, note="客户搬离")
    case.refresh_from_db()
    assert offered(type(case).objects.get(pk=case.pk)) == []
    for action, changes in (
        ("end_standing", {}),
        ("extend_standing", {"months": 1}),
        ("review_standing", {"result": "stands"}),
    ):
        with pytest.raises(Conflict, match="已于 2027-11-16 终止"):
            go(case, action, A_YEAR_ON, **changes)
    assert len(told(case, "standing_ended.customer")) == 1


def test_what_is_never_reviewed_and_what_has_no_end_say_so():
    case = left("close-account")
    assert offered(case) == ["end_standing"]
    with pytest.raises(Conflict, match="不需要定期复核"):
        go(case, "review_standing", BEGAN, result="stands")
    with pytest.raises(Conflict, match="没有到期日"):
        go(case, "extend_standing", BEGAN, months=1)


def test_a_case_that_left_nothing_says_so():
    with pytest.raises(Conflict, match="没有减免、临时用水等"):
        go(left("transfer"), "end_standing", BEGAN)


@pytest.mark.parametrize(
    ("role", "actions"),
    [
        ("clerk", ["review_standing", "extend_standing", "end_standing"]),
        ("field", []),
        ("supervisor", []),
    ],
)
def test_who_serves_customers_may_and_others_may_not(role, actions):
    assert offered(left("relief"), role) == actions


def test_nobody_makes_the_moves_of_the_desk():
    case = left("relief")
    with pytest.raises(NotAllowed):
        door.move(case.number, "standing_ended", actor=staff("admin"), at=at(BEGAN))
