"""What would be promised for an application that is still being written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from applications.catalogue import held
from applications.catalogue.definition import Service
from applications.fees.estimate import Estimate, estimate
from applications.flow import FLOW, TWO_STEP, steps_shown
from applications.intake import HOUSEHOLD_MM, NEW_CONNECTION
from applications.models import KIND, Application
from waterdesk.core import clocks as timing
from waterdesk.core import inputs, policy, wording
from waterdesk.core.errors import Invalid


@dataclass(frozen=True, slots=True)
class Coming:
    """One step that comes: its name, for what somebody visits, what we do without the customer."""

    name: str
    visits: tuple[str, ...] = ()
    ours: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Offer:
    """The promise for one class, if it were sent now.

    `by_hand` says that a person looks at it first. `provisional`: the due day lies beyond the
    published holidays. `fee` is what it would cost, None where nothing has a price. `of_class` is
    the class's name, "" where the service has none.
    """

    steps: int
    result: str
    limit: str
    due: str
    provisional: bool
    by_hand: bool
    fee: Estimate | None
    of_class: str = ""
    coming: tuple[Coming, ...] = ()


@dataclass(frozen=True, slots=True)
class Published:
    """One row of the list of promises."""

    name: str
    limit: str
    source: str


def offer(said: Mapping[str, str], at: datetime, service: str = NEW_CONNECTION) -> Offer | None:
    """The promise for what is chosen in the form so far; None when nothing is promised for it.

    What is not chosen yet counts as a household with a pipe at the gate. Before an
    address is given it is the promise and the calendar of the company over everything.
    """
    draft = _sketch(said, service)
    rules = policy.current()
    clocks = timing.start(draft, (TWO_STEP,), FLOW.facts(draft, at), at, rules)
    if not clocks:
        return None
    clock = clocks[0]
    wanted = held.service(service)
    covered = draft.customer_class if wanted and wanted.has_classes else None
    return Offer(
        steps=len(steps_shown(draft) or FLOW.steps),
        result=wanted.result_name if wanted else "",
        limit=wording.limit(clock.amount, clock.unit),
        due=wording.when(clock.due_at, at),
        provisional=clock.provisional,
        by_hand=wanted is not None and wanted.has_classes and covered is None,
        # A change of name has no pipe that could cost anything.
        fee=estimate(draft, said, at) if wanted is not None and wanted.fee else None,
        of_class=covered.name if covered else "",
        coming=_coming(wanted, FLOW.facts(draft, at)) if wanted else (),
    )


def _coming(service: Service, facts: Mapping[str, Any]) -> tuple[Coming, ...]:
    """The steps after sending, with those jobs that are wanted for what is known so far."""
    jobs = [job for job in service.jobs if job.when is None or policy.holds(job.when, facts)]
    return tuple(
        Coming(
            step.name,
            tuple(job.name for job in jobs if job.step == step.code and job.visit),
            tuple(job.name for job in jobs if job.step == step.code and not job.visit),
        )
        for step in service.steps
    )


def published(at: datetime, service: str = NEW_CONNECTION) -> list[Published]:
    """All promises of this service in force at `at`, the shortest first."""
    rows = [
        row
        for row in policy.current().promises.get((KIND, TWO_STEP), ())
        if row.public
        and row.conditions.get("service", service) == service
        and row.effective_from <= at
        and (row.effective_until is None or at < row.effective_until)
    ]
    rows.sort(key=lambda row: (row.unit, row.amount))
    return [Published(row.name, wording.limit(row.amount, row.unit), row.source) for row in rows]


def no_pipe(answer: object) -> bool | None:
    """Whether a line must be laid, from the answer to "is there a pipe at the gate?".

    Who does not know counts as having one: the survey finds out, and the shorter promise binds
    us and not the customer. The works themselves, if they are needed, pause the clock by name.
    """
    return {"yes": False, "unknown": False, "no": True}.get(str(answer))


def _sketch(said: Mapping[str, str], service: str) -> Application:
    rules = policy.current()
    kind, use = said.get("applicant_kind"), said.get("use")
    try:
        calibre = inputs.calibre(said.get("calibre_mm"))
    except Invalid:
        calibre = HOUSEHOLD_MM
    people, uses = Application.Applicant, Application.Use
    return Application(
        kind=KIND,
        subject=service,
        area=rules.locate(said.get("address", "")) or rules.root,
        applicant_kind=kind if kind in people.values else people.PERSON.value,
        use=use if use in uses.values else uses.RESIDENTIAL.value,
        calibre_mm=calibre,
        external_line=no_pipe(said.get("pipe")) or False,
    )
