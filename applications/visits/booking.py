"""预约: an appointment is made, changed or given up, in the transaction of the door."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.models import Job
from applications.visits import assigning, windows
from applications.visits.rows import BOOK, UNBOOK, visits_of
from waterdesk.core.errors import Conflict, Invalid
from waterdesk.core.models.people import Role

if TYPE_CHECKING:
    from waterdesk.core.flow import Move
    from waterdesk.core.turn import Turn

# When the customer is reminded on the day before. *chosen*: people are home, and not asleep.
EVENING = time(18, 0)


def follow(turn: Turn, move: Move, values: Mapping[str, Any]) -> None:
    """What booking does to the job; for `Flow.follow`. Raises Invalid or Conflict."""
    if move.action not in (BOOK, UNBOOK):
        return
    if values.get("booked_by") and turn.actor is not None:
        raise Invalid(_("这一步不需要填写此项。"))
    job = _job(turn, values["job"])
    if job.window_from is not None:
        _refuse_what_is_too_late(turn, job)
    if move.action == BOOK:
        _book(turn, job, values)
    else:
        _unbook(turn, job)


def _book(turn: Turn, job: Job, values: Mapping[str, Any]) -> None:
    starts, ends = (datetime.fromisoformat(values[each]) for each in ("window_from", "window_to"))
    if (starts, ends) == (job.window_from, job.window_to):
        raise Conflict(_("已经约在这个时段。"))
    windows.claim(turn.case, job.code, (starts, ends), turn.policy, turn.at)
    job.window_from, job.window_to = starts, ends
    job.remind_at = reminder(starts, turn.at)
    turn.keep(job)
    assigning.for_appointment(turn, starts, ends)


def _unbook(turn: Turn, job: Job) -> None:
    if job.window_from is None:
        raise Conflict(_("还没有预约。"))
    job.window_from = job.window_to = job.remind_at = None
    turn.keep(job)


def reminder(starts: datetime, at: datetime) -> datetime | None:
    """The evening before; None where that is over: who books then has just been told."""
    day = timezone.localdate(starts) - timedelta(days=1)
    evening = timezone.make_aware(datetime.combine(day, EVENING))
    return evening if evening > at else None


def _job(turn: Turn, code: str) -> Job:
    job = next((job for job in visits_of(turn.case) if job.code == code), None)
    if job is None:
        raise Conflict(_("这项任务已完成或不需要上门，不用预约。"))
    return job


def _refuse_what_is_too_late(turn: Turn, job: Job) -> None:
    """A customer cannot change what somebody has set out for; staff can, and what nobody came to
    is free to be booked again."""
    if turn.actor is not None and turn.actor.role != Role.CUSTOMER:
        return
    hours = windows.change_hours(turn.case, job, turn.policy)
    if job.window_from - timedelta(hours=hours) < turn.at < job.window_to:
        raise Conflict(
            _("距上门不足 %(hours)d 小时，更改请拨 %(hotline)s。")
            % {"hours": hours, "hotline": turn.policy.utility.hotline}
        )
