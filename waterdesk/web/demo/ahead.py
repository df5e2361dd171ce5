"""What the demo's clerks work on: projects nobody applied for yet, a permit, reliefs in force."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from applications import intake
from applications.models import Application
from applications.projects import rows
from waterdesk.core import door
from waterdesk.core.models import User

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def play(props: dict[str, Any], cast: dict[str, User], now: datetime) -> None:
    """Up to `now` (aware). Not repeatable: it adds projects and cases."""
    for told in props["projects"]:
        given = dict(told)
        wanted = timezone.localdate(now) + given.pop("days") * DAY
        rows.add(given | {"expected_on": wanted.isoformat()}, by=cast["clerk"], at=now - DAY)
    _permits(props["permits"], cast, now - 2 * DAY)
    for place, told in enumerate(props["reliefs"], 1):
        _relief(told, cast["clerk"], now - 20 * place * DAY)


def _permits(told: dict[str, Any], cast: dict[str, User], at: datetime) -> None:
    """A connection that crosses a road and a lawn: one permit is filed, one is wanted."""
    given = told | {
        "applicant_kind": "organisation", "use": "non-residential", "calibre_mm": 100,
        "external_line": True,
    }  # fmt: skip
    case = _opened(given, "new-connection", cast["clerk"], at)
    crew, lead = "field-east-1", cast["lead"]
    _go(case, "assign", cast["clerk"], at + HOUR / 4, handler=crew)
    _go(case, "survey", cast[crew], at + HOUR)
    _go(case, "job-scheme", lead, at + 2 * HOUR, pipe_metres="45", digs_road=True, digs_green=True)
    filed = {"permit": "road", "number": "演示路许 0007"}
    _go(case, "file_permit", cast["clerk"], at + 3 * HOUR, **filed)


def _relief(told: dict[str, Any], clerk: User, at: datetime) -> None:
    given = dict(told)
    answers = {"grounds": given.pop("grounds")}
    given |= {"applicant_kind": "person", "answers": answers}
    case = _opened(given, "relief", clerk, at)
    for place, action in enumerate(("job-check", "job-grant"), 1):
        _go(case, action, clerk, at + place * HOUR)


def _opened(given: dict[str, Any], service: str, by: User, at: datetime) -> Application:
    draft = intake.draft(given, by=by, channel="counter", service=service)
    return door.open_case(draft, actor=by, at=at)


def _go(case: Application, action: str, by: User, at: datetime, **changes: Any) -> None:
    door.move(case.number, action, actor=by, at=at, changes=changes)
