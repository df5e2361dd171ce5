"""What the hotline's page asks for while somebody types: dangers that are spoken of."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from tickets.desk_views import emergencies_in, for_dispatchers
from tickets.forms import chosen_subject


@require_POST
@for_dispatchers
def emergency(request: HttpRequest) -> HttpResponse:
    """The instructions for what is typed so far; nothing where nothing is dangerous."""
    said = request.POST
    context = {"emergencies": emergencies_in(said, chosen_subject(said))}
    return render(request, "tickets/emergency.html", context)
