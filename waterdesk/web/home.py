"""/: the first page, by role. A customer's is the portal; a field worker's is the list of jobs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from applications.catalogue import held
from applications.catalogue.held import NEW_CONNECTION
from notifications.models import Message
from waterdesk.core import health, wording
from waterdesk.core import policy as policies
from waterdesk.core.flow import Label
from waterdesk.core.models.people import Role
from waterdesk.web import outages, queues, track, year_view
from waterdesk.web.promise import results

if TYPE_CHECKING:
    from waterdesk.core.models.people import User
    from waterdesk.core.policy import Policy

DEAD_ROWS = 8
PARTS: dict[str, Label] = {
    "database": gettext_lazy("数据库"),
    "broker": gettext_lazy("消息队列"),
    "worker": gettext_lazy("后台进程"),
    "beat": gettext_lazy("定时器"),
}
SETTINGS: dict[str, Label] = {
    "admin:core_promise_changelist": gettext_lazy("承诺时限"),
    "admin:core_ladder_changelist": gettext_lazy("催办阶梯"),
    "calendars": gettext_lazy("工作日历"),
    "admin:core_area_changelist": gettext_lazy("片区"),
    "admin:core_user_changelist": gettext_lazy("人员"),
    "admin:core_subject_changelist": gettext_lazy("事项"),
    "admin:core_reason_changelist": gettext_lazy("原因"),
    "admin:notifications_text_changelist": gettext_lazy("消息文本"),
    "admin:core_utility_changelist": gettext_lazy("供水单位"),
}
# The service whose promise stands on the front page.
FRONT = ("application", "two-step")


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    user = request.user
    if not user.is_authenticated or not user.is_desk:
        return portal(request)
    if user.role == Role.FIELD:
        return redirect("jobs")
    rules = policies.current()
    context: dict[str, Any] = {
        "tiles": [tile(user, request.now) for tile in TILES[user.role]],
        "queues": [queue(user, rules, request.now) for queue in QUEUES[user.role]],
        "now": request.now,
    }
    if user.role == Role.ADMIN:
        context |= machinery(request.now) | {
            "unpublished": year_view.unpublished(rules, request.now)
        }
    return render(request, f"web/home_{PAGES.get(user.role, 'lead')}.html", context)


def machinery(now: datetime) -> dict[str, Any]:
    """What an administrator looks after: the parts that run, the settings, what was not sent."""
    findings = health.report(now)
    return {
        "health": [
            {"label": label, "ok": findings[name]["ok"], "age": _age(findings[name])}
            for name, label in PARTS.items()
        ],
        "version": findings["version"],
        "links": [(reverse(name), label) for name, label in SETTINGS.items()],
        "dead": list(Message.objects.filter(state="dead").order_by("-id")[:DEAD_ROWS]),
    }


def _age(part: dict[str, Any]) -> str:
    """When the part last showed that it lives; "" for one that answers for itself, or never did."""
    seconds = part["seconds_since"]
    if not seconds:
        return ""
    return _("%(time)s前") % {"time": wording.duration(timedelta(seconds=seconds))}


def portal(request: HttpRequest) -> HttpResponse:
    """What is promised, how to apply, where one's own cases stand."""
    rules = policies.current()
    title, _colon, said = rules.utility.slogan.partition("：")
    steps = held.wanted(NEW_CONNECTION).steps
    context = {
        "slogan": title if said else rules.utility.slogan,
        # The utility's own words, one after the other: 四零、四化、24 小时、…
        "pledges": [each.strip() for each in said.split("、") if each.strip()],
        "steps": steps,
        "last_step": steps[-1],
        "promises": promises_in_force(rules, request.now),
        "lines": track.own_cases(request),
        "outages_now": outages.under_way(request.now),
        "promise_open": bool(results.opened(rules)),
        "now": request.now,
    }
    return render(request, "web/portal.html", context)


def promises_in_force(rules: Policy, now: datetime) -> list[dict[str, str]]:
    """The public limits of the front page's service that hold now, the shortest first."""
    valid = [
        row
        for row in rules.promises.get(FRONT, ())
        if row.public
        and row.conditions.get("service", NEW_CONNECTION) == NEW_CONNECTION
        and row.effective_from <= now
        and (row.effective_until is None or now < row.effective_until)
    ]
    return [
        {
            "name": row.name,
            "limit": wording.limit(row.amount, row.unit),
            "source": row.source,
        }
        for row in sorted(valid, key=lambda row: (row.amount, row.name))
    ]


OVERVIEW = (queues.late_tile, queues.soon_tile, queues.paused_tile, queues.idle_tile)
TILES: dict[str, Iterable[Callable[[User, datetime], queues.Tile]]] = {
    Role.AGENT.value: (),
    Role.CLERK.value: (),
    Role.LEAD.value: OVERVIEW,
    Role.SUPERVISOR.value: OVERVIEW,
    Role.ADMIN.value: OVERVIEW,
}
QUEUES: dict[str, Iterable[Callable[[User, policies.Policy, datetime], queues.Queue]]] = {
    Role.AGENT.value: (queues.to_dispatch, queues.to_follow_up, queues.late),
    Role.CLERK.value: (queues.to_review, queues.to_assign, queues.soon_applications),
    Role.LEAD.value: (
        queues.late,
        queues.soon,
        queues.to_accept,
        queues.to_explain,
        queues.to_answer,
        queues.to_dispatch,
        queues.to_assign,
    ),
    Role.SUPERVISOR.value: (queues.late, queues.soon, queues.to_accept, queues.to_judge),
    Role.ADMIN.value: (queues.late, queues.soon),
}
PAGES = {Role.AGENT.value: "agent", Role.CLERK.value: "clerk", Role.ADMIN.value: "admin"}
