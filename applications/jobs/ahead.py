"""What is done next in a case, as its customer is told."""

from __future__ import annotations

from applications.catalogue import held
from applications.catalogue.definition import Job
from applications.catalogue.held import NEW_CONNECTION
from applications.jobs.engine import job_of, jobs_of
from applications.jobs.graph import READY
from applications.models import Application
from applications.visits.rows import spoken


def is_connection(case: Application) -> bool:
    """Whether the words of a new connection (survey, meter, water) are right for this case."""
    return case.subject == NEW_CONNECTION or held.service(case.subject) is None


def window(case: Application, code: str) -> str:
    """When the customer expects somebody for this job, in words; "" while nothing is agreed."""
    job = job_of(case, code)
    if job is None or job.window_from is None or job.window_to is None:
        return ""
    return spoken(job.window_from, job.window_to)


def next_job(case: Application) -> Job | None:
    """The first job before the result that may be done now; None when there is none."""
    service = held.service(case.subject)
    ready = [job.code for job in jobs_of(case) if job.step and job.state == READY]
    return service.jobs_by_code.get(ready[0]) if service and ready else None
