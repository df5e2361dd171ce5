"""/desk/duty/: a week of the roster: who, when, what stays open, and the last changes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from waterdesk.core import duty
from waterdesk.core import policy as policies
from waterdesk.core.duty import patterns
from waterdesk.core.duty.shifts import stand_ins_for
from waterdesk.core.models.duty import Shift
from waterdesk.core.policy import Policy
from waterdesk.web.access import desk_only
from waterdesk.web.roster import changes, table
from waterdesk.web.roster.common import (
    AHEAD,
    DAY,
    WEEK,
    ahead,
    attempt,
    midnight,
    mine,
    monday,
    tabs,
    week_of,
)
from waterdesk.web.roster.forms import ShiftForm, StandInForm, SwapForm


@require_safe
@desk_only
def roster(request: HttpRequest) -> HttpResponse:
    return page(request)


@require_POST
@desk_only
def add(request: HttpRequest) -> HttpResponse:
    rules = policies.current()
    form = ShiftForm(request.POST, areas=mine(request, rules), rules=rules)

    def act() -> None:
        given = form.cleaned_data
        duty.add(
            area_id=int(given["area"]),
            user=form.people[given["user"]],
            starts_at=given["starts_at"],
            ends_at=given["ends_at"],
            note=given["note"],
            actor=request.user,
            at=request.now,
            policy=rules,
        )

    if status := attempt(form, act):
        return page(request, {"form": form}, status)
    messages.success(request, _("已排班。"))
    return back(request)


@require_POST
@desk_only
def swap(request: HttpRequest) -> HttpResponse:
    rules = policies.current()
    form = SwapForm(request.POST, shifts=ahead(mine(request, rules), request.now))

    def act() -> None:
        (first, was), (second, other) = (
            form.cleaned_data[name].split("-") for name in ("first", "second")
        )
        duty.swap(
            int(first), int(second),
            actor=request.user, at=request.now, policy=rules, seen=(was, other),
        )  # fmt: skip

    if status := attempt(form, act):
        return page(request, {"swap_form": form}, status)
    messages.success(request, _("已换班。"))
    return back(request)


@require_POST
@desk_only
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """A refusal is a page of its own: there is nothing typed that could be lost."""
    duty.remove(
        pk,
        actor=request.user,
        at=request.now,
        policy=policies.current(),
        seen=request.POST.get("seen", ""),
    )
    messages.success(request, _("班次已取消。"))
    return back(request)


def back(request: HttpRequest) -> HttpResponse:
    return redirect(week_of(monday(request)))


def page(
    request: HttpRequest, refused: dict[str, forms.Form] | None = None, status: int = 200
) -> HttpResponse:
    """The week that `day` of the address lies in, this one by default."""
    rules = policies.current()
    areas = mine(request, rules)
    ahead_now = ahead(areas, request.now)
    context: dict[str, Any] = {
        "tabs": tabs("duty"),
        "now_on": [
            shift
            for shift in Shift.objects.on_duty(request.now).select_related("user", "area")
            if shift.area_id in areas
        ],
        "form": ShiftForm(areas=areas, rules=rules, initial={"area": request.user.area_id}),
        "swap_form": SwapForm(shifts=ahead_now),
        "can_swap": len(ahead_now) > 1,
        "changes": changes.latest(areas, rules),
        "misfits": patterns.misfits(areas, rules, request.now),
        "week_keys": True,
        "now": request.now,
    }
    context |= _week(request, areas, rules) | _vacant(request, areas)
    return render(request, "web/roster.html", context | (refused or {}), status=status)


def _week(request: HttpRequest, areas: list[int], rules: Policy) -> dict[str, Any]:
    first = monday(request)
    since, until = midnight(first), midnight(first + WEEK)
    home = request.user.area_id or rules.root.pk
    days = table.heads([first + n * DAY for n in range(7)], home, rules, request.now)
    shifts = list(
        Shift.objects.filter(area__in=areas).touching(since, until).select_related("user", "area")
    )
    empty = set(
        Shift.objects.filter(area__in=areas).touching(since, until).vacant()
        .values_list("pk", flat=True)
    )  # fmt: skip
    open_ = table.open_hours(areas, shifts, days, rules, request.now)
    return {
        "days": days,
        "rows": table.rows(shifts, empty, days, rules, request.now),
        "open_days": list(zip(days, open_, strict=True)) if any(open_) else [],
        "special": [head for head in days if head.name or head.kind not in ("", "rest")],
        "calendar_area": rules.areas[home],
        "monday": first,
        "sunday": first + WEEK - DAY,
        "day": first.isoformat(),
        "earlier": week_of(first - WEEK),
        "later": week_of(first + WEEK),
    }


def _vacant(request: HttpRequest, areas: list[int]) -> dict[str, Any]:
    """The shifts whose people are away, each with those who could stand in."""
    shifts = duty.vacant(areas, request.now, request.now + AHEAD)
    people = duty.watchers(areas) if shifts else []
    free = stand_ins_for(shifts, people, request.now)
    return {
        "vacant": [
            {
                "shift": each,
                "span": duty.span(each),
                "form": StandInForm(shift=each, people=free[each.pk]),
            }
            for each in shifts
        ]
    }
