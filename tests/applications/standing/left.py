"""Cases that have left something: a relief, a temporary supply …, made through the door."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

import time_machine

from applications import intake
from applications.catalogue import held
from applications.models import Application, Standing
from notifications.models import Message
from tests.applications.catalogue.test_services import answers, work
from tests.factories import MONDAY_0900, SHANGHAI, application_facts, staff
from waterdesk.core import door

BEGAN = MONDAY_0900.date()


def left(code: str, answered: dict[str, Any] | None = None, **over: Any) -> Application:
    """A case of this service that has its result since Monday.

    `answered` goes before the answers that the tests of the catalogue give, None leaves one out;
    theirs to a date is 30 November 2026.
    """
    service = held.service(code)
    with time_machine.travel(MONDAY_0900, tick=False):
        given = answers(service) | (answered or {})
        facts = application_facts(
            applicant_kind=service.applicants[0],
            account="100200300",
            answers={name: value for name, value in given.items() if value is not None},
            **over,
        )
        draft = intake.draft(facts, by=None, channel="web", service=code)
        return work(door.open_case(draft, actor=None, at=MONDAY_0900))


def standing(case: Application) -> Standing:
    return Standing.objects.get(case=case)


def at(day: date, hour: int = 10) -> datetime:
    return datetime.combine(day, time(hour), SHANGHAI)


def go(case: Application, action: str, day: date, **changes: Any) -> Application:
    """A clerk's move at ten o'clock of that day."""
    return door.move(
        case.number, action, actor=staff("clerk"), at=at(day), changes={"note": "查过"} | changes
    )


def told(case: Application, key: str) -> list[str]:
    rows = Message.objects.filter(case=case.number, key=f"application.{key}")
    return list(rows.order_by("created_at").values_list("body", flat=True))
