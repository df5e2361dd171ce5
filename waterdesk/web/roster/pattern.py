"""/desk/duty/patterns/: recurring shifts: typed, shown first, laid out, mended, withdrawn."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from waterdesk.core import duty
from waterdesk.core import policy as policies
from waterdesk.core.duty import patterns
from waterdesk.core.errors import NotFound
from waterdesk.core.models.people import User
from waterdesk.core.models.rota import Pattern
from waterdesk.core.policy import Policy
from waterdesk.core.wording import WEEKDAYS
from waterdesk.web.access import desk_only
from waterdesk.web.roster import table
from waterdesk.web.roster.common import DAY, attempt, mine, tabs, week_of
from waterdesk.web.roster.forms import PatternForm, WithdrawForm

SHOWN = 14
PATTERNS = 50
STATES = {
    "new": (gettext_lazy("将排班"), "good"),
    "same": (gettext_lazy("已排"), "plain"),
    "past": (gettext_lazy("已过去"), "plain"),
    "clash": (gettext_lazy("冲突"), "bad"),
}


@require_safe
@desk_only
def patterns_page(request: HttpRequest) -> HttpResponse:
    rules = policies.current()
    return _page(request, _form(request, rules), rules)


@require_http_methods(["POST"])
@desk_only
def preview(request: HttpRequest) -> HttpResponse:
    """What the pattern would do; nothing is written."""
    rules = policies.current()
    form = _form(request, rules, request.POST)
    found: list[patterns.Layout] = []

    def act() -> None:
        found.append(patterns.preview(form.pattern(), **_by(request, rules)))

    if status := attempt(form, act):
        return _page(request, form, rules, status)
    return _preview(request, form, found[0], rules)


@require_POST
@desk_only
def apply(request: HttpRequest) -> HttpResponse:
    """Lay out what the preview showed; sent twice, the second finds nothing to do."""
    rules = policies.current()
    form = _form(request, rules, request.POST)
    done: list[int] = []

    def act() -> None:
        skip = form.cleaned_data["clashes"] == "skip"
        seen = request.POST.get("seen", "")
        _row, new = patterns.lay_out(form.pattern(), **_by(request, rules), skip=skip, seen=seen)
        done.append(new)

    if status := attempt(form, act):
        return _page(request, form, rules, status)
    words = ngettext("已排 %(count)d 个班次。", "已排 %(count)d 个班次。", done[0])
    messages.success(request, words % {"count": done[0]})
    return redirect(week_of(max(form.cleaned_data["first"], _today(request))))


@require_http_methods(["GET", "HEAD", "POST"])
@desk_only
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Which shifts would go, from a day on; then, once agreed to, they do."""
    rules = policies.current()
    row = _own(request, pk, rules)
    since = {"since": request.GET.get("since") or max(row.first, _today(request) + DAY)}
    form = WithdrawForm(request.POST if request.method == "POST" else since)
    status, done = 200, []
    if request.method == "POST":

        def act() -> None:
            given = form.cleaned_data
            by = _by(request, rules)
            done.append(patterns.withdraw(pk, given["since"], seen=given["seen"], **by))

        status = attempt(form, act)
    if done:
        words = ngettext("规律已停用，取消 %(count)d 个班次。",
                         "规律已停用，取消 %(count)d 个班次。", done[0])  # fmt: skip
        messages.success(request, words % {"count": done[0]})
        return redirect("duty-patterns")
    day = form.cleaned_data.get("since") if form.is_valid() or status else None
    gone = patterns.to_withdraw(row, day, request.now) if day else []
    context = {
        "tabs": tabs("duty-patterns"),
        "pattern": _line(row, _names([row]), rules, request),
        "form": form,
        "since": day,
        "gone": gone,
        "shown": gone[:SHOWN],
        "can": row.withdrawn_from is None and day is not None,
        "now": request.now,
    }
    return render(request, "web/pattern_withdraw.html", context, status=status or 200)


@require_POST
@desk_only
def lay_anew(request: HttpRequest, pk: int) -> HttpResponse:
    rules = policies.current()
    gone, new, clashes = patterns.lay_anew(pk, **_by(request, rules))
    words = _("已按工作日历重排：取消 %(gone)d 个班次，增加 %(new)d 个。")
    messages.success(request, words % {"gone": gone, "new": new})
    if clashes:
        days = _("、").join(f"{row.wanted.day:%m-%d}" for row in clashes)
        messages.warning(request, _("这些日子有冲突，没有排班：%(days)s。") % {"days": days})
    return redirect("duty")


def _by(request: HttpRequest, rules: Policy) -> dict[str, Any]:
    return {"actor": request.user, "at": request.now, "policy": rules}


def _form(request: HttpRequest, rules: Policy, *given: Any) -> PatternForm:
    initial = {"area": request.user.area_id, "first": _today(request) + DAY}
    return PatternForm(*given, areas=mine(request, rules), rules=rules, initial=initial)


def _page(
    request: HttpRequest, form: PatternForm, rules: Policy, status: int = 200
) -> HttpResponse:
    rows = list(Pattern.objects.filter(area__in=mine(request, rules))[:PATTERNS])
    names = _names(rows)
    context = {
        "tabs": tabs("duty-patterns"),
        "form": form,
        "patterns": [_line(row, names, rules, request) for row in rows],
        "now": request.now,
    }
    return render(request, "web/patterns.html", context, status=status)


def _preview(
    request: HttpRequest, form: PatternForm, layout: patterns.Layout, rules: Policy
) -> HttpResponse:
    days = [row.wanted.day for row in layout.rows]
    heads = table.heads(days, int(form.cleaned_data["area"]), rules, request.now)
    lines = [
        {
            "row": row,
            "head": head,
            "label": STATES[row.state][0],
            "tone": STATES[row.state][1],
            "span": duty.span_of(row.wanted.starts_at, row.wanted.ends_at),
        }
        for row, head in zip(layout.rows, heads, strict=True)
    ]
    refuses = form.cleaned_data["clashes"] == "refuse" and bool(layout.clashes)
    context = {
        "tabs": tabs("duty-patterns"),
        "form": form,
        "layout": layout,
        "lines": lines[:SHOWN],
        "rest": lines[SHOWN:],
        "clashes": [line for line in lines if line["row"].state == "clash"],
        "open_days": stretches(layout.open_days),
        "refuses": refuses,
        "can": bool(layout.new) and not refuses,
        "area": rules.areas[int(form.cleaned_data["area"])],
        "now": request.now,
    }
    return render(request, "web/pattern_preview.html", context)


def stretches(days: Iterable[date]) -> list[str]:
    """Days in a row as one: 11-21 – 11-22, 11-25."""
    found: list[tuple[date, date]] = []
    for day in days:
        if found and day - found[-1][1] == DAY:
            found[-1] = found[-1][0], day
        else:
            found.append((day, day))
    return [f"{a:%m-%d}" if a == b else f"{a:%m-%d} – {b:%m-%d}" for a, b in found]


def _names(rows: list[Pattern]) -> dict[int, User]:
    return User.objects.in_bulk({each for row in rows for each in row.people})


def _line(
    row: Pattern, names: dict[int, User], rules: Policy, request: HttpRequest
) -> dict[str, Any]:
    """A pattern in words."""
    today = _today(request)
    on = [str(row.get_on_display())]
    if row.weekdays:
        on.append(_("、").join(str(WEEKDAYS[each]) for each in sorted(row.weekdays)))
    if row.every > 1:
        on.append(_("每 %(days)d 天一班") % {"days": row.every})
    return {
        "row": row,
        "area": rules.areas[row.area_id],
        "people": [names[each] for each in row.people],
        "times": f"{row.starts:%H:%M}–{row.ends:%H:%M}",
        "on": on,
        "over": row.last < today,
        "withdrawn": row.withdrawn_from,
        "can": row.withdrawn_from is None and row.last >= today,
    }


def _own(request: HttpRequest, pk: int, rules: Policy) -> Pattern:
    row = Pattern.objects.filter(pk=pk, area__in=mine(request, rules)).first()
    if row is None:
        raise NotFound(_("没有这个排班规律。"))
    return row


def _today(request: HttpRequest) -> date:
    return timezone.localtime(request.now).date()
