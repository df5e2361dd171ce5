"""/desk/oversight/changes/: who changed what of the configuration, when, from what to what."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from waterdesk.core import policy as policies
from waterdesk.core.errors import NotAllowed, NotFound
from waterdesk.core.history.reading import READERS
from waterdesk.core.history.watched import label_of, tables
from waterdesk.core.lists import Column, Listing
from waterdesk.core.models import ConfigChange
from waterdesk.core.periods import midnight
from waterdesk.web import paging, rows
from waterdesk.web.access import desk_only
from waterdesk.web.history import touched, words
from waterdesk.web.what_if import DAY

PAGE_ROWS = 25
CASE_ROWS = 50
MOST_COUNTED = 9999
# A row that came or went says all its fields: behind a line that opens.
LONG = 6


class NarrowForm(forms.Form):
    """Which changes: of what, done how, by whom, in which days; `row` is one row of a table."""

    what = forms.ChoiceField(label=gettext_lazy("内容"), required=False)
    done = forms.ChoiceField(label=gettext_lazy("动作"), required=False)
    who = forms.CharField(label=gettext_lazy("操作人用户名"), required=False, max_length=150)
    since = forms.DateField(label=gettext_lazy("起日"), required=False, widget=DAY)
    until = forms.DateField(label=gettext_lazy("止日（含）"), required=False, widget=DAY)
    row = forms.CharField(required=False, max_length=130, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        everything = [("", _("全部"))]
        known = sorted(((name, label_of(name)) for name in tables()), key=lambda each: each[1])
        self.fields["what"].choices = everything + known
        self.fields["done"].choices = everything + list(ConfigChange.Done.choices)

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        since, until = given.get("since"), given.get("until")
        if since and until and until < since:
            self.add_error("until", _("止日不能早于起日。"))
        return given

    def narrow(self, found: QuerySet[ConfigChange]) -> QuerySet[ConfigChange]:
        """What a valid form asks for; an empty field asks for everything."""
        given = self.cleaned_data
        what, _colon, key = given["row"].partition(":")
        asked = {"what": what or given["what"], "key": key, "done": given["done"]}
        asked["actor"] = given["who"].strip()
        found = found.filter(**{name: value for name, value in asked.items() if value})
        if given["since"]:
            found = found.filter(at__gte=midnight(given["since"]))
        if given["until"]:
            found = found.filter(at__lt=midnight(given["until"] + timedelta(days=1)))
        return found


@require_safe
@desk_only
def listed(request: HttpRequest) -> HttpResponse:
    mine, form = _mine(request), NarrowForm(request.GET)
    if not form.is_valid():
        return render(request, "web/history/changes.html", {"form": form}, status=400)
    found = form.narrow(mine)
    if LISTING.asked(request):
        return LISTING.answer(request, found.order_by("-pk"))
    page = paging.by_id(found, request.GET, PAGE_ROWS)
    context = {
        "form": form,
        "lines": [_shown(line) for line in words.lines(page.rows)],
        "of_row": bool(form.cleaned_data["row"]),
        "narrowed": any(form.cleaned_data.values()),
        "older": paging.link(request.GET, after=page.after, before="") if page.after else "",
        "newer": paging.link(request.GET, before=page.before, after="") if page.before else "",
    }
    return render(request, "web/history/changes.html", context | LISTING.offer(request))


@require_safe
@desk_only
def cases(request: HttpRequest, pk: int) -> HttpResponse:
    """The cases that one change touched, the newest first."""
    change = _mine(request).filter(pk=pk).first()
    if change is None or not touched.can_say(change):
        raise NotFound
    found = touched.cases(change, request.user).select_related("handler")
    if TOUCHED.asked(request):
        return TOUCHED.answer(request, found.order_by("-pk"))
    page = paging.by_id(found, request.GET, CASE_ROWS)
    count = paging.capped(found, MOST_COUNTED)
    (line,) = words.lines([change])
    context = {
        "change": _shown(line) | {"long": False},
        "meaning": touched.meaning(change),
        "count": paging.in_words(count, MOST_COUNTED),
        "lines": rows.of_cases(page.rows, policies.current(), request.now),
        "older": paging.link(request.GET, after=page.after, before="") if page.after else "",
        "newer": paging.link(request.GET, before=page.before, after="") if page.before else "",
    }
    return render(request, "web/history/cases.html", context | TOUCHED.offer(request))


def _mine(request: HttpRequest) -> QuerySet[ConfigChange]:
    """The changes this person may read. Raises NotAllowed for who may read none."""
    if request.user.role not in READERS:
        raise NotAllowed
    return ConfigChange.objects.visible_to(request.user)


def _shown(line: words.Line) -> dict[str, Any]:
    change = line.row
    of_row = urlencode({"row": f"{change.what}:{change.key}"})
    can_say = touched.can_say(change)
    return {
        "line": line,
        "at": words.instant(change.at),
        "long": len(line.values) > LONG,
        "cases": reverse("change-cases", args=[change.pk]) if can_say else "",
        "row": f"{reverse('changes')}?{of_row}",
    }


def _lines(changes: list[ConfigChange], request: HttpRequest) -> list[words.Line]:
    return words.lines(changes)


def _values(line: words.Line) -> str:
    """From what to what, one field a line."""
    return "\n".join(f"{each.label}：{each.was} → {each.became}" for each in line.values)


LISTING = Listing(
    "changes",
    (
        Column(gettext_lazy("时间"), lambda line: line.row.at),
        Column(gettext_lazy("内容"), lambda line: line.what),
        Column(gettext_lazy("名称"), lambda line: line.title),
        Column(gettext_lazy("动作"), lambda line: line.row.get_done_display()),
        Column(gettext_lazy("操作人"), lambda line: line.who),
        Column(gettext_lazy("途径"), lambda line: line.way),
        Column(gettext_lazy("变更"), _values),
    ),
    _lines,
)
TOUCHED = Listing("change-cases", rows.COLUMNS, rows.listed, rows.number)
