"""Appointments for the tests: a case that waits for a visit, and people on duty."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from applications.models import Application, Job
from tests.core.test_duty import shift
from tests.factories import DAY, HOUR, MONDAY_0900, open_application, staff
from waterdesk.core import door, policy
from waterdesk.core.models import User, Utility

TUESDAY_0900 = MONDAY_0900 + DAY
PEOPLE = iter(range(10**6))


def by_rule() -> None:
    """The desk sends people by rule from now on."""
    Utility.objects.update(assign_by_rule=True)
    Utility.touch()
    policy.forget()


def on_duty(name: str, area: str = "east-1", start: int = 0, hours: int = 8) -> User:
    """Somebody of the area who is on duty from so many hours after Monday, 09:00."""
    worker = staff("field", area, name=name, phone="13700000000")
    shift(worker, area=area, start=start, hours=hours)
    return worker


def one_more(**over: Any) -> Application:
    """An application of another household, so that nobody takes it for a repetition."""
    place = next(PEOPLE)
    return open_application(
        **{"phone": f"136{place:08d}", "address": f"城东区朝阳路 {place + 20} 号"} | over
    )


def book(
    case: Application,
    starts: datetime = TUESDAY_0900,
    *,
    hours: int = 2,
    by: User | None = None,
    at: datetime = MONDAY_0900,
    **more: Any,
) -> Application:
    """The survey is to be between `starts` and so many hours later; `by` None is by link."""
    ends = starts + hours * HOUR
    changes = {"job": "survey", "window_from": starts.isoformat(), "window_to": ends.isoformat()}
    return door.move(case.number, "book", actor=by, at=at, changes=changes | more)


def unbook(case: Application, *, by: User | None = None, at: datetime = MONDAY_0900) -> Application:
    return door.move(case.number, "unbook", actor=by, at=at, changes={"job": "survey"})


def survey_of(case: Application) -> Job:
    return Job.objects.get(case=case.pk, code="survey")
