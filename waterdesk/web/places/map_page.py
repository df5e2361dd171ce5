"""/desk/map/: open cases as points on the areas, and the list beside it that says the same.

The points are drawn from the list, so that the two never differ; without a script the list is all.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from waterdesk.core import policy as policies
from waterdesk.core.errors import NotFound
from waterdesk.core.flow import Label
from waterdesk.core.models.cases import Case
from waterdesk.core.models.people import User
from waterdesk.core.places import ground
from waterdesk.core.policy import Policy
from waterdesk.web import paging, rows
from waterdesk.web.access import desk_only
from waterdesk.web.filters import Choice, area_choices, areas_under, chosen
from waterdesk.web.places import layers

# More points than this nobody tells apart; the newest are shown. *chosen*
SHOWN = 300
MOST_COUNTED = 1000


@dataclass(frozen=True, slots=True)
class Mark:
    """How a case looks on the map: a shape and a letter, so that colour is not needed."""

    code: str
    letter: Label
    label: Label
    tone: str


MARKS = (
    Mark("late", _("超"), _("已超时"), "bad"),
    Mark("urgent", _("急"), _("紧急"), "warn"),
    Mark("paused", _("停"), _("停表中"), "paused"),
    Mark("idle", _("新"), _("无人经办"), "plain"),
    Mark("busy", _("办"), _("在办"), "busy"),
)
_BY_CODE = {mark.code: mark for mark in MARKS}


@dataclass(frozen=True, slots=True)
class Spot:
    """One line of the list and its mark."""

    line: rows.Line
    mark: Mark


@require_safe
@desk_only
def map_page(request: HttpRequest) -> HttpResponse:
    rules, query = policies.current(), request.GET
    cases = narrowed(request.user, query, rules)
    placed = cases.filter(lat__isnull=False)
    newest = placed.select_related("handler").order_by("-pk")[:SHOWN]
    spots = [Spot(line, mark_of(line)) for line in rows.of_cases(newest, rules, request.now)]
    unplaced = paging.capped(cases.filter(lat__isnull=True), MOST_COUNTED)
    counted = Counter(spot.mark.code for spot in spots)
    context = {
        "spots": spots,
        "legend": [(mark, counted[mark.code]) for mark in MARKS],
        "cut_off": SHOWN if len(spots) == SHOWN else 0,
        "unplaced": paging.in_words(unplaced, MOST_COUNTED) if unplaced else "",
        "filters": filters(request.user, query, rules),
        "is_filtered": any(query.get(name) for name in ("area", "subject")),
        "layers": layers.offered(),
        "is_drawn": ground.current().box() is not None,
        "here": paging.link(query),
        "now": request.now,
        **frame(),
    }
    return render(request, "web/_map.html" if request.htmx else "web/map.html", context)


@require_safe
@desk_only
def areas(request: HttpRequest) -> HttpResponse:
    """The polygons of the areas that this person sees, as GeoJSON."""
    user = request.user
    below = None if user.area_id is None else policies.current().below(user.area_id)
    return JsonResponse(ground.current().as_geojson(below))


@require_safe
@desk_only
def layer(request: HttpRequest, name: str) -> HttpResponse:
    """What another part of the desk draws on the map, as GeoJSON."""
    found = layers.LAYERS.get(name)
    if found is None:
        raise NotFound(_("没有这个图层。"))
    return JsonResponse(found.features(request.user, request.now))


def frame() -> dict[str, Any]:
    """What every map on a page needs to know of the settings."""
    return {"tiles": settings.MAP_TILES_URL, "tiles_from": settings.MAP_TILES_FROM}


def mark_of(line: rows.Line) -> Mark:
    """The first of MARKS that is true of the case."""
    true = {
        "late": line.face is not None and line.face.state == "late",
        "urgent": line.case.urgent,
        "paused": line.paused,
        "idle": line.case.handler_id is None,
    }
    return _BY_CODE[next((code for code, holds in true.items() if holds), "busy")]


def narrowed(user: User, query: QueryDict, rules: Policy) -> QuerySet[Case]:
    """The open cases this person may see, narrowed by area and subject."""
    cases = Case.objects.visible_to(user).open()
    if area := chosen(query, "area", area_choices(user, rules)):
        under = areas_under(area, rules)
        cases = cases if under is None else cases.filter(area__in=under)
    if subject := chosen(query, "subject", subject_choices(rules)):
        kind, _dot, code = subject.partition("/")
        cases = cases.filter(Q(subject=code) | Q(subject__startswith=f"{code}."), kind=kind)
    return cases


def subject_choices(rules: Policy) -> list[Choice]:
    listed = sorted(rules.subjects.values(), key=lambda row: (row.kind, row.position))
    return [(f"{row.kind}/{row.code}", row.name) for row in listed]


def filters(user: User, query: QueryDict, rules: Policy) -> list[dict[str, Any]]:
    offered = {
        "area": (_("片区"), area_choices(user, rules)),
        "subject": (_("事项"), subject_choices(rules)),
    }
    return [
        {"name": name, "label": label, "choices": choices, "value": chosen(query, name, choices)}
        for name, (label, choices) in offered.items()
    ]
