"""/desk/projects/import/: a file is sent, looked at row by row, and agreed to as a whole."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from applications.models import ProjectImport
from applications.projects import files, importing, spoken, template
from applications.projects.fields import BY_NAME
from applications.projects.forms import UploadForm
from applications.projects.importing import Row
from applications.projects.pages.guard import for_editors
from waterdesk.core.errors import DeskError

# So many rows of a kind are shown one by one; all are counted.
SHOWN = 100
KINDS = {
    "error": (gettext_lazy("有误"), "bad"),
    "new": (gettext_lazy("新增"), "good"),
    "changed": (gettext_lazy("变更"), "warn"),
    "same": (gettext_lazy("不变"), "plain"),
    "turned": (gettext_lazy("已转报装，不再更新"), "plain"),
    "dropped": (gettext_lazy("已去掉"), "plain"),
}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_http_methods(["GET", "HEAD", "POST"])
@for_editors
def upload(request: HttpRequest) -> HttpResponse:
    """The form; a file that can be read is answered with the address of its preview."""
    sent = request.method == "POST"
    form = UploadForm(request.POST, request.FILES) if sent else UploadForm()
    if sent and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            content = file.read(files.MOST_BYTES + 1)
            row = importing.keep(content, file.name, by=request.user, at=request.now)
        except DeskError as refusal:
            form.add_error("file", refusal.message)
        else:
            return redirect("project-import", row.pk)
    context = {"form": form, "columns": template.columns()}
    return render(request, "projects/upload.html", context, status=400 if form.errors else 200)


@require_safe
@for_editors
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, importing.own(pk, request.user))


@require_POST
@for_editors
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Leave rows of the file out: one line, all that are at fault, or none any more."""
    row = importing.own(pk, request.user)
    lines = set(row.dropped)
    match request.POST.get("drop", ""):
        case "broken":
            lines |= {each.line for each in importing.plan(row, request.user).of("error")}
        case "none":
            lines = set()
        case text if text.isascii() and text.isdigit() and len(text) < 7:
            lines.add(int(text))
    importing.drop(pk, lines, by=request.user)
    return redirect("project-import", pk)


@require_POST
@for_editors
def apply(request: HttpRequest, pk: int) -> HttpResponse:
    """Put what the preview showed into the list; sent twice, the second does nothing."""
    try:
        row = importing.apply(
            pk, by=request.user, at=request.now, seen=request.POST.get("seen", "")
        )
    except DeskError as refusal:
        return _page(request, importing.own(pk, request.user), refusal)
    said = {"added": row.added, "changed": row.changed}
    messages.success(request, _("已导入：新增 %(added)d 个项目，变更 %(changed)d 个。") % said)
    return redirect("projects")


@require_safe
@for_editors
def template_file(request: HttpRequest) -> HttpResponse:
    answer = HttpResponse(template.workbook(), content_type=XLSX)
    answer["Content-Disposition"] = 'attachment; filename="projects-template.xlsx"'
    return answer


def _page(
    request: HttpRequest, row: ProjectImport, refusal: DeskError | None = None
) -> HttpResponse:
    planned = importing.plan(row, request.user)
    codes = spoken.Codes(each.data for each in planned.of("changed"))
    context: dict[str, Any] = {
        "row": row,
        "plan": planned,
        "stats": [
            {"kind": kind, "label": label, "tone": tone if planned.counts[kind] else "plain",
             "count": planned.counts[kind]}
            for kind, (label, tone) in KINDS.items()
            if planned.counts[kind] or kind in ("error", "new", "changed", "same")
        ],
        "errors": [_faulty(each) for each in planned.of("error")[:SHOWN]],
        "changed": [(each, codes.lines(each.data)) for each in planned.of("changed")[:SHOWN]],
        "fresh": planned.of("new")[:SHOWN],
        "shown": SHOWN,
        "ignored": row.ignored,
        "refusal": refusal,
        "may_apply": row.applied_at is None and not planned.counts["error"],
        "does": planned.counts["new"] + planned.counts["changed"],
    }  # fmt: skip
    return render(
        request, "projects/preview.html", context, status=refusal.status if refusal else 200
    )


def _faulty(row: Row) -> dict[str, Any]:
    """A row at fault: which columns, and why."""
    return {
        "row": row,
        "faults": [(BY_NAME[name].label, text) for name, text in row.faults.items()],
    }
