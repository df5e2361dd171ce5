"""Who opens the pages of projects: those who write them, and the supervisor, who reads."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from applications.models import Project
from applications.projects.known import EDITORS, READERS
from applications.projects.rows import NONE
from waterdesk.core.errors import NotAllowed, NotFound

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]
STAFF_LOGIN = "/desk/login/"


def for_readers(view: View[P]) -> View[P]:
    """Others sign in first, or are refused (403)."""
    return _for(READERS, view)


def for_editors(view: View[P]) -> View[P]:
    return _for(EDITORS, view)


def _for(roles: frozenset[str], view: View[P]) -> View[P]:
    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path(), STAFF_LOGIN)
        if request.user.role not in roles:
            raise NotAllowed
        return view(request, *args, **kwargs)

    return guarded


def find(request: HttpRequest, pk: int) -> Project:
    """The project of this key; NotFound if this person may not see it. One query."""
    rows = Project.objects.visible_to(request.user).select_related(
        "stage", "area", "owner", "survey_by", "scheme_by", "application"
    )
    project = rows.filter(pk=pk).first()
    if project is None:
        raise NotFound(NONE)
    return project
