"""/desk/projects/<id>/: one project, its history and forms, and the way to an application."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from applications.models import Project
from applications.projects import rows, spoken, turning
from applications.projects.fields import BY_NAME
from applications.projects.forms import ProjectForm
from applications.projects.known import EDITORS
from applications.projects.pages.guard import find, for_editors, for_readers
from applications.projects.pages.listing import line
from waterdesk.core.errors import DeskError, NotFound
from waterdesk.core.flow import Label
from waterdesk.core.visibility import sees

TITLES: dict[str, Label] = {
    "edit": gettext_lazy("修改项目资料"),
    "survey": gettext_lazy("登记提前查勘"),
    "scheme": gettext_lazy("登记提前方案"),
    "plan": gettext_lazy("服务方案"),
}


@require_safe
@for_readers
def project(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, find(request, pk))


@require_http_methods(["GET", "HEAD", "POST"])
@for_editors
def add(request: HttpRequest) -> HttpResponse:
    given = request.POST if request.method == "POST" else None
    form = ProjectForm(given, which="edit", by=request.user)
    if given is not None and form.is_valid():
        try:
            made = rows.add(form.given, by=request.user, at=request.now)
        except DeskError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("已登记项目 %(code)s。") % {"code": made.code})
            return redirect("project", made.pk)
    context = {"form": form, "title": _("登记项目"), "back": reverse("projects"), "which": "add"}
    return render(request, "projects/form.html", context, status=400 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@for_editors
def change(request: HttpRequest, pk: int, which: str) -> HttpResponse:
    """One of the forms; after a refusal it stands there as typed."""
    if which not in TITLES:
        raise NotFound(rows.NONE)
    found = find(request, pk)
    given = request.POST if request.method == "POST" else None
    form = ProjectForm(given, which=which, by=request.user, project=found)
    status = 200
    if given is not None and form.is_valid():
        try:
            rows.change(
                pk,
                form.given,
                by=request.user,
                at=request.now,
                action=which,
                seen=form.cleaned_data["seen"],
            )
        except DeskError as refusal:
            form.refuse(refusal)
            status = refusal.status
        else:
            messages.success(request, _("已保存。"))
            return redirect("project", pk)
    context = {
        "form": form,
        "title": TITLES[which],
        "project": found,
        "back": reverse("project", args=[pk]),
        "which": which,
    }
    return render(request, "projects/form.html", context, status=max(status, 400 * form.is_bound))


@require_POST
@for_editors
def turn(request: HttpRequest, pk: int) -> HttpResponse:
    """转为报装; clicked twice, the second finds the application of the first."""
    try:
        application, fresh = turning.turn(pk, by=request.user, at=request.now)
    except NotFound:
        raise
    except DeskError as refusal:
        return _page(request, find(request, pk), refusal)
    words = _("已转为报装，编号 %(number)s。") if fresh else _("此前已转为报装，编号 %(number)s。")
    messages.success(request, words % {"number": application.number})
    if sees(request.user, application):
        return redirect("case", application.number)
    return redirect("project", pk)


def _page(request: HttpRequest, found: Project, refusal: DeskError | None = None) -> HttpResponse:
    history = spoken.history(found)
    context: dict[str, Any] = {
        "project": found,
        "line": line(found, timezone.localdate(request.now)),
        "volume": spoken.volume(found.daily_m3),
        "entries": reversed(history),
        "may_edit": request.user.role in EDITORS and found.application_id is None,
        "sees_case": found.application is not None and sees(request.user, found.application),
        "refusal": refusal,
        "missing": _missing(refusal),
        "now": request.now,
    }
    return render(
        request, "projects/detail.html", context, status=refusal.status if refusal else 200
    )


def _missing(refusal: DeskError | None) -> list[tuple[Label, Label]]:
    """(field, what is wrong with it) of a project that cannot be an application yet."""
    wrong = refusal.fields if refusal else {}
    return [
        (BY_NAME[name].label if name in BY_NAME else name, text) for name, text in wrong.items()
    ]
