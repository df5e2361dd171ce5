"""/desk/record/: the last seals, what the last check of the record found, and checking it now.

The worker checks; the part of the page that says how far it is asks again by itself.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from notifications import nudge
from waterdesk.core import disclosed
from waterdesk.core.errors import NotAllowed
from waterdesk.core.models.seals import Seal, Verification
from waterdesk.core.sealing import roles, running, signing
from waterdesk.core.sealing.findings import WORDS
from waterdesk.core.tasks import verify_record
from waterdesk.web.access import desk_only

SEALS, RUNS = 14, 5
# The record of so many days, or the whole of it.
SPANS = (("7", _("最近 7 天")), ("31", _("最近 31 天")), ("", _("全部留痕")))


class CheckForm(forms.Form):
    days = forms.ChoiceField(label=_("核验范围"), choices=SPANS, required=False)


@require_safe
@desk_only
def record(request: HttpRequest) -> HttpResponse:
    _watchers(request)
    if request.htmx:
        return render(request, "web/record/_runs.html", _runs(request))
    context = {
        "form": CheckForm(),
        "seals": list(Seal.objects.all()[:SEALS]),
        "sealed": Seal.objects.count(),
        "key": signing.public_key(),
        "too_much": list(roles.too_much()) if disclosed.oversees_all(request.user) else [],
        **_runs(request),
    }
    return render(request, "web/record/page.html", context)


@require_POST
@desk_only
def verify(request: HttpRequest) -> HttpResponse:
    """Have the worker check; what waits already is not asked for twice."""
    if not disclosed.oversees_all(request.user):
        raise NotAllowed
    form = CheckForm(request.POST)
    days = form.cleaned_data["days"] if form.is_valid() else SPANS[0][0]
    today = timezone.localdate(request.now)
    since = today - timedelta(days=int(days)) if days else None
    running.ask(request.user, request.now, since)
    nudge.nudge(verify_record)
    return redirect("record")


@require_safe
def public_key(request: HttpRequest) -> HttpResponse:
    """/record/key.txt, for everybody: what bundles and seals are checked with; 404 without one."""
    key = signing.public_key()
    said = f"{key}\n" if key else ""
    return HttpResponse(said, "text/plain; charset=utf-8", status=200 if key else 404)


def _watchers(request: HttpRequest) -> None:
    if request.user.role not in disclosed.WATCHERS:
        raise NotAllowed


def _runs(request: HttpRequest) -> dict[str, Any]:
    """The last runs; what was found names cases of every area, so only the top reads it."""
    whole = disclosed.oversees_all(request.user)
    runs = list(Verification.objects.select_related("asked_by").order_by("-pk")[:RUNS])
    last = next((run for run in runs if run.finished_at), None)
    return {
        "runs": [_run(run) for run in runs],
        "last": last,
        "found": [_found(*each) for each in last.findings] if last and whole else [],
        "is_moving": any(run.finished_at is None for run in runs),
        "may_verify": whole,
        "now": request.now,
    }


def _run(run: Verification) -> dict[str, Any]:
    share = min(run.looked * 100 // run.expected, 99) if run.expected else 0
    if run.finished_at is None:
        return {"row": run, "share": share, "label": _("核验中"), "tone": "busy"}
    tone, label = ("bad", _("发现问题")) if run.found else ("good", _("完好"))
    return {"row": run, "share": 100, "label": label, "tone": tone}


def _found(fault: str, where: str) -> dict[str, Any]:
    """A case is named before the # of its event."""
    number = where.split("#")[0]
    return {"words": WORDS[fault], "where": where, "case": number if number.isalnum() else ""}
