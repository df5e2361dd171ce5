"""/desk/follow-up/: whom to call back, the longest waiting first, and the sheet of one call."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from waterdesk.core import after, door, wording
from waterdesk.core import policy as policies
from waterdesk.core.after.rows import RESULTS
from waterdesk.core.errors import DeskError, NotAllowed, NotFound
from waterdesk.core.flow import status_of
from waterdesk.core.lists import Column, Listing
from waterdesk.core.models.after import Aftercare
from waterdesk.core.models.cases import Case
from waterdesk.core.policy import Policy
from waterdesk.web import paging
from waterdesk.web.access import desk_only, find
from waterdesk.web.cases import kind_choices
from waterdesk.web.filters import Choice, area_choices, areas_under, chosen

PAGE_ROWS = 30
MOST_COUNTED = 1000
STANDS: list[Choice] = [
    ("later", gettext_lazy("约定以后再打")),
    ("mine", gettext_lazy("我领取的")),
    ("over", gettext_lazy("超过回访期限")),
    ("done", gettext_lazy("已回访")),
]
FILTERS = ("stand", "kind", "area")


class CallForm(forms.Form):
    """What came of a call. The door refuses what does not fit; the form keeps what was typed."""

    call = forms.ChoiceField(label=gettext_lazy("回访结果"), choices=RESULTS)
    value = forms.ChoiceField(
        label=gettext_lazy("客户评分"), choices=after.VALUES[::-1], required=False
    )
    reasons = forms.MultipleChoiceField(label=gettext_lazy("原因"), required=False)
    words = forms.CharField(
        label=gettext_lazy("客户原话"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    when = forms.CharField(
        label=gettext_lazy("约定时间"),
        required=False,
        help_text=gettext_lazy("选择“约定时间再打”时填写，30 天之内。"),
        widget=forms.TextInput(attrs={"type": "datetime-local"}),
    )

    def __init__(self, *args: Any, rules: Policy, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("call", "value"):
            field = self.fields[name]
            field.widget = forms.RadioSelect(choices=field.choices)
        self.fields["reasons"].widget = forms.CheckboxSelectMultiple()
        self.fields["reasons"].choices = [
            (row.code, row.label) for pleased in (False, True) for row in reasons(rules, pleased)
        ]

    def changes(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if value}


def reasons(rules: Policy, pleased: bool) -> list[Any]:
    """The reasons to choose from for 4–5, or for 1–3, in the order of the list."""
    rows = [row for (use, _code), row in rules.reasons.items() if use == after.RATING]
    return sorted((row for row in rows if row.pleased == pleased), key=lambda row: row.position)


@require_safe
@desk_only
def calls(request: HttpRequest) -> HttpResponse:
    _callers_only(request)
    rules, query = policies.current(), request.GET
    rows = narrowed(Aftercare.objects.visible_to(request.user), request, rules)
    rows = rows.select_related("case", "taken_by")
    if LISTING.asked(request):
        return LISTING.answer(request, rows.order_by("due_at", "id"))
    page = paging.by_due(rows, query, PAGE_ROWS)
    context = {
        "lines": [line(row, request, rules) for row in page.rows],
        "count": paging.in_words(paging.capped(rows, MOST_COUNTED), MOST_COUNTED),
        "filters": filters(request, query, rules),
        "is_filtered": any(query.get(name) for name in FILTERS),
        "older": paging.link(query, after=page.after) if page.after else "",
        "newer": paging.link(query, after="") if query.get("after") else "",
        "days": rules.utility.days_to_call,
        "kept": _kept(query),
        "now": request.now,
    }
    return render(request, "web/after/calls.html", context | LISTING.offer(request))


def narrowed(rows: QuerySet[Aftercare], request: HttpRequest, rules: Policy) -> QuerySet[Aftercare]:
    """The calls that meet every filter in the address: without one, those that are due now."""
    query, now = request.GET, request.now
    match chosen(query, "stand", STANDS):
        case "later":
            rows = rows.waiting().filter(due_at__gt=now)
        case "mine":
            rows = rows.waiting().filter(taken_by=request.user, taken_until__gt=now)
        case "over":
            rows = rows.waiting().filter(done_at__lt=now - _limit(rules))
        case "done":
            rows = rows.filter(called_at__isnull=False)
        case _:
            rows = rows.waiting().filter(due_at__lte=now)
    if kind := chosen(query, "kind", kind_choices()):
        rows = rows.filter(case__kind=kind)
    if area := chosen(query, "area", area_choices(request.user, rules)):
        under = areas_under(area, rules)
        rows = rows if under is None else rows.filter(case__area__in=under)
    return rows


def filters(request: HttpRequest, query: QueryDict, rules: Policy) -> list[dict[str, Any]]:
    offered: dict[str, tuple[Any, list[Choice], Any]] = {
        "stand": (_("进展"), STANDS, _("现在要打")),
        "kind": (_("类型"), kind_choices(), ""),
        "area": (_("片区"), area_choices(request.user, rules), ""),
    }
    return [
        {
            "name": name,
            "label": label,
            "choices": choices,
            "value": chosen(query, name, choices),
            "none": none,
        }
        for name, (label, choices, none) in offered.items()
    ]


def line(row: Aftercare, request: HttpRequest, rules: Policy) -> dict[str, Any]:
    """One call in words; `taken` names who is calling just now."""
    case = row.case
    taken = row.taken_by_id is not None and row.taken_until > request.now
    return {
        "row": row,
        "case": case,
        "subject": rules.subject(case.kind, case.subject),
        "area": rules.areas[case.area_id].name,
        "waits": row.call == Aftercare.Call.WAITING,
        "taken": row.taken_by if taken else None,
        "mine": taken and row.taken_by_id == request.user.pk,
        "over": row.call == Aftercare.Call.WAITING and row.done_at < request.now - _limit(rules),
    }


def _lines(rows: list[Aftercare], request: HttpRequest) -> list[dict[str, Any]]:
    rules = policies.current()
    return [line(row, request, rules) for row in rows]


LISTING = Listing(
    "follow-up",
    (
        Column(gettext_lazy("办件"), lambda told: told["case"].number),
        Column(gettext_lazy("事项"), lambda told: told["subject"]),
        Column(gettext_lazy("片区"), lambda told: told["area"]),
        Column(gettext_lazy("客户"), lambda told: told["case"].name),
        Column(gettext_lazy("联系电话"), lambda told: told["case"].phone, wording.mask_phone),
        Column(gettext_lazy("办好时间"), lambda told: told["row"].done_at),
        Column(gettext_lazy("回访时间"), lambda told: told["row"].due_at),
        Column(gettext_lazy("未接通次数"), lambda told: told["row"].attempts),
        Column(gettext_lazy("回访"), lambda told: told["row"].get_call_display()),
        Column(gettext_lazy("回访完成时间"), lambda told: told["row"].called_at),
        Column(gettext_lazy("超过回访期限"), lambda told: told["over"]),
    ),
    _lines,
    lambda told: told["case"].number,
)


@require_POST
@desk_only
def take(request: HttpRequest, number: str) -> HttpResponse:
    """Take a call, and come to its sheet; when somebody else has it, back to the list."""
    kept = _kept(request.POST)
    try:
        door.move(number, after.TAKE, actor=request.user, at=request.now)
    except NotAllowed:
        raise
    except DeskError as refusal:
        messages.error(request, str(refusal.message))
        return redirect(f"{reverse('follow-up')}{kept}")
    return redirect(f"{reverse('follow-up-call', args=[number])}{kept}")


@require_http_methods(["GET", "HEAD", "POST"])
@desk_only
def call(request: HttpRequest, number: str) -> HttpResponse:
    """The sheet of one call: whom, what to ask, and what came of it."""
    _callers_only(request)
    rules, case = policies.current(), find(request, number)
    row = after.row_of(case)
    if row is None:
        raise NotFound
    form = CallForm(request.POST or None, rules=rules)
    status = 200
    if request.method == "POST":
        refusal = _made(request, number, form)
        if refusal is None:
            messages.success(request, _("回访已记录。"))
            return redirect(f"{reverse('follow-up')}{_kept(request.GET)}")
        status = refusal
    return render(request, "web/after/call.html", _sheet(request, case, form, rules), status=status)


def _made(request: HttpRequest, number: str, form: CallForm) -> int | None:
    """Record the call; None when done, else the status of the refusal, which the form shows."""
    if not form.is_valid():
        return 400
    try:
        door.move(number, after.CALL, actor=request.user, at=request.now, changes=form.changes())
    except NotAllowed:
        raise
    except DeskError as refusal:
        for name, message in (refusal.fields or {None: refusal.message}).items():
            form.add_error(name, str(message))
        return refusal.status
    return None


def _sheet(request: HttpRequest, case: Case, form: CallForm, rules: Policy) -> dict[str, Any]:
    row = after.row_of(find(request, case.number))
    return {
        **line(row, request, rules),
        "form": form,
        "status": status_of(case),
        "ask": what_to_ask(case, rules),
        "bad_reasons": _boxes(form, rules, pleased=False),
        "good_reasons": _boxes(form, rules, pleased=True),
        "tries": rules.utility.calls_to_try,
        "result": getattr(case, "result", ""),
        "back": f"{reverse('follow-up')}{_kept(request.GET)}",
        "now": request.now,
    }


def _boxes(form: CallForm, rules: Policy, *, pleased: bool) -> list[dict[str, Any]]:
    ticked = set(form["reasons"].value() or [])
    return [
        {"code": row.code, "label": row.label, "ticked": row.code in ticked}
        for row in reasons(rules, pleased)
    ]


def what_to_ask(case: Case, rules: Policy) -> str:
    """The utility's words for this subject, or for the category above it."""
    for code in (case.subject, case.subject.partition(".")[0]):
        row = rules.subjects.get((case.kind, code))
        if row is not None and row.ask:
            return row.ask
    return _("问题解决了吗？对我们的服务打几分，为什么？")


def _limit(rules: Policy) -> timedelta:
    return timedelta(days=rules.utility.days_to_call)


def _kept(query: QueryDict) -> str:
    """The filters of the list, so that one comes back to the same place."""
    kept = QueryDict(mutable=True)
    for name in FILTERS:
        if query.get(name):
            kept[name] = query[name]
    return f"?{kept.urlencode()}" if kept else ""


def _callers_only(request: HttpRequest) -> None:
    if request.user.role not in after.CALLERS:
        raise NotAllowed
