"""/desk/cases/<number>/: one case as its staff see it, and the moves they may make on it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from applications.burdens.rules import STRUCK
from applications.fees.moves import QUOTE
from applications.models import Application
from applications.permits.moves import BY_HAND as OF_PERMITS
from applications.sources import showing
from notifications.models import Message
from waterdesk.core import after, corrections, wording
from waterdesk.core import policy as policies
from waterdesk.core.flow import flow_of, status_of
from waterdesk.core.models.cases import Case
from waterdesk.core.models.clocks import Clock, Crossing
from waterdesk.core.models.supervision import Supervision
from waterdesk.web import clockface, job_photos, move_forms, moving, pauses, reasons, rows
from waterdesk.web.access import desk_only, find
from waterdesk.web.crew.telling import phone_moves
from waterdesk.web.four_zeros import card as four_zeros
from waterdesk.web.move_forms import Refused
from waterdesk.web.permits import card as permits
from waterdesk.web.places import map_page
from waterdesk.web.record import person
from waterdesk.web.timeline import Words, people_in

RELATED_ROWS = 5
# A case whose record is longer than this shows its newest part; the API has it all.
EVENT_ROWS = 300
MESSAGE_ROWS, MESSAGES_SHOWN = 50, 5


@require_safe
@desk_only
def case(request: HttpRequest, number: str) -> HttpResponse:
    return page(request, find(request, number))


@require_POST
@desk_only
def move(request: HttpRequest, number: str, action: str) -> HttpResponse:
    found = find(request, number)
    refused = moving.make(request, found, action)
    if refused is None:
        return redirect("case", number)
    # As it stands by now: what was refused may have been refused because it has moved on.
    return page(request, find(request, number), refused)


def page(request: HttpRequest, case: Case, refused: Refused | None = None) -> HttpResponse:
    """The page; with a refused move its form is open again, and the answer has its status."""
    rules = policies.current()
    # The forms ask the clocks, too: read once, kept on the case.
    prefetch_related_objects(
        [case], "clocks", "pauses__author", "pauses__photos__author", "photos__author"
    )
    forms = move_forms.for_case(request.user, case, rules, url_name="case-move", refused=refused)
    can_quote = any(form.move.action == QUOTE for form in forms)
    # What has a page or a card of its own, which knows which pause, burden, quote or call is meant.
    elsewhere = {corrections.CORRECT, STRUCK, QUOTE, *after.ELSEWHERE, *OF_PERMITS}
    forms = [form for form in forms if form.move.action not in elsewhere]
    of_permits = permits.of_case(case, request.user, rules, request.now, refused)
    context: dict[str, Any] = {
        "case": case,
        "flow": flow_of(case),
        "status": status_of(case),
        "subject": rules.subject(case.kind, case.subject),
        "area": rules.areas[case.area_id],
        "paused": reasons.of_pause(case, rules),
        "outcome": reasons.of_outcome(case, rules),
        "zeros": four_zeros.of_case(case, rules, request.user),
        "opened": _opened(case, request.now),
        **story(request, case, rules),
        **afterwards(case, rules),
        "forms": forms,
        "quiet_forms": [form for form in forms if not form.primary],
        "primary": next((form for form in forms if form.primary), None),
        "permits": of_permits,
        "job_photos": job_photos.of_case(case),
        "phone_moves": phone_moves(request.user, case),
        "refusal": _refusal(refused, [*forms, *permits.forms_of(of_permits)]),
        "related": rows.of_cases(related(request, case), rules, request.now),
        "can_quote": can_quote,
        "orders": _orders(case),
        "person": person.shown(case, request.user),
        "asking": person.ReasonForm(auto_id="person_%s"),
        "facts_template": f"{case._meta.app_label}/facts.html",
        "sourced": showing.of(case) if isinstance(case, Application) else None,
        "now": request.now,
        **map_page.frame(),
    }
    return render(request, "web/case.html", context, status=refused.status if refused else 200)


def story(request: HttpRequest, case: Case, rules: policies.Policy) -> dict[str, Any]:
    """The clocks, the pauses, the record and the messages of the case."""
    clocks = sorted(case.clocks.all(), key=lambda c: (c.stopped_at is not None, c.due_at, c.pk))
    stood_still = list(case.pauses.all())
    events = list(case.events.reverse()[:EVENT_ROWS])
    sent = messages_about(case)
    person.veil(sent, case, request.user)
    return {
        "clocks": [
            {
                "face": clockface.face(clock, stood_still, rules, request.now),
                "levels": levels,
                "cause": rules.reasons.get(("cause", clock.cause)),
            }
            for clock, levels in _with_levels(clocks)
        ],
        "pauses": pauses.of_case(case, request.user, rules, request.now),
        "entries": Words(case, clocks, rules, people_in(events)).staff(events),
        "cut_off": len(events) == EVENT_ROWS,
        "messages_sent": sent[:MESSAGES_SHOWN],
        "messages_older": sent[MESSAGES_SHOWN:],
    }


def afterwards(case: Case, rules: policies.Policy) -> dict[str, Any]:
    """The call and the answer, and what a complaint that an answer opened is about."""
    row = after.row_of(case)
    return {
        "after": row,
        "after_reasons": [rules.reason(after.RATING, code) for code in row.reasons] if row else [],
        "complains_of": getattr(case, "complains_of", None),
    }


def _orders(case: Case) -> list[Supervision]:
    """What supervisors have ordered here, the newest first; no query where nobody has."""
    if not case.supervision:
        return []
    people = ("ordered_by", "replied_by", "accepted_by")
    return list(case.supervisions.select_related(*people).order_by("-pk"))


def _opened(case: Case, now: datetime) -> str:
    said = {"at": wording.when(case.opened_at, now), "by": case.opened_by or _("客户")}
    return _("%(at)s，%(by)s") % said


def related(request: HttpRequest, case: Case) -> list[Case]:
    """The newest other cases of the same phone that this person may see."""
    if not case.phone:
        return []
    others = Case.objects.visible_to(request.user).filter(phone=case.phone).exclude(pk=case.pk)
    return list(others.order_by("-id")[:RELATED_ROWS])


def messages_about(case: Case) -> list[Message]:
    """What was sent about the case, newest first; the text of a secret one is not for staff."""
    rows = Message.objects.filter(case=case.number).select_related("recipient")
    return list(rows.order_by("-id")[:MESSAGE_ROWS])


def _with_levels(clocks: list[Clock]) -> list[tuple[Clock, list[Crossing]]]:
    found: dict[int, list[Crossing]] = {clock.pk: [] for clock in clocks}
    for crossing in Crossing.objects.filter(clock__in=clocks).order_by("level"):
        found[crossing.clock_id].append(crossing)
    return [(clock, found[clock.pk]) for clock in clocks]


def _refusal(refused: Refused | None, forms: list[move_forms.MoveForm]) -> dict[str, Any] | None:
    """What to say at the top when the refused move is no longer among those on offer."""
    if refused is None or any(form.open for form in forms):
        return None
    return {"message": refused.error.message, "typed": refused.typed()}
