"""The table of a ticket: from the call to the follow-up. Buttons, API and permissions are its rows.

A repair goes 派单 → 到场 → 止水 → 完成 → 回访 on clocks in natural time; every other category is
answered, 答复 → 回访, on clocks in working time. Which limits there are is seeds/promises.json.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from tickets import after as afterwards
from tickets.console import callbacks
from tickets.crew import confirming
from tickets.dispatch import following as dispatching
from tickets.dispatch import moves as dispatch
from tickets.incidents import joining
from tickets.knowledge import following as knowledge
from tickets.models import MATERIAL_LENGTH, REPAIR, RESULT_LENGTH, Satisfaction
from tickets.orders import following as ordering
from tickets.orders import moves as orders
from waterdesk.core import after, breaches, corrections, evidence, extensions, results, supervision
from waterdesk.core import facts as facts_of_all
from waterdesk.core.facts import Sort
from waterdesk.core.flow import (
    CREW,
    CUSTOMER,
    DESK,
    DISPATCH,
    PAUSE_PROOF,
    Field,
    Flow,
    Move,
    Status,
    Step,
    back_to_the_pool,
    is_not_urgent,
    made_urgent,
    somebody_sent,
    to_the_handlers_area,
    waits_for_the_customer,
)
from waterdesk.core.models.cases import Case
from waterdesk.core.models.people import Role

KIND = "ticket"

# Stopping the water, or guarding the hole, is a step of its own in these repairs.
CONTAINED = frozenset({"repair.burst", "repair.leak", "repair.cover"})
# Handled in working time, so that waiting for the customer may stop the clock.
PAUSABLE_REPAIRS = frozenset({"repair.meter"})
# Wrongs are looked into and called back; everything else may end with the call itself.
NEVER_SETTLED_AT_ONCE = frozenset({"complaint", "report", REPAIR})

PAUSABLE = frozenset({"logged", "dispatched", "on_site"})
UNDERWAY = frozenset({"dispatched", "on_site", "contained"})
WORKING = UNDERWAY | {"logged"}
WAITING_FOR_FOLLOW_UP = frozenset({"finished", "answered"})
# While an incident has the crew and the clocks, the caller may still chase.
UNDER_WAY = WORKING | {joining.JOINED}
EVERYWHERE = UNDER_WAY | WAITING_FOR_FOLLOW_UP | {"closed", "cancelled", "returned"}

# Whoever was sent answers a complaint himself; the desk answers the rest.
ANSWERERS = DISPATCH | {Role.FIELD.value}
CALLERS_BACK = frozenset(r.value for r in (Role.AGENT, Role.LEAD, Role.SUPERVISOR, Role.ADMIN))
CHASERS = DISPATCH | {Role.CUSTOMER.value, Role.SUPERVISOR.value}
# Staff for anybody who calls; a customer for himself (the API sees to it that the phone is his).
OPENERS = DESK | {Role.CUSTOMER.value}


def is_repair(case: Case) -> bool:
    return case.subject.startswith(REPAIR)


def wants_an_answer(case: Case) -> bool:
    return not is_repair(case)


def is_contained(case: Case) -> bool:
    return case.subject in CONTAINED


def may_settle(case: Case) -> bool:
    return not is_repair(case) and case.subject not in NEVER_SETTLED_AT_ONCE


def may_pause(case: Case) -> bool:
    """Repairs in natural time know no pause: "holidays not deducted"."""
    return not is_repair(case) or case.subject in PAUSABLE_REPAIRS


def may_reopen(case: Case) -> bool:
    """Before the follow-up when the caller rings again; after it only when it found a fault."""
    return case.status != "closed" or case.satisfaction == Satisfaction.DISSATISFIED


FACT_SORTS = facts_of_all.COMMON | {
    "category": Sort.CODE,
    "subtype": Sort.CODE,
    "calibre": Sort.MAYBE,
    "emergency": Sort.CODE,
    "ordered": Sort.CODE,
}


def facts(case: Case, at: datetime) -> dict[str, Any]:
    """What the promises of a ticket choose by; `at` is the instant the clocks count from."""
    return facts_of_all.common(case, at) | {
        "category": case.category,
        "subtype": case.subtype,
        "calibre": case.calibre_mm,
        "emergency": case.emergency,
        "ordered": orders.term_of(case),
    }


def _one_more_chasing(case: Case) -> dict[str, Any]:
    return {"chased": case.chased + 1}


def _back_to_work(case: Case) -> dict[str, Any]:
    """To whoever had it; what an agent answered alone goes back to the desk, nobody was sent."""
    status = "dispatched" if case.handler_id else "logged"
    return {"status": status, "reopened": case.reopened + 1}


HANDLER = Field("handler", _("处理人"), kind="handler")
RESULT = Field("result", _("处理结果"), max_length=RESULT_LENGTH)
ANSWER = Field("result", _("答复内容"), max_length=RESULT_LENGTH)
SATISFACTION = Field(
    "satisfaction", _("客户评价"), kind="choice", choices=tuple(Satisfaction.choices)
)

MATERIAL = Field("material", _("用料"), required=False, max_length=MATERIAL_LENGTH)
SIGNATURE = Field(
    "signature", _("客户签字"), "photos", required=False,
    help=_("在手机上签字，或拍下签字单；不填也可以完成。"),
)  # fmt: skip

# Every clock counts from the call, the reading that is strictest on us.
OPENING = Move(
    "open",
    _("登记"),
    before=frozenset(),
    after="logged",
    start=("respond", "arrive", "contain", "finish", "answer"),
    tell=("customer",),
)

MOVES = (
    Move(
        "dispatch",
        _("派单"),
        before={"logged"},
        after="dispatched",
        roles=DISPATCH,
        fields=(HANDLER,),
        stop=("respond",),
        tell=("customer", "handler"),
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
        tell=("customer",),
        tone="primary",
        when=is_repair,
    ),
    Move(
        "contain",
        _("止水防护"),
        before={"on_site"},
        after="contained",
        roles=CREW,
        stop=("contain",),
        tell=("customer",),
        tone="primary",
        when=is_contained,
    ),
    Move(
        "finish",
        _("完成"),
        before={"on_site", "contained"},
        after="finished",
        roles=CREW,
        fields=(RESULT, MATERIAL, SIGNATURE, confirming.CODE),
        stop=("arrive", "contain", "finish", *ordering.CLOCKS),
        tell=("customer",),
        tone="primary",
        when=is_repair,
    ),
    # What was found and what was done, as often as the crew sees something.
    Move(
        "photograph",
        _("现场照片"),
        before=UNDERWAY | {"finished"},
        roles=CREW,
        fields=(Field("photos", _("照片"), "photos", help=_("一次最多 3 张，每张不超过 10 MB。")),),
        paused=None,
        beside=True,
        when=is_repair,
    ),
    # The caller hears the answer on the telephone: no message follows, and nobody calls back.
    Move(
        "settle",
        _("答复并办结"),
        before={"logged"},
        after="closed",
        roles=DISPATCH,
        fields=(ANSWER, knowledge.ARTICLE, knowledge.SMS),
        stop=("respond", "answer", callbacks.CLOCK, *ordering.CLOCKS),
        when=may_settle,
    ),
    Move(
        "answer",
        _("答复"),
        before={"logged", "dispatched"},
        after="answered",
        roles=ANSWERERS,
        fields=(ANSWER,),
        stop=("respond", "answer", *ordering.CLOCKS),
        tell=("customer",),
        tone="primary",
        when=wants_an_answer,
    ),
    Move(
        "follow_up",
        _("回访"),
        before=WAITING_FOR_FOLLOW_UP,
        after="closed",
        roles=CALLERS_BACK,
        fields=(SATISFACTION,),
        tone="primary",
    ),
    Move(
        "reassign",
        _("改派"),
        before=UNDERWAY,
        roles=DISPATCH,
        fields=(HANDLER,),
        paused=None,
        tell=("handler",),
        sets=to_the_handlers_area,
    ),
    # The desk itself makes these two, when a ladder says so.
    Move(
        "recall",
        _("超时收回，待改派"),
        before={"dispatched"},
        after="logged",
        paused=None,
        when=somebody_sent,
        sets=back_to_the_pool,
        tell=("lead",),
    ),
    Move(
        "raise",
        _("转为紧急"),
        before=WORKING,
        paused=None,
        when=is_not_urgent,
        sets=made_urgent,
        tell=("handler",),
    ),
    Move(
        "chase",
        _("催办"),
        before=UNDER_WAY,
        roles=CHASERS,
        paused=None,
        tell=("handler", "lead"),
        raised_from="chases_to_raise",
        sets=_one_more_chasing,
    ),
    Move(
        "pause",
        _("停表"),
        before=PAUSABLE,
        roles=ANSWERERS,
        fields=(Field("reason", _("停表原因"), kind="reason", use="pause"), *PAUSE_PROOF),
        pause=True,
        tell=("customer", "handler"),
        when=may_pause,
    ),
    # By telephone it is `resume`, with what the customer said as its note.
    Move(
        "reply",
        _("已补正，请继续处理"),
        before=PAUSABLE,
        roles=CUSTOMER,
        fields=(Field("note", _("回复内容")),),
        note=False,
        resume=True,
        paused=True,
        when=waits_for_the_customer,
        tell=("handler", "lead", "customer"),
        tone="primary",
    ),
    Move(
        "resume",
        _("恢复计时"),
        before=PAUSABLE,
        roles=ANSWERERS,
        resume=True,
        paused=True,
        tell=("customer", "handler"),
        tone="primary",
    ),
    Move(
        "reopen",
        _("重开"),
        before=WAITING_FOR_FOLLOW_UP | {"closed"},
        roles=DISPATCH,
        start=("finish", "answer"),
        tell=("customer", "handler"),
        when=may_reopen,
        sets=_back_to_work,
        raised_from="reopenings_to_raise",
    ),
    Move(
        "note",
        _("备注"),
        before=EVERYWHERE,
        roles=DESK,
        fields=(Field("note", _("备注")),),
        paused=None,
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
        paused=None,
        tell=("customer", "handler"),
        tone="danger",
        confirm=_("作废后不再处理，确定作废？"),
    ),
    *dispatch.moves(UNDERWAY),
    *orders.moves(WORKING),
    *joining.moves(),
    *extensions.moves(WORKING),
    *breaches.moves(EVERYWHERE),
    *supervision.moves(EVERYWHERE),
    *corrections.moves(EVERYWHERE),
    *evidence.moves(EVERYWHERE, ANSWERERS),
    *knowledge.moves(EVERYWHERE),
    *callbacks.moves(WORKING | WAITING_FOR_FOLLOW_UP),
    *after.moves(afterwards.DONE),
)

FLOW = Flow(
    kind=KIND,
    label=_("工单"),
    model="tickets.Ticket",
    prefix="G",
    opening=OPENING,
    moves=MOVES,
    statuses={
        "logged": Status(_("已登记")),
        "dispatched": Status(_("已派单")),
        "on_site": Status(_("已到场")),
        "contained": Status(_("已止水")),
        joining.JOINED: Status(_("已并入事件")),
        "finished": Status(_("已修复待回访"), tone="good"),
        "answered": Status(_("已答复待回访"), tone="good"),
        "closed": Status(_("已办结"), tone="good", final=True),
        "cancelled": Status(_("已作废"), tone="plain", final=True),
        "returned": Status(_("已退单"), tone="plain", final=True),
    },
    steps=(
        Step("log", _("登记"), active=frozenset(), done=EVERYWHERE - {"cancelled", "returned"}),
        Step("handle", _("处理"), active=UNDER_WAY, done=WAITING_FOR_FOLLOW_UP | {"closed"}),
        Step("follow_up", _("办结"), active=WAITING_FOR_FOLLOW_UP, done=frozenset({"closed"})),
    ),
    facts=facts,
    fact_sorts=FACT_SORTS,
    openers=OPENERS,
    gathers=("order",),
    # Sending an answer or somebody is a move of its own, after the result of the move before it.
    follow=(
        joining.follow,
        afterwards.FOLLOW,
        results.tell,
        knowledge.follow,
        callbacks.follow,
        confirming.follow,
        ordering.follow,
        dispatching.follow,
        supervision.follow,
    ),
)
