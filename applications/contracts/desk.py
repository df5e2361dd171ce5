"""What staff see of contracts: the paper of a case, and the list of those that are not signed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from applications.contracts import printing
from applications.contracts.views import pdf_answer
from applications.models import Application, Contract
from waterdesk.core import policy, wording
from waterdesk.core.errors import NotAllowed, NotFound
from waterdesk.core.lists import Column, Listing
from waterdesk.core.models.people import User
from waterdesk.core.visibility import visible

STAFF_LOGIN = "/desk/login/"
PAGE_ROWS = 50


@require_safe
def unsigned(request: HttpRequest) -> HttpResponse:
    """/desk/contracts/: the unsigned ones of one's own areas, the oldest first."""
    if refused := turned_away(request):
        return refused
    rows = unsigned_of(request.user).select_related("case").order_by("made_at", "pk")
    if LISTING.asked(request):
        return LISTING.answer(request, rows)
    page = Paginator(rows, PAGE_ROWS).get_page(request.GET.get("page"))
    context = {
        "lines": _lines(page, request),
        "newer": f"?page={page.previous_page_number()}" if page.has_previous() else "",
        "older": f"?page={page.next_page_number()}" if page.has_next() else "",
    }
    return render(request, "applications/contracts.html", context | LISTING.offer(request))


def _lines(contracts: Iterable[Contract], request: HttpRequest) -> list[dict[str, Any]]:
    rules = policy.current()
    return [
        {
            "contract": each,
            "case": each.case,
            "subject": rules.subject(each.case.kind, each.case.subject),
            "area": rules.areas[each.case.area_id].name,
            "days": each.days_old(request.now),
        }
        for each in contracts
    ]


LISTING = Listing(
    "contracts",
    (
        Column(gettext_lazy("合同编号"), lambda told: told["contract"].number),
        Column(gettext_lazy("办件"), lambda told: told["case"].number),
        Column(gettext_lazy("事项"), lambda told: told["subject"]),
        Column(gettext_lazy("客户"), lambda told: told["case"].name),
        Column(gettext_lazy("联系电话"), lambda told: told["case"].phone, wording.mask_phone),
        Column(gettext_lazy("片区"), lambda told: told["area"]),
        Column(gettext_lazy("生成时间"), lambda told: told["contract"].made_at),
        Column(gettext_lazy("未签天数"), lambda told: told["days"]),
        Column(gettext_lazy("已催签次数"), lambda told: told["contract"].reminded),
    ),
    _lines,
    lambda told: told["case"].number,
)


@require_safe
def as_pdf(request: HttpRequest, number: str) -> HttpResponse:
    """The paper of a case that this person may see; the signed one once it is signed."""
    if refused := turned_away(request):
        return refused
    case = case_of(request, number)
    found = Contract.objects.filter(case=case).exclude(state=Contract.State.WITHDRAWN).first()
    if found is None:
        raise NotFound(_("没有找到该合同。"))
    return pdf_answer(printing.kept(found, signed=found.is_signed), found.number)


def unsigned_of(user: User) -> QuerySet[Contract]:
    waiting = Contract.objects.filter(state=Contract.State.WAITING)
    return visible(waiting, user, phone="case__phone", area="case__area")


def case_of(request: HttpRequest, number: str) -> Application:
    rows = Application.objects.visible_to(request.user).select_related("handler")
    found = rows.filter(number=number).first()
    if found is None:
        raise NotFound
    return found


def turned_away(request: HttpRequest) -> HttpResponse | None:
    """Where to send who has not signed in; NotAllowed for a customer who has."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path(), STAFF_LOGIN)
    if not request.user.is_desk:
        raise NotAllowed
    return None
