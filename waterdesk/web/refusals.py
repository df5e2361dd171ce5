"""The pages that say no: 400, 403, 404, 409, 429, 500. Calls of the API get JSON instead."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template import loader
from django.utils.translation import gettext as _

from waterdesk.core.errors import Message, NotAllowed, NotFound

API = "/api/"


def answer(request: HttpRequest, status: int, code: str, message: Message) -> HttpResponse:
    """The refusal as whoever asked can read it: JSON below /api/, a page elsewhere."""
    if request.path.startswith(API):
        return JsonResponse({"code": code, "detail": str(message)}, status=status)
    context = {"status": status, "message": message, "title": _titles().get(status, _("无法办理"))}
    return render(request, "web/refusal.html", context, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    # Broken or oversized input: the session may be unreadable, so nothing is looked up for it.
    return _bare(request, 400, "malformed", _("请求内容有误或过大，请返回后重试。"))


def not_allowed(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer(request, 403, NotAllowed.code, NotAllowed.message)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    # For a page and for a case the words are the same: what exists is not told.
    return answer(request, 404, NotFound.code, _("没有找到您要的内容。"))


def failed(request: HttpRequest) -> HttpResponse:
    # The database may be what failed: this page asks nothing of it.
    return _bare(request, 500, "failed", _("系统出了问题，已记录。请稍后再试，或拨打服务热线。"))


def csrf(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was open too long, or cookies are refused."""
    return answer(request, 403, "csrf", _("页面已过期，请返回并刷新后重新提交。"))


def _bare(request: HttpRequest, status: int, code: str, message: str) -> HttpResponse:
    """An answer made without session, user or database."""
    if request.path.startswith(API):
        return JsonResponse({"code": code, "detail": message}, status=status)
    page = loader.get_template("web/failure.html").render({"status": status, "message": message})
    return HttpResponse(page, status=status)


def _titles() -> dict[int, str]:
    return {
        400: _("填写有误"),
        403: _("没有权限"),
        404: _("没有找到"),
        409: _("已被他人更新"),
        429: _("操作过于频繁"),
    }
