"""停表记录 of a case on its staff page, and /desk/cases/<number>/pauses/<n>/: one set right."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.forms import HiddenInput
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from waterdesk.core import corrections
from waterdesk.core import policy as policies
from waterdesk.core.errors import NotAllowed, NotFound
from waterdesk.core.flow import flow_of, may
from waterdesk.core.models.cases import Case, Pause
from waterdesk.core.models.photos import Photo
from waterdesk.web import move_forms, moving
from waterdesk.web.access import desk_only, find
from waterdesk.web.move_forms import MoveForm, Refused

if TYPE_CHECKING:
    from waterdesk.core.models.people import User
    from waterdesk.core.policy import Policy


@dataclass(frozen=True, slots=True)
class Shown:
    """One pause of a case; `correct_url` is empty for whom it is not to correct, and once too late.

    `number` says which pause of the case it is, from 1 on.
    """

    pause: Pause
    number: int
    label: str
    correct_url: str = ""

    @property
    def photos(self) -> list[Photo]:
        return list(self.pause.photos.all())


def of_case(case: Case, user: User, rules: Policy, now: datetime) -> list[Shown]:
    """Every pause of the case, the first one first. No query where they were read along."""
    pauses = sorted(case.pauses.all(), key=lambda pause: pause.started_at)
    corrects = may(user, flow_of(case).move(corrections.CORRECT), case)
    since = corrections.still_corrected(rules, now)
    shown = []
    for pause in pauses:
        number = corrections.number_of(pause, pauses)
        open_to = corrects and (pause.ended_at is None or pause.ended_at >= since)
        url = reverse("case-pause", args=[case.number, number]) if open_to else ""
        shown.append(Shown(pause, number, rules.reason("pause", pause.reason), url))
    return shown


@require_http_methods(["GET", "HEAD", "POST"])
@desk_only
def correct(request: HttpRequest, number: str, place: int) -> HttpResponse:
    """The form that sets one pause right, filled in as it stands; done, back to the case."""
    case = find(request, number)
    refused = None
    if request.method == "POST":
        refused = moving.make(request, case, corrections.CORRECT)
        if refused is None:
            return redirect("case", number)
        case = find(request, number)  # as it stands by now
    return _page(request, case, place, refused)


def _page(request: HttpRequest, case: Case, place: int, refused: Refused | None) -> HttpResponse:
    if not may(request.user, flow_of(case).move(corrections.CORRECT), case):
        raise NotAllowed
    rules = policies.current()
    found = of_case(case, request.user, rules, request.now)
    shown = next((each for each in found if each.number == place), None)
    if shown is None:
        raise NotFound(_("没有这一次停表。"))
    context = {
        "case": case,
        "subject": rules.subject(case.kind, case.subject),
        "shown": shown,
        "form": form_of(case, shown, rules, refused),
        "now": request.now,
    }
    return render(request, "web/pause.html", context, status=refused.status if refused else 200)


def form_of(case: Case, shown: Shown, rules: Policy, refused: Refused | None) -> MoveForm:
    """The row's form for this one pause: which is settled, and one that stands has no end."""
    flow, pause = flow_of(case), shown.pause
    row = flow.move(corrections.CORRECT)
    form = move_forms.build(row, flow, case, rules, [], refused.given if refused else None)
    form.fields["pause"].widget = HiddenInput()
    form.initial |= {"pause": shown.number, "start": typed(pause.started_at)}
    if pause.ended_at is None:
        del form.fields["end"]
    else:
        form.initial["end"] = typed(pause.ended_at)
        form.fields["end"].required, form.fields["end"].help_text = True, ""
    url = reverse("case-pause", args=[case.number, shown.number])
    entry = MoveForm(row, form, url=url, primary=True)
    if refused:
        refused.mark(entry)
    return entry


def typed(at: datetime) -> str:
    """An instant as a field for date and time takes it: the desk's own time, to the second."""
    return timezone.localtime(at).strftime("%Y-%m-%dT%H:%M:%S")
