"""Which cases somebody without an account may look at in this browser session.

A grant comes from having applied here, or from the number plus the last four digits of the
phone. It allows looking, never moving: for that a customer signs in with the phone.
"""

from __future__ import annotations

from django.http import HttpRequest

from waterdesk.core.models.cases import Case

SESSION_KEY = "tracked"
MOST = 20


def grant(request: HttpRequest, number: str) -> None:
    """Let this session look at the case; the oldest grant goes when there are too many."""
    held = [each for each in request.session.get(SESSION_KEY, []) if each != number]
    request.session[SESSION_KEY] = [*held, number][-MOST:]


def looked_up(request: HttpRequest, number: str) -> Case | None:
    """The case if this person may see it or this session was granted a look; else None."""
    seen = Case.objects.visible_to(request.user).filter(number=number).first()
    if seen is None and number in request.session.get(SESSION_KEY, []):
        return Case.objects.filter(number=number).first()
    return seen
