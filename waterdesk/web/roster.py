"""/desk/duty/: the duty roster of a lead's areas, a week at a time: who, when, changes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from waterdesk.core import duty
from waterdesk.core import policy as policies
from waterdesk.core.errors import DeskError, NotAllowed
from waterdesk.core.models.duty import RosterChange, Shift
from waterdesk.core.models.people import User
from waterdesk.core.policy import Policy
from waterdesk.core.wording import WEEKDAYS
from waterdesk.web.access import desk_only

WEEK = timedelta(days=7)
CHANGES_SHOWN = 10
# How far ahead the shifts lie that can be swapped.
AHEAD = timedelta(days=31)
MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class ShiftForm(forms.Form):
    """Who is on duty where, from when until when; what is right core.duty says."""

    area = forms.ChoiceField(label=gettext_lazy("片区"))
    user = forms.ChoiceField(label=gettext_lazy("值班人"))
    starts_at = forms.DateTimeField(label=gettext_lazy("开始"), widget=MOMENT)
    ends_at = forms.DateTimeField(label=gettext_lazy("结束"), widget=MOMENT)
    note = forms.CharField(label=gettext_lazy("说明"), required=False, max_length=200)

    def __init__(self, *given: Any, areas: list[int], rules: Policy, **more: Any) -> None:
        super().__init__(*given, **more)
        self.people = {str(user.pk): user for user in duty.watchers(areas)}
        self.fields["area"].choices = [(each, rules.areas[each].name) for each in areas]
        self.fields["user"].choices = [("", "—")] + [
            (key, f"{user} · {user.get_role_display()} · {user.area}")
            for key, user in self.people.items()
        ]


class SwapForm(forms.Form):
    """Two shifts whose people change places."""

    first = forms.ChoiceField(label=gettext_lazy("班次"))
    second = forms.ChoiceField(label=gettext_lazy("与之对换"))

    def __init__(self, *given: Any, shifts: list[Shift], **more: Any) -> None:
        super().__init__(*given, **more)
        choices = [("", "—")] + [
            (each.pk, f"{each.user} · {each.area} · {duty.span(each)}") for each in shifts
        ]
        self.fields["first"].choices = self.fields["second"].choices = choices


@require_safe
@desk_only
def roster(request: HttpRequest) -> HttpResponse:
    return page(request)


@require_POST
@desk_only
def add(request: HttpRequest) -> HttpResponse:
    rules = policies.current()
    form = ShiftForm(request.POST, areas=_mine(request, rules), rules=rules)

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

    return _change(request, form, act, _("已排班。"), "form")


@require_POST
@desk_only
def swap(request: HttpRequest) -> HttpResponse:
    rules = policies.current()
    form = SwapForm(request.POST, shifts=_ahead(_mine(request, rules), request.now))

    def act() -> None:
        first, second = (int(form.cleaned_data[name]) for name in ("first", "second"))
        duty.swap(first, second, actor=request.user, at=request.now, policy=rules)

    return _change(request, form, act, _("已换班。"), "swap_form")


@require_POST
@desk_only
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    duty.remove(pk, actor=request.user, at=request.now, policy=policies.current())
    messages.success(request, _("班次已取消。"))
    return _back(request)


def _change(
    request: HttpRequest, form: forms.Form, act: Callable[[], None], done: str, name: str
) -> HttpResponse:
    """Make the change, or show the page again with what was typed and why it was refused."""
    status = 400
    if form.is_valid():
        try:
            act()
        except DeskError as refusal:
            status = refusal.status
            for field in refusal.fields or {None: ""}:
                form.add_error(field, refusal.message)
        else:
            messages.success(request, done)
            return _back(request)
    return page(request, {name: form}, status)


def page(
    request: HttpRequest, refused: dict[str, forms.Form] | None = None, status: int = 200
) -> HttpResponse:
    """The week that `day` of the address lies in, this one by default."""
    rules = policies.current()
    mine = _mine(request, rules)
    monday = _monday(request)
    shifts = Shift.objects.filter(area__in=mine).select_related("user", "area")
    first, last = _midnight(monday), _midnight(monday + WEEK)
    ahead = _ahead(mine, request.now)
    days = [monday + timedelta(days=n) for n in range(7)]
    context: dict[str, Any] = {
        "days": [_named(day) for day in days],
        "rows": _rows(list(shifts.touching(first, last)), days, request.now),
        "now_on": list(shifts.at(request.now)),
        "monday": monday,
        "sunday": monday + WEEK - timedelta(days=1),
        "day": monday.isoformat(),
        "earlier": _address(monday - WEEK),
        "later": _address(monday + WEEK),
        "form": ShiftForm(areas=mine, rules=rules, initial={"area": request.user.area_id}),
        "swap_form": SwapForm(shifts=ahead),
        "can_swap": len(ahead) > 1,
        "changes": _changes(mine),
        "now": request.now,
    }
    return render(request, "web/roster.html", context | (refused or {}), status=status)


def _rows(shifts: list[Shift], days: list[date], now: datetime) -> list[dict[str, Any]]:
    """One row an area and role; a shift stands on every day that it touches."""
    found: dict[tuple[str, str], list[Shift]] = {}
    for shift in shifts:
        found.setdefault((shift.area.code, shift.role), []).append(shift)
    return [
        {
            "area": held[0].area,
            "role": held[0].get_role_display(),
            "days": [
                {
                    "label": _named(day),
                    "cells": [_cell(each, day, now) for each in held if _touches(each, day)],
                }
                for day in days
            ],
        }
        for _key, held in sorted(found.items())
    ]


def _named(day: date) -> str:
    return f"{WEEKDAYS[day.weekday()]} {day.day}"


def _cell(shift: Shift, day: date, now: datetime) -> dict[str, Any]:
    """A shift as it stands on one day: one over midnight is cut there, as a roster shows it."""
    start, end = timezone.localtime(shift.starts_at), timezone.localtime(shift.ends_at)
    since = f"{start:%H:%M}" if start.date() == day else "00:00"
    until = f"{end:%H:%M}" if end.date() == day else "24:00"
    return {
        "times": f"{since}–{until}",
        "shift": shift,
        "span": duty.span(shift),
        "over": shift.ends_at <= now,
        "on": shift.starts_at <= now < shift.ends_at and day == timezone.localtime(now).date(),
    }


def _touches(shift: Shift, day: date) -> bool:
    return shift.starts_at < _midnight(day + timedelta(days=1)) and shift.ends_at > _midnight(day)


def _changes(mine: list[int]) -> list[dict[str, Any]]:
    rows = list(RosterChange.objects.filter(area__in=mine)[:CHANGES_SHOWN])
    facts = [row.data.get("shifts") or [row.data["shift"]] for row in rows]
    names = {row.actor for row in rows} | {each["user"] for held in facts for each in held}
    people = {user.username: str(user) for user in User.objects.filter(username__in=names)}
    return [
        {
            "what": row.get_action_display(),
            "who": people.get(row.actor, row.actor),
            "at": row.at,
            "shifts": [f"{people.get(each['user'], each['user'])} {_said(each)}" for each in held],
        }
        for row, held in zip(rows, facts, strict=True)
    ]


def _said(fact: dict[str, str]) -> str:
    starts, ends = (datetime.fromisoformat(fact[name]) for name in ("starts_at", "ends_at"))
    return duty.span(Shift(starts_at=starts, ends_at=ends))


def _ahead(mine: list[int], now: datetime) -> list[Shift]:
    rows = Shift.objects.filter(area__in=mine).touching(now, now + AHEAD)
    return list(rows.select_related("user", "area"))


def _mine(request: HttpRequest, rules: Policy) -> list[int]:
    if request.user.role not in duty.KEEPERS:
        raise NotAllowed
    return duty.areas_of(request.user, rules)


def _monday(request: HttpRequest) -> date:
    try:
        day = date.fromisoformat(request.GET.get("day", ""))
        return day - timedelta(days=day.weekday()) if 2000 <= day.year <= 2100 else _this(request)
    except ValueError:
        return _this(request)


def _this(request: HttpRequest) -> date:
    today = timezone.localtime(request.now).date()
    return today - timedelta(days=today.weekday())


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def _address(day: date) -> str:
    return f"{reverse('duty')}?day={day.isoformat()}"


def _back(request: HttpRequest) -> HttpResponse:
    return redirect(_address(_monday(request)))
