"""/desk/knowledge/: the articles, one of them with its versions, writing one, searching."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tickets.desk_views import articles_for, for_dispatchers
from tickets.flow import KIND
from tickets.knowledge import index, saving, unfound
from tickets.knowledge.access import editors, may_edit, readers
from tickets.knowledge.following import SEND
from tickets.knowledge.forms import ArticleForm, NarrowForm, SendForm
from tickets.models import Article, Unfound
from waterdesk.core import door, policy
from waterdesk.core.errors import DeskError
from waterdesk.core.flow import DISPATCH
from waterdesk.core.lists import Column, Listing
from waterdesk.core.policy import Policy

VERSIONS_SHOWN = 20
# An utility has some hundreds of articles; whoever wants more narrows the list. *chosen*
MOST_ROWS = 200


@require_safe
@readers
def listed(request: HttpRequest) -> HttpResponse:
    """The articles by code, or those that are found, best first."""
    form, today = NarrowForm(request.GET), timezone.localdate(request.now)
    if not form.is_valid():
        return render(request, "tickets/knowledge/list.html", {"form": form}, status=400)
    rows = form.narrow(Article.objects.all(), today).select_related("owner")
    rows = rows.annotate(used=Count("uses")).order_by("code")
    asked = form.cleaned_data["q"]
    if LISTING.asked(request):
        return LISTING.answer(request, _in_order_of(rows, asked, request) if asked else rows)
    shown = _in_order_of(rows, asked, request) if asked else list(rows[:MOST_ROWS])
    context = {
        "form": form,
        "lines": _lines(shown, request),
        "asked": asked,
        "review": Article.objects.to_review(today).count(),
        "missing": Unfound.objects.filter(state=Unfound.State.OPEN).count(),
        "may_edit": may_edit(request.user),
        "narrowed": any(form.cleaned_data.values()),
    }
    return render(request, "tickets/knowledge/list.html", context | LISTING.offer(request))


def _lines(articles: list[Article], request: HttpRequest) -> list[dict[str, Any]]:
    rules = policy.current()
    return [line(article, rules, request) for article in articles]


LISTING = Listing(
    "knowledge",
    (
        Column(gettext_lazy("编号"), lambda told: told["article"].code),
        Column(gettext_lazy("标题"), lambda told: told["article"].title),
        Column(gettext_lazy("答复"), lambda told: told["article"].short),
        Column(gettext_lazy("适用事项"), lambda told: _("、").join(told["subjects"])),
        Column(gettext_lazy("生效日期"), lambda told: told["article"].valid_from),
        Column(gettext_lazy("失效日期"), lambda told: told["article"].valid_until),
        Column(gettext_lazy("复核日期"), lambda told: told["article"].reviewed_on),
        Column(gettext_lazy("负责人"), lambda told: told["article"].owner),
        Column(gettext_lazy("使用次数"), lambda told: told["article"].used),
        Column(gettext_lazy("版本"), lambda told: told["article"].version),
    ),
    _lines,
)
MISSING = Listing(
    "knowledge-missing",
    (
        Column(gettext_lazy("问的是"), lambda row: row.asked),
        Column(gettext_lazy("次数"), lambda row: row.times),
        Column(gettext_lazy("首次"), lambda row: row.first_at),
        Column(gettext_lazy("最近"), lambda row: row.last_at),
    ),
)


def _in_order_of(rows: QuerySet[Article], asked: str, request: HttpRequest) -> list[Article]:
    today = timezone.localdate(request.now)
    found = index.search(asked, today, ended=True, most=MOST_ROWS)
    places = {article.pk: place for place, article in enumerate(found)}
    return sorted(rows.filter(pk__in=places), key=lambda article: places[article.pk])


def line(article: Article, rules: Policy, request: HttpRequest) -> dict[str, Any]:
    """An article as lists show it: whether it may be used, and for what."""
    today = timezone.localdate(request.now)
    return {
        "article": article,
        "subjects": [rules.subject(KIND, code) for code in article.subjects],
        "ended": article.valid_until is not None and article.valid_until < today,
        "coming": article.valid_from > today,
        "ending": article.ends_soon(today),
        "stale": article.needs_review(today),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@readers
def article(request: HttpRequest, code: str) -> HttpResponse:
    """One article; POST sends its answer to the caller of a ticket."""
    found = _found(code)
    form = SendForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        number = "".join(form.cleaned_data["number"].split()).upper()
        changes = {"text": found.short, "article": found.code}
        try:
            door.move(number, SEND, actor=request.user, at=request.now, changes=changes)
        except DeskError as refusal:
            form.add_error("number", refusal.message)
        else:
            messages.success(request, _("已发送，并记入工单 %(number)s。") % {"number": number})
            return redirect("article", code)
    flags = line(found, policy.current(), request)
    context = {
        "article": found,
        "flags": flags,
        "subjects": flags["subjects"],
        "form": form,
        "areas": [area.name for area in map(policy.current().area_coded, found.areas) if area],
        "used": found.uses.count(),
        "sent": found.uses.filter(sent=True).count(),
        "versions": _versions(found),
        "may_edit": may_edit(request.user),
        "may_send": request.user.role in DISPATCH,
    }
    status = 400 if form.errors else 200
    return render(request, "tickets/knowledge/article.html", context, status=status)


def _found(code: str) -> Article:
    return get_object_or_404(Article.objects.select_related("owner"), code=code)


def _versions(article: Article) -> list[dict[str, Any]]:
    """The newest versions, each with what it changed: the label, what it was and what it is."""
    rows = list(article.versions.select_related("by")[: VERSIONS_SHOWN + 1])
    older = [row.said for row in rows[1:]] + [None]
    return [
        {
            "row": row,
            "changes": [
                (
                    Article._meta.get_field(name).verbose_name,
                    _in_words((was or {}).get(name)),
                    _in_words(row.said.get(name)),
                )
                for name in saving.changed(row.said, was)
            ],
        }
        for row, was in zip(rows, older, strict=True)
    ][:VERSIONS_SHOWN]


def _in_words(value: Any) -> str:
    text = "；".join(map(str, value)) if isinstance(value, list) else str(value or "")
    return text or "—"


@require_http_methods(["GET", "HEAD", "POST"])
@editors
def write(request: HttpRequest, code: str = "") -> HttpResponse:
    """A new article or another version; `preview` shows it as agents will see it, unsaved.

    ?unfound= is what was asked and not found: it becomes the first question, and is answered.
    """
    today = timezone.localdate(request.now)
    found = _found(code) if code else Article()
    wanted = _wanted(request)
    initial = {"title": wanted.asked[:80], "questions": [wanted.asked]} if wanted else {}
    form = ArticleForm(
        request.POST if request.method == "POST" else None,
        instance=found,
        today=today,
        initial=initial,
    )
    preview = None
    if request.method == "POST" and form.is_valid():
        if "preview" in request.POST:
            preview = form.instance
        elif _saved(request, form, wanted):
            return redirect("article", form.instance.code)
    context = {
        "form": form,
        "code": code,
        "article": found,
        "wanted": wanted,
        "preview": preview,
        "today": today,
    }
    status = 400 if form.errors else 200
    return render(request, "tickets/knowledge/write.html", context, status=status)


def _saved(request: HttpRequest, form: ArticleForm, wanted: Unfound | None) -> bool:
    try:
        changed = saving.save(form.instance, by=request.user, at=request.now)
    except DeskError as refusal:
        form.add_error(None, refusal.message)
        return False
    if wanted is not None:
        unfound.answered(wanted.pk, form.instance, by=request.user, at=request.now)
    words = _("已保存。") if changed else _("没有改动。")
    messages.success(request, words)
    return True


def _wanted(request: HttpRequest) -> Unfound | None:
    pk = request.POST.get("unfound") or request.GET.get("unfound") or ""
    if not (pk.isascii() and pk.isdigit() and len(pk) < 18):
        return None
    return Unfound.objects.filter(pk=int(pk), state=Unfound.State.OPEN).first()


@require_POST
@for_dispatchers
def search(request: HttpRequest) -> HttpResponse:
    """What the hotline shows while somebody types."""
    context = {
        "asked": request.POST.get("asked", ""),
        "articles": articles_for(request.POST, request.now),
        "picked": request.POST.get("article", ""),
    }
    return render(request, "tickets/knowledge/found.html", context)


@require_safe
@editors
def missing(request: HttpRequest) -> HttpResponse:
    """What was asked and not found, the most asked first, and what was decided lately."""
    decided = Unfound.objects.exclude(state=Unfound.State.OPEN).select_related(
        "article", "decided_by"
    )
    if MISSING.asked(request):
        return MISSING.answer(request, unfound.open_ones())
    context = {
        "rows": unfound.open_ones()[:MOST_ROWS],
        "decided": decided.order_by("-decided_at")[:VERSIONS_SHOWN],
    }
    return render(request, "tickets/knowledge/missing.html", context | MISSING.offer(request))


@require_POST
@editors
def dismiss(request: HttpRequest, pk: int) -> HttpResponse:
    """No article is wanted; a second click does nothing."""
    get_object_or_404(Unfound, pk=pk)
    unfound.dismiss(pk, by=request.user, at=request.now)
    return redirect("knowledge-missing")


@require_POST
@readers
def not_found(request: HttpRequest) -> HttpResponse:
    """Somebody looked on the page of the articles and found nothing that helps."""
    unfound.note(request.POST.get("q", ""), request.now)
    messages.success(request, _("已记入“未找到的问题”，由班长补充。"))
    return redirect("knowledge")
