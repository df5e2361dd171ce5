"""Who may open which page. What they find there is `visible_to`; what they may do, the flow."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django_htmx.http import HttpResponseClientRedirect

from waterdesk.core.errors import NotAllowed, NotFound
from waterdesk.core.flow import flows
from waterdesk.core.models.cases import Case
from waterdesk.core.models.people import Role

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]

STAFF_LOGIN = "/desk/login/"


def desk_only(view: View[P]) -> View[P]:
    """For people of the utility: others sign in first; a customer who has is refused (403)."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return _to_login(request, STAFF_LOGIN)
        if not request.user.is_desk:
            raise NotAllowed
        return view(request, *args, **kwargs)

    return guarded


def admin_only(view: View[P]) -> View[P]:
    """For administrators: other people of the utility are refused (403) like customers."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.user.role != Role.ADMIN:
            raise NotAllowed
        return view(request, *args, **kwargs)

    return desk_only(guarded)


def signed_in(view: View[P]) -> View[P]:
    """For anybody with an account."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return _to_login(request, settings.LOGIN_URL)
        return view(request, *args, **kwargs)

    return guarded


def _to_login(request: HttpRequest, address: str) -> HttpResponse:
    """To the sign-in page and back; a part of a page that refreshes itself takes the page along."""
    if request.htmx:
        back = request.htmx.current_url_abs_path or "/"
        return HttpResponseClientRedirect(redirect_to_login(back, address).url)
    return redirect_to_login(request.get_full_path(), address)


def find(request: HttpRequest, number: str) -> Case:
    """The case of this number as its own kind knows it; NotFound if this person may not see it.

    The kind is the number's first letter, so that one query is enough.
    """
    flow = next((flow for flow in flows() if number.startswith(flow.prefix)), None)
    if flow is None:
        raise NotFound
    rows = flow.model_class()._default_manager.visible_to(request.user)
    case = rows.select_related("handler", "opened_by").filter(number=number).first()
    if case is None:
        raise NotFound
    return case
