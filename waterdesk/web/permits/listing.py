"""/desk/permits/: the permits of one's areas by authority and state, the late ones; also as CSV."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from applications.models import Permit
from applications.permits.kinds import authorities
from waterdesk.core import policy, wording
from waterdesk.core.errors import Invalid
from waterdesk.core.lists import Column, Listing
from waterdesk.core.policy import Policy
from waterdesk.web import paging
from waterdesk.web.access import desk_only
from waterdesk.web.permits.card import TONES, late_by

PAGE_ROWS = 50
OPEN = "open"
LATE = "late"
# Of these every permit has a limit: the earliest stands first. Of others the newest does.
BY_DUE = (Permit.State.FILED.value,)


class NarrowForm(forms.Form):
    """Which permits: of which authority, in what state, late or not."""

    authority = forms.ChoiceField(label=gettext_lazy("审批部门"), required=False)
    state = forms.ChoiceField(label=gettext_lazy("状态"), required=False)
    late = forms.ChoiceField(label=gettext_lazy("超期"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        everything = [("", _("全部"))]
        known = [(each, each) for each in authorities()]
        self.fields["authority"].choices = everything + known
        self.fields["state"].choices = [*everything, (OPEN, _("未办完")), *Permit.State.choices]
        self.fields["late"].choices = [*everything, (LATE, _("只看超期未答复"))]

    def narrow(self, rows: QuerySet[Permit], now: datetime) -> QuerySet[Permit]:
        given = self.cleaned_data
        if given["authority"]:
            rows = rows.filter(authority=given["authority"])
        if given["state"] == OPEN:
            rows = rows.exclude(state__in=[Permit.State.GRANTED, Permit.State.VOID])
        elif given["state"]:
            rows = rows.filter(state=given["state"])
        return rows.late(now) if given["late"] else rows

    @property
    def by_due(self) -> bool:
        return bool(self.cleaned_data["late"]) or self.cleaned_data["state"] in BY_DUE


@require_safe
@desk_only
def listed(request: HttpRequest) -> HttpResponse:
    form = NarrowForm(request.GET)
    if not form.is_valid():
        return render(request, "web/permits.html", {"form": form}, status=400)
    rules, mine = policy.current(), Permit.objects.visible_to(request.user)
    rows = form.narrow(mine, request.now).select_related("case__handler")
    pages = paging.by_due if form.by_due else paging.by_id
    page = pages(rows, request.GET, PAGE_ROWS)
    before = {"before": page.before, "after": ""} if page.before else None
    if form.by_due and request.GET.get("after"):
        before = {"after": ""}
    context = {
        "form": form,
        "lines": [line(permit, rules, request.now) for permit in page.rows],
        "late": paging.in_words(paging.capped(mine.late(request.now), 99), 99),
        "late_url": f"{reverse('permits')}?late={LATE}",
        "older": paging.link(request.GET, after=page.after, before="") if page.after else "",
        "newer": paging.link(request.GET, **before) if before else "",
        "narrowed": any(form.cleaned_data.values()),
    }
    offer = LISTING.offer(request, reverse("permits-csv"))
    return render(request, "web/permits.html", context | offer)


@require_safe
@desk_only
def as_csv(request: HttpRequest) -> HttpResponseBase:
    """The whole list as it is narrowed, the newest first."""
    form = NarrowForm(request.GET)
    if not form.is_valid():
        raise Invalid(_("请从列表中选择。"))
    mine = Permit.objects.visible_to(request.user)
    rows = form.narrow(mine, request.now).select_related("case__handler").order_by("-pk")
    return LISTING.answer(request, rows)


def line(permit: Permit, rules: Policy, now: datetime) -> dict[str, Any]:
    """One permit as the list shows it; `age` is since it was filed, or wanted, until answered."""
    since = permit.filed_at or permit.wanted_at
    return {
        "permit": permit,
        "case": permit.case,
        "area": rules.areas[permit.case.area_id].name,
        "tone": TONES[Permit.State(permit.state)],
        "age": wording.duration(now - since) if permit.is_open else "",
        "late_by": late_by(permit, now),
    }


def _lines(permits: list[Permit], request: HttpRequest) -> list[dict[str, Any]]:
    rules = policy.current()
    return [line(permit, rules, request.now) for permit in permits]


LISTING = Listing(
    "permits",
    (
        Column(gettext_lazy("办件"), lambda told: told["case"].number),
        Column(gettext_lazy("许可"), lambda told: told["permit"].name),
        Column(gettext_lazy("审批部门"), lambda told: told["permit"].authority),
        Column(gettext_lazy("状态"), lambda told: told["permit"].get_state_display()),
        Column(gettext_lazy("受理号"), lambda told: told["permit"].number),
        Column(gettext_lazy("申报时间"), lambda told: told["permit"].filed_at),
        Column(gettext_lazy("审批到期"), lambda told: told["permit"].due_at),
        Column(gettext_lazy("答复时间"), lambda told: told["permit"].answered_at),
        Column(gettext_lazy("批准文号"), lambda told: told["permit"].document),
        Column(gettext_lazy("办理天数"), lambda told: told["age"]),
        Column(gettext_lazy("超期时长"), lambda told: told["late_by"]),
        Column(gettext_lazy("道路保护期至"), lambda told: told["permit"].protected_until),
        Column(gettext_lazy("片区"), lambda told: told["area"]),
        Column(gettext_lazy("地址"), lambda told: told["case"].address),
        Column(gettext_lazy("处理人"), lambda told: told["case"].handler),
    ),
    _lines,
)
