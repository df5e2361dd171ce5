"""/desk/counter/: staff enter what a customer would enter online (一窗受理)."""

from __future__ import annotations

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from applications.catalogue import held
from applications.catalogue.held import NEW_CONNECTION
from applications.flow import STAFF
from applications.forms import CounterForm
from applications.offer import offer, published
from applications.views import open_from, thank
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


@require_http_methods(["GET", "HEAD", "POST"])
def counter(request: HttpRequest) -> HttpResponse:
    """The form; then the case, or an empty form when the case is out of this person's sight."""
    user = request.user
    if not user.is_authenticated:
        return redirect_to_login(request.get_full_path(), STAFF_LOGIN)
    if user.role not in STAFF:
        raise NotAllowed
    given = request.POST if request.method == "POST" else None
    channel = CHANNELS.get(user.role, Case.Channel.COUNTER.value)
    service = held.wanted(request.GET.get("service", NEW_CONNECTION)).code
    form = CounterForm(given, by=user, channel=channel, service=service)
    if given is not None and form.is_valid():
        try:
            case = open_from(form, request, user)
        except DeskError as refusal:
            form.add_error(None, refusal.message)
            return _page(request, form, refusal.status)
        thank(request, case)
        # Taken for another branch it is out of this person's sight; the number has been told.
        return redirect("case", case.number) if sees(user, case) else redirect("counter")
    return _page(request, form, 400 if form.errors else 200)


def _page(request: HttpRequest, form: CounterForm, status: int) -> HttpResponse:
    said = form.data if form.is_bound else {}
    service = form.service.code
    context = {
        "form": form,
        "services": held.services(),
        "offer": offer(said, request.now, service),
        "published": published(request.now, service),
    }
    return render(request, "applications/counter.html", context, status=status)
