"""The jobs of a case as its moves go on: begun when it is accepted, readied, finished, voided.

All of it happens in the transaction of the move; nobody else writes the rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from applications.catalogue import held
from applications.catalogue.definition import Service
from applications.jobs import graph
from applications.jobs.rows import PREFIX, UNDER_WAY
from applications.models import Application, Job
from applications.projects.recording import done_before, found_before

if TYPE_CHECKING:
    from waterdesk.core.flow import Move
    from waterdesk.core.turn import Turn

FIELD = "field"
BEGINS = frozenset({"accept", "reopen", "reinstate"})
ENDS = frozenset({"refuse", "cancel"})
# Jobs of the desk itself, by the move that shows that they are done.
SHOWN_BY = {
    "contract_signed": "contract",
    "water_on": "handover",
    "call_back": "follow-up",
    "rated": "follow-up",
    "confirm": "follow-up",
}
ASSIGNS = frozenset({"assign", "reassign", "recall"})


def jobs_of(case: Application) -> list[Job]:
    """The jobs of the case's latest round, in order; read once an instance of the case."""
    if "_jobs" not in case.__dict__:
        rows = [] if case.pk is None else list(case.jobs.all())
        latest = max((row.round for row in rows), default=1)
        rows = [row for row in rows if row.round == latest]
        case.__dict__["_jobs"] = sorted(rows, key=lambda row: row.position)
    return case.__dict__["_jobs"]


def job_of(case: Application, code: str) -> Job | None:
    return next((job for job in jobs_of(case) if job.code == code), None)


def is_ready(case: Application, code: str) -> bool:
    """Whether this job may be finished now.

    A case that came without jobs, from before there were any, goes by its statuses alone.
    """
    job = job_of(case, code)
    return job.state == Job.State.READY if job is not None else not jobs_of(case)


def follow(turn: Turn, move: Move, values: Mapping[str, Any]) -> None:
    """What a move does to the jobs of its case; for `Flow.follow`."""
    case = turn.case
    service = held.service(case.subject)
    if service is None:
        return
    if move.action in BEGINS and case.status in UNDER_WAY:
        _begin(turn, service)
    elif move.action in ENDS:
        _void(turn)
    elif move.action in ASSIGNS:
        _hand_over(turn)
    elif code := finished_by(service, move.action):
        finish(turn, service, code, values)
    if (shown := SHOWN_BY.get(move.action)) in service.jobs_by_code:
        finish(turn, service, shown, {})


def finished_by(service: Service, action: str) -> str:
    """The job that this row of the workflow finishes; "" for any other row."""
    if action.startswith(PREFIX):
        return action.removeprefix(PREFIX)
    return next((job.code for job in service.jobs if job.move == action), "")


def finish(turn: Turn, service: Service, code: str, values: Mapping[str, Any]) -> None:
    """Mark one job done, with what was noted, and ready what waited for it.

    When that was the last one before the result, the desk itself says so.
    """
    job = job_of(turn.case, code)
    if job is None or job.state == Job.State.DONE:
        return
    wanted = {detail.code for detail in service.jobs_by_code[code].details}
    job.state, job.done_at, job.done_by = Job.State.DONE.value, turn.at, turn.actor
    job.result = {name: value for name, value in values.items() if name in wanted}
    turn.keep(job)
    settle(turn, service)


def settle(turn: Turn, service: Service) -> None:
    """Reckon all jobs anew, and complete the case when nothing is left before its result."""
    case = turn.case
    _reckon(turn, service)
    left = [job for job in jobs_of(case) if job.step and job.state not in graph.OVER]
    complete = turn.flow.by_action["complete"]
    if service.result == "done" and not left and case.status in complete.before:
        turn.make(complete, {}, "", by_desk=True)


def _begin(turn: Turn, service: Service) -> None:
    """The jobs as the service defines them now; a second time another round of what is to be done.

    Where the work goes on from a later status, what leads up to it is done already.
    """
    case = turn.case
    before = jobs_of(case)
    number = max((job.round for job in before), default=0) + 1
    past = _behind(service, case.status) if before else frozenset()
    rows = []
    for place, job in enumerate(service.jobs):
        row = Job(
            code=job.code, name=job.name, position=place, round=number, step=job.step,
            needs=list(job.needs), team=job.team, state=Job.State.WAITING.value,
        )  # fmt: skip
        if job.code in past:
            row.state, row.done_at = Job.State.DONE.value, turn.at
        if job.team == FIELD:
            row.handler = case.handler
        turn.keep(row)
        rows.append(row)
    for job in before:
        if job.state not in (*graph.OVER, graph.VOID):
            job.state = Job.State.VOID.value
            turn.keep(job)
    case.__dict__["_jobs"] = rows
    settle(turn, service)
    if not before:
        _take_over(turn, service)


def _take_over(turn: Turn, service: Service) -> None:
    """What was done while it was a project that nobody had applied for is not done again."""
    done = done_before(turn.case)
    for job in service.jobs:
        if job.code in done and is_ready(turn.case, job.code):
            row = turn.flow.move(job.move or f"{PREFIX}{job.code}", turn.case)
            found = found_before(turn.case, (detail.code for detail in job.details))
            turn.make(row, found, "", by_desk=True, because={"beforehand": True})


def _behind(service: Service, status: str) -> frozenset[str]:
    """The jobs that a case in this status has behind it: those of the rows before, and theirs."""
    order = {"accepted": 0, "surveyed": 1, "installed": 2}
    passed = ("survey", "install", "water_on")[: order.get(status, 0)]
    found: set[str] = set()
    todo = [job.code for job in service.jobs if job.move in passed]
    while todo:
        code = todo.pop()
        found.add(code)
        todo += [each for each in service.jobs_by_code[code].needs if each not in found]
    return frozenset(found)


def _reckon(turn: Turn, service: Service) -> None:
    jobs = jobs_of(turn.case)
    conditions = {job.code: job.when for job in service.jobs}
    states = graph.reckon(jobs, conditions, facts_of(turn))
    for job in jobs:
        if job.state != states[job.code]:
            job.state = states[job.code]
            job.ready_at = turn.at if job.state == graph.READY else job.ready_at
            turn.keep(job)


def facts_of(turn: Turn) -> dict[str, Any]:
    """What conditions of jobs ask for: facts of the case, its answers, what jobs found out."""
    case = turn.case
    found = turn.flow.facts(case, turn.at) | case.answers
    for job in jobs_of(case):
        if job.state == graph.DONE:
            found |= job.result
    return found | {"external_line": case.external_line}


def _hand_over(turn: Turn) -> None:
    """Whoever has the case has its jobs in the street."""
    for job in jobs_of(turn.case):
        if job.team == FIELD and job.state not in (graph.DONE, graph.VOID):
            job.handler = turn.case.handler
            turn.keep(job)


def _void(turn: Turn) -> None:
    for job in jobs_of(turn.case):
        if job.state not in (*graph.OVER, graph.VOID):
            job.state = Job.State.VOID.value
            turn.keep(job)
