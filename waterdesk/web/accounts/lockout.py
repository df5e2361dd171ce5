"""What a locked name is told."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from waterdesk.web import refusals

STATUS = 429
# What axes can keep; no name of ours is as long.
LONGEST_NAME = 255


def name(request: HttpRequest, credentials: dict[str, Any] | None) -> str:
    """The name that was tried, as axes counts it: whatever a form lets through can be written."""
    tried = (credentials or request.POST).get("username") or ""
    return tried.replace("\x00", "")[:LONGEST_NAME]


def message() -> str:
    minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
    text = _("密码错误次数过多，该用户名已在此处锁定 %(minutes)d 分钟，请稍后再试或联系管理员。")
    return text % {"minutes": minutes}


def answer(
    request: HttpRequest, response: HttpResponse | None, credentials: dict[str, Any] | None
) -> HttpResponse:
    """What axes sends once a name is locked: the page's own answer if it said so, else ours."""
    if response is not None and response.status_code == STATUS:
        return response
    return refusals.answer(request, STATUS, "too_many", message())
