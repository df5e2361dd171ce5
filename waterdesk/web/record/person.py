"""The person of a case on its page: whole for who works on it, masked for who oversees it.

In full it is shown once, on the answer to a reason; loading the page again asks anew.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from notifications.models import Message
from waterdesk.core import disclosed, masking, wording
from waterdesk.core.disclosed import READERS, REASON_LENGTH
from waterdesk.core.errors import DeskError
from waterdesk.core.models.cases import Case
from waterdesk.core.models.people import User
from waterdesk.web.access import desk_only, find

Facts = list[tuple[str, str]]


class ReasonForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("理由"), max_length=REASON_LENGTH)


def shown(case: Case, user: User) -> dict[str, Any]:
    """What the card of the customer says to this person, and whether there is more to ask for."""
    whole = disclosed.sees_people(user, case)
    hidden = bool(getattr(case, "id_number", "")) or not whole
    somebody = bool(case.name or case.phone or case.address)
    return {
        "whole": whole,
        "name": case.name if whole else wording.mask_name(case.name),
        "phone": case.phone if whole else wording.mask_phone(case.phone),
        "address": case.address if whole else masking.address(case.address),
        "may_read": hidden and somebody and user.role in READERS and case.kind != "incident",
    }


def veil(messages: Iterable[Message], case: Case, user: User) -> None:
    """Mask the person of the case in texts that were sent, on these rows in memory."""
    if disclosed.sees_people(user, case):
        return
    hidden = shown(case, user)
    for message in messages:
        for name in ("phone", "name", "address"):
            if whole := getattr(case, name):
                message.body = message.body.replace(whole, hidden[name])


@never_cache
@require_POST
@desk_only
def reveal(request: HttpRequest, number: str) -> HttpResponse:
    """Everything about the person, once. The line in the record stands before it is shown."""
    case, form = find(request, number), ReasonForm(request.POST)
    context: dict[str, Any] = {"case": case, "form": form}
    if not form.is_valid():
        return render(request, "web/record/person.html", context, status=400)
    try:
        reason = form.cleaned_data["reason"]
        disclosed.read_person(case, reason, actor=request.user, at=request.now)
    except DeskError as refusal:
        form.add_error(None, refusal.message)
        return render(request, "web/record/person.html", context, status=refusal.status)
    return render(request, "web/record/person.html", context | {"facts": _in_full(case)})


def _in_full(case: Case) -> Facts:
    told = [
        (_("姓名"), case.name),
        (_("电话"), case.phone),
        (_("身份证号码"), getattr(case, "id_number", "")),
        (_("统一社会信用代码"), getattr(case, "uscc", "")),
        (_("地址"), case.address),
    ]
    return [(label, text) for label, text in told if text]
