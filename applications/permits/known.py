"""The permits of one case as they stand, read once an instance of the case."""

from __future__ import annotations

from applications.catalogue import held
from applications.catalogue.definition import Job as JobDefinition
from applications.jobs import engine
from applications.models import Application, Job, Permit


def permits_of(case: Application) -> list[Permit]:
    """Those of the latest round of jobs; no query for a case whose service wants none."""
    if "_permits" not in case.__dict__:
        job = job_of(case)
        # Of a case that is being opened there is no row yet to hang on.
        fresh = case.pk is None
        asked = job is not None and job.state not in (Job.State.WAITING, Job.State.SKIPPED)
        rows = case.permits.filter(round=job.round).order_by("pk") if asked and not fresh else ()
        case.__dict__["_permits"] = list(rows)
    return case.__dict__["_permits"]


def permit_of(case: Application, kind: str) -> Permit | None:
    return next((permit for permit in permits_of(case) if permit.kind == kind), None)


def definition_of(case: Application) -> JobDefinition | None:
    """The job of the case's service in which permits are obtained, if it has one."""
    service = held.service(case.subject)
    return next((job for job in service.jobs if job.permits), None) if service else None


def job_of(case: Application) -> Job | None:
    wanted = definition_of(case)
    return engine.job_of(case, wanted.code) if wanted else None


def waits(case: Application) -> bool:
    """Whether the work stands until the permits are there."""
    job = job_of(case)
    return job is not None and job.state == Job.State.READY


def none_open(case: Application) -> bool:
    return not any(permit.is_open for permit in permits_of(case))
