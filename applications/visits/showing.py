"""What pages show of the jobs for which somebody comes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from applications.catalogue import held
from applications.jobs.engine import FIELD, finished_by, job_of, jobs_of
from applications.jobs.rows import PREFIX
from applications.models import Application, Job
from applications.visits.rows import ROLES, spoken, visits_of

if TYPE_CHECKING:
    from waterdesk.core.models.people import User


@dataclass(frozen=True, slots=True)
class Visit:
    """One job for which somebody comes; `window` is "" while nothing is agreed."""

    code: str
    name: str
    window: str


def visits(case: Application) -> list[Visit]:
    """What may begin now, and what was agreed already for later."""
    return [
        Visit(job.code, job.name, _window(job))
        for job in visits_of(case)
        if job.state == Job.State.READY or job.window_from
    ]


def goes_out(case: Application) -> bool:
    """Whether any job of its service is done outside; of a service nobody knows, it may be."""
    service = held.service(case.subject)
    return service is None or any(job.team == FIELD for job in service.jobs)


def books(user: User, case: Application) -> bool:
    """Whether whoever looks at the case may choose a window: customers, and staff of some roles."""
    return case.closed_at is None and (not user.is_authenticated or user.role in ROLES)


def work(case: Application, action: str) -> str:
    """The name of the job that this move finishes; "" for any other move."""
    job = _job(case, action)
    return job.name if job is not None else ""


def actions_of(case: Application, person: User) -> frozenset[str]:
    """The moves that finish the jobs which this person may begin now, several at a time."""
    service = held.service(case.subject)
    ready = {
        job.code
        for job in jobs_of(case)
        if job.state == Job.State.READY and job.handler_id == person.pk
    }
    if service is None:
        return frozenset()
    return frozenset(job.move or f"{PREFIX}{job.code}" for job in service.jobs if job.code in ready)


def expected(case: Application, action: str) -> str:
    """When the customer expects somebody for what this move finishes, or for what comes first."""
    job = _job(case, action)
    agreed = [job] if job is not None and job.window_from else []
    agreed += sorted(
        (each for each in visits_of(case) if each.window_from), key=lambda each: each.window_from
    )
    return _window(agreed[0]) if agreed else ""


def _job(case: Application, action: str) -> Job | None:
    service = held.service(case.subject)
    code = finished_by(service, action) if service is not None else ""
    return job_of(case, code) if code else None


def _window(job: Job) -> str:
    if job.window_from is None or job.window_to is None:
        return ""
    return spoken(job.window_from, job.window_to)
