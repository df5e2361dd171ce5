"""What is made once for several tests, each of them finds as it was."""

from __future__ import annotations

import pytest

from tests.factories import HOUR, MONDAY_0900, open_application, staff
from tests.once import once
from waterdesk.core import door
from waterdesk.core.models import Case

pytestmark = pytest.mark.django_db
TIMES_MADE: list[str] = []


@once(at=MONDAY_0900)
def case():
    TIMES_MADE.append("here")
    return open_application()


@pytest.mark.parametrize("again", [1, 2])
def test_what_a_test_does_to_it_the_next_one_does_not_meet(case, again):
    assert (Case.objects.get().status, case.status, case.name) == ("accepted", "accepted", "张三")
    changes = {"reason": "changed-mind"}
    at = MONDAY_0900 + HOUR
    door.move(case.number, "cancel", actor=staff("clerk"), at=at, changes=changes)
    case.name = "李四"
    assert Case.objects.get().status == "cancelled"


def test_it_is_made_no_second_time(case):
    assert TIMES_MADE == ["here"]


def test_who_does_not_ask_for_it_does_not_meet_it():
    assert not Case.objects.exists()
