"""/desk/oversight/: whether the promises are kept, for leads and supervisors, on one screen.

Everything asked stands in the address; every figure leads to the list of exactly what it counted.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from waterdesk.core.models.people import User
from waterdesk.core.policy import Policy
from waterdesk.web.access import desk_only
from waterdesk.web.oversight import asking, charts, tables
from waterdesk.web.oversight.asking import OversightForm
from waterdesk.web.oversight.cards import Cards
from waterdesk.web.oversight.gathering import gather, summed
from waterdesk.web.oversight.links import Links
from waterdesk.web.periods import Number


@require_safe
@desk_only
def overview(request: HttpRequest) -> HttpResponse:
    form, rules = asking.read(request)
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        context |= shown(request.user, form, rules) | {
            "said": asking.said(form, rules),
            "quick": asking.quick(request, form),
            "here": reverse("oversight"),
        }
    status = 400 if form.errors else 200
    return render(request, "web/oversight/page.html", context, status=status)


def shown(user: User, form: OversightForm, rules: Policy) -> dict[str, Any]:
    """The cards, the tables and what is drawn of them."""
    found = gather(user, form.asked(rules), form.by_time, form.by_split, rules)
    links, area = Links(form.address()), _area_id(user, form, rules)
    cards = Cards(found, links, area)
    steps = tables.steps(found, links, area, rules)
    people = {int(pk): str(name) for pk, name in form.fields["person"].choices if pk}
    split = tables.split(found, links, form.by_split, rules, people)
    trend = tables.trend(found, links, form.by_time)
    whole = summed(found.steps.now.values())
    return {
        "cards": cards.all(),
        "times": cards.times(),
        "steps": steps,
        "split": split,
        "split_title": tables.split_title(form.by_split),
        "trend": trend,
        "charts": charts.drawn(found, trend, split, steps, form.by_time),
        "all": whole_of(whole.judged, links),
        "narrowed": form.narrows,
    }


def whole_of(judged: int, links: Links) -> Number:
    """Everything that was judged, and its list."""
    return links.to(judged)


def _area_id(user: User, form: OversightForm, rules: Policy) -> int | None:
    """The area whose goals hold: the one asked for, or the one this person belongs to."""
    asked = rules.area_coded(form.cleaned_data["area"])
    if asked is not None:
        return asked.pk
    return None if user.area_id == rules.root.pk else user.area_id
