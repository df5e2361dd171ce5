"""/apply/ and /services/: customers apply on a phone, with or without an account."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from applications import duplicates, intake
from applications.catalogue import held
from applications.catalogue.definition import Service
from applications.catalogue.held import NEW_CONNECTION
from applications.forms import ApplyForm, CustomerForm
from applications.models import Application
from applications.offer import offer, published
from waterdesk.core import door, throttle
from waterdesk.core.errors import Conflict, DeskError
from waterdesk.core.grants import grant
from waterdesk.core.models.cases import Case
from waterdesk.core.models.people import User

HOUR, DAY = 3600, 86400
# Of those without an account. Many phones share one address of a mobile carrier; every accepted
# application sends a short message to its number. (chosen)
MOST_AN_ADDRESS, MOST_A_NUMBER = 60, 5
# Looks at one address after the other tell who applies where. (chosen)
MOST_LOOKS = 60


@require_safe
def hall(request: HttpRequest) -> HttpResponse:
    """All services that can be applied for, in their groups. No query for any of them."""
    groups: dict[str, list[Service]] = {}
    for service in held.services():
        groups.setdefault(service.group, []).append(service)
    return render(request, "applications/hall.html", {"groups": groups.items()})


@require_http_methods(["GET", "HEAD", "POST"])
def apply(request: HttpRequest, service: str = NEW_CONNECTION) -> HttpResponse:
    """The form; sent, it leads to the tracking page; refused, it keeps what was typed.

    Raises NotFound for a service that is not offered.
    """
    user = request.user if request.user.is_authenticated else None
    if user is not None and user.is_desk:
        there = "" if service == NEW_CONNECTION else f"?service={service}"
        return redirect(reverse("counter") + there)
    given = request.POST if request.method == "POST" else None
    form = CustomerForm(given, by=user, channel=Case.Channel.WEB.value, service=service)
    if given is not None and form.is_valid():
        try:
            if user is None:
                throttle.hit(request, "apply", MOST_AN_ADDRESS, HOUR)
            if found := unconfirmed(form, request, user):
                return _page(request, form, 409, found)
            if user is None:
                throttle.hit(form.to_case().phone, "apply-number", MOST_A_NUMBER, DAY)
            case = open_from(form, request, user)
        except DeskError as refusal:
            form.add_error(None, refusal.message)
            return _page(request, form, refusal.status)
        grant(request, case.number)
        thank(request, case)
        return arrived(request, reverse("track", args=[case.number]))
    return _page(request, form, 400 if form.errors else 200)


@require_safe
def promise(request: HttpRequest) -> HttpResponse:
    """The line that says what is promised for the class chosen in the form; a part of a page.

    Takes the four answers that a promise depends on, none of them personal.
    """
    service = held.offered(request.GET.get("service", "")) or held.wanted(NEW_CONNECTION)
    said = offer(request.GET, request.now, service.code)
    return render(request, "applications/offer.html", {"offer": said})


@require_POST
def twins(request: HttpRequest) -> HttpResponse:
    """Whether the address that is being typed is applied for already; a part of a page.

    A POST: no address of anybody stands in an address of ours. Who may not see the other
    application learns that there is one, and nothing of it. Raises Throttled.
    """
    user = request.user if request.user.is_authenticated else None
    if user is None or not user.is_desk:
        throttle.hit(request, "apply-twins", MOST_LOOKS, HOUR)
    service = held.offered(request.POST.get("service", "")) or held.wanted(NEW_CONNECTION)
    address = request.POST.get("address", "")[: intake.ADDRESS_LENGTH]
    found = duplicates.twins(address, service.code, user)
    return render(request, "applications/twins.html", {"twins": found})


def unconfirmed(
    form: ApplyForm, request: HttpRequest, user: User | None
) -> duplicates.Twins | None:
    """What the person has not been shown yet: open applications for the same at the same address.

    Of a form that was taken already it is the form's own, hence nothing.
    """
    if request.POST.get("anyway"):
        return None
    draft = form.to_case()
    found = duplicates.twins(draft.address, draft.subject, user)
    if found is None or duplicates.sent_before(_scope(user), form.key()):
        return None
    return found


def arrived(request: HttpRequest, there: str) -> HttpResponse:
    """On to the next page; a script that sent the form is told where that is."""
    return JsonResponse({"there": there}, status=201) if _by_script(request) else redirect(there)


def _by_script(request: HttpRequest) -> bool:
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def open_from(form: ApplyForm, request: HttpRequest, user: User | None) -> Application:
    """Open the application of a valid form; the same form sent again finds the first one's.

    A form that was sent, changed and sent again is another request: it is refused once, told so,
    and given a new key.
    """
    key = door.Key(_scope(user), form.key(), form.said())
    try:
        return door.open_once(form.to_case(), key, actor=user, at=request.now)[0]
    except Conflict:
        form.renew()
        raise Conflict(
            _(
                "这一页刚才已提交过一份申请，可在“查询进度”中查看。如确需再提交一份，请再点一次提交。"
            )
        ) from None


def _scope(user: User | None) -> str:
    """Nobody's key is somebody's: a key is 122 random bits of this one form."""
    return f"web:{user.pk}" if user is not None else "web"


def thank(request: HttpRequest, case: Application) -> None:
    """A word of success on the next page; the mark in it drops what the browser kept as a draft."""
    text = _("申请已提交，编号 %(number)s。") % {"number": case.number}
    mark = format_html('<span data-draft-done="{}">{}</span>', draft_name(case.subject), text)
    messages.success(request, mark)


def draft_name(service: str) -> str:
    """Under which name the browser keeps what was typed for this service."""
    return "apply" if service == NEW_CONNECTION else f"apply-{service}"


def _page(
    request: HttpRequest, form: CustomerForm, status: int, found: duplicates.Twins | None = None
) -> HttpResponse:
    if request.method == "POST" and _by_script(request):
        return JsonResponse({"there": ""})  # the browser sends it itself and shows the page
    said = form.data if form.is_bound else request.GET
    service = form.service.code
    context = {
        "form": form,
        "offer": offer(said, request.now, service),
        "published": published(request.now, service),
        "draft_name": draft_name(service),
        "twins": found,
    }
    return render(request, "applications/apply.html", context, status=status)
