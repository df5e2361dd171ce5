"""Customers: phone, code, in. One way for numbers we know and numbers we do not."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from waterdesk.core.errors import DeskError
from waterdesk.core.throttle import Throttled
from waterdesk.web.accounts.codes import PhoneLogin
from waterdesk.web.accounts.forms import CodeForm, PhoneForm


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    """Ask for the number and send a code to it."""
    if request.user.is_authenticated:
        return redirect(settings.LOGIN_REDIRECT_URL)
    after = request.POST.get("next", request.GET.get("next", ""))
    if request.method != "POST":
        pending = PhoneLogin.resume(request)
        form = PhoneForm(initial={"phone": pending.phone if pending else ""})
        return render(request, "account/login.html", {"form": form, "next": after})
    form, refusal = PhoneForm(request.POST), None
    if form.is_valid():
        try:
            PhoneLogin.begin(request, form.cleaned_data["phone"], after)
            return redirect("login-code")
        except Throttled as throttled:
            refusal = throttled
    context = {"form": form, "next": after, "refusal": refusal}
    return render(request, "account/login.html", context, status=refusal.status if refusal else 200)


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """Take the code, or send another."""
    if request.user.is_authenticated:
        return redirect(settings.LOGIN_REDIRECT_URL)
    process = PhoneLogin.resume(request)
    if process is None:
        return redirect(settings.LOGIN_URL)
    if request.method != "POST":
        return _code_page(request, process, CodeForm())
    if request.POST.get("action") == "resend":
        return _resend(request, process)
    form = CodeForm(request.POST)
    if form.is_valid():
        try:
            process.check(form.cleaned_data["code"])
            return process.finish()
        except DeskError as refusal:
            form.add_error("code", refusal.message)
    return _code_page(request, process, form)


def _resend(request: HttpRequest, process: PhoneLogin) -> HttpResponse:
    try:
        process.send()
    except Throttled as refusal:
        return _code_page(request, process, CodeForm(), refusal)
    return redirect("login-code")


def _code_page(
    request: HttpRequest, process: PhoneLogin, form: CodeForm, refusal: Throttled | None = None
) -> HttpResponse:
    # Whoever tries the desk out has no carrier; where there are real customers, DEBUG is off.
    demo = settings.DEBUG and settings.SMS_TRANSPORT == "console"
    context = {
        "form": form,
        "process": process,
        "refusal": refusal,
        "demo_code": process.code if demo else "",
    }
    return render(request, "account/code.html", context, status=refusal.status if refusal else 200)
