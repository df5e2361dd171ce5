"""/desk/ground/: polygons and addresses from a file: sent, checked, agreed to, written.

The worker checks and writes; the page of a file follows it, with a script by itself.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from notifications import nudge
from waterdesk.core.errors import DeskError
from waterdesk.core.models.places import Address, AreaShape, GroundFile
from waterdesk.core.places import files
from waterdesk.core.places.book import COLUMNS
from waterdesk.core.places.comparing import SHOWN
from waterdesk.core.tasks import read_ground_files
from waterdesk.web.access import desk_only

State = GroundFile.State
LISTED = 20
TONES = {
    State.CHECKING: "busy",
    State.READY: "warn",
    State.APPLYING: "busy",
    State.APPLIED: "good",
    State.REFUSED: "bad",
}
COUNTS = {
    "wrong": (_("有误"), "bad"),
    "new": (_("新增"), "good"),
    "changed": (_("变更"), "warn"),
    "same": (_("不变"), "plain"),
}


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("文件"),
        help_text=_("地址库：.xlsx 或 CSV；片区边界：GeoJSON。最大 20 MB，系统自动识别。"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@desk_only
def ground(request: HttpRequest) -> HttpResponse:
    """The form and one's own files; a file that is taken is answered with its page."""
    files.may_keep(request.user)
    sent = request.method == "POST"
    form = UploadForm(request.POST, request.FILES) if sent else UploadForm()
    if sent and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            content = file.read(files.MOST_BYTES + 1)
            row = files.keep(content, file.name, by=request.user, at=request.now)
        except DeskError as refusal:
            form.add_error("file", refusal.message)
        else:
            nudge.nudge(read_ground_files)
            return redirect("ground-file", row.pk)
    mine = GroundFile.objects.filter(by=request.user).defer("content", "plan").order_by("-pk")
    context = {
        "form": form,
        "columns": COLUMNS,
        "files": [(row, TONES[row.state]) for row in mine[:LISTED]],
        "shapes": AreaShape.objects.count(),
        "addresses": Address.objects.count(),
    }
    return render(request, "web/ground/list.html", context, status=400 if form.errors else 200)


@require_safe
@desk_only
def file(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a file is, and what it would change; for htmx only that part."""
    return _page(request, files.own(pk, request.user))


@require_POST
@desk_only
def apply(request: HttpRequest, pk: int) -> HttpResponse:
    """Have the worker write what the page showed; sent twice, the second does nothing."""
    skip = request.POST.get("skip") == "1"
    try:
        files.agree(pk, by=request.user, at=request.now, skip=skip)
    except DeskError as refusal:
        return _page(request, files.own(pk, request.user), refusal)
    nudge.nudge(read_ground_files)
    return redirect("ground-file", pk)


def _page(request: HttpRequest, row: GroundFile, refusal: DeskError | None = None) -> HttpResponse:
    of_addresses = row.kind == GroundFile.Kind.ADDRESSES
    right = row.rows - row.wrong
    context: dict[str, Any] = {
        "row": row,
        "plan": row.plan,
        "tone": TONES[row.state],
        "is_moving": row.state in (State.CHECKING, State.APPLYING),
        "is_writing": row.state == State.APPLYING,
        "share": row.done * 100 // row.rows if row.rows else 0,
        "stats": [
            {"label": label, "count": count, "tone": tone if count else "plain"}
            for name, (label, tone) in COUNTS.items()
            for count in [row.plan.get(name, 0)]
        ]
        if row.plan
        else [],
        "shown": SHOWN,
        "may_apply": row.state == State.READY and not row.wrong,
        "may_skip": row.state == State.READY and row.wrong and right and of_addresses,
        "refusal": refusal,
    }
    template = "web/ground/_file.html" if request.htmx else "web/ground/file.html"
    return render(request, template, context, status=refusal.status if refusal else 200)
