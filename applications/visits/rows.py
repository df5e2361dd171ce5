"""The two rows of the workflow by which somebody is asked to come, and asked not to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as said
from django.utils.translation import gettext_lazy as _

from waterdesk.core.flow import CREW, CUSTOMER, DISPATCH, Field, Move
from waterdesk.core.wording import MONTHS, WEEKDAYS

if TYPE_CHECKING:
    from applications.catalogue.definition import Service
    from applications.models import Application, Job

BOOK, UNBOOK = "book", "unbook"
ROLES = CUSTOMER | DISPATCH | CREW
JOB = Field("job", _("任务"), max_length=40)
# Who only has the number and the last digits of the phone books without an account.
BY_LINK = Field(
    "booked_by", _("由谁预约"), "choice", required=False, choices=(("link", _("客户凭编号查询")),)
)


def moves(statuses: frozenset[str]) -> tuple[Move, ...]:
    """`statuses` are those in which there may be something to come for."""
    return (
        Move(
            BOOK,
            _("预约上门"),
            before=statuses,
            roles=ROLES,
            fields=(
                JOB,
                Field("window_from", _("上门时间"), "moment"),
                Field("window_to", _("最晚"), "moment"),
                BY_LINK,
            ),
            paused=None,
            note=False,
            apart=True,
            when=has_visits,
            tell=("customer", "handler"),
            words=words_of,
        ),
        Move(
            UNBOOK,
            _("取消预约"),
            before=statuses,
            roles=ROLES,
            fields=(JOB, BY_LINK),
            paused=None,
            note=False,
            apart=True,
            when=has_bookings,
            tell=("customer", "handler"),
            words=words_of,
        ),
    )


def of_service(service: Service, table: Mapping[str, Move]) -> dict[str, Move]:
    """The rows with the names of the jobs for which somebody comes; none where nobody does."""
    visits = tuple((job.code, job.name) for job in service.jobs if job.visit)
    return {
        action: replace(
            table[action],
            fields=tuple(
                replace(field, kind="choice", choices=visits) if field is JOB else field
                for field in table[action].fields
            ),
        )
        for action in (BOOK, UNBOOK)
        if visits and action in table
    }


def visits_of(case: Application) -> list[Job]:
    """The jobs of the case for which somebody comes and that are still to be done, in order."""
    from applications.catalogue import held
    from applications.jobs.engine import jobs_of

    service = held.service(case.subject)
    if service is None:
        return []
    visits = {job.code for job in service.jobs if job.visit}
    return [
        job for job in jobs_of(case) if job.code in visits and job.state in ("waiting", "ready")
    ]


def has_visits(case: Application) -> bool:
    return bool(visits_of(case))


def has_bookings(case: Application) -> bool:
    return any(job.window_from for job in visits_of(case))


def day_words(at: datetime) -> str:
    """The day as somebody says it on any other day: 11月17日 周二."""
    at = timezone.localtime(at)
    return said("%(month)s%(day)d日 %(weekday)s") % {
        "month": MONTHS[at.month - 1],
        "day": at.day,
        "weekday": WEEKDAYS[at.weekday()],
    }


def spoken(starts: datetime, ends: datetime) -> str:
    """A window as somebody says it on any day: 11月17日 周二 09:00–11:00."""
    hours = " – ".join(f"{timezone.localtime(each):%H:%M}" for each in (starts, ends))
    return f"{day_words(starts)} {hours.replace(' ', '')}"


def words_of(case: Application, values: Mapping[str, Any]) -> dict[str, str]:
    """What the texts of these rows say besides: which job, and when."""
    job = next((each for each in visits_of(case) if each.code == values["job"]), None)
    if "window_from" in values:
        span = tuple(datetime.fromisoformat(values[each]) for each in ("window_from", "window_to"))
    elif job is not None and job.window_from and job.window_to:
        span = job.window_from, job.window_to
    else:
        span = ()
    with translation.override(settings.LANGUAGE_CODE):
        return {"job": job.name if job else "", "window": spoken(*span) if span else ""}
