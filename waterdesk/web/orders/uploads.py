"""/desk/orders/import/: a file is sent, looked at row by row, and agreed to as a whole."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tickets.models import OrderImport
from tickets.orders import importing
from waterdesk.core import tables
from waterdesk.core.errors import DeskError
from waterdesk.web.access import desk_only

# So many rows of a kind are shown one by one; all are counted.
SHOWN = 100
KINDS = {
    "error": (gettext_lazy("有误"), "bad"),
    "new": (gettext_lazy("新增"), "good"),
    "known": (gettext_lazy("已有，不再登记"), "plain"),
}


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("文件"), help_text=gettext_lazy(".xlsx 或 CSV，最多 500 行。")
    )


@require_http_methods(["GET", "HEAD", "POST"])
@desk_only
def upload(request: HttpRequest) -> HttpResponse:
    """The form; a file that can be read is answered with the address of its preview."""
    sent = request.method == "POST"
    form = UploadForm(request.POST, request.FILES) if sent else UploadForm()
    importing.may_import(request.user)
    if sent and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            content = file.read(tables.MOST_BYTES + 1)
            row = importing.keep(content, file.name, by=request.user, at=request.now)
        except DeskError as refusal:
            form.add_error("file", refusal.message)
        else:
            return redirect("order-import", row.pk)
    context = {"form": form, "columns": importing.LABELS.values()}
    status = 400 if form.errors else 200
    return render(request, "web/orders/upload.html", context, status=status)


@require_safe
@desk_only
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, importing.own(pk, request.user))


@require_POST
@desk_only
def apply(request: HttpRequest, pk: int) -> HttpResponse:
    """Open what the preview showed; sent twice, the second opens nothing."""
    try:
        added = importing.apply(pk, by=request.user, at=request.now)
    except DeskError as refusal:
        return _page(request, importing.own(pk, request.user), refusal)
    messages.success(request, _("已登记 %(added)d 件转办单。") % {"added": added})
    return redirect("orders")


def _page(
    request: HttpRequest, kept: OrderImport, refusal: DeskError | None = None
) -> HttpResponse:
    planned = importing.plan(kept, request.user, request.now)
    of = {kind: [row for row in planned if row.kind == kind] for kind in KINDS}
    context = {
        "kept": kept,
        "stats": [
            {"label": label, "count": len(of[kind]), "tone": tone if of[kind] else "plain"}
            for kind, (label, tone) in KINDS.items()
        ],
        "errors": of["error"][:SHOWN],
        "fresh": of["new"][:SHOWN],
        "more": max(len(of["error"]), len(of["new"])) > SHOWN,
        "may_apply": kept.applied_at is None and not of["error"],
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return render(request, "web/orders/preview.html", context, status=status)
