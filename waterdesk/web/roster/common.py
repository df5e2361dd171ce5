"""What the pages of the roster share: whose areas, which week, and how a refusal is shown."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from waterdesk.core import duty
from waterdesk.core.errors import DeskError, NotAllowed
from waterdesk.core.models.duty import Shift
from waterdesk.core.policy import Policy
from waterdesk.core.wording import WEEKDAYS

WEEK = timedelta(days=7)
DAY = timedelta(days=1)
# How far ahead the shifts lie that can be swapped, and those that are told of as uncovered.
AHEAD = timedelta(days=31)


def mine(request: HttpRequest, rules: Policy) -> list[int]:
    """The areas whose roster this person keeps; who keeps none is refused."""
    if request.user.role not in duty.KEEPERS:
        raise NotAllowed
    return duty.areas_of(request.user, rules)


def ahead(areas: list[int], now: datetime) -> list[Shift]:
    rows = Shift.objects.filter(area__in=areas).touching(now, now + AHEAD)
    return list(rows.select_related("user", "area"))


def attempt(form: forms.Form, act: Callable[[], Any]) -> int:
    """Do it if the form is right; returns 0, or the status with the refusal on the form."""
    if not form.is_valid():
        return 400
    try:
        act()
    except DeskError as refusal:
        named = refusal.fields or {"": refusal.message}
        for field in named:
            form.add_error(field if field in form.fields else None, refusal.message)
        return refusal.status
    return 0


def tabs(here: str) -> list[dict[str, Any]]:
    """The pages of the roster, for who keeps it."""
    pages = {
        "duty": _("值班表"),
        "duty-patterns": _("排班规律"),
        "duty-leave": _("请假"),
        "my-shifts": _("我的班次"),
    }
    return [
        {"label": label, "url": reverse(name), "active": name == here}
        for name, label in pages.items()
    ]


def monday(request: HttpRequest) -> date:
    """The Monday of the week that `day` of the address lies in, of this one by default."""
    try:
        day = date.fromisoformat(request.GET.get("day", ""))
        return day - timedelta(days=day.weekday()) if 2000 <= day.year <= 2100 else _this(request)
    except ValueError:
        return _this(request)


def _this(request: HttpRequest) -> date:
    today = timezone.localtime(request.now).date()
    return today - timedelta(days=today.weekday())


def midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def week_of(day: date) -> str:
    """The address of the week a day lies in."""
    return f"{reverse('duty')}?day={day.isoformat()}"


def named(day: date) -> str:
    return f"{WEEKDAYS[day.weekday()]} {day.day}"
