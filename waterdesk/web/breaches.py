"""/desk/breaches/: for leads and supervisors, how the promises of a period were kept, and why not.

Everything asked stands in the address; every figure leads to the list of what it counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from waterdesk.core import causes
from waterdesk.core.breaches import CAUSE
from waterdesk.core.causes import Asked, Cause, Group, Narrowed, Result, Standing, Summary, Tally
from waterdesk.core.flow import Label
from waterdesk.core.models.clocks import Clock
from waterdesk.core.policy import Policy
from waterdesk.web import periods
from waterdesk.web.access import desk_only
from waterdesk.web.board import PROMISE_WORDS, kind_choices, promise_choices
from waterdesk.web.periods import Links, Narrowing, Number, PeriodForm
from waterdesk.web.what_if import DAY, in_per_cent

STANDINGS: Mapping[Standing, Label] = {
    Standing.OWED: gettext_lazy("待说明"),
    Standing.GIVEN: gettext_lazy("待认可"),
    Standing.ACCEPTED: gettext_lazy("已认可"),
    Standing.RETURNED: gettext_lazy("已退回"),
}
GROUPS: Mapping[Group, Label] = {
    Group.WITHIN: gettext_lazy("公司控制之内"),
    Group.OUTSIDE: gettext_lazy("公司控制之外"),
    Group.NONE: gettext_lazy("尚未说明原因"),
}
RESULTS: Mapping[Result, Label] = {
    Result.KEPT: gettext_lazy("按时"),
    Result.LATE: gettext_lazy("超时"),
    Result.OURS: gettext_lazy("超时（不含已认可的外部原因）"),
    Result.APART: gettext_lazy("超时（已认可的外部原因）"),
}


class DueForm(PeriodForm):
    """Due from when to when, and whose."""

    since = forms.DateField(label=gettext_lazy("到期起日"), widget=DAY)
    until = forms.DateField(label=gettext_lazy("到期止日（含）"), widget=DAY)
    kind = forms.ChoiceField(label=gettext_lazy("类型"), required=False)
    promise = forms.ChoiceField(label=gettext_lazy("承诺"), required=False)

    def __init__(self, *args: Any, rules: Policy, **kwargs: Any) -> None:
        super().__init__(*args, rules=rules, **kwargs)
        self.choose("kind", kind_choices())
        self.choose("promise", promise_choices(rules))

    def asked(self, rules: Policy) -> Asked:
        """What a valid form asks for."""
        given = self.cleaned_data
        areas = self.areas(rules)
        return Asked(given["since"], given["until"], areas, given["kind"], given["promise"])


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table of causes; `share` is its per cent of all breaches."""

    name: Label
    numbers: list[tuple[Label, Number]]
    total: Number
    share: int


@dataclass(frozen=True, slots=True)
class Kept:
    """One row of the tables by area and by promise."""

    name: Label
    tally: Tally
    numbers: list[tuple[Label, Number]]

    @property
    def share(self) -> str:
        return in_per_cent(self.tally.share)

    @property
    def share_apart(self) -> str:
        return in_per_cent(self.tally.share_apart)


@require_safe
@desk_only
def breaches(request: HttpRequest) -> HttpResponse:
    form, rules = read(request)
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        clocks = Clock.objects.visible_to(request.user)
        asked = form.asked(rules)
        summary = causes.count(clocks, asked, rules, request.now)
        context |= shown(summary, Links("breach-list", form.address()), rules) | {
            "said": said(form, rules),
            "by_default": causes.by_default(causes.decided(clocks, asked, request.now)),
        }
    return render(request, "web/breaches.html", context, status=400 if form.errors else 200)


def read(request: HttpRequest) -> tuple[DueForm, Policy]:
    """The form as asked, or of this month. Raises NotAllowed for whoever judges no explanation."""
    return periods.read(request, DueForm, months=1)


def said(form: DueForm, rules: Policy) -> list[tuple[str, Any]]:
    """What a valid form asks for, in words."""
    return form.said(_("到期"), rules)


def shown(summary: Summary, links: Links, rules: Policy) -> dict[str, Any]:
    """What the page shows of a summary."""
    total = summary.total
    return {
        "total": kept_row(_("合计"), total, links),
        "parts": parts(total),
        "waiting": [
            (STANDINGS[each], links.to(_standing(summary, each), standing=each))
            for each in (Standing.OWED, Standing.RETURNED, Standing.GIVEN)
        ],
        "groups": groups(summary, links, rules),
        "all_late": links.to(total.late, result=Result.LATE),
        "all_standings": [
            (label, links.to(_standing(summary, each), standing=each))
            for each, label in STANDINGS.items()
        ],
        "tables": tables(summary, links, rules),
        "all": links.to(total.due),
    }


def parts(total: Tally) -> list[dict[str, Any]]:
    """The three parts of the picture, from left to right, in per cent of all that fell due."""
    found, x = [], 0.0
    counts = {Result.KEPT: total.kept, Result.OURS: total.ours, Result.APART: total.apart}
    for result, count in counts.items():
        width = count * 100 / total.due if total.due else 0
        part = {"code": str(result), "label": RESULTS[result], "count": count}
        found.append(part | {"x": f"{x:.3f}", "width": f"{width:.3f}"})
        x += width
    return found


def groups(summary: Summary, links: Links, rules: Policy) -> list[tuple[Line, list[Line]]]:
    """Each group's sum and its causes, in the order of the list of causes."""
    places = [code for use, code in rules.reasons if use == CAUSE]
    known = sorted(
        summary.causes.values(),
        key=lambda row: (places.index(row.code) if row.code in places else len(places), row.code),
    )
    found = []
    for group, label in GROUPS.items():
        rows = [row for row in known if row.group == group]
        whole = Cause("", group)
        for row in rows:
            whole.by_standing += row.by_standing
        sum_line = _line(label, whole, summary, links, group=group)
        lines = [
            _line(rules.reason(CAUSE, row.code), row, summary, links, cause=row.code)
            for row in rows
            if row.code
        ]
        found.append((sum_line, lines))
    return found


def _line(name: Label, row: Cause, summary: Summary, links: Links, **which: str) -> Line:
    numbers = [
        (label, links.to(row.by_standing[each], standing=each, **which))
        for each, label in STANDINGS.items()
    ]
    share = row.total * 100 // summary.total.late if summary.total.late else 0
    return Line(name, numbers, links.to(row.total, **which), share)


def tables(summary: Summary, links: Links, rules: Policy) -> list[tuple[str, list[Kept]]]:
    """By area in the order of their codes, by promise in the order of the rules."""
    areas = sorted(summary.areas, key=lambda key: rules.areas[key].code)
    codes = dict.fromkeys(code for _kind, code in rules.promises)
    promises = sorted(summary.promises, key=lambda code: (code not in codes, code))
    by_area = (
        kept_row(rules.areas[key].name, summary.areas[key], links, at=rules.areas[key].code)
        for key in areas
    )
    by_promise = (
        kept_row(PROMISE_WORDS.get(code, code), summary.promises[code], links, promise=code)
        for code in promises
    )
    return [(_("片区"), list(by_area)), (_("承诺"), list(by_promise))]


def kept_row(name: Label, tally: Tally, links: Links, **which: str) -> Kept:
    numbers = [
        (_("到期"), links.to(tally.due, **which)),
        (_("按时"), links.to(tally.kept, result=Result.KEPT, **which)),
        (_("超时"), links.to(tally.late, result=Result.LATE, **which)),
        (_("其中外部"), links.to(tally.apart, result=Result.APART, **which)),
    ]
    return Kept(name, tally, numbers)


def narrowed(query: QueryDict, rules: Policy) -> Narrowed:
    """Which figure the list is of."""
    of = Narrowing(query, rules)
    return Narrowed(
        result=of.one_of("result", Result),
        cause=of.code("cause"),
        group=of.one_of("group", Group),
        standing=of.one_of("standing", Standing),
        area=of.area(),
    )


def _standing(summary: Summary, standing: Standing) -> int:
    return sum(row.by_standing[standing] for row in summary.causes.values())
