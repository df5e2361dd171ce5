"""/desk/duty/mine/: the own shifts of anybody at the utility, and their calendar feed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from waterdesk.core import duty, wording
from waterdesk.core import policy as policies
from waterdesk.core.duty import feeds
from waterdesk.core.models.duty import Shift
from waterdesk.core.models.rota import Feed, Leave
from waterdesk.web.access import desk_only
from waterdesk.web.roster import ical
from waterdesk.web.roster.common import tabs

AHEAD = timedelta(days=62)


@require_safe
@desk_only
def my_shifts(request: HttpRequest) -> HttpResponse:
    return _page(request)


@require_POST
@desk_only
@never_cache
def make_feed(request: HttpRequest) -> HttpResponse:
    """A new address, shown this once; the old one is void."""
    token = feeds.make(request.user, request.now)
    return _page(request, f"{settings.SITE_URL}{reverse('duty-feed', args=[token])}")


@require_POST
@desk_only
def revoke_feed(request: HttpRequest) -> HttpResponse:
    feeds.revoke(request.user)
    messages.success(request, _("日历地址已作废。"))
    return redirect("my-shifts")


@never_cache
@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """iCalendar for whoever knows the address; a calendar program cannot sign in."""
    user = feeds.owner(token)
    if user is None:
        raise Http404
    host = urlsplit(settings.SITE_URL).hostname or "waterdesk"
    text = ical.calendar(
        feeds.shifts_of(user, request.now), request.now, host, policies.current().utility.name
    )
    return HttpResponse(text, content_type="text/calendar; charset=utf-8")


def _page(request: HttpRequest, link: str = "") -> HttpResponse:
    user, now = request.user, request.now
    rows = Shift.objects.filter(user=user).touching(now, now + AHEAD).select_related("area")
    away = set(rows.vacant().values_list("pk", flat=True))
    context: dict[str, Any] = {
        "tabs": tabs("my-shifts") if user.role in duty.KEEPERS else [],
        "shifts": [
            {
                "row": row,
                "until": _until(row, now),
                "on": row.starts_at <= now,
                "away": row.pk in away,
            }
            for row in rows
        ],
        "leaves": [
            {"row": row, "span": duty.span(row)}
            for row in Leave.objects.filter(user=user, ends_at__gt=now)
        ],
        "link": link,
        "has_feed": bool(link) or Feed.objects.filter(user=user).exists(),
        "now": now,
    }
    return render(request, "web/my_shifts.html", context)


def _until(row: Shift, now: datetime) -> str:
    """The end of a shift; the day is said only where it is another."""
    start, end = timezone.localtime(row.starts_at), timezone.localtime(row.ends_at)
    return f"{end:%H:%M}" if start.date() == end.date() else wording.when(end, now)
