"""What waits for somebody: the queues and tiles that the home pages of the staff are made of.

Every count stops at a cap and every queue at its first rows, so that a page's price does not
follow the backlog.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tickets.flow import WAITING_FOR_FOLLOW_UP
from waterdesk.core.flow import Label
from waterdesk.core.models.cases import Case
from waterdesk.core.models.clocks import Clock
from waterdesk.web import paging, rows

if TYPE_CHECKING:
    from waterdesk.core.models.people import User
    from waterdesk.core.policy import Policy

QUEUE_ROWS = 8
CONSIDERED = 500
MOST_COUNTED = 1000
# What falls due within this time is worth a look now. *chosen*
SOON = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Queue:
    """Cases that wait for somebody of this role, the first few of them."""

    title: Label
    lines: list[rows.Line]
    count: str
    url: str
    empty: Label


@dataclass(frozen=True, slots=True)
class Tile:
    label: Label
    count: str
    url: str
    tone: str = "plain"


def _queue(
    title: Label,
    cases: QuerySet[Case],
    url: str,
    empty: Label,
    rules: Policy,
    now: datetime,
) -> Queue:
    """The first cases of a queue: what is due first, among the newest CONSIDERED.

    What has waited longer than those is late, and stands in the queue of what is.
    """
    newest = cases.order_by("-id").values("pk")[:CONSIDERED]
    clocks = Clock.objects.open().filter(case=OuterRef("pk")).order_by("due_at")
    due = Subquery(clocks.values("due_at")[:1])
    waiting = Case.objects.filter(pk__in=newest).select_related("handler").annotate(due=due)
    first = waiting.order_by(F("due").asc(nulls_last=True), "id")[:QUEUE_ROWS]
    count = paging.in_words(paging.capped(cases, MOST_COUNTED), MOST_COUNTED)
    return Queue(title, rows.of_cases(first, rules, now), count, url, empty)


def _open(user: User) -> QuerySet[Case]:
    return Case.objects.visible_to(user).open()


def _list(**filters: str) -> str:
    return f"{reverse('cases')}?{urlencode(filters)}"


def to_dispatch(user: User, rules: Policy, now: datetime) -> Queue:
    """Tickets that nobody was sent for; the index of open cases by handler finds them."""
    cases = _open(user).filter(handler__isnull=True, kind="ticket", status="logged")
    url = _list(status="ticket.logged")
    return _queue(_("待派单"), cases, url, _("没有等待派单的工单。"), rules, now)


def to_follow_up(user: User, rules: Policy, now: datetime) -> Queue:
    cases = _open(user).filter(kind="ticket", status__in=WAITING_FOR_FOLLOW_UP)
    url = reverse("follow-up")
    return _queue(_("待回访"), cases, url, _("没有等待回访的工单。"), rules, now)


def to_review(user: User, rules: Policy, now: datetime) -> Queue:
    cases = _open(user).filter(kind="application", status="pending")
    url = _list(status="application.pending")
    return _queue(_("待核实的申请"), cases, url, _("没有需要核实的申请。"), rules, now)


def to_assign(user: User, rules: Policy, now: datetime) -> Queue:
    """Accepted applications that are in nobody's hands yet."""
    cases = _open(user).filter(handler__isnull=True, kind="application", status="accepted")
    url = _list(status="application.accepted")
    return _queue(_("待派查勘"), cases, url, _("没有等待派查勘的申请。"), rules, now)


def to_explain(user: User, rules: Policy, now: datetime) -> Queue:
    """Late, and nobody has said why; what was handed back, too."""
    states = (Case.Explanation.OWED, Case.Explanation.RETURNED)
    return _explanations(_("待说明超时"), states, _("没有待说明的超时。"), user, rules, now)


def to_accept(user: User, rules: Policy, now: datetime) -> Queue:
    """Explanations that a lead has to accept or hand back."""
    states = (Case.Explanation.GIVEN,)
    return _explanations(_("待认可的超时说明"), states, _("没有待认可的说明。"), user, rules, now)


def _explanations(
    title: Label,
    states: tuple[Case.Explanation, ...],
    empty: Label,
    user: User,
    rules: Policy,
    now: datetime,
) -> Queue:
    cases = Case.objects.visible_to(user).filter(explanation__in=[s.value for s in states])
    return _queue(title, cases, _list(explanation=states[0].value), empty, rules, now)


def to_answer(user: User, rules: Policy, now: datetime) -> Queue:
    """What a supervisor waits for an answer about."""
    states = (Case.Supervised.LEAD.value, Case.Supervised.HANDLER.value)
    return _supervised(_("督办待答复"), states, _("没有待答复的督办。"), user, rules, now)


def to_judge(user: User, rules: Policy, now: datetime) -> Queue:
    """Answers that a supervisor has to accept or hand back."""
    states = (Case.Supervised.ANSWERED.value,)
    return _supervised(_("督办待认定"), states, _("没有待认定的督办答复。"), user, rules, now)


def _supervised(
    title: Label, states: tuple[str, ...], empty: Label, user: User, rules: Policy, now: datetime
) -> Queue:
    cases = Case.objects.visible_to(user).filter(supervision__in=states)
    return _queue(title, cases, reverse("today-list", args=["supervised"]), empty, rules, now)


def late(user: User, rules: Policy, now: datetime) -> Queue:
    clocks = _clocks(user, Q(state=Clock.State.BREACHED))
    return _of_clocks(_("已超时"), clocks, "breached", _("没有超时的办件。"), rules, now)


def soon(user: User, rules: Policy, now: datetime) -> Queue:
    clocks = _clocks(user, Q(state=Clock.State.RUNNING))
    return _of_clocks(_("最先到期"), clocks, "running", _("没有计时中的办件。"), rules, now)


def soon_applications(user: User, rules: Policy, now: datetime) -> Queue:
    """The counter's own: repairs fall due on somebody else's desk."""
    clocks = _clocks(user, Q(state=Clock.State.RUNNING, case__kind="application"))
    empty = _("没有计时中的办件。")
    return _of_clocks(_("最先到期"), clocks, "running&kind=application", empty, rules, now)


def _of_clocks(
    title: Label, clocks: QuerySet[Clock], state: str, empty: Label, rules: Policy, now: datetime
) -> Queue:
    first = clocks.select_related("case__handler").order_by("due_at", "id")[:QUEUE_ROWS]
    count = paging.in_words(paging.capped(clocks, MOST_COUNTED), MOST_COUNTED)
    url = f"{reverse('board')}?state={state}"
    return Queue(title, rows.of_clocks(first, rules, now), count, url, empty)


def _clocks(user: User, which: Q) -> QuerySet[Clock]:
    return Clock.objects.visible_to(user).open().filter(which)


def _tile(label: Label, clocks: QuerySet[Any], url: str, tone: str) -> Tile:
    count = paging.capped(clocks, MOST_COUNTED)
    return Tile(label, paging.in_words(count, MOST_COUNTED), url, tone if count else "plain")


def late_tile(user: User, now: datetime) -> Tile:
    clocks = _clocks(user, Q(state=Clock.State.BREACHED))
    return _tile(_("已超时"), clocks, f"{reverse('board')}?state=breached", "bad")


def soon_tile(user: User, now: datetime) -> Tile:
    clocks = _clocks(user, Q(state=Clock.State.RUNNING, due_at__lt=now + SOON))
    return _tile(_("1 小时内到期"), clocks, f"{reverse('board')}?state=running", "warn")


def paused_tile(user: User, now: datetime) -> Tile:
    clocks = _clocks(user, Q(state=Clock.State.PAUSED))
    return _tile(_("停表中"), clocks, f"{reverse('board')}?state=paused", "paused")


def idle_tile(user: User, now: datetime) -> Tile:
    cases = _open(user).filter(handler__isnull=True)
    return _tile(_("无人经办"), cases, _list(stand="open"), "warn")
