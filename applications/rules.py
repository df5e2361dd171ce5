"""What the table of applications rests on: what promises choose by, what is decided by rule."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from applications.catalogue import held
from applications.catalogue.definition import Service
from applications.duplicates import open_at
from applications.jobs.engine import FIELD, jobs_of
from applications.jobs.graph import OVER
from applications.models import Application
from waterdesk.core import facts as facts_of_all
from waterdesk.core import policy
from waterdesk.core.facts import Sort

FACT_SORTS = facts_of_all.COMMON | {
    "service": Sort.CODE,
    "customer": Sort.CODE,
    "use": Sort.CODE,
    "class": Sort.CODE,
    "calibre": Sort.NUMBER,
    "external_line": Sort.FLAG,
}


def facts(case: Application, at: datetime) -> dict[str, Any]:
    """What promises choose by; nothing about the person."""
    covered = case.customer_class
    return facts_of_all.common(case, at) | {
        "service": case.subject,
        "customer": case.applicant_kind,
        "use": case.use,
        "class": covered.code if covered else "",
        "calibre": case.calibre_mm,
        "external_line": case.external_line,
    }


def automatic(case: Application, at: datetime) -> tuple[str, dict[str, Any]]:
    """Accepted at once when nothing stands against it, day and night; else refused for a reason
    that is plain from the answers, or the reason why a person must look.
    """
    service = held.service(case.subject)
    for ruling in service.rulings if service else ():
        if policy.holds(ruling.when, said(case)):
            return ruling.decides, {"reason": ruling.reason}
    doubt = _doubt(case, service)
    return ("review", {"reason": doubt}) if doubt else ("accept", {})


def said(case: Application) -> dict[str, Any]:
    """What the applicant answered, by the codes of the questions."""
    return case.answers | {
        "applicant_kind": case.applicant_kind,
        "use": case.use,
        "calibre_mm": case.calibre_mm,
        "pipe": "no" if case.external_line else "yes",
        "account": case.account,
    }


def _doubt(case: Application, service: Service | None) -> str:
    """The code of the first reason (use "review") against accepting by rule, or ""."""
    if case.area_id == policy.current().root.pk:
        return "area-unknown"
    if (service is None or service.has_classes) and case.customer_class is None:
        return "calibre"
    twins = open_at(case.address, case.subject).filter(phone=case.phone)
    return "duplicate" if twins.exists() else ""


def nobody_sent(case: Application) -> bool:
    """Whether somebody is still to be sent; nobody is where all is done at a desk."""
    if case.handler_id is not None:
        return False
    jobs = jobs_of(case)
    return not jobs or any(job.team == FIELD and job.state not in OVER for job in jobs)


def not_chased_yet(case: Application) -> bool:
    return case.chased_in != case.status


def chased(case: Application) -> Mapping[str, Any]:
    return {"chased_in": case.status}


def once_more(case: Application) -> Mapping[str, Any]:
    """Why it ended is history; the customer may hurry us anew, it is other work."""
    return {"reopened": case.reopened + 1, "outcome": "", "chased_in": ""}


def where_it_stood(case: Application) -> Mapping[str, Any]:
    """Back to the status it had before it was refused or cancelled, which the record knows."""
    ended = case.events.filter(action__in=["refuse", "cancel"]).last()
    return {"status": ended.data["from"]} | once_more(case)
