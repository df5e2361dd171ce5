"""The table of an incident: 派单 → 到场 → the stages of its sort → 复供, on one set of clocks.

The clocks count from the first call of all its tickets. Which stages there are is data,
seeds/faults.json; each may be left out, none comes after a later one.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from tickets.dispatch import following as dispatching
from tickets.dispatch import moves as dispatch
from tickets.incidents import members, sorts, turning
from tickets.models import REPAIR, RESULT_LENGTH
from waterdesk.core import breaches, corrections, evidence, extensions, results, supervision
from waterdesk.core import facts as facts_of_all
from waterdesk.core.facts import Sort
from waterdesk.core.flow import (
    CREW,
    DESK,
    DISPATCH,
    Field,
    Flow,
    Label,
    Move,
    Status,
    Step,
    back_to_the_pool,
    is_not_urgent,
    made_urgent,
    somebody_sent,
    to_the_handlers_area,
)
from waterdesk.core.models.cases import Case

KIND = "incident"
STAGES: dict[str, Label] = {
    "shut": _("关阀止水"),
    "dug": _("开挖"),
    "replaced": _("换管"),
    "flushed": _("冲洗消毒"),
    "tested": _("试压"),
    "paved": _("路面恢复"),
}
ON_SITE = frozenset({"on_site", *STAGES})
WORKING = ON_SITE | {"logged", "dispatched"}
EVERYWHERE = WORKING | {"restored", "closed", "cancelled", "merged"}
# Some have a clock of their own to stop.
STOPS = {"shut": ("contain",)}


def facts(case: Case, at: datetime) -> dict[str, Any]:
    return facts_of_all.common(case, at) | {
        "category": REPAIR,
        "subtype": case.subtype,
        "calibre": case.calibre_mm,
    }


def is_of(stage: str) -> Callable[[Case], bool]:
    return lambda case: stage in sorts.stages(case.subject)


def _stage(place: int, stage: str) -> Move:
    earlier = sorts.BETWEEN[:place]
    return Move(
        stage,
        STAGES[stage],
        before=frozenset({"on_site", *earlier}),
        after=stage,
        roles=CREW,
        stop=STOPS.get(stage, ()),
        tone="primary",
        when=is_of(stage),
    )


def has_nobody(case: Case) -> bool:
    """An incident that nobody is joined to may be given up; the callers of others are split off."""
    return not members.of(case).exists() and not case.merged.exists()


def _not_empty(case: Case) -> Label:
    return _("事件还有并入的工单或事件，请先拆出。")


HANDLER = Field("handler", _("抢修人员"), kind="handler")

OPENING = Move(
    "open",
    _("登记"),
    before=frozenset(),
    after="logged",
    start=("arrive", "contain", "finish"),
)

MOVES = (
    Move(
        "dispatch",
        _("派单"),
        before={"logged"},
        after="dispatched",
        roles=DISPATCH,
        fields=(HANDLER,),
        tell=("handler",),
        tone="primary",
        sets=to_the_handlers_area,
    ),
    Move(
        "arrive",
        _("到场"),
        before={"dispatched"},
        after="on_site",
        roles=CREW,
        stop=("arrive",),
        tone="primary",
    ),
    *(_stage(place, stage) for place, stage in enumerate(sorts.BETWEEN)),
    Move(
        "restore",
        _("复供"),
        before=ON_SITE,
        after="restored",
        roles=CREW,
        fields=(Field("result", _("处理结果"), max_length=RESULT_LENGTH),),
        stop=("arrive", "contain", "finish"),
        tone="primary",
    ),
    Move(
        "close",
        _("办结"),
        before={"restored"},
        after="closed",
        roles=DISPATCH,
        tone="primary",
    ),
    Move(
        "reassign",
        _("改派"),
        before=WORKING - {"logged"},
        roles=DISPATCH,
        fields=(HANDLER,),
        tell=("handler",),
        sets=to_the_handlers_area,
    ),
    Move(
        "recall",
        _("超时收回，待改派"),
        before={"dispatched"},
        after="logged",
        when=somebody_sent,
        sets=back_to_the_pool,
        tell=("lead",),
    ),
    Move(
        "raise",
        _("转为紧急"),
        before=WORKING,
        when=is_not_urgent,
        sets=made_urgent,
        tell=("handler",),
    ),
    Move(
        turning.MERGE,
        _("并入另一事件"),
        before=WORKING,
        after="merged",
        roles=DISPATCH,
        fields=(Field("to", _("并入的事件编号"), max_length=24),),
        tell=("handler",),
    ),
    Move(
        turning.UNMERGE,
        _("撤销合并"),
        before={"merged"},
        roles=DISPATCH,
        sets=turning.as_it_stood,
        tell=("handler",),
    ),
    # What a move on a ticket or another incident means to this one.
    Move(turning.GATHER, _("并入工单"), before=WORKING),
    Move(turning.RELEASE, _("拆出工单"), before=EVERYWHERE),
    Move(turning.ABSORB, _("并入事件"), before=WORKING),
    Move(turning.FREE, _("撤销并入事件"), before=EVERYWHERE),
    Move(
        "note",
        _("备注"),
        before=EVERYWHERE,
        roles=DESK,
        fields=(Field("note", _("备注")),),
        own=False,
        note=False,
    ),
    Move(
        "cancel",
        _("作废"),
        before=WORKING,
        after="cancelled",
        roles=DISPATCH,
        fields=(Field("reason", _("作废原因"), kind="reason", use="cancel"),),
        tell=("handler",),
        tone="danger",
        confirm=_("作废后不再处理，确定作废？"),
        when=has_nobody,
        why_not=_not_empty,
    ),
    *dispatch.moves(WORKING - {"logged"}),
    *extensions.moves(WORKING),
    *breaches.moves(EVERYWHERE),
    *supervision.moves(EVERYWHERE),
    *corrections.moves(EVERYWHERE),
    *evidence.moves(EVERYWHERE, CREW),
)

STATUSES = {
    "logged": Status(_("待派单")),
    "dispatched": Status(_("已派单")),
    "on_site": Status(_("已到场")),
    "shut": Status(_("已关阀止水")),
    "dug": Status(_("已开挖")),
    "replaced": Status(_("已换管")),
    "flushed": Status(_("已冲洗消毒")),
    "tested": Status(_("已试压")),
    "paved": Status(_("路面已恢复")),
    "restored": Status(_("已复供"), tone="good"),
    "closed": Status(_("已办结"), tone="good", final=True),
    "merged": Status(_("已并入其他事件"), tone="plain"),
    "cancelled": Status(_("已作废"), tone="plain", final=True),
}
# What is said of a stage that is not reached yet, or is by now.
NAMES: dict[str, Label] = {
    "dispatched": _("派单"), "on_site": _("到场"), **STAGES, "restored": _("复供"),
}  # fmt: skip
ORDER = ("logged", "dispatched", "on_site", *sorts.BETWEEN, "restored", "closed")


def steps_shown(case: Case) -> list[Step]:
    """Every stage of its sort, each done once it or a later one was reached."""
    found = []
    for stage in sorts.stages(case.subject):
        place = ORDER.index(stage)
        done = frozenset(ORDER[place:])
        found.append(Step(stage, NAMES[stage], active=frozenset({ORDER[place - 1]}), done=done))
    return found


FLOW = Flow(
    kind=KIND,
    label=_("事件"),
    model="tickets.Incident",
    prefix="S",
    opening=OPENING,
    moves=MOVES,
    statuses=STATUSES,
    steps=(
        Step("handle", _("抢修"), active=WORKING, done=frozenset({"restored", "closed"})),
        Step("close", _("办结"), active=frozenset({"restored"}), done=frozenset({"closed"})),
    ),
    facts=facts,
    fact_sorts=facts_of_all.COMMON
    | {"category": Sort.CODE, "subtype": Sort.CODE, "calibre": Sort.MAYBE},
    openers=DISPATCH,
    counts_from=lambda case, at: case.first_call_at,
    steps_shown=steps_shown,
    follow=(turning.follow, results.tell, dispatching.follow, supervision.follow),
)
