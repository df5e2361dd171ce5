"""/desk/duty/<id>/: one shift: another time or area, somebody who stands in, off the roster."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from waterdesk.core import duty
from waterdesk.core import policy as policies
from waterdesk.core.errors import NotFound
from waterdesk.core.models.duty import Shift
from waterdesk.core.policy import Policy
from waterdesk.web.access import desk_only
from waterdesk.web.roster.common import attempt, mine, week_of
from waterdesk.web.roster.forms import EditForm, StandInForm


@require_safe
@desk_only
def shift(request: HttpRequest, pk: int) -> HttpResponse:
    rules = policies.current()
    return _page(request, _own(request, pk, rules), rules)


@require_POST
@desk_only
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    rules = policies.current()
    row = _own(request, pk, rules)
    form = EditForm(request.POST, areas=mine(request, rules), rules=rules)

    def act() -> None:
        given = form.cleaned_data
        duty.edit(
            pk,
            area_id=int(given["area"]),
            starts_at=_whole(given["starts_at"], row.starts_at),
            ends_at=_whole(given["ends_at"], row.ends_at),
            note=given["note"],
            actor=request.user,
            at=request.now,
            policy=rules,
            seen=given["seen"],
        )

    if status := attempt(form, act):
        return _page(request, row, rules, {"form": form}, status)
    messages.success(request, _("班次已更改。"))
    return redirect(week_of(timezone.localtime(form.cleaned_data["starts_at"]).date()))


@require_POST
@desk_only
def replace(request: HttpRequest, pk: int) -> HttpResponse:
    rules = policies.current()
    row = _own(request, pk, rules)
    form = _stand_in(request, row, rules, request.POST)

    def act() -> None:
        user = form.people[form.cleaned_data["user"]]
        duty.replace(
            pk,
            user,
            actor=request.user,
            at=request.now,
            policy=rules,
            seen=form.cleaned_data["seen"],
        )

    if status := attempt(form, act):
        return _page(request, row, rules, {"stand_in": form}, status)
    messages.success(request, _("已安排替班。"))
    return redirect(week_of(timezone.localtime(row.starts_at).date()))


def _page(
    request: HttpRequest,
    row: Shift,
    rules: Policy,
    refused: dict[str, forms.Form] | None = None,
    status: int = 200,
) -> HttpResponse:
    day = timezone.localtime(row.starts_at).date()
    initial = {
        "area": row.area_id,
        "starts_at": row.starts_at,
        "ends_at": row.ends_at,
        "note": row.note,
        "seen": row.seen,
    }
    context: dict[str, Any] = {
        "shift": row,
        "span": duty.span(row),
        "vacant": Shift.objects.filter(pk=row.pk).vacant().exists(),
        "over": row.ends_at <= request.now,
        "begun": row.starts_at <= request.now,
        "form": EditForm(areas=mine(request, rules), rules=rules, initial=initial),
        "stand_in": _stand_in(request, row, rules),
        "week": week_of(day),
        "day": day.isoformat(),
        "now": request.now,
    }
    return render(request, "web/shift.html", context | (refused or {}), status=status)


def _stand_in(request: HttpRequest, row: Shift, rules: Policy, *given: Any) -> StandInForm:
    people = duty.watchers(mine(request, rules))
    return StandInForm(*given, shift=row, people=duty.stand_ins(row, people, request.now))


def _own(request: HttpRequest, pk: int, rules: Policy) -> Shift:
    areas = mine(request, rules)
    row = Shift.objects.filter(pk=pk, area__in=areas).select_related("user", "area").first()
    if row is None:
        raise NotFound(_("没有找到该班次，可能已被他人取消。"))
    return row


def _whole(typed: Any, stands: Any) -> Any:
    """A field shows minutes: what was not touched keeps its seconds."""
    return stands if stands.replace(second=0, microsecond=0) == typed else typed
