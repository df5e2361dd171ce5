"""/desk/duty/leave/: who is away, kept by the lead of the area."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from waterdesk.core import duty
from waterdesk.core import policy as policies
from waterdesk.core.models.duty import Shift
from waterdesk.core.models.rota import Leave
from waterdesk.web.access import desk_only
from waterdesk.web.roster.common import attempt, mine, tabs
from waterdesk.web.roster.forms import LeaveForm


@require_safe
@desk_only
def leaves(request: HttpRequest) -> HttpResponse:
    return _page(request)


@require_POST
@desk_only
def add(request: HttpRequest) -> HttpResponse:
    rules = policies.current()
    form = LeaveForm(request.POST, areas=mine(request, rules), rules=rules)

    def act() -> None:
        given = form.cleaned_data
        duty.take_leave(
            form.people[given["user"]],
            given["starts_at"],
            given["ends_at"],
            given["reason"],
            actor=request.user,
            at=request.now,
            policy=rules,
        )

    if status := attempt(form, act):
        return _page(request, form, status)
    messages.success(request, _("已登记请假。"))
    given = form.cleaned_data
    shifts = Shift.objects.touching(max(given["starts_at"], request.now), given["ends_at"])
    if left := shifts.filter(user=given["user"]).count():
        words = ngettext(
            "此人有 %(count)d 个班次需要替班。", "此人有 %(count)d 个班次需要替班。", left
        )
        messages.warning(request, words % {"count": left})
        return redirect("duty")
    return redirect("duty-leave")


@require_POST
@desk_only
def end(request: HttpRequest, pk: int) -> HttpResponse:
    duty.end_leave(pk, actor=request.user, at=request.now, policy=policies.current())
    messages.success(request, _("已销假。"))
    return redirect("duty-leave")


def _page(request: HttpRequest, form: LeaveForm | None = None, status: int = 200) -> HttpResponse:
    rules = policies.current()
    areas = mine(request, rules)
    rows = Leave.objects.filter(user__area__in=areas, ends_at__gt=request.now)
    context: dict[str, Any] = {
        "tabs": tabs("duty-leave"),
        "form": form or LeaveForm(areas=areas, rules=rules),
        "leaves": [
            {"row": row, "span": duty.span(row), "now": row.starts_at <= request.now}
            for row in rows.select_related("user__area")
        ],
        "now": request.now,
    }
    return render(request, "web/leaves.html", context, status=status)
