"""/desk/what-if/: for supervisors, a past period as if a promise had been another. Writes nothing.

Everything asked stands in the address, so that a reload, a bookmark and a print say the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_safe

from waterdesk.core import policy as policies
from waterdesk.core import whatif, wording
from waterdesk.core.errors import Invalid, NotAllowed, NotFound
from waterdesk.core.flow import Label
from waterdesk.core.models.calendars import WorkCalendar
from waterdesk.core.models.clocks import Clock
from waterdesk.core.models.people import Role, User
from waterdesk.core.models.promises import Reason, Unit
from waterdesk.core.policy import Policy
from waterdesk.core.supposing import Changed, Compared, Outcome, Supposed, Verdict
from waterdesk.web import paging
from waterdesk.web.access import desk_only
from waterdesk.web.board import PROMISE_WORDS
from waterdesk.web.filters import INDENT, Choice, area_choices, areas_under

ALLOWED = {Role.SUPERVISOR.value, Role.ADMIN.value}
PAGE_ROWS = 50
# What is looked at first: the days up to yesterday. *chosen*
USUAL = timedelta(days=30)

VERDICTS: Mapping[str, tuple[Label, str]] = {
    Verdict.KEPT: (gettext_lazy("按时"), "good"),
    Verdict.LATE: (gettext_lazy("超时"), "bad"),
    Verdict.OPEN: (gettext_lazy("未到期"), "ok"),
}


# A browser's own date field reads this format alone, whatever the language.
DAY = forms.DateInput({"type": "date"}, format="%Y-%m-%d")


class WhatIfForm(forms.Form):
    """The period, whose clocks, and what is supposed of them."""

    since = forms.DateField(label=gettext_lazy("起日"), widget=DAY)
    until = forms.DateField(label=gettext_lazy("止日（含）"), widget=DAY)
    area = forms.ChoiceField(label=gettext_lazy("片区"), required=False)
    promise = forms.ChoiceField(label=gettext_lazy("承诺"), required=False)
    amount = forms.DecimalField(
        label=gettext_lazy("改为时限"), required=False, max_digits=8, decimal_places=2
    )
    unit = forms.ChoiceField(
        label=pgettext_lazy("limit", "单位"), required=False, choices=[("", "—"), *Unit.choices]
    )
    calendar = forms.ChoiceField(label=gettext_lazy("改用日历"), required=False)
    dropped = forms.MultipleChoiceField(
        label=gettext_lazy("不再停表的原因"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, user: User, rules: Policy, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        calendars = WorkCalendar.objects.order_by("code").values_list("code", "name")
        pausing = [r for (use, _code), r in rules.reasons.items() if use == Reason.Use.PAUSE]
        everything = [("", _("全部"))]
        self.fields["area"].choices = everything + area_choices(user, rules)
        self.fields["promise"].choices = everything + promise_choices(rules)
        self.fields["calendar"].choices = [("", _("不变")), *calendars]
        self.fields["dropped"].choices = [(each.code, each.label) for each in pausing]


def promise_choices(rules: Policy) -> list[Choice]:
    """Each code, and under it the promises that share it as code:name."""
    choices: list[Choice] = []
    for code in dict.fromkeys(code for _kind, code in rules.promises):
        choices.append((code, PROMISE_WORDS.get(code, code)))
        rows = [row for (_k, each), rows in rules.promises.items() if each == code for row in rows]
        choices += [(f"{code}:{name}", INDENT + name) for name in dict.fromkeys(map(str, rows))]
    return choices


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a comparison: as it was, as it would have been."""

    name: Label
    compared: Compared

    @property
    def before(self) -> str:
        return in_per_cent(self.compared.before.share)

    @property
    def after(self) -> str:
        return in_per_cent(self.compared.after.share)

    @property
    def tone(self) -> str:
        """Of the supposed bar: whether it would be better or worse."""
        was, would = self.compared.before.share, self.compared.after.share
        if was is None or would is None or was == would:
            return "ok"
        return "good" if would > was else "bad"


@require_safe
@desk_only
def what_if(request: HttpRequest) -> HttpResponse:
    if request.user.role not in ALLOWED:
        raise NotAllowed
    rules, query = policies.current(), request.GET
    asked = "since" in query or "until" in query
    form = WhatIfForm(
        query if asked else None, initial=usual(request.now), user=request.user, rules=rules
    )
    context: dict[str, Any] = {"form": form, "asked": asked, "most": whatif.MOST_CLOCKS}
    if asked and form.is_valid():
        try:
            context |= found(request, form.cleaned_data, rules)
        except Invalid as refusal:
            for name, message in refusal.fields.items():
                form.add_error(name, message)
    status = 400 if asked and form.errors else 200
    return render(request, "web/what_if.html", context, status=status)


def usual(now: datetime) -> dict[str, Any]:
    yesterday = timezone.localdate(now) - timedelta(days=1)
    return {"since": yesterday - USUAL + timedelta(days=1), "until": yesterday}


def found(request: HttpRequest, asked: Mapping[str, Any], rules: Policy) -> dict[str, Any]:
    """What the page shows of the outcome. Raises Invalid as `whatif` does."""
    supposed = supposed_by(asked, rules)
    clocks = Clock.objects.visible_to(request.user)
    if asked["area"]:
        under = areas_under(asked["area"], rules)
        clocks = clocks if under is None else clocks.filter(area__in=under)
    if supposed.code:
        clocks = clocks.filter(code=supposed.code)
    if supposed.name:
        clocks = clocks.filter(name=supposed.name)
    since, until = whatif.period(asked["since"], asked["until"])
    number = _number(request.GET.get("page", ""))
    places = range((number - 1) * PAGE_ROWS, number * PAGE_ROWS)
    outcome = whatif.replay(clocks, since, until, supposed, rules, request.now, places=places)
    pages = Paginator(range(outcome.changed_count), PAGE_ROWS)
    if number > pages.num_pages:
        raise NotFound(_("没有这一页，结果可能已有变化。"))
    page = pages.page(number)
    return {
        "outcome": outcome,
        "total": Row(_("合计"), outcome.total),
        "tables": tables(outcome, rules),
        "supposed": in_words(supposed, asked, rules),
        "is_nothing": supposed.is_nothing,
        "lines": [line(each, rules, request.now) for each in outcome.changed],
        "page": page,
        "newer": _page(request, page.number - 1) if page.has_previous() else "",
        "older": _page(request, page.number + 1) if page.has_next() else "",
    }


def _number(text: str) -> int:
    """Which page; the first unless the address names one."""
    return max(1, int(text)) if text.isdecimal() and len(text) < 6 else 1


def _page(request: HttpRequest, number: int) -> str:
    return paging.link(request.GET, page=str(number))


def supposed_by(asked: Mapping[str, Any], rules: Policy) -> Supposed:
    code, _colon, name = asked["promise"].partition(":")
    calendar = WorkCalendar.objects.filter(code=asked["calendar"]).values_list("pk", flat=True)
    return whatif.suppose(
        rules,
        promise=code,
        name=name,
        amount=asked["amount"],
        unit=asked["unit"],
        calendar_id=calendar.first() if asked["calendar"] else None,
        dropped=asked["dropped"],
    )


def tables(outcome: Outcome, rules: Policy) -> list[tuple[str, list[Row]]]:
    """By area in the order of their codes, by promise in the order of the rules."""
    areas = sorted(outcome.areas, key=lambda key: rules.areas[key].code)
    codes = dict.fromkeys(code for _kind, code in rules.promises)
    promises = [code for code in codes if code in outcome.promises]
    # A promise that is gone still has clocks.
    promises += [code for code in outcome.promises if code not in codes]
    return [
        (_("片区"), [Row(rules.areas[key].name, outcome.areas[key]) for key in areas]),
        (_("环节"), [Row(PROMISE_WORDS.get(c, c), outcome.promises[c]) for c in promises]),
    ]


def in_words(supposed: Supposed, asked: Mapping[str, Any], rules: Policy) -> list[tuple[str, Any]]:
    """What was asked, for the head of the page and of the paper."""
    area = rules.area_coded(asked["area"])
    days = {"since": asked["since"].isoformat(), "until": asked["until"].isoformat()}
    said: list[tuple[str, Any]] = [(_("期间"), _("%(since)s 至 %(until)s") % days)]
    said.append((_("片区"), area.name if area else _("全部")))
    which = supposed.name or PROMISE_WORDS.get(supposed.code, supposed.code)
    said.append((_("承诺"), which or _("全部")))
    if supposed.limit:
        said.append((_("改为时限"), wording.limit(supposed.limit.amount, supposed.limit.unit)))
    if supposed.calendar_id:
        name = WorkCalendar.objects.values_list("name", flat=True).get(pk=supposed.calendar_id)
        said.append((_("改用日历"), name))
    if supposed.dropped:
        reasons = [rules.reason(Reason.Use.PAUSE, code) for code in sorted(supposed.dropped)]
        said.append((_("不再停表的原因"), "、".join(reasons)))
    return said


def line(changed: Changed, rules: Policy, now: datetime) -> dict[str, Any]:
    """One changed case as the table shows it."""
    clock = changed.clock
    missed = changed.missed_by(now)
    by = ""
    if missed is not None:
        parts = {"time": wording.duration(missed)}
        by = _("超 %(time)s") % parts if missed > timedelta() else _("余 %(time)s") % parts
    return {
        "number": clock.number,
        "name": clock.name,
        "area": rules.areas[clock.area_id].name,
        "before": VERDICTS[changed.before],
        "after": VERDICTS[changed.after],
        "due_before": clock.due_at,
        "due_after": changed.due_after,
        "by": by,
    }


def in_per_cent(share: float | None) -> str:
    return "—" if share is None else f"{share:g}%"
