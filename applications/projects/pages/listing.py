"""/desk/projects/: what is to come, the earliest first; the same as a file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from operator import itemgetter
from typing import Any

from django.db.models import Q
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from applications.models import Project
from applications.models.projects import SOME_DAY, ProjectQuerySet
from applications.projects import spoken
from applications.projects.fields import FIELDS
from applications.projects.known import EDITORS
from applications.projects.pages import narrowing
from applications.projects.pages.guard import for_readers
from waterdesk.core import lists, policy, wording
from waterdesk.core.errors import Invalid
from waterdesk.core.lists import Column, Listing

PAGE_ROWS = 50
CHUNK = 500
RELATED = ("area", "stage", "owner", "survey_by", "scheme_by", "application")


@require_safe
@for_readers
def listed(request: HttpRequest) -> HttpResponse:
    rules, today = policy.current(), timezone.localdate(request.now)
    chosen = narrowing.filters(request.GET, request.user, rules)
    found = narrowing.narrowed(chosen, request.GET, request.user, rules, today)
    rows, after = _page(found.select_related(*RELATED), request.GET)
    context = {
        "rows": [line(project, today) for project in rows],
        "count": found.order_by().count(),
        "filters": chosen,
        "q": narrowing.sought(request.GET),
        "is_filtered": any(request.GET.get(name) for name in ("q", *narrowing.FILTERS)),
        "older": _link(request.GET, after) if after else "",
        "newer": _link(request.GET, "") if request.GET.get("after") else "",
        "may_edit": request.user.role in EDITORS,
    }
    offer = LISTING.offer(request, reverse("projects-csv"))
    return render(request, "projects/list.html", context | offer)


@require_safe
@for_readers
def as_csv(request: HttpRequest) -> HttpResponseBase:
    """The list as it is filtered, with the columns of the import. Phones are masked."""
    rules, today = policy.current(), timezone.localdate(request.now)
    chosen = narrowing.filters(request.GET, request.user, rules)
    found = narrowing.narrowed(chosen, request.GET, request.user, rules, today)
    rows = found.select_related(*RELATED).order_by("expected_on", "pk")
    return LISTING.answer(request, rows)


def line(project: Project, today: date) -> dict[str, Any]:
    """One project as the list shows it; `left` in days, None where nothing is awaited."""
    awaited = project.stage.means == "ahead" and project.application_id is None
    left = (project.expected_on - today).days if project.expected_on and awaited else None
    return {"project": project, "left": left, "ahead": awaited, **spoken.days(left)}


def table(rows: ProjectQuerySet) -> Iterator[str]:
    """The lines of the file, the first with the mark by which a spreadsheet knows UTF-8."""
    head = [each.heading for each in FIELDS]
    return lists.lines(head, map(_cells, rows.iterator(chunk_size=CHUNK)))


def _cells(project: Project) -> list[str]:
    """In Chinese whoever reads, as the import takes it back."""
    cells = {each.name: spoken.cell(getattr(project, each.name)) for each in FIELDS}
    cells["phone"] = wording.mask_phone(project.phone)
    cells["use"] = spoken.use(project.use)
    return list(cells.values())


def _lines(projects: list[Project], request: HttpRequest) -> list[list[str]]:
    return [_cells(project) for project in projects]


LISTING = Listing(
    "projects",
    tuple(Column(each.heading, itemgetter(place)) for place, each in enumerate(FIELDS)),
    _lines,
)


def _page(rows: ProjectQuerySet, query: QueryDict) -> tuple[list[Project], str]:
    """One page, the earliest day first and the key breaking ties; and the key of the next one."""
    rows = rows.annotate(awaited=Coalesce("expected_on", SOME_DAY))
    if key := query.get("after", ""):
        try:
            day, _dot, pk = key.partition(".")
            since, last = date.fromisoformat(day), int(pk)
        except ValueError:
            raise Invalid from None
        rows = rows.filter(Q(awaited__gt=since) | Q(awaited=since, pk__gt=last))
    found = list(rows.order_by("awaited", "pk")[: PAGE_ROWS + 1])
    page = found[:PAGE_ROWS]
    more = len(found) > PAGE_ROWS
    return page, f"{page[-1].awaited.isoformat()}.{page[-1].pk}" if more else ""


def _link(query: QueryDict, after: str) -> str:
    """The address of a page of the same list: the filters survive."""
    wanted = query.copy()
    wanted.pop("after", None)
    if after:
        wanted["after"] = after
    return f"?{wanted.urlencode()}"
