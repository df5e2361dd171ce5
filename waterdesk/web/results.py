"""/desk/results/: what was told to other systems, what did not arrive, and sending it again."""

from __future__ import annotations

import json
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from notifications.results import book, topics
from notifications.results.models import Delivery, State
from waterdesk.core import results
from waterdesk.core.errors import DeskError, Invalid, NotAllowed, NotFound
from waterdesk.core.lists import Column, Listing
from waterdesk.core.masking import masked
from waterdesk.core.results import KEEPERS, MOST_AT_ONCE, READERS, REASON_LENGTH
from waterdesk.web import paging
from waterdesk.web.access import desk_only
from waterdesk.web.what_if import DAY

PAGE_ROWS = 30
MOST_COUNTED = 999
TONES = {
    State.WAITING: "busy", State.SENDING: "busy", State.SENT: "good", State.HELD: "warn",
    State.DEAD: "bad",
}  # fmt: skip


class NarrowForm(forms.Form):
    """Which deliveries: in what state, to whom, of what, of which case, since when."""

    state = forms.ChoiceField(label=gettext_lazy("状态"), required=False)
    subscriber = forms.ChoiceField(label=gettext_lazy("接收系统"), required=False)
    topic = forms.ChoiceField(label=gettext_lazy("主题"), required=False)
    case = forms.CharField(label=gettext_lazy("办件号"), required=False, max_length=24)
    since = forms.DateField(label=gettext_lazy("自（含）"), required=False, widget=DAY)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        everything = [("", _("全部"))]
        self.fields["state"].choices = everything + list(State.choices)
        systems = book.subscribers()
        self.fields["subscriber"].choices = everything + [
            (each.code, each.name) for each in systems
        ]
        used = {name for each in systems for name in each.topics}
        words = {name: str(label) for name, label in topics.known().items() if name in used}
        self.fields["topic"].choices = everything + [
            (name, f"{label} · {name}") for name, label in words.items()
        ]

    def narrow(self, rows: QuerySet[Delivery]) -> QuerySet[Delivery]:
        """What a valid form asks for; an empty field asks for everything."""
        given = self.cleaned_data
        wanted = {
            "state": given["state"],
            "subscriber__code": given["subscriber"],
            "topic": given["topic"],
            "case": given["case"].strip().upper(),
        }
        rows = rows.filter(**{name: value for name, value in wanted.items() if value})
        return rows.since(midnight(given["since"])) if given["since"] else rows

    def address(self) -> str:
        query = QueryDict(mutable=True)
        for name, value in self.cleaned_data.items():
            if value:
                query[name] = value.isoformat() if isinstance(value, date) else value
        return f"?{query.urlencode()}" if query else ""


class ReasonForm(forms.Form):
    """Why: it stands in the record."""

    reason = forms.CharField(label=gettext_lazy("理由"), max_length=REASON_LENGTH)


def midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


@require_safe
@desk_only
def listed(request: HttpRequest) -> HttpResponse:
    rows, form = mine(request), NarrowForm(request.GET)
    if not form.is_valid():
        return render(request, "web/results.html", {"form": form}, status=400)
    found = form.narrow(rows).select_related("subscriber")
    if LISTING.asked(request):
        return LISTING.answer(request, found.order_by("-pk"))
    page = paging.by_id(found, request.GET, PAGE_ROWS, paging.read_uuid)
    context = _shown(request, form, rows, page) | LISTING.offer(request)
    return render(request, "web/results.html", context)


@never_cache
@require_safe
@desk_only
def delivery(request: HttpRequest, key: str) -> HttpResponse:
    return _delivery(request, find(request, key))


@require_POST
@desk_only
def replay(request: HttpRequest, key: str) -> HttpResponse:
    row, form = find(request, key), ReasonForm(request.POST)
    if not form.is_valid():
        return _delivery(request, row, replaying=form, status=400)
    rows = mine(request).filter(pk=row.pk)
    if not results.replay(rows, form.cleaned_data["reason"], actor=request.user, at=request.now):
        messages.info(request, _("这条结果正在推送，无需重推。"))
    else:
        messages.success(request, _("已重新排队推送。"))
    return redirect("result", key)


@require_POST
@desk_only
def replay_all(request: HttpRequest) -> HttpResponse:
    """Everything the filters name that is settled; they stand in the address of the form."""
    rows, form, why = mine(request), NarrowForm(request.GET), ReasonForm(request.POST)
    if not form.is_valid():
        raise Invalid(_("请选择正确的筛选条件。"))
    back = f"{reverse('results')}{form.address()}"
    if not why.is_valid():
        messages.error(request, _("请填写重推的理由。"))
        return redirect(back)
    if not (form.cleaned_data["since"] or form.cleaned_data["state"] == State.DEAD):
        messages.error(request, _("请先选择起始日期，或只看推送失败的结果。"))
        return redirect(back)
    reason = why.cleaned_data["reason"]
    done = results.replay(form.narrow(rows), reason, actor=request.user, at=request.now)
    said = ngettext("已将 %(n)d 条结果重新排队。", "已将 %(n)d 条结果重新排队。", done)
    messages.success(request, said % {"n": done})
    if done == MOST_AT_ONCE:
        messages.warning(request, _("一次最多重推 %(n)d 条，可能还有，请再点一次。") % {"n": done})
    return redirect(back)


@never_cache
@require_POST
@desk_only
def reveal(request: HttpRequest, key: str) -> HttpResponse:
    """The whole body, once: reloading asks for a reason again."""
    row, form = find(request, key), ReasonForm(request.POST)
    if not form.is_valid():
        return _delivery(request, row, reading=form, status=400)
    try:
        body = results.reveal(row, form.cleaned_data["reason"], actor=request.user, at=request.now)
    except DeskError as refusal:
        form.add_error(None, refusal.message)
        return _delivery(request, row, reading=form, status=refusal.status)
    return _delivery(request, row, whole=body)


def mine(request: HttpRequest) -> QuerySet[Delivery]:
    """The deliveries this person looks after. Raises NotAllowed for who looks after none."""
    if request.user.role not in KEEPERS:
        raise NotAllowed
    return results.visible_to(request.user)


def find(request: HttpRequest, key: str) -> Delivery:
    row = mine(request).select_related("subscriber").filter(pk=key).first()
    if row is None:
        raise NotFound
    return row


def _shown(
    request: HttpRequest, form: NarrowForm, rows: QuerySet[Delivery], page: paging.Page[Delivery]
) -> dict[str, Any]:
    """What the list shows; the figures are of all states, however it is narrowed otherwise."""
    stats = [_stat(rows, state) for state in State if state is not State.SENDING]
    after = paging.link(request.GET, after=page.after, before="") if page.after else ""
    before = paging.link(request.GET, before=page.before, after="") if page.before else ""
    given = form.cleaned_data
    return {
        "form": form,
        "why": ReasonForm(),
        "stats": stats,
        "rows": [_line(row) for row in page.rows],
        "older": after,
        "newer": before,
        "can_replay": bool(page.rows) and bool(given["since"] or given["state"] == State.DEAD),
        "replay_url": f"{reverse('results-replay')}{form.address()}",
        "gone": results.gone(),
        "narrowed": bool(form.address()),
    }


def _stat(rows: QuerySet[Delivery], state: State) -> dict[str, Any]:
    count = paging.capped(rows.filter(state=state), MOST_COUNTED)
    alarming = count and state in (State.DEAD, State.HELD)
    return {
        "label": state.label,
        "count": paging.in_words(count, MOST_COUNTED),
        "tone": TONES[state] if alarming else "plain",
        "url": f"{reverse('results')}?state={state}",
    }


def _line(row: Delivery) -> dict[str, Any]:
    label = topics.known().get(row.topic, row.topic)
    return {"row": row, "topic": label, "tone": TONES[State(row.state)]}


def _lines(rows: list[Delivery], request: HttpRequest) -> list[dict[str, Any]]:
    return [_line(row) for row in rows]


LISTING = Listing(
    "results",
    (
        Column(gettext_lazy("编号"), lambda told: told["row"].pk),
        Column(gettext_lazy("主题"), lambda told: told["topic"]),
        Column(gettext_lazy("办件"), lambda told: told["row"].case),
        Column(gettext_lazy("接收系统"), lambda told: told["row"].subscriber),
        Column(gettext_lazy("状态"), lambda told: told["row"].get_state_display()),
        Column(gettext_lazy("尝试"), lambda told: told["row"].attempts),
        Column(gettext_lazy("生成"), lambda told: told["row"].created_at),
        Column(gettext_lazy("送达时间"), lambda told: told["row"].sent_at),
        Column(gettext_lazy("最近一次应答"), lambda told: told["row"].answer),
    ),
    _lines,
)


def _delivery(
    request: HttpRequest,
    row: Delivery,
    *,
    replaying: ReasonForm | None = None,
    reading: ReasonForm | None = None,
    whole: str = "",
    status: int = 200,
) -> HttpResponse:
    said = json.loads(whole or row.body)
    context = _line(row) | {
        "body": json.dumps(said if whole else masked(said), ensure_ascii=False, indent=2),
        "whole": bool(whole),
        "replaying": replaying or ReasonForm(auto_id="again_%s"),
        "reading": reading or ReasonForm(auto_id="reading_%s"),
        "may_read": request.user.role in READERS,
        "settled": row.state in (State.SENT, State.DEAD),
    }
    return render(request, "web/result.html", context, status=status)
