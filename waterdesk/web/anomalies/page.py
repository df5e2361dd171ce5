"""/desk/oversight/anomalies/: what the rules found, who has looked, and looking anew."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from notifications import nudge
from waterdesk.core import policy as policies
from waterdesk.core.anomalies import searching
from waterdesk.core.anomalies.rule import known
from waterdesk.core.errors import DeskError, NotAllowed, NotFound
from waterdesk.core.lists import Column, Listing
from waterdesk.core.models.anomalies import WORDS_LENGTH, Anomaly, AnomalyRule, AnomalyRun
from waterdesk.core.models.cases import Case
from waterdesk.core.models.people import Role
from waterdesk.core.tasks import find_anomalies
from waterdesk.web import paging
from waterdesk.web.access import desk_only
from waterdesk.web.anomalies import words
from waterdesk.web.filters import Choice, area_choices, areas_under, chosen

if TYPE_CHECKING:
    from waterdesk.core.models.people import User
    from waterdesk.core.policy import Policy

PAGE_ROWS = 50
MOST_COUNTED = 1000
STANDS: list[Choice] = [("new", gettext_lazy("未查看")), ("looked", gettext_lazy("已查看"))]


@dataclass(frozen=True, slots=True)
class Line:
    """One finding as the list shows it; `url` leads to its event, "" where it is about a person."""

    row: Anomaly
    label: str
    said: str
    area: str
    url: str
    person_url: str
    cases: list[tuple[str, str]]


@require_safe
@desk_only
def listed(request: HttpRequest) -> HttpResponseBase:
    if LISTING.asked(request):
        searching.may_look(request.user)
        return LISTING.answer(request, _found(request).order_by("-id"))
    return _page(request)


@require_POST
@desk_only
def look(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what a finding was; a refusal comes back with the list, and with what was typed."""
    try:
        searching.look(pk, request.POST.get("words", ""), by=request.user, at=request.now)
    except (NotAllowed, NotFound):
        raise
    except DeskError as refusal:
        return _page(request, pk, refusal)
    messages.success(request, _("已记下查看结论。"))
    return redirect(f"{reverse('anomalies')}{_query(request.GET)}")


@require_POST
@desk_only
def search(request: HttpRequest) -> HttpResponse:
    """Have the worker look; while it does, asking again leads to the same page."""
    days = request.POST.get("days", "")
    row = searching.ask(int(days) if days.isascii() and days.isdigit() else 0, by=request.user,
                        at=request.now)  # fmt: skip
    nudge.nudge(find_anomalies)
    return redirect("anomaly-run", row.pk)


@require_safe
@desk_only
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """How far one look is; for htmx that part alone."""
    searching.may_look(request.user)
    row = AnomalyRun.objects.filter(Q(by=request.user) | Q(by=None), pk=pk).first()
    if row is None:
        raise NotFound
    context = {
        "run": row,
        "share": row.done * 100 // row.total if row.total else 0,
        "failed": [words.label_of(code) for code in row.failed],
    }
    template = "web/anomalies/_run.html" if request.htmx else "web/anomalies/run.html"
    return render(request, template, context)


@require_safe
@desk_only
def rules(request: HttpRequest) -> HttpResponse:
    """Every rule in plain words, with its limits, and how much it found."""
    searching.may_look(request.user)
    found = Anomaly.objects.visible_to(request.user).order_by().values("rule")
    counts = found.annotate(all=Count("pk"), new=Count("pk", filter=Q(looked_at=None)))
    by_rule = {each["rule"]: each for each in counts}
    shown = []
    for row in AnomalyRule.objects.filter(code__in=known()):
        rule = known()[row.code]
        limits = rule.filled(row.limits)
        shown.append(
            {
                "row": row,
                "told": words.told(rule, limits),
                "limits": [(limit.label, limits[limit.name]) for limit in rule.limits],
                "found": by_rule.get(row.code, {"all": 0, "new": 0}),
                "edit": reverse("admin:core_anomalyrule_change", args=[row.pk])
                if request.user.role == Role.ADMIN
                else "",
            }
        )
    return render(request, "web/anomalies/rules.html", {"rules": shown})


def _page(
    request: HttpRequest, refused: int | None = None, refusal: DeskError | None = None
) -> HttpResponse:
    searching.may_look(request.user)
    now_in_force, query = policies.current(), request.GET
    found = _found(request)
    page = paging.by_id(found, query, PAGE_ROWS)
    runs = AnomalyRun.objects.filter(Q(by=request.user) | Q(by=None)).order_by("-pk")
    context: dict[str, Any] = {
        "lines": _lines(page.rows, request.user, now_in_force),
        "count": paging.in_words(paging.capped(found, MOST_COUNTED), MOST_COUNTED),
        "filters": filters(request.user, query, now_in_force),
        "is_filtered": any(query.get(name) for name in ("rule", "area", "stand", "person")),
        "after": paging.link(query, after=page.after, before="") if page.after else "",
        "before": paging.link(query, before=page.before, after="") if page.before else "",
        "run": runs.first(),
        "days": [(days, _("最近 %(days)d 天") % {"days": days}) for days in searching.CHOICES],
        "query": _query(query),
        "words_length": WORDS_LENGTH,
        "refused": refused,
        "refusal": refusal,
        "typed": request.POST.get("words", "") if refusal else "",
        "now": request.now,
        **LISTING.offer(request, reverse("anomalies")),
    }
    status = refusal.status if refusal else 200
    return render(request, "web/anomalies/list.html", context, status=status)


def _found(request: HttpRequest) -> QuerySet[Anomaly]:
    rows = Anomaly.objects.visible_to(request.user).select_related("person", "looked_by")
    return narrowed(rows, request.user, request.GET, policies.current())


def narrowed(
    rows: QuerySet[Anomaly], user: User, query: QueryDict, rules: Policy
) -> QuerySet[Anomaly]:
    """What meets every filter in the address; what is no choice is left out."""
    if rule := chosen(query, "rule", rule_choices()):
        rows = rows.filter(rule=rule)
    stand = chosen(query, "stand", STANDS)
    if stand:
        rows = rows.filter(looked_at__isnull=stand == "new")
    if code := chosen(query, "area", area_choices(user, rules)):
        below = areas_under(code, rules)
        rows = rows if below is None else rows.filter(area__in=below)
    if person := query.get("person", ""):
        rows = rows.filter(person__username=person)
    return rows


def rule_choices() -> list[Choice]:
    return [(rule.code, rule.label) for rule in known().values()]


def filters(user: User, query: QueryDict, rules: Policy) -> list[dict[str, Any]]:
    """The drop-downs of the list."""
    choices: dict[str, tuple[Any, list[Choice]]] = {
        "rule": (_("规则"), rule_choices()),
        "stand": (_("查看"), STANDS),
        "area": (_("片区"), area_choices(user, rules)),
    }
    return [
        {"name": name, "label": label, "choices": each, "value": chosen(query, name, each)}
        for name, (label, each) in choices.items()
    ]


def _lines(rows: Any, user: User, rules: Policy) -> list[Line]:
    """The findings of a page; one query tells which of their cases may be opened."""
    named = {row.case for row in rows} | {n for row in rows for n in row.facts.get("cases", ())}
    seen = Case.objects.visible_to(user).filter(number__in=named - {""})
    there = set(seen.values_list("number", flat=True))
    return [
        Line(
            row,
            words.label_of(row.rule),
            words.said(row, rules),
            rules.areas[row.area_id].name,
            _event(row.case, row.seq) if row.case in there else "",
            paging.link(QueryDict(), person=row.person.username) if row.person else "",
            [(n, _event(n, None)) for n in row.facts.get("cases", ()) if n in there],
        )
        for row in rows
    ]


def _event(number: str, seq: int | None) -> str:
    return reverse("case", args=[number]) + (f"#event-{seq}" if seq else "")


def _query(query: QueryDict) -> str:
    """The filters of the list without its place."""
    kept = paging.link(query, after="", before="")
    return "" if kept == "?" else kept


def _told(rows: list[Anomaly], request: HttpRequest) -> list[Line]:
    return _lines(rows, request.user, policies.current())


LISTING = Listing(
    "anomalies",
    (
        Column(gettext_lazy("规则"), lambda line: line.label),
        Column(gettext_lazy("疑点"), lambda line: line.said),
        Column(gettext_lazy("办件"), lambda line: line.row.case if line.url else ""),
        Column(gettext_lazy("人员"), lambda line: line.row.person),
        Column(gettext_lazy("片区"), lambda line: line.area),
        Column(gettext_lazy("时间"), lambda line: line.row.at),
        Column(gettext_lazy("查看人"), lambda line: line.row.looked_by),
        Column(gettext_lazy("查看时间"), lambda line: line.row.looked_at),
        Column(gettext_lazy("查看结论"), lambda line: line.row.words),
    ),
    _told,
)
