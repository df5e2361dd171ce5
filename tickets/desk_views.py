"""/desk/hotline/: one page on which a call is logged while the caller talks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRedirect

from tickets import intake, reading
from tickets.asked import emergencies, questions
from tickets.asked.fields import answers_in
from tickets.calls import opening
from tickets.console import acting, callbacks, callers, drafts, showing
from tickets.flow import KIND, may_settle
from tickets.forms import HotlineForm, new_key
from tickets.incidents import near
from tickets.knowledge import index, unfound
from tickets.knowledge.following import SEND
from tickets.models import REPAIR, Article, Ticket, subject_of
from tickets.outages import answering
from waterdesk.core import door, inputs, policy
from waterdesk.core.errors import Conflict, DeskError, Invalid, NotAllowed
from waterdesk.core.flow import DISPATCH
from waterdesk.core.intake import area_of
from waterdesk.core.models.cases import Case
from waterdesk.core.models.people import Role
from waterdesk.core.places import placing, points
from waterdesk.core.visibility import sees

STAFF_LOGIN = "/desk/login/"
View = Callable[..., HttpResponse]


def for_dispatchers(view: View) -> View:
    """For agents, clerks, leads and administrators; others sign in or are refused (403)."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            if request.htmx:  # a part of a page is no place to sign in
                return HttpResponseClientRedirect(_login_for(request))
            return redirect_to_login(request.get_full_path(), STAFF_LOGIN)
        if request.user.role not in DISPATCH:
            raise NotAllowed
        return view(request, *args, **kwargs)

    return guarded


def _login_for(request: HttpRequest) -> str:
    """Where to sign in, and back to the whole page, where the browser has what was typed."""
    return redirect_to_login(request.htmx.current_url_abs_path or "/", STAFF_LOGIN).url


@require_http_methods(["GET", "HEAD", "POST"])
@for_dispatchers
def hotline(request: HttpRequest) -> HttpResponse:
    """GET an empty form (?phone= for a telephone system's pop-up); POST looks up or saves.

    Looking up is a POST as well, so that no number and no address stands in a server's log.
    """
    channel = _channel(request.user.role)
    if request.method != "POST":
        initial = opening.initial_of(request.user, request.GET)
        form = HotlineForm(initial=initial, user=request.user, channel=channel)
        return _page(request, form, initial)
    if "act" in request.POST:
        said = acting.act(request, request.POST.dict())
        if said is None:
            return redirect("hotline")
        form = HotlineForm(initial=said, user=request.user, channel=channel)
        return _page(request, form, said)
    form = HotlineForm(request.POST, user=request.user, channel=channel)
    if "look" in request.POST or "outage" in request.POST:
        # Nothing is wrong yet with what is only half typed.
        said = _with_the_picked_answer(request.POST.dict())
        said = answering.with_outage(said, request.now)
        form = HotlineForm(initial=said, user=request.user, channel=channel)
        return _page(request, form, form.initial)
    if form.is_valid():
        try:
            with transaction.atomic():
                ticket, fresh = _save(request, form)
                if fresh:
                    _go_on(request, form, ticket)
                if not form.picked:
                    unfound.note(form.cleaned_data["asked"], request.now)
            return _shown(request, form, ticket)
        except DeskError as refusal:
            form.add_error(None, refusal.message)
            form.renew()
            return _page(request, form, request.POST, refusal.status)
    return _page(request, form, request.POST, 400)


def _with_the_picked_answer(said: dict[str, str]) -> dict[str, str]:
    """The answer of the article that was picked, where nothing is written yet."""
    if not said.get("article") or said.get("answer"):
        return said
    short = Article.objects.filter(code=said["article"]).values_list("short", flat=True).first()
    return said | {"answer": short or ""}


def _channel(role: str) -> str:
    return (Case.Channel.COUNTER if role == Role.CLERK else Case.Channel.HOTLINE).value


def _save(request: HttpRequest, form: HotlineForm) -> tuple[Ticket, bool]:
    """Open the ticket, True; the same form sent again finds the first one's, False."""
    key = form.cleaned_data["key"] or new_key()
    call = opening.call_of(request.user, form.cleaned_data["call"])
    once = door.Key(f"hotline:{request.user.pk}", key, form.said())
    # Somebody is sent by hand next, or the crew of the same fault comes anyway.
    form.draft.by_hand = bool(form.cleaned_data["handler"] or form.cleaned_data["same"])
    try:
        ticket, fresh = door.open_once(form.draft, once, actor=request.user, at=request.now)
    except Conflict:
        raise Conflict(_("这张表已登记过一件工单。如需再登记一件，请核对后再次提交。")) from None
    if call is not None:
        opening.join(call, ticket, by=request.user, at=request.now)
        code = form.cleaned_data["wrap_up"] or opening.AFTER[_last_deed(form)]
        opening.wrap_up(call, code, by=request.user, at=request.now)
    return ticket, fresh


def _last_deed(form: HotlineForm) -> str:
    """What the call came to, by the move that tells it best."""
    if form.cleaned_data["answer"]:
        return "settle"
    return callbacks.PROMISE if form.cleaned_data["callback"] else "open"


def _go_on(request: HttpRequest, form: HotlineForm, ticket: Ticket) -> None:
    """Answer or send on in the transaction of the opening, so that a second click sees both.

    The call is kept even when what follows is refused: the agent is told and decides.
    """
    try:
        for action, changes in _what_follows(form):
            door.move(ticket.number, action, actor=request.user, at=request.now, changes=changes)
    except DeskError as refusal:
        words = _("来电已登记，但后续操作未完成：%(why)s") % {"why": refusal.message}
        messages.warning(request, words)


def _what_follows(form: HotlineForm) -> Iterator[tuple[str, dict[str, Any]]]:
    """The moves after the opening: answered, with the article, or sent on, an answer by SMS."""
    sent = form.cleaned_data
    article = {"article": form.picked.code} if form.picked else {}
    if sent["answer"]:
        by_sms = {"sms": True} if sent["sms"] else {}
        yield "settle", {"result": sent["answer"]} | article | by_sms
        return
    if sent["same"]:
        yield "join", {"same": sent["same"]}
    if sent["handler"]:
        yield "dispatch", {"handler": sent["handler"]}
    if sent["sms"]:
        yield SEND, {"text": form.picked.short} | article
    if sent["callback"]:
        yield callbacks.PROMISE, {}


def _shown(request: HttpRequest, form: HotlineForm, ticket: Ticket) -> HttpResponse:
    """To the ticket, its number large enough to read out; to the next call if out of sight.

    The mark in the words drops what the browser kept as a draft.
    """
    spoken = '<span data-draft-done="{}">{} <strong class="stat-number">{}</strong></span>'
    draft = drafts.draft_name(form.cleaned_data)
    messages.info(
        request, format_html(spoken, draft, _("已登记，工单号"), in_groups(ticket.number))
    )
    return redirect("case", ticket.number) if sees(request.user, ticket) else redirect("hotline")


def in_groups(number: str) -> str:
    """A number as it is read out: G 261121 000123 5; searching takes it with and without gaps."""
    return " ".join((number[:1], number[1:7], number[7:-1], number[-1:]))


def _page(
    request: HttpRequest, form: HotlineForm, said: Mapping[str, str], status: int = 200
) -> HttpResponse:
    """The page, or for htmx only what the look-up changes in it."""
    draft = _half_typed(said)
    context = {"form": form} | _looked_up(request, draft, said) | _known(request, form, draft, said)
    # What is typed in a question stays while it is asked: only another subject has others.
    context["asks_anew"] = said.get("asks", "") != form.subject
    context |= showing.around(request, said, draft)
    context |= {"tiles": settings.MAP_TILES_URL, "tiles_from": settings.MAP_TILES_FROM}
    if request.htmx and "look" in request.POST:
        return render(request, "tickets/looked_up_again.html", context)
    return render(request, "tickets/hotline.html", context, status=status)


def _looked_up(request: HttpRequest, draft: Ticket, said: Mapping[str, str]) -> dict[str, Any]:
    """Who may be calling, where it is, who can go there, whether it is known already."""
    user, rules = request.user, policy.current()
    phone, wrong = draft.phone, _caller(said.get("phone", ""))[1]
    return {
        "draft": draft,
        "now": request.now,
        "outages": answering.known(draft, said, request.now),
        "is_filled_in": "outage" in request.POST,
        "phone": phone,
        "phone_wrong": wrong,
        "people": callers.people(phone, user, request.now),
        "sent_to": draft.area if _is_somewhere(draft, said) else None,
        "unknown_area": draft.area == rules.root,
        "where": placing.judged(draft.area, draft.address, points.of_row(draft)),
        "crew": reading.crew_of(draft.area),
        "handler": said.get("handler", ""),
        "same": near.same(draft, user, request.now),
        "said_same": said.get("same", ""),
        "similar": reading.similar(draft.subtype, draft.address, user, request.now),
        "subject": rules.subjects.get((KIND, draft.subject)),
        "promised": reading.promised(draft, request.now) if draft.category else [],
        "may_settle": bool(draft.category) and may_settle(draft),
    }


def _known(
    request: HttpRequest, form: HotlineForm, draft: Ticket, said: Mapping[str, str]
) -> dict[str, Any]:
    """What the knowledge base has for what is typed, and the dangers that are spoken of."""
    return {
        "asked": said.get("asked", ""),
        "articles": articles_of(draft, said, request.now),
        "picked": said.get("article", ""),
        "emergencies": emergencies_in(said, form.subject),
    }


def articles_for(said: Mapping[str, str], now: datetime) -> list[Article]:
    """The articles that are found for what is typed; those of this place and of everywhere."""
    return articles_of(_half_typed(said), said, now)


def articles_of(draft: Ticket, said: Mapping[str, str], now: datetime) -> list[Article]:
    """The same for a ticket that was made of what is typed."""
    rules = policy.current()
    where = rules.above(draft.area.pk) if draft.area != rules.root else []
    areas = {rules.areas[each].code for each in where}
    today = timezone.localdate(now)
    found = index.search(said.get("asked", ""), today, subject=draft.subject, areas=areas)
    for article in found:
        article.stale = article.needs_review(today)
    return found


def emergencies_in(said: Mapping[str, str], subject: str) -> list[emergencies.Hit]:
    answers = answers_in(said, questions.of(subject))
    words = [said.get("remark", ""), *questions.spoken(subject, answers)]
    return emergencies.heard("\n".join(words)[: 2 * intake.REMARK_LENGTH])


def _is_somewhere(draft: Ticket, said: Mapping[str, str]) -> bool:
    return bool(draft.address or said.get("area")) or draft.lat is not None


def _half_typed(said: Mapping[str, str]) -> Ticket:
    """A ticket of as much as is typed and right so far; nothing is refused yet."""
    category = said.get("category", "")
    subtype = said.get("subtype", "") if category == REPAIR else ""
    address = said.get("address", "")[: intake.ADDRESS_LENGTH]
    at = _right(lambda: points.point(said.get("lat"), said.get("lon")), None)
    return Ticket(
        category=category,
        subtype=subtype,
        subject=subject_of(category, subtype),
        address=address,
        area=_right(lambda: area_of(said.get("area", ""), address, at), policy.current().root),
        lat=at.lat if at else None,
        lon=at.lon if at else None,
        phone=_caller(said.get("phone", ""))[0],
        calibre_mm=_right(lambda: intake.calibre(said.get("calibre_mm")), None),
    )


def _right(check: Callable[[], Any], otherwise: Any) -> Any:
    try:
        return check()
    except Invalid:
        return otherwise


def _caller(raw: str) -> tuple[str, str]:
    try:
        return inputs.caller(raw), ""
    except Invalid as fault:
        return "", str(fault.message)
