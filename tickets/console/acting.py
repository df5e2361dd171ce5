"""What is done beside the form while somebody is on the line; the form stays as it is typed.

Each is a button of the form that saves nothing of it: `act` is `<what>:<number>:<version>`, or
`wrap:<reason>`. The version makes a page that is sent again a refusal and not a second deed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.contrib import messages
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext as _

from tickets.calls import opening
from tickets.console import callbacks, callers
from tickets.console.drafts import draft_name
from waterdesk.core import door
from waterdesk.core.errors import DeskError, Invalid, NotFound
from waterdesk.core.models.cases import Case

Said = dict[str, str]


def act(request: HttpRequest, said: Mapping[str, str]) -> Said | None:
    """Do what the button says; what stands in the form afterwards, None when the call is over.

    Raises Invalid for what no page of ours asks. What the door refuses is told on the page.
    """
    what, _colon, rest = request.POST.get("act", "").partition(":")
    number, _colon, version = rest.partition(":")
    doing = _DEEDS.get(what)
    if doing is None:
        raise Invalid
    kept = {name: value for name, value in said.items() if name != "act"}
    try:
        return doing(request, kept, number, version)
    except DeskError as refusal:
        fault = next(iter(refusal.fields.values()), refusal.message)
        messages.error(request, str(fault))
        return kept


def _pick(request: HttpRequest, said: Said, number: str, version: str) -> Said:
    return said | callers.fill(_case(request, number))


def _complain(request: HttpRequest, said: Said, number: str, version: str) -> Said:
    """The form becomes a complaint about this case; "" takes that back."""
    if not number:
        return said | {"about": ""}
    case = _case(request, number)
    fresh = {name: value for name, value in callers.fill(case).items() if not said.get(name)}
    return said | fresh | {"about": case.number, "category": "complaint", "subtype": ""}


def _chase(request: HttpRequest, said: Said, number: str, version: str) -> Said:
    _move(request, said, "chase", number, version)
    messages.success(request, _("已催办 %(number)s，已通知处理人和班长。") % {"number": number})
    return said


def _promise(request: HttpRequest, said: Said, number: str, version: str) -> Said:
    _move(request, said, callbacks.PROMISE, number, version)
    messages.success(request, _("已承诺回电，到期前会提醒：%(number)s。") % {"number": number})
    return said


def _called(request: HttpRequest, said: Said, number: str, version: str) -> Said:
    _move(request, said, callbacks.DONE, number, version)
    messages.success(request, _("已记为已回电：%(number)s。") % {"number": number})
    return said


def _wrap(request: HttpRequest, said: Said, code: str, version: str) -> None:
    """End a call of which nothing is logged."""
    call = opening.call_of(request.user, said.get("call", ""))
    if call is None:
        raise opening.NoCall
    opening.wrap_up(call, code, by=request.user, at=request.now, alone=True)
    done = format_html(
        '<span data-draft-done="{}">{}</span>', draft_name(said), _("已记话后原因，来电结束。")
    )
    messages.success(request, done)


def _move(request: HttpRequest, said: Said, action: str, number: str, version: str) -> None:
    case = _case(request, number)
    seen = int(version) if version.isascii() and version.isdigit() and len(version) < 9 else -1
    door.move(case.number, action, actor=request.user, at=request.now, seen=seen)
    call = opening.call_of(request.user, said.get("call", ""))
    if call is not None:
        opening.join(call, case, by=request.user, at=request.now)
        opening.wrap_up(call, opening.AFTER.get(action, ""), by=request.user, at=request.now)


def _case(request: HttpRequest, number: str) -> Case:
    found = Case.objects.visible_to(request.user).filter(number=number[:24]).first()
    if found is None:
        raise NotFound
    return found


_DEEDS: dict[str, Callable[[HttpRequest, Said, str, str], Said | None]] = {
    "pick": _pick,
    "complain": _complain,
    "chase": _chase,
    "promise": _promise,
    "called": _called,
    "wrap": _wrap,
}
