"""The workflow table of applications: 申请受理 → 装表通水."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from applications import after as afterwards
from applications import again, endings, results, standstill
from applications.burdens import moves as burdens
from applications.catalogue import held
from applications.contracts import making as contracts
from applications.fees import moves as fees
from applications.jobs import engine
from applications.jobs.graph import OVER
from applications.jobs.rows import rows_of
from applications.models import KIND, Application
from applications.permits import making as permits
from applications.permits import moves as permit_moves
from applications.projects import recording
from applications.rules import (
    FACT_SORTS,
    automatic,
    facts,
    nobody_sent,
)
from applications.sources import flow as sources
from applications.standing import flow as standing
from applications.standing.moves import moves as standing_moves
from applications.visits import assigning, booking
from applications.visits import rows as visits
from waterdesk.core import after, breaches, corrections, evidence, extensions, supervision
from waterdesk.core.flow import (
    CREW,
    CUSTOMER,
    DISPATCH,
    Field,
    Flow,
    Move,
    Status,
    Step,
    somebody_sent,
    to_the_handlers_area,
)

TWO_STEP = "two-step"
# A person looks at what the rules do not decide; nobody in time is a yes (超时默许).
REVIEW = "review"

STAFF = DISPATCH | CREW

STATUSES = {
    "pending": Status(_("待核实")),
    "accepted": Status(_("已受理")),
    "surveyed": Status(_("已查勘")),
    "installed": Status(_("已装表")),
    "water_on": Status(_("已通水"), tone="good"),
    "done": Status(_("已办好"), tone="good"),
    "closed": Status(_("已办结"), tone="good", final=True),
    "refused": Status(_("不予受理"), tone="bad", final=True),
    "cancelled": Status(_("已取消"), tone="plain", final=True),
}
UNDER_WAY = frozenset({"accepted", "surveyed", "installed"})
RESULT = frozenset({"water_on", "done"})
WATER = RESULT | {"closed"}
BEFORE_WATER = UNDER_WAY | {"pending"}

# What may be wrong once the water is on, by the status from which the work is done again.
WRONG = (
    ("installed", _("没有水，或水压、水质不正常")),
    ("surveyed", _("水表不走、走得不对或漏水")),
)

STEPS = (
    Step("accept", _("申请受理"), frozenset({"pending"}), UNDER_WAY | WATER),
    Step("water", _("装表通水"), UNDER_WAY, WATER),
)


def steps_shown(case: Application) -> tuple[Step, ...] | None:
    """The steps in the words of the case's service; of one that is not known any more those of the
    new connection, None where that is not known either.

    What lies between the first and the last one is done once its jobs are.
    """
    service = held.service(case.subject) or held.service(held.NEW_CONNECTION)
    if service is None:
        return None
    first, *others = service.steps
    shown = [Step(first.code, first.name, frozenset({"pending"}), UNDER_WAY | WATER)]
    for step in others:
        done = WATER | (
            UNDER_WAY if step is not others[-1] and _all_done(case, step.code) else set()
        )
        shown.append(Step(step.code, step.name, UNDER_WAY, frozenset(done)))
    return tuple(shown)


def status_shown(case: Application) -> Status | None:
    """Of a service that is no new connection the job that led to the status, by its own name.

    The moving of a pipe stands where the table says that a meter was set.
    """
    service = held.service(case.subject)
    if service is None or service.code == held.NEW_CONNECTION:
        return None
    shown_by = {"surveyed": "survey", "installed": "install"}.get(case.status)
    job = next((job for job in service.jobs if shown_by and job.move == shown_by), None)
    return Status(_("已完成“%(job)s”") % {"job": job.name}) if job else None


def _all_done(case: Application, step: str) -> bool:
    return all(job.state in OVER for job in engine.jobs_of(case) if job.step == step)


# The fields are those of the record's first line, so that its codes can be told in words.
OPENING = Move(
    "open",
    _("提交申请"),
    before=set(),
    after="pending",
    start=(TWO_STEP,),
    fields=(
        Field("customer", _("申请人"), "choice", choices=tuple(Application.Applicant.choices)),
        Field("use", _("用水性质"), "choice", choices=tuple(Application.Use.choices)),
        Field("calibre", _("口径（毫米）"), "number"),
        Field("external_line", _("需要敷设外线"), "flag"),
    ),
)

MOVES = (
    recording.MOVE,
    Move(
        "review",
        _("转人工核实"),
        before={"pending"},
        fields=(Field("reason", _("原因"), "reason", use="review"),),
        start=(REVIEW,),
        tell=("customer", "clerk"),
    ),
    Move(
        "accept",
        _("受理"),
        before={"pending"},
        after="accepted",
        roles=DISPATCH,
        stop=(REVIEW,),
        tell=("customer", "lead"),
        tone="primary",
    ),
    Move(
        "assign",
        _("派单"),
        before=UNDER_WAY,
        roles=DISPATCH,
        fields=(Field("handler", _("外勤人员"), "handler"),),
        sets=to_the_handlers_area,
        paused=None,
        when=nobody_sent,
        tell=("handler", "customer"),
        tone="primary",
    ),
    Move(
        "reassign",
        _("改派"),
        before=UNDER_WAY,
        roles=DISPATCH,
        fields=(Field("handler", _("外勤人员"), "handler"),),
        sets=to_the_handlers_area,
        paused=None,
        when=somebody_sent,
        tell=("handler", "customer"),
    ),
    Move(
        "survey",
        _("查勘完成"),
        before={"accepted"},
        after="surveyed",
        roles=CREW,
        fields=(
            Field(
                "external_line",
                _("需要敷设外线"),
                "flag",
                required=False,
                help=_("现场与申请所填不同时选择；承诺时限不因此改变。"),
            ),
        ),
        tone="primary",
    ),
    Move(
        "install",
        _("装表完成"),
        before={"surveyed"},
        after="installed",
        roles=CREW,
        fields=(Field("meter_number", _("水表编号"), max_length=30), results.POSITION),
        tone="primary",
    ),
    Move(
        "water_on",
        _("通水"),
        before={"installed"},
        after="water_on",
        roles=CREW,
        stop=(TWO_STEP,),
        tell=("customer",),
        tone="primary",
    ),
    Move(
        "confirm",
        _("确认办结"),
        before=RESULT,
        after="closed",
        roles=CUSTOMER | DISPATCH,
        fields=(
            Field(
                "satisfaction",
                _("满意度"),
                "choice",
                required=False,
                choices=tuple((str(v), text) for v, text in Application.Satisfaction.choices),
            ),
        ),
        tell=("handler",),
        tone="primary",
    ),
    # The desk itself makes it, when the last job before the result is done.
    Move(
        "complete",
        _("办好"),
        before=UNDER_WAY,
        after="done",
        stop=(TWO_STEP,),
        paused=None,
        tell=("customer",),
    ),
    *standstill.moves(BEFORE_WATER, UNDER_WAY, STAFF),
    *endings.moves(frozenset(STATUSES), WRONG, start=TWO_STEP, review=REVIEW),
    *fees.moves(BEFORE_WATER | RESULT),
    *extensions.moves(BEFORE_WATER),
    *breaches.moves(STATUSES),
    *supervision.moves(STATUSES),
    *corrections.moves(STATUSES),
    *evidence.moves(STATUSES, STAFF),
    *sources.moves(BEFORE_WATER),
    *burdens.moves(STATUSES, BEFORE_WATER | RESULT),
    *contracts.moves(frozenset(STATUSES)),
    *visits.moves(UNDER_WAY | RESULT),
    *after.moves(afterwards.DONE),
    *permit_moves.moves(UNDER_WAY | WATER, UNDER_WAY),
    *standing_moves(WATER),
)

FLOW = Flow(
    kind=KIND,
    label=_("用水报装"),
    model="applications.Application",
    prefix="B",
    opening=OPENING,
    moves=MOVES,
    statuses=STATUSES,
    steps=STEPS,
    facts=facts,
    fact_sorts=FACT_SORTS,
    automatic=automatic,
    own_rows=rows_of,
    steps_shown=steps_shown,
    status_shown=status_shown,
    gathers=("jobs",),
    openers=CUSTOMER | STAFF,
    prepare={"water_on": contracts.prepare},
    # The burdens count what the others have said, the results tell of all of it.
    follow=(
        # What was done beforehand is known before the jobs begin.
        recording.follow,
        again.follow,
        engine.follow,
        permits.follow,
        assigning.follow,
        booking.follow,
        sources.follow,
        contracts.follow,
        fees.follow,
        afterwards.FOLLOW,
        standing.follow,
        burdens.follow,
        supervision.follow,
        results.follow,
    ),
)
