"""…/visit/<job>/: a window is chosen for a job, by the customer or by staff who do it for him.

Who came by number and the last digits of the phone books without an account: the page tells
nothing of the person, and the phone is told of every change.
"""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from applications.desk_views import STAFF_LOGIN
from applications.models import KIND, Application, Job
from applications.visits.rows import BOOK, ROLES, UNBOOK, day_words, spoken, visits_of
from applications.visits.windows import Slot, offered
from waterdesk.core import door, grants, policy
from waterdesk.core.errors import DeskError, Invalid, NotAllowed, NotFound
from waterdesk.core.models.people import User


@require_http_methods(["GET", "HEAD", "POST"])
def of_customer(request: HttpRequest, number: str, job: str) -> HttpResponse:
    found = grants.looked_up(request, number)
    if found is None:
        return redirect("track", number)
    user = request.user
    known = user.is_authenticated and (user.is_desk or user.phone == found.phone)
    return _answer(request, number, job, user if known else None, "track")


@require_http_methods(["GET", "HEAD", "POST"])
def of_staff(request: HttpRequest, number: str, job: str) -> HttpResponse:
    user = request.user
    if not user.is_authenticated:
        return redirect_to_login(request.get_full_path(), STAFF_LOGIN)
    if not user.is_desk or user.role not in ROLES:
        raise NotAllowed
    if not Application.objects.visible_to(user).filter(number=number).exists():
        raise NotFound
    return _answer(request, number, job, user, "case")


def _answer(
    request: HttpRequest, number: str, code: str, actor: User | None, back: str
) -> HttpResponse:
    """The page, or what was chosen and back to the case; refused, the page says why."""
    if request.method != "POST":
        return _page(request, number, code, back)
    given = request.POST
    seen = given.get("seen", "")
    action = UNBOOK if UNBOOK in given else BOOK
    try:
        done = door.move(
            number, action, actor=actor, at=request.now,
            changes=_changes(given.get("slot", ""), code, action, actor),
            seen=int(seen) if seen.isascii() and seen.isdigit() else -1,
        )  # fmt: skip
    except DeskError as refusal:
        return _page(request, number, code, back, refusal)
    job = next((each for each in visits_of(done) if each.code == code), None)
    if job is not None and job.window_from and job.window_to:
        said = {"window": spoken(job.window_from, job.window_to)}
        messages.success(request, _("已约好：%(window)s。") % said)
    else:
        messages.success(request, _("预约已取消。"))
    return redirect(back, number)


def _changes(slot: str, code: str, action: str, actor: User | None) -> dict[str, Any]:
    """What the door is asked for. Raises Invalid where no window was chosen."""
    by_link = {} if actor is not None else {"booked_by": "link"}
    if action == UNBOOK:
        return {"job": code} | by_link
    starts, slash, ends = slot.partition("/")
    if not slash:
        raise Invalid(_("请选择一个时段。"))
    return {"job": code, "window_from": starts, "window_to": ends} | by_link


def _page(
    request: HttpRequest, number: str, code: str, back: str, refusal: DeskError | None = None
) -> HttpResponse:
    rules = policy.current()
    case = Application.objects.filter(number=number).first()
    if case is None:
        raise NotFound
    job = next((each for each in visits_of(case) if each.code == code), None)
    if job is None and refusal is None:
        raise NotFound(_("这项任务已完成或不需要上门，不用预约。"))
    context = {
        "case": case,
        "subject": rules.subject(KIND, case.subject),
        "job": job,
        "booked": _booked(job),
        "days": _by_day(offered(case, rules, request.now)) if job else [],
        "chosen": request.POST.get("slot", "") if refusal else "",
        "refusal": refusal,
        "base": "customer.html" if back == "track" else "desk.html",
        "back": back,
        "now": request.now,
    }
    status = refusal.status if refusal else 200
    answer = render(request, "applications/visits/page.html", context, status=status)
    answer["Cache-Control"] = "private, no-store"
    return answer


def _booked(job: Job | None) -> str:
    if job is None or job.window_from is None or job.window_to is None:
        return ""
    return spoken(job.window_from, job.window_to)


def _by_day(slots: list[Slot]) -> list[tuple[str, list[Slot]]]:
    return [(day, list(some)) for day, some in groupby(slots, key=lambda s: day_words(s.starts))]
