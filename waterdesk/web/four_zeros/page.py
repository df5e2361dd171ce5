"""/desk/four-zeros/: 四零达标率 by area, service and month, for leads and supervisors.

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

from applications.burdens import figures
from applications.burdens.figures import Asked, Narrowed, Result, Summary, Tally
from applications.models import KIND, EndedDay
from waterdesk.core.flow import Label
from waterdesk.core.policy import Policy
from waterdesk.web import periods
from waterdesk.web.access import desk_only
from waterdesk.web.filters import Choice
from waterdesk.web.periods import Links, Narrowing, Number, PeriodForm
from waterdesk.web.what_if import DAY, in_per_cent

RESULTS: Mapping[Result, Label] = {
    Result.DONE: gettext_lazy("办成"),
    Result.MET: gettext_lazy("达标"),
    Result.MISSED: gettext_lazy("未达标"),
    Result.TRIPS: gettext_lazy("有跑腿"),
    Result.DOCUMENTS: gettext_lazy("有资料"),
    Result.APPROVALS: gettext_lazy("有审批"),
    Result.FEES: gettext_lazy("有费用"),
    Result.APART: gettext_lazy("未办成但有负担"),
}
COLUMNS = (Result.DONE, Result.MET, Result.TRIPS, Result.DOCUMENTS, Result.APPROVALS, Result.FEES)
MONTHS = 12  # what is looked at first, this one among them. *chosen*: longer cannot be asked


class EndedForm(PeriodForm):
    """Ended from when to when, where, and what was asked for."""

    since = forms.DateField(label=gettext_lazy("办结起日"), widget=DAY)
    until = forms.DateField(label=gettext_lazy("办结止日（含）"), widget=DAY)
    service = forms.ChoiceField(label=gettext_lazy("服务"), required=False)

    def __init__(self, *args: Any, rules: Policy, **kwargs: Any) -> None:
        super().__init__(*args, rules=rules, **kwargs)
        self.choose("service", service_choices(rules))

    def asked(self, rules: Policy) -> Asked:
        """What a valid form asks for."""
        given = self.cleaned_data
        return Asked(given["since"], given["until"], self.areas(rules), given["service"])


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table; `bar` is its share as a whole per cent."""

    name: Label
    numbers: list[tuple[Label, Number]]
    share: str
    bar: int


@require_safe
@desk_only
def four_zeros(request: HttpRequest) -> HttpResponse:
    form, rules = read(request)
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        days = EndedDay.objects.visible_to(request.user)
        summary = figures.count(days, form.asked(rules))
        context |= shown(summary, Links("four-zero-list", form.address()), rules) | {
            "said": said(form, rules)
        }
    status = 400 if form.errors else 200
    return render(request, "web/four_zeros.html", context, status=status)


def service_choices(rules: Policy) -> list[Choice]:
    return [(code, row.name) for (kind, code), row in rules.subjects.items() if kind == KIND]


def read(request: HttpRequest) -> tuple[EndedForm, Policy]:
    """The form as asked, or of the last months. Raises NotAllowed for whoever judges nothing."""
    return periods.read(request, EndedForm, MONTHS)


def said(form: EndedForm, rules: Policy) -> list[tuple[str, Any]]:
    """What a valid form asks for, in words."""
    return form.said(_("办结"), rules)


def shown(summary: Summary, links: Links, rules: Policy) -> dict[str, Any]:
    """What the page shows of a summary."""
    total = summary.total
    return {
        "total": row(_("合计"), total, links),
        "anything": total.done or total.apart,
        "missed": links.to(total.missed, result=Result.MISSED),
        "apart": links.to(total.apart, result=Result.APART),
        "tables": tables(summary, links, rules),
    }


def tables(summary: Summary, links: Links, rules: Policy) -> list[tuple[str, list[Row]]]:
    """By month, the newest first; by area in the order of their codes; by service as listed."""
    known = [code for code, _name in service_choices(rules)]
    services = sorted(summary.services, key=lambda code: (code not in known, code))
    areas = sorted(summary.areas, key=lambda key: rules.areas[key].code)
    by_month = [
        row(f"{month:%Y-%m}", summary.months[month], links, month=f"{month:%Y-%m}")
        for month in sorted(summary.months, reverse=True)
    ]
    by_area = [
        row(rules.areas[key].name, summary.areas[key], links, at=rules.areas[key].code)
        for key in areas
    ]
    by_service = [
        row(rules.subject(KIND, code), summary.services[code], links, of=code) for code in services
    ]
    return [(_("月份"), by_month), (_("片区"), by_area), (_("服务"), by_service)]


def row(name: Label, tally: Tally, links: Links, **which: str) -> Row:
    numbers = [
        (RESULTS[each], links.to(getattr(tally, each), result=each, **which)) for each in COLUMNS
    ]
    return Row(name, numbers, in_per_cent(tally.share), int(tally.share or 0))


def narrowed(query: QueryDict, rules: Policy) -> Narrowed:
    """Which figure the list is of."""
    of = Narrowing(query, rules)
    return Narrowed(
        result=of.one_of("result", Result),
        area=of.area(),
        service=of.code("of"),
        month=of.month(),
    )
