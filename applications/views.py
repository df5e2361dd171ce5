"""/apply/: a household applies for water on a phone, with or without an account."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

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


@require_http_methods(["GET", "HEAD", "POST"])
def apply(request: HttpRequest) -> HttpResponse:
    """The form; sent, it leads to the tracking page; refused, it keeps what was typed."""
    user = request.user if request.user.is_authenticated else None
    if user is not None and user.is_desk:
        return redirect("counter")
    given = request.POST if request.method == "POST" else None
    form = CustomerForm(given, by=user, channel=Case.Channel.WEB.value)
    if given is not None and form.is_valid():
        try:
            if user is None:
                throttle.hit(request, "apply", MOST_AN_ADDRESS, HOUR)
                throttle.hit(form.to_case().phone, "apply-number", MOST_A_NUMBER, DAY)
            case = open_from(form, request, user)
        except DeskError as refusal:
            form.add_error(None, refusal.message)
            return _page(request, form, refusal.status)
        grant(request, case.number)
        thank(request, case)
        return redirect("track", case.number)
    return _page(request, form, 400 if form.errors else 200)


@require_safe
def promise(request: HttpRequest) -> HttpResponse:
    """The line that says what is promised for the class chosen in the form; a part of a page.

    Takes the four answers that a promise depends on, none of them personal.
    """
    return render(request, "applications/offer.html", {"offer": offer(request.GET, request.now)})


def open_from(form: ApplyForm, request: HttpRequest, user: User | None) -> Application:
    """Open the application of a valid form; the same form sent again finds the first one's.

    A form that was sent, changed and sent again is another request: it is refused once, told so,
    and given a new key.
    """
    # Nobody's key is somebody's: a key is 122 random bits of this one form.
    scope = f"web:{user.pk}" if user is not None else "web"
    key = door.Key(scope, form.key(), form.said())
    try:
        return door.open_once(form.to_case(), key, actor=user, at=request.now)[0]
    except Conflict:
        form.renew()
        raise Conflict(
            _(
                "这一页刚才已提交过一份申请，可在“查询进度”中查看。如确需再提交一份，请再点一次提交。"
            )
        ) from None


def thank(request: HttpRequest, case: Application) -> None:
    """A word of success on the next page; the mark in it drops what the browser kept as a draft."""
    text = _("申请已提交，编号 %(number)s。") % {"number": case.number}
    messages.success(request, format_html('<span data-draft-done="apply">{}</span>', text))


def _page(request: HttpRequest, form: CustomerForm, status: int) -> HttpResponse:
    said = form.data if form.is_bound else request.GET
    context = {
        "form": form,
        "offer": offer(said, request.now),
        "published": published(request.now),
    }
    return render(request, "applications/apply.html", context, status=status)
