"""Rows of the workflow that only this case has: one for each job that its service defines.

Buttons, the API and permissions come from them as from the rows of the table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from applications.catalogue import held
from applications.catalogue.definition import Detail, Job, Service
from applications.visits import rows as visits
from waterdesk.core.flow import CREW, DISPATCH, NOBODY, PHOTOS, Field, Move

if TYPE_CHECKING:
    from applications.models import Application

PREFIX = "job-"
UNDER_WAY = frozenset({"accepted", "surveyed", "installed"})
AFTER = frozenset({"water_on", "done"})
# Characters of a text detail; a form shows up to so many as one line.
LINE, SENTENCES = 120, 500
ROLES = {"field": CREW | DISPATCH, "desk": DISPATCH, "system": NOBODY}


def rows_of(case: Application, table: Mapping[str, Move]) -> Mapping[str, Move]:
    """By action the rows that this case has beside, or in the place of, those of the table."""
    service = held.service(case.subject)
    return {} if service is None else _rows(service, _Table(table))


class _Table:
    """The table, which is one and the same, as a key of a cache."""

    def __init__(self, rows: Mapping[str, Move]) -> None:
        self.rows = rows

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Table) and other.rows is self.rows

    def __hash__(self) -> int:
        return id(self.rows)


@lru_cache(maxsize=512)
def _rows(service: Service, table: _Table) -> Mapping[str, Move]:
    found = visits.of_service(service, table.rows)
    for job in service.jobs:
        row = table.rows[job.move] if job.move else _row(job)
        if job.move and service.code != held.NEW_CONNECTION:
            # Not every service sets a meter where the table says so: the button names the job.
            row = replace(row, label=_done(job))
        found[row.action] = replace(row, fields=_fields(row, job), when=_ready(job))
    for action in ("survey", "install", "water_on"):
        if action not in found:
            found[action] = replace(table.rows[action], when=_never)
    return found


def _row(job: Job) -> Move:
    return Move(
        f"{PREFIX}{job.code}",
        _done(job),
        before=UNDER_WAY if job.step else AFTER,
        roles=ROLES[job.team],
        tone="primary" if job.step else "plain",
    )


def _done(job: Job) -> str:
    return _("完成“%(job)s”") % {"job": job.name}


def _fields(row: Move, job: Job) -> tuple[Field, ...]:
    """What the row asks and what the job asks beside; of the same thing the job says whether it
    is demanded and what it is called.
    """
    own = {each.code: each for each in job.details}
    known = {field.name for field in row.fields}
    told = tuple(
        replace(field, label=own[field.name].label, required=own[field.name].required)
        if field.name in own
        else field
        for field in row.fields
    )
    return told + tuple(_field(each) for each in job.details if each.code not in known)


def _ready(job: Job) -> Callable[[Application], bool]:
    from applications.jobs.engine import is_ready
    from applications.permits.known import none_open

    if job.permits:
        return lambda case: is_ready(case, job.code) and none_open(case)
    return lambda case: is_ready(case, job.code)


def _never(case: Application) -> bool:
    return False


def _field(detail: Detail) -> Field:
    if detail.kind == "photo":
        return replace(PHOTOS, name=detail.code, label=detail.label, required=detail.required)
    return Field(
        detail.code,
        f"{detail.label}（{detail.suffix}）" if detail.suffix else detail.label,
        detail.kind,
        required=detail.required,
        choices=detail.choices,
        max_length=SENTENCES if detail.long else LINE,
        least=detail.least,
        most=detail.most,
    )
