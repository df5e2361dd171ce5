"""A standing begins when the case has its result; found again, once a case."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.utils import timezone

from applications.catalogue import held
from applications.catalogue.definition import Leaves, Service
from applications.models import Application, Standing
from applications.standing import days
from applications.standing.words import BEGAN

if TYPE_CHECKING:
    from waterdesk.core.turn import Turn

_HELD = "_standing"


def standing_of(case: Application) -> Standing | None:
    """What the case left; read once an instance of the case."""
    if _HELD not in case.__dict__:
        found = None if case.pk is None else Standing.objects.filter(case_id=case.pk).first()
        case.__dict__[_HELD] = found
    return case.__dict__[_HELD]


def begin(turn: Turn) -> None:
    """Make what the service leaves, unless this case has left it before."""
    service = held.service(turn.case.subject)
    if service is None or service.leaves is None or standing_of(turn.case) is not None:
        return
    row = drafted(turn.case, service, timezone.localdate(turn.at))
    turn.keep(row)
    turn.case.__dict__[_HELD] = row
    said = {"standing": row.kind, "ends": iso(row.ends_on), "review_on": iso(row.review_on)}
    turn.make(turn.flow.move(BEGAN), {}, "", by_desk=True, because=said)


def drafted(case: Application, service: Service, today: date) -> Standing:
    """An unsaved row that begins `today`, by the definition and the answers."""
    leaves = service.leaves
    ends_on = end_of(leaves, case, today)
    row = Standing(
        kind=leaves.kind,
        name=leaves.name,
        account=case.account,
        begins_on=today,
        ends_on=ends_on,
        review_months=leaves.review_months,
        remind_days=sorted(leaves.remind_days, reverse=True),
        state=Standing.State.IN_FORCE.value,
    )
    set_end(row, ends_on, today)
    set_review(row, today)
    return row


def set_end(row: Standing, ends_on: date | None, today: date) -> None:
    """Give it this end, with reminders of its own."""
    row.ends_on = ends_on
    row.told = days.passed_over(row.remind_days, today, ends_on)
    row.next_on = days.next_day(row.remind_days, row.told, ends_on)


def set_review(row: Standing, today: date) -> None:
    """Give it its next review, counted from `today`, with reminders of its own."""
    row.review_on = days.next_review(today, row.review_months, row.ends_on)
    row.review_told = days.passed_over(row.remind_days, today, row.review_on)
    row.review_next_on = days.next_reminder(row.remind_days, row.review_told, row.review_on)


def end_of(leaves: Leaves, case: Application, today: date) -> date | None:
    """The last day. A day that was asked for and has passed by now is today; unsaid is no end."""
    if leaves.months:
        return days.plus_months(today, leaves.months)
    until = case.answers.get(leaves.until) if leaves.until else None
    return max(date.fromisoformat(until), today) if until else None


def iso(day: date | None) -> str:
    return "" if day is None else day.isoformat()
