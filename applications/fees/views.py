"""Staff quote a case and see the result before it is saved; a customer goes to pay online."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from applications.desk_views import STAFF_LOGIN
from applications.fees import gateway, payments, quoting, showing
from applications.fees.forms import QuoteForm
from applications.fees.moves import QUOTE
from applications.fees.rules import facts, rules
from applications.flow import FLOW
from applications.models import Application
from waterdesk.core import changes as sent
from waterdesk.core import door, policy
from waterdesk.core.errors import Conflict, DeskError, NotAllowed, NotFound
from waterdesk.core.flow import fits, may
from waterdesk.core.visibility import sees


@require_http_methods(["GET", "HEAD", "POST"])
def quote(request: HttpRequest, number: str) -> HttpResponse:
    """The form; `show` answers with the result and saves nothing, `save` makes the move."""
    user = request.user
    if not user.is_authenticated:
        return redirect_to_login(request.get_full_path(), STAFF_LOGIN)
    case = _find(request, number)
    if not may(user, FLOW.move(QUOTE), case):
        raise NotAllowed
    given = request.POST if request.method == "POST" else None
    form = _form(case, request, given)
    if given is None:
        return _page(request, case, form)
    form.is_valid()
    try:
        if "save" in given:
            seen = given.get("seen", "")
            version = int(seen) if seen.isascii() and seen.isdigit() else -1
            door.move(
                number, QUOTE, actor=user, at=request.now, changes=form.changes(), seen=version
            )
            messages.success(request, _("报价已保存，并已短信告知客户。"))
            return redirect("case", number)
        return _page(request, case, form, _shown(case, form, request))
    except DeskError as refusal:
        form.refuse(refusal.fields, refusal.message)
        return _page(request, case, form, status=refusal.status)


@require_POST
def pay(request: HttpRequest, number: str) -> HttpResponse:
    """Have the gateway make an order for what is owed, and lead the customer there.

    Nothing is recorded yet: the gateway tells us what was paid. An order that was made before and
    not paid does no harm.
    """
    case = _find(request, number)
    if not sees(request.user, case) or request.user.is_desk:
        raise NotAllowed
    if not settings.PAY_URL:
        raise NotFound(_("暂不能在线支付，请到窗口或转账。"))
    left = payments.owed(quoting.latest(case), payments.of_case(case))
    side = next((side for side, sum_ in left.items() if sum_ > 0), None)
    if side is None or case.closed_at is not None:
        raise Conflict(_("没有要交的费用。"))
    order = gateway.Order(case.number, side, left[side], quoting.version(case))
    address = gateway.from_settings().place(order)
    context = {"case": case, "address": address, "order": order}
    return render(request, "applications/fees/pay.html", context)


def _find(request: HttpRequest, number: str) -> Application:
    user = request.user
    if not user.is_authenticated:
        raise NotAllowed(_("请先用登记的手机号登录，再进行此操作。"))
    case = Application.objects.visible_to(user).filter(number=number).first()
    if case is None:
        raise NotFound
    return case


def _form(case: Application, request: HttpRequest, given: Any) -> QuoteForm:
    last = quoting.latest(case)
    asked = facts(case, request.now, quoting.found_out(case, {}, last))
    prices = rules().at(request.now).charged(asked)
    company = case.applicant_kind == Application.Applicant.ORGANISATION
    return QuoteForm(prices, company, last, case.version, given)


def _shown(case: Application, form: QuoteForm, request: HttpRequest) -> showing.Shown:
    """The result for what was typed, checked as the door would check it. Raises DeskError."""
    move = FLOW.move(QUOTE)
    if not fits(move, case, request.now):
        raise Conflict
    values, _note = sent.clean(move, form.changes(), "", case, policy.current())
    found = quoting.found_out(case, values, quoting.latest(case))
    return showing.of_result(quoting.by_rules(case, values["quantities"], found, request.now))


def _page(
    request: HttpRequest,
    case: Application,
    form: QuoteForm,
    shown: showing.Shown | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {"case": case, "form": form, "fees": shown}
    return render(request, "applications/fees/quote_page.html", context, status=status)
