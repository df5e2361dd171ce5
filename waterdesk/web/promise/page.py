"""/promise/: last month's promises and how they were kept, for everybody, by area."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import conditional_page, require_safe

from waterdesk.core import policy as policies
from waterdesk.core.errors import NotFound
from waterdesk.core.flow import flows
from waterdesk.core.policy import Policy
from waterdesk.web.board import PROMISE_WORDS
from waterdesk.web.promise import results
from waterdesk.web.promise.guarding import FEWEST, Guard
from waterdesk.web.what_if import in_per_cent

# How long a page may be shown without asking whether it is still the same.
SECONDS = 300


@require_safe
@conditional_page
def page(request: HttpRequest) -> HttpResponse:
    """Raises NotFound while the utility has not opened it."""
    rules = policies.current()
    areas = results.opened(rules)
    if not areas:
        raise NotFound(_("本单位没有公开承诺结果。"))
    month = results.month(request.now)
    found = results.results(rules, month)
    context = {
        "month": month.since,
        "places": [
            (area.name, [_line(row, rules, month.until) for row in found[area.code]])
            for area in areas
        ],
        "fewest": FEWEST,
    }
    answer = render(request, "web/promise.html", context)
    # The page of whoever has signed in has their name in it.
    if request.user.is_authenticated:
        patch_cache_control(answer, private=True, no_cache=True)
    else:
        patch_cache_control(answer, public=True, max_age=SECONDS)
    return answer


def _line(row: dict[str, Any], rules: Policy, day: date) -> dict[str, Any]:
    kinds = {flow.kind: flow.label for flow in flows()}
    return {
        "kind": kinds.get(row["kind"], row["kind"]),
        "name": PROMISE_WORDS.get(row["code"], row["code"]),
        "limits": results.limits(rules, (row["kind"], row["code"]), day),
        "judged": said(row),
        "share": in_per_cent(row["share"]),
        "bar": int(row["share"] or 0),
        "is_shown": row["guard"] == Guard.SHOWN,
    }


def said(row: dict[str, Any]) -> str:
    """How many, or that they are few, or that it would give a few away."""
    match row["guard"]:
        case Guard.FEW.value:
            return _("少于 %(few)d 件") % {"few": FEWEST}
        case Guard.HIDDEN.value:
            return _("不单列")
    return f"{row['judged']:,}"
