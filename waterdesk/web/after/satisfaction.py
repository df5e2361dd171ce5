"""/desk/satisfaction/: what customers said in a period, by area, service and month.

Everything asked stands in the address; every figure leads to the list of what it counted.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from waterdesk.core import after
from waterdesk.core import policy as policies
from waterdesk.core.after import figures
from waterdesk.core.after.figures import GRADES, Asked, Summary, Tally
from waterdesk.core.errors import NotAllowed
from waterdesk.core.flow import Label
from waterdesk.core.lists import Column, Listing
from waterdesk.core.models.after import Aftercare
from waterdesk.core.models.people import User
from waterdesk.core.policy import Policy
from waterdesk.web import paging
from waterdesk.web.access import desk_only
from waterdesk.web.cases import kind_choices
from waterdesk.web.filters import area_choices, areas_under
from waterdesk.web.periods import Number
from waterdesk.web.what_if import DAY, in_per_cent

PAGE_ROWS = 50
LONGEST = timedelta(days=366)
# A figure of several grades, as its list is asked for.
SEVERAL = {"pleased": figures.PLEASED, "bad": figures.BAD}


class PeriodForm(forms.Form):
    """Answered from when to when, and whose."""

    since = forms.DateField(label=gettext_lazy("起日"), widget=DAY)
    until = forms.DateField(label=gettext_lazy("止日（含）"), widget=DAY)
    area = forms.ChoiceField(label=gettext_lazy("片区"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("类型"), required=False)

    def __init__(self, *args: Any, user: User, rules: Policy, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        everything = [("", _("全部"))]
        self.fields["area"].choices = everything + area_choices(user, rules)
        self.fields["kind"].choices = everything + kind_choices()

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if "since" in given and "until" in given:
            if given["until"] < given["since"]:
                self.add_error("until", _("止日不能早于起日。"))
            elif given["until"] - given["since"] > LONGEST:
                self.add_error("until", _("期间最长 366 天。"))
        return given

    def asked(self, rules: Policy) -> Asked:
        given = self.cleaned_data
        areas = areas_under(given["area"], rules) if given["area"] else None
        return Asked(given["since"], given["until"], areas, given["kind"])

    def address(self) -> QueryDict:
        """What a valid form says, as parameters of an address."""
        query = QueryDict(mutable=True)
        for name, value in self.cleaned_data.items():
            if value:
                query[name] = value.isoformat() if isinstance(value, date) else value
        return query


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: how many answers, of each grade, and the share of the pleased."""

    name: Label
    numbers: list[tuple[Label, Number]]
    share: str
    average: str


@require_safe
@desk_only
def satisfaction(request: HttpRequest) -> HttpResponse:
    form, rules = read(request)
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        rows, asked = Aftercare.objects.visible_to(request.user), form.asked(rules)
        links = Links(form.address())
        days = rules.utility.days_to_call
        calls = figures.calls(rows, asked, days)
        context |= shown(figures.count(rows, asked), links, rules) | {
            "calls": calls,
            "days": days,
            "in_time": in_per_cent(calls.in_time_share),
            "reached": in_per_cent(calls.reached_share),
        }
    return render(
        request, "web/after/satisfaction.html", context, status=400 if form.errors else 200
    )


@require_safe
@desk_only
def listed(request: HttpRequest) -> HttpResponse:
    """The answers that one figure counted, the newest first."""
    form, rules = read(request)
    if not form.is_valid():
        return render(request, "web/after/answers.html", {"form": form}, status=400)
    found = wanted(request, form, rules)
    found = found.select_related("case", "complaint")
    if LISTING.asked(request):
        return LISTING.answer(request, found.order_by("-pk"))
    page = paging.by_id(found, request.GET, PAGE_ROWS)
    context = {
        "form": form,
        "count": found.count(),
        "lines": [answer(row, rules) for row in page.rows],
        "older": paging.link(request.GET, after=page.after, before="") if page.after else "",
        "newer": paging.link(request.GET, before=page.before, after="") if page.before else "",
        "back": f"{reverse('satisfaction')}?{form.address().urlencode()}",
        "now": request.now,
    }
    return render(request, "web/after/answers.html", context | LISTING.offer(request))


def read(request: HttpRequest) -> tuple[PeriodForm, Policy]:
    """The form as asked, or of this year so far. Raises NotAllowed for whoever calls nobody."""
    if request.user.role not in after.CALLERS:
        raise NotAllowed
    rules, query = policies.current(), request.GET.copy()
    if "since" not in query and "until" not in query:
        today = timezone.localdate(request.now)
        query["since"], query["until"] = today.replace(day=1, month=1).isoformat(), str(today)
    return PeriodForm(query, user=request.user, rules=rules), rules


def wanted(request: HttpRequest, form: PeriodForm, rules: Policy) -> QuerySet[Aftercare]:
    """The answers of the period, narrowed to those of one figure; unknown words are left out."""
    query = request.GET
    rows = figures.answers(Aftercare.objects.visible_to(request.user), form.asked(rules))
    if area := rules.area_coded(query.get("at", "")):
        rows = rows.filter(case__area=area.pk)
    kind, dot, subject = query.get("subject", "")[:80].partition(":")
    if dot:
        rows = rows.filter(case__kind=kind, case__subject=subject)
    if first := _month(query.get("month", "")):
        after_it = (first + timedelta(days=31)).replace(day=1)
        asked = Asked(first, after_it - timedelta(days=1))
        rows = figures.answers(rows, asked)
    grade = query.get("grade", "")
    if grade in SEVERAL:
        rows = rows.filter(value__in=SEVERAL[grade])
    elif grade in map(str, GRADES):
        rows = rows.filter(value=int(grade))
    return rows


def answer(row: Aftercare, rules: Policy) -> dict[str, Any]:
    case = row.case
    return {
        "row": row,
        "case": case,
        "subject": rules.subject(case.kind, case.subject),
        "area": rules.areas[case.area_id].name,
        "grade": dict(after.VALUES)[str(row.value)],
        "tone": "bad" if row.value in figures.BAD else "good" if row.value >= 4 else "warn",
        "reasons": [rules.reason(after.RATING, code) for code in row.reasons],
    }


def _lines(rows: list[Aftercare], request: HttpRequest) -> list[dict[str, Any]]:
    rules = policies.current()
    return [answer(row, rules) for row in rows]


LISTING = Listing(
    "satisfaction",
    (
        Column(gettext_lazy("办件"), lambda told: told["case"].number),
        Column(gettext_lazy("事项"), lambda told: told["subject"]),
        Column(gettext_lazy("片区"), lambda told: told["area"]),
        Column(gettext_lazy("评分"), lambda told: told["row"].value),
        Column(gettext_lazy("评价"), lambda told: told["grade"]),
        Column(gettext_lazy("评价原因"), lambda told: _("；").join(told["reasons"])),
        Column(gettext_lazy("客户原话"), lambda told: told["row"].words),
        Column(gettext_lazy("评价方式"), lambda told: told["row"].get_rated_by_display()),
        Column(gettext_lazy("评价时间"), lambda told: told["row"].rated_at),
        Column(gettext_lazy("投诉"), lambda told: getattr(told["row"].complaint, "number", "")),
    ),
    _lines,
)


class Links:
    """Addresses of the list, narrowed to what one figure counts."""

    def __init__(self, query: QueryDict) -> None:
        self.query, self.url = query, reverse("satisfaction-list")

    def to(self, count: int, **narrowed: str) -> Number:
        query = self.query.copy()
        for name, value in narrowed.items():
            query[name] = value
        return Number(count, f"{self.url}?{query.urlencode()}" if count else "")


def shown(summary: Summary, links: Links, rules: Policy) -> dict[str, Any]:
    areas = sorted(summary.areas, key=lambda key: rules.areas[key].code)
    subjects = sorted(summary.subjects, key=lambda key: (key not in rules.subjects, key))
    by_area = (
        _row(rules.areas[key].name, summary.areas[key], links, at=rules.areas[key].code)
        for key in areas
    )
    by_subject = (
        _row(rules.subject(*key), summary.subjects[key], links, subject=":".join(key))
        for key in subjects
    )
    by_month = (
        _row(f"{key:%Y-%m}", summary.months[key], links, month=f"{key:%Y-%m}")
        for key in sorted(summary.months)
    )
    total = summary.total
    return {
        "total": _row(_("合计"), total, links),
        "all": links.to(total.count),
        "bad": links.to(total.bad, grade="bad"),
        "tables": [
            (_("片区"), list(by_area)),
            (_("服务事项"), list(by_subject)),
            (_("月份"), list(by_month)),
        ],
    }


def _row(name: Label, tally: Tally, links: Links, **which: str) -> Row:
    numbers = [(_("评价"), links.to(tally.count, **which)), *_grades(tally, links, which)]
    average = "—" if tally.average is None else f"{tally.average:.2f}"
    return Row(name, numbers, in_per_cent(tally.share), average)


def _grades(tally: Tally, links: Links, which: dict[str, str]) -> Iterable[tuple[Label, Number]]:
    for grade in reversed(GRADES):
        label = _("%(grade)d 分") % {"grade": grade}
        yield label, links.to(tally.grades[grade], grade=str(grade), **which)


def _month(text: str) -> date | None:
    try:
        return date.fromisoformat(f"{text}-01") if len(text) == 7 else None
    except ValueError:
        return None
