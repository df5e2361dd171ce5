"""/track/<number>/contract/: the customer reads the contract and signs it with a code.

Who came by the link of the short message, or signed in with the phone, reads all of it; who only
knows the number and four digits reads it without the person's facts, and cannot sign.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from applications.contracts import making, printing, signing, wording
from applications.models import KIND, Contract
from waterdesk.core import grants, throttle
from waterdesk.core.errors import DeskError, Invalid, NotAllowed, NotFound
from waterdesk.core.models.cases import Case
from waterdesk.core.visibility import sees

SESSION_KEY = "contracts"
MOST_KEPT = 20
# Keys tried from one address; one has 72 bits.
TRIES, WINDOW = 30, 600


class CodeForm(forms.Form):
    """Only how it looks: what is typed may be anything, and is looked at by `signing`."""

    code = forms.CharField(
        label=gettext_lazy("短信验证码"),
        max_length=20,
        widget=forms.TextInput({"autocomplete": "one-time-code"}),
    )


@require_safe
def contract(request: HttpRequest, number: str) -> HttpResponse:
    """The page. With the key of the link it is opened first, and the address made clean."""
    if key := request.GET.get("key", ""):
        _open(request, number, key)
        return redirect("contract", number)
    found = grants.looked_up(request, number)
    if found is None:
        return redirect("track", number)
    return _page(request, found)


@require_safe
def as_pdf(request: HttpRequest, number: str) -> HttpResponse:
    """The paper: the signed one once it is signed."""
    found = _of(_case(request, number))
    if not _reads_all(request, found):
        raise NotAllowed(_("请点开短信中的链接，或用登记的手机号登录后下载。"))
    return pdf_answer(printing.kept(found, signed=found.is_signed), found.number)


@require_POST
def send_code(request: HttpRequest, number: str) -> HttpResponse:
    def send(found: Contract) -> None:
        _may_sign(request, found)
        signing.send_code(request, found, request.now)
        messages.success(request, _("验证码已发送到登记的手机，10 分钟内有效。"))

    return _done(request, number, send)


@require_POST
def send_link(request: HttpRequest, number: str) -> HttpResponse:
    def send(found: Contract) -> None:
        signing.send_link(request, found, request.now)
        messages.success(request, _("链接已重新发送到登记的手机。"))

    return _done(request, number, send)


@require_POST
def sign(request: HttpRequest, number: str) -> HttpResponse:
    """Sign what the form says was read. Sent twice it is signed once, and both see it signed."""

    def put(found: Contract) -> None:
        _may_sign(request, found)
        given = request.POST
        code = "".join(unicodedata.normalize("NFKC", given.get("code", "")[:20]).split())
        sha256, version = given.get("sha256", ""), given.get("version", "")
        signing.sign(request, found, code=code, sha256=sha256, version=version, at=request.now)

    return _done(request, number, put)


def pdf_answer(body: bytes, name: str) -> HttpResponse:
    """A PDF as a file to keep; no cache has it."""
    answer = HttpResponse(body, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    answer["Cache-Control"] = "private, no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _done(request: HttpRequest, number: str, act: Callable[[Contract], None]) -> HttpResponse:
    """Do it and show the page anew; refused, the page says why with the refusal's status."""
    case = _case(request, number)
    try:
        act(_of(case))
    except DeskError as refusal:
        return _page(request, case, refusal)
    return redirect("contract", number)


def _page(request: HttpRequest, case: Case, refusal: DeskError | None = None) -> HttpResponse:
    found = _of(case)
    printing.check(found)
    whole = _reads_all(request, found)
    template, facts = found.template, found.facts
    if whole:
        words = found.words
    else:
        words = wording.filled(template.title, template.paragraphs, making.masked(facts))
    customer = not (request.user.is_authenticated and request.user.is_desk)
    code = found.codes.order_by("-pk").first() if whole and found.is_waiting else None
    context: dict[str, Any] = {
        "case": case,
        "contract": found,
        "words": words,
        "whole": whole,
        "may_sign": whole and found.is_waiting and customer,
        "sent": code if code and code.used_at is None and code.expires_at > request.now else None,
        "form": CodeForm(),
        "refusal": refusal,
        "minutes": signing.MINUTES,
        "now": request.now,
    }
    status = refusal.status if refusal else 200
    answer = render(request, "applications/contract.html", context, status=status)
    answer["Cache-Control"] = "private, no-store"
    return answer


def _case(request: HttpRequest, number: str) -> Case:
    found = grants.looked_up(request, number)
    if found is None:
        raise NotFound
    return found


def _of(case: Case) -> Contract:
    """The case's contract: the valid one, or the last that was withdrawn."""
    rows = Contract.objects.filter(case=case.pk).select_related("case", "template")
    found = rows.exclude(state=Contract.State.WITHDRAWN).first() or rows.last()
    if found is None or case.kind != KIND:
        raise NotFound(_("没有找到该合同。"))
    return found


def _reads_all(request: HttpRequest, contract: Contract) -> bool:
    opened = contract.number in request.session.get(SESSION_KEY, [])
    return opened or (request.user.is_authenticated and sees(request.user, contract.case))


def _may_sign(request: HttpRequest, contract: Contract) -> None:
    """Raises NotAllowed for the staff, whoever holds the phone, and for who has not read it all."""
    if request.user.is_authenticated and request.user.is_desk:
        raise NotAllowed(_("合同由客户本人凭短信验证码签署，工作人员不能代签。"))
    if not _reads_all(request, contract):
        raise NotAllowed(_("请先点开短信中的链接，或用登记的手机号登录，阅读全文后再签署。"))


def _open(request: HttpRequest, number: str, key: str) -> None:
    """Let this browser session read the contract to which the key belongs."""
    throttle.hit(request, "contract.key", TRIES, WINDOW)
    for found in Contract.objects.filter(case__number=number):
        if constant_time_compare(found.key, key):
            held = [n for n in request.session.get(SESSION_KEY, []) if n != found.number]
            request.session[SESSION_KEY] = [*held, found.number][-MOST_KEPT:]
            grants.grant(request, number)
            return
    raise Invalid(_("链接不完整或已失效，请重新点开短信中的链接，或凭编号查询。"))
