"""POST /desk/crew/<number>/code/: have a code sent to the customer of a repair in hand."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tickets.crew import confirming
from tickets.flow import FLOW
from tickets.models import Ticket
from waterdesk.core.errors import DeskError, NotAllowed, NotFound
from waterdesk.core.flow import may


@require_POST
def code(request: HttpRequest, number: str) -> JsonResponse:
    """What came of it in words, `sent` says whether it is on its way."""
    case = Ticket.objects.visible_to(request.user).filter(number=number).first()
    if case is None:
        raise NotFound
    if not may(request.user, FLOW.move("finish"), case):
        raise NotAllowed
    try:
        confirming.send(case, request.now)
    except DeskError as refusal:
        return JsonResponse({"sent": False, "message": str(refusal.message)})
    return JsonResponse({"sent": True, "message": _("已发送，请客户报出确认码。")})
