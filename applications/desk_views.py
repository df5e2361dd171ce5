"""/desk/counter/: staff enter what a customer would enter online (一窗受理)."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from applications.catalogue import held
from applications.catalogue.held import NEW_CONNECTION
from applications.duplicates import Twins
from applications.flow import STAFF
from applications.forms import CounterForm
from applications.offer import offer, published
from applications.views import open_from, thank, unconfirmed
from waterdesk.core.errors import DeskError, NotAllowed
from waterdesk.core.models.cases import Case
from waterdesk.core.models.people import Role
from waterdesk.core.visibility import sees

STAFF_LOGIN = "/desk/login/"
# Where somebody of this role meets the customer; everybody else stands at the counter.
CHANNELS = {
    Role.AGENT.value: Case.Channel.HOTLINE.value,
    Role.FIELD.value: Case.Channel.FIELD.value,
}

CARRY = "carry"
# What a call and an application have in common; of another service's form all goes along.
FROM_CALL, OF_CALL = "call", ("name", "phone", "address")


@require_http_methods(["GET", "HEAD", "POST"])
def counter(request: HttpRequest) -> HttpResponse:
    """The form; then the case, or an empty form when the case is out of this person's sight.

    A POST with CARRY fills the form and saves nothing: from a call, or from another service's form.
    Nobody's number and nobody's address stands in an address of ours.
    """
    user = request.user
    if not user.is_authenticated:
        return redirect_to_login(request.get_full_path(), STAFF_LOGIN)
    if user.role not in STAFF:
        raise NotAllowed
    given = request.POST if request.method == "POST" else None
    channel = CHANNELS.get(user.role, Case.Channel.COUNTER.value)
    service = held.wanted(request.GET.get("service", NEW_CONNECTION)).code
    if given is not None and CARRY in given:
        form = CounterForm(initial=_carried(given), by=user, channel=channel, service=service)
        return _page(request, form, 200, carried=True)
    form = CounterForm(given, by=user, channel=channel, service=service)
    if given is not None and form.is_valid():
        try:
            if found := unconfirmed(form, request, user):
                return _page(request, form, 409, found)
            case = open_from(form, request, user)
        except DeskError as refusal:
            form.add_error(None, refusal.message)
            return _page(request, form, refusal.status)
        thank(request, case)
        # Taken for another branch it is out of this person's sight; the number has been told.
        return redirect("case", case.number) if sees(user, case) else redirect("counter")
    return _page(request, form, 400 if form.errors else 200)


def _carried(given: Mapping[str, str]) -> dict[str, str]:
    names = OF_CALL if given[CARRY] == FROM_CALL else given.keys() - {CARRY, "once"}
    return {name: given[name] for name in names if given.get(name)}


def _page(
    request: HttpRequest,
    form: CounterForm,
    status: int,
    found: Twins | None = None,
    *,
    carried: bool = False,
) -> HttpResponse:
    said = form.data if form.is_bound else form.initial
    service = form.service.code
    context = {
        "form": form,
        "services": held.services(),
        "offer": offer(said, request.now, service),
        "published": published(request.now, service),
        "twins": found,
        "carried": carried,
    }
    return render(request, "applications/counter.html", context, status=status)
