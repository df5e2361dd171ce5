"""/desk/wallboard/: the state of the telephone and of the open promises, for a screen on the wall.

It refreshes itself, by itself without a script. Numbers alone stand on it: no name, no number.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from typing import TYPE_CHECKING

from django.contrib.auth.views import redirect_to_login
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from tickets.calls import figures
from tickets.calls.figures import Figures
from tickets.desk_views import STAFF_LOGIN, View
from waterdesk.core.errors import NotAllowed
from waterdesk.core.flow import DISPATCH
from waterdesk.core.models.clocks import Clock
from waterdesk.core.models.people import Role

if TYPE_CHECKING:
    from waterdesk.core.models.people import User

WATCHERS = DISPATCH | {Role.SUPERVISOR.value}
# 80 % within twenty seconds is the usual goal of a hotline; below it the board says so. *chosen*
GOAL = 80
# Height of the tallest bar, in units of the drawing.
TALLEST = 100
HOURS = 24


@dataclass(frozen=True, slots=True)
class Bar:
    """One hour of the day; `x` to `missed_height` are its place in the drawing."""

    hour: int
    figures: Figures
    x: int
    y: int
    height: int
    missed_height: int

    @property
    def missed_y(self) -> int:
        return self.y + self.height - self.missed_height


@dataclass(frozen=True, slots=True)
class Due:
    """Open promises by how much time is left; paused ones are not waiting for us."""

    late: int
    hour: int
    four_hours: int
    today: int
    later: int
    call_backs: int


def for_watchers(view: View) -> View:
    """For whoever answers calls or looks after those who do; others are refused (403)."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path(), STAFF_LOGIN)
        if request.user.role not in WATCHERS:
            raise NotAllowed
        return view(request, *args, **kwargs)

    return guarded


@require_safe
@for_watchers
def wallboard(request: HttpRequest) -> HttpResponse:
    """The board; for htmx only what changes on it. Seven queries, whatever is there."""
    now, midnight = request.now, _midnight(request.now)
    waiting, longest = figures.waiting(now)
    today = figures.between(midnight, midnight + timedelta(days=1))
    context = {
        "now": now,
        "waiting": waiting,
        "longest": int(longest.total_seconds()) if longest else 0,
        "on_the_line": figures.on_the_line(),
        "to_call_back": figures.to_call_back(),
        "today": today,
        "soon": _percent(today.soon_share),
        "missed": _percent(today.missed_share),
        "goal": GOAL,
        "bars": bars(midnight),
        "due": due(request.user, now),
    }
    name = "_wallboard" if request.htmx else "wallboard"
    return render(request, f"tickets/console/{name}.html", context)


def bars(midnight: datetime) -> list[Bar]:
    """The calls of the day by the hour, drawn against the busiest one. One query."""
    found = figures.by_hour(midnight, midnight + timedelta(days=1))
    by_hour = {timezone.localtime(hour).hour: each for hour, each in found.items()}
    most = max((each.calls for each in by_hour.values()), default=0) or 1
    return [_bar(hour, by_hour.get(hour, Figures(0, 0, 0, 0)), most) for hour in range(HOURS)]


def _bar(hour: int, of: Figures, most: int) -> Bar:
    height = round(TALLEST * of.calls / most)
    return Bar(hour, of, hour * 10 + 1, TALLEST - height, height, round(TALLEST * of.missed / most))


def due(user: User, now: datetime) -> Due:
    """Open clocks of what `user` may see, by the time that is left. One query."""
    end_of_day = _midnight(now) + timedelta(days=1)
    hour, four = now + timedelta(hours=1), now + timedelta(hours=4)
    after_four = max(four, end_of_day)
    running = Q(state=Clock.State.RUNNING)
    late = Q(state=Clock.State.BREACHED) | (running & Q(due_at__lt=now))
    rows = Clock.objects.visible_to(user).open()
    return Due(
        **rows.aggregate(
            late=Count("pk", filter=late),
            hour=Count("pk", filter=running & Q(due_at__gte=now, due_at__lt=hour)),
            four_hours=Count("pk", filter=running & Q(due_at__gte=hour, due_at__lt=four)),
            today=Count("pk", filter=running & Q(due_at__gte=four, due_at__lt=after_four)),
            later=Count("pk", filter=running & Q(due_at__gte=after_four)),
            call_backs=Count("pk", filter=Q(code="callback")),
        )
    )


def _midnight(now: datetime) -> datetime:
    return timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)


def _percent(share: float | None) -> int | None:
    return None if share is None else round(100 * share)
