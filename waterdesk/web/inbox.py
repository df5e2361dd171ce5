"""/inbox/: what the desk has told the person who is signed in."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseStopPolling

from notifications.models import Message
from waterdesk.core.errors import NotFound
from waterdesk.core.models.cases import Case
from waterdesk.web import context, paging
from waterdesk.web.access import signed_in

PAGE_ROWS = 30


@require_safe
@signed_in
def inbox(request: HttpRequest) -> HttpResponse:
    """Newest first; ?show=unread keeps to what nobody has read yet."""
    rows = Message.objects.inbox_of(request.user)
    only_unread = request.GET.get("show") == "unread"
    if only_unread:
        rows = rows.unread()
    page = paging.by_id(rows, request.GET, PAGE_ROWS, read=paging.read_uuid)
    unread = context.unread(request.user)
    values: dict[str, Any] = {
        "page": page,
        "only_unread": only_unread,
        "unread_count": unread,
        "tabs": [
            {"label": _("全部"), "url": reverse("inbox"), "active": not only_unread},
            {
                "label": _("未读"),
                "url": reverse("inbox") + "?show=unread",
                "active": only_unread,
                "count": unread,
            },
        ],
        "after": paging.link(request.GET, after=page.after, before="") if page.after else "",
        "before": paging.link(request.GET, before=page.before, after="") if page.before else "",
    }
    return render(request, "web/inbox.html", values)


@require_safe
@signed_in
def message(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """One message in full; having it open is having read it. A repetition changes nothing."""
    rows = Message.objects.inbox_of(request.user).filter(pk=key)
    found = rows.first()
    if found is None:
        raise NotFound
    rows.mark_read(request.now)
    case = Case.objects.visible_to(request.user).filter(number=found.case).first()
    return render(request, "web/message.html", {"message": found, "case": case})


@require_POST
@signed_in
def read_all(request: HttpRequest) -> HttpResponse:
    Message.objects.inbox_of(request.user).mark_read(request.now)
    return redirect("inbox")


@require_safe
def badge(request: HttpRequest) -> HttpResponse:
    """The number beside the inbox, which pages fetch anew every half minute while signed in."""
    if not request.user.is_authenticated:
        return HttpResponseStopPolling()
    return render(request, "web/_badge.html", {"badge": context.unread(request.user)})
