"""What stands around the form: the last calls, what covers the place, how a call may end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tickets.calls import opening, pops
from tickets.console import covering
from tickets.console.drafts import draft_name
from tickets.models import WrapUp
from waterdesk.core import policy
from waterdesk.core.models.cases import Case
from waterdesk.core.places.points import Point

if TYPE_CHECKING:
    from tickets.models import Ticket

LAST_CALLS = 5
# What "?" lists on this page beside the keys of every page.
KEYS = (
    ("1–9", _("选类别或报修类型；在文字里用 Alt+数字")),
    ("a–i", _("选来电人，姓名和地址自动填入")),
    ("Enter", _("到下一项")),
    ("Alt+K", _("查知识库，上下键选，回车采用")),
    ("Alt+B", _("承诺回电")),
    ("Alt+C", _("催办来电人最急的办件")),
    ("Alt+W", _("话后原因")),
    ("Ctrl+Enter", _("登记；已填答复则答复并办结")),
)


def around(request: HttpRequest, said: Mapping[str, str], draft: Ticket) -> dict[str, Any]:
    """Everything beside the form. Four queries, and what the finders of `covering` cost."""
    call = opening.call_of(request.user, said.get("call", ""))
    phone = call.number if call is not None else draft.phone
    last = pops.last_calls(phone, LAST_CALLS + 1) if phone else []
    return {
        "call": call,
        "draft_name": draft_name(said),
        "last_calls": [each for each in last if each != call][:LAST_CALLS],
        "covering": covering.lines(_where(draft), request.user, request.now),
        "wrap_ups": WrapUp.objects.filter(alone=True) if call is not None else [],
        "about": _about(request, said),
        "more_keys": KEYS,
    }


def _where(draft: Ticket) -> covering.Where:
    known = draft.area if draft.area != policy.current().root else None
    at = Point(draft.lat, draft.lon) if draft.lat is not None else None
    return covering.Where(draft.address, at, known, draft.subject)


def _about(request: HttpRequest, said: Mapping[str, str]) -> Case | None:
    number = said.get("about", "")[:24]
    if not number:
        return None
    return Case.objects.visible_to(request.user).filter(number=number).first()
