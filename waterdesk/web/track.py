"""/track/: a case as its customer sees it, found by number and the last digits of the phone.

Looking needs a grant or the customer's own account; moving needs the account.
"""

from __future__ import annotations

from typing import Any

import segno
from django.conf import settings
from django.forms import CharField, Form, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from waterdesk.core import grants, inputs, throttle
from waterdesk.core import policy as policies
from waterdesk.core.errors import NotAllowed, NotFound
from waterdesk.core.flow import flow_of, flows, status_of, steps_of
from waterdesk.core.models.cases import Case
from waterdesk.core.search import number_in
from waterdesk.core.visibility import sees
from waterdesk.web import clockface, move_forms, moving, outages, reasons, rows, standing
from waterdesk.web.four_zeros import card as four_zeros
from waterdesk.web.move_forms import MoveForm, Refused
from waterdesk.web.timeline import Words

# Ten tries in ten minutes, from one address and at one number: ten thousand endings stay safe.
TRIES, WINDOW = 10, 600
TAIL = 4
OWN_ROWS = 20
WRONG = _("没有找到相符的办件，请核对编号和手机号后四位。")


class Lookup(Form):
    number = CharField(label=_("办件编号"), max_length=40)
    tail = CharField(label=_("手机号后四位"), max_length=8)

    def clean_number(self) -> str:
        return number_in(self.cleaned_data["number"])

    def clean_tail(self) -> str:
        tail = inputs.digits(self.cleaned_data["tail"])
        if not (len(tail) == TAIL and tail.isascii() and tail.isdigit()):
            raise ValidationError(_("请填写登记手机号的最后四位数字。"))
        return tail


@require_http_methods(["GET", "HEAD", "POST"])
def lookup(request: HttpRequest) -> HttpResponse:
    """The form; a right answer lets this session look at the case, a wrong one tells nothing."""
    if request.method == "POST":
        form = Lookup(request.POST)
        if form.is_valid():
            number, tail = form.cleaned_data["number"], form.cleaned_data["tail"]
            throttle.hit(request, "track", TRIES, WINDOW)
            throttle.hit(number, "track-number", TRIES, WINDOW)
            if _matches(number, tail):
                grants.grant(request, number)
                return redirect("track", number)
            form.add_error(None, WRONG)
    else:
        form = Lookup(initial={"number": request.GET.get("number", "")[:40]})
    context = {"form": form, "lines": own_cases(request)}
    return render(request, "web/lookup.html", context, status=400 if form.errors else 200)


@require_safe
def track(request: HttpRequest, number: str) -> HttpResponse:
    """The case; who may not look (yet) is asked for the digits, whether it exists or not.

    Links in messages and the code on paper lead here, often in a browser that knows nothing.
    """
    try:
        found = find(request, number)
    except NotFound:
        form = Lookup(initial={"number": number})
        context = {"form": form, "lines": own_cases(request), "asked": True}
        return render(request, "web/lookup.html", context, status=404)
    return page(request, found)


@require_POST
def move(request: HttpRequest, number: str, action: str) -> HttpResponse:
    """A customer's move. Whoever only has a look signs in first."""
    found = find(request, number)
    if not (request.user.is_authenticated and sees(request.user, found)):
        raise NotAllowed(_("请先用登记的手机号登录，再进行此操作。"))
    refused = moving.make(request, found, action)
    if refused is None:
        return redirect("track", number)
    return page(request, find(request, number), refused)


def find(request: HttpRequest, number: str) -> Case:
    """The case as its own kind knows it. What may not be looked at does not exist."""
    seen = grants.looked_up(request, number)
    if seen is None:
        raise NotFound
    model = flow_of(seen).model_class()
    return model._default_manager.select_related("handler").get(pk=seen.pk)


def own_cases(request: HttpRequest) -> list[rows.Line]:
    """A signed-in customer's cases, newest first."""
    user = request.user
    if not user.is_authenticated or user.is_desk:
        return []
    cases = Case.objects.visible_to(user).order_by("-id")[:OWN_ROWS]
    return rows.of_cases(cases, policies.current(), request.now, public=True)


def page(request: HttpRequest, case: Case, refused: Refused | None = None) -> HttpResponse:
    """The customer's page; with a refused move its form is open again."""
    rules = policies.current()
    owner = request.user.is_authenticated and sees(request.user, case)
    forms = offered(request, case, rules, refused) if owner and not request.user.is_desk else []
    context: dict[str, Any] = {
        "case": case,
        "status": status_of(case),
        "standing": standing.of(case),
        "steps": steps_of(case),
        "subject": rules.subject(case.kind, case.subject),
        "company": rules.company_of(case.area_id),
        **promised(request, case, rules),
        "reason": reasons.of_pause(case, rules) or reasons.of_outcome(case, rules),
        "outages": [] if case.closed_at else outages.of_case(case, request.now),
        "zeros": four_zeros.of_case(case, rules),
        "forms": forms,
        "quiet_forms": [form for form in forms if not form.primary],
        "refused": refused,
        "lost": refused is not None and not any(form.open for form in forms),
        # Without the account only as much is shown as the last four digits prove.
        "masked": not owner,
        "card_template": f"{case._meta.app_label}/card.html",
        "qr": qr(case.number),
        "link": link(case.number),
        "now": request.now,
    }
    return render(request, "web/track.html", context, status=refused.status if refused else 200)


def offered(
    request: HttpRequest, case: Case, rules: policies.Policy, refused: Refused | None
) -> list[MoveForm]:
    return move_forms.for_case(request.user, case, rules, url_name="track-move", refused=refused)


def promised(request: HttpRequest, case: Case, rules: policies.Policy) -> dict[str, Any]:
    """What was promised to the customer, how it stands, and what has happened since."""
    clocks = list(case.clocks.filter(public=True).select_related("promise"))
    pauses = clockface.pauses_of([case.pk])[case.pk]
    faces = [clockface.face(clock, pauses, rules, request.now) for clock in clocks]
    # What still runs comes first, the next to fall due at the top.
    faces.sort(key=lambda face: (not face.is_open, face.clock.due_at, face.clock.pk))
    words = Words(case, clocks, rules, {})
    events = words.customer(case.events, frozenset(clock.code for clock in clocks))
    return {
        "lapses_at": next((pause.lapses_at for pause in pauses if pause.ended_at is None), None),
        "face": faces[0] if faces else None,
        "other_faces": faces[1:],
        "entries": events[::-1],
    }


def link(number: str) -> str:
    """The whole address of the tracking page; it holds nothing but the number."""
    return f"{settings.SITE_URL}{reverse('track', args=[number])}"


def qr(number: str) -> SafeString:
    """The address of the tracking page as an inline SVG; it holds nothing but the number."""
    code = segno.make(link(number), error="m")
    svg = code.svg_inline(svgclass="qr", lineclass=None, omitsize=True, border=2)
    # segno drew it from an address made here.
    return mark_safe(svg)  # noqa: S308


def _matches(number: str, tail: str) -> bool:
    """Whether there is such a case, of a phone that ends so."""
    if number[:1] not in {flow.prefix for flow in flows()}:
        return False
    phone = Case.objects.filter(number=number).values_list("phone", flat=True).first()
    return bool(phone) and constant_time_compare(phone[-TAIL:], tail)
