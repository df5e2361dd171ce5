"""Who reads the knowledge base, and who writes it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse

from waterdesk.core.errors import NotAllowed
from waterdesk.core.models.people import Role, User

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]

STAFF_LOGIN = "/desk/login/"
EDITORS = frozenset(r.value for r in (Role.LEAD, Role.SUPERVISOR, Role.ADMIN))


def may_edit(user: User) -> bool:
    return user.role in EDITORS


def readers(view: View[P]) -> View[P]:
    """For people of the utility: others sign in; a customer who has is refused (403)."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path(), STAFF_LOGIN)
        if not request.user.is_desk:
            raise NotAllowed
        return view(request, *args, **kwargs)

    return guarded


def editors(view: View[P]) -> View[P]:
    """For leads, supervisors and administrators; the others of the desk are refused (403)."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not may_edit(request.user):
            raise NotAllowed
        return view(request, *args, **kwargs)

    return readers(guarded)
