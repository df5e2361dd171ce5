"""/promise/: last month's promises and how they were kept, for everybody, by area."""

from __future__ import annotations

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
from waterdesk.web.promise import results
from waterdesk.web.promise.guarding import FEWEST, Guard
from waterdesk.web.reports import words
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
            _place(area.name, [_line(row, rules) for row in found[area.code]]) for area in areas
        ],
        "promised": [
            (_step(row, rules), results.limits(rules, (row["kind"], row["code"]), month.until))
            for row in found[areas[0].code]
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


def _place(name: str, lines: list[dict[str, Any]]) -> dict[str, Any]:
    """An area: what is shown as a table, what is kept back by its names alone."""
    return {"name": name, "lines": [line for line in lines if line["guard"] == Guard.SHOWN]} | {
        guard.value: [line["name"] for line in lines if line["guard"] == guard]
        for guard in (Guard.FEW, Guard.HIDDEN)
    }


def _line(row: dict[str, Any], rules: Policy) -> dict[str, Any]:
    return row | {
        "name": _step(row, rules),
        "share": in_per_cent(row["share"]),
        "bar": int(row["share"] or 0),
    }


def _step(row: dict[str, Any], rules: Policy) -> str:
    kinds = {flow.kind: flow.label for flow in flows()}
    promise = words.promise(rules, row["kind"], row["code"])
    return _("%(kind)s：%(promise)s") % {"kind": kinds[row["kind"]], "promise": promise}
