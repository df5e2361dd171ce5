"""/desk/disclosures/: who read personal data in full, of which case, when and why."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from waterdesk.core import disclosed
from waterdesk.core.lists import Column, Listing
from waterdesk.core.models.disclosures import Disclosure
from waterdesk.core.models.people import User
from waterdesk.web import paging
from waterdesk.web.access import desk_only
from waterdesk.web.results import midnight
from waterdesk.web.what_if import DAY

PAGE_ROWS = 30
MOST_COUNTED = 999
A_DAY = timedelta(days=1)


class NarrowForm(forms.Form):
    by = forms.CharField(label=gettext_lazy("查阅人姓名或用户名"), required=False, max_length=150)
    what = forms.ChoiceField(label=gettext_lazy("内容"), required=False)
    case = forms.CharField(label=gettext_lazy("办件号"), required=False, max_length=24)
    since = forms.DateField(label=gettext_lazy("自（含）"), required=False, widget=DAY)
    until = forms.DateField(label=gettext_lazy("至（含）"), required=False, widget=DAY)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["what"].choices = [("", _("全部")), *Disclosure.What.choices]

    def narrow(self, rows: QuerySet[Disclosure]) -> QuerySet[Disclosure]:
        """What a valid form asks for; an empty field asks for everything."""
        given = self.cleaned_data
        if name := given["by"].strip():
            people = User.objects.filter(username=name) | User.objects.filter(name=name)
            rows = rows.filter(by__in=people)
        if given["what"]:
            rows = rows.filter(what=given["what"])
        if number := given["case"].strip().upper():
            rows = rows.filter(case=number)
        if given["since"]:
            rows = rows.filter(at__gte=midnight(given["since"]))
        if given["until"]:
            rows = rows.filter(at__lt=midnight(given["until"] + A_DAY))
        return rows


@require_safe
@desk_only
def listed(request: HttpRequest) -> HttpResponseBase:
    rows, form = disclosed.visible_to(request.user), NarrowForm(request.GET)
    if not form.is_valid():
        return render(request, "web/record/readings.html", {"form": form}, status=400)
    found = form.narrow(rows).select_related("by", "area")
    if LISTING.asked(request):
        return LISTING.answer(request, found.order_by("-id"))
    page = paging.by_id(found, request.GET, PAGE_ROWS)
    context = {
        "form": form,
        "rows": page.rows,
        "count": paging.in_words(paging.capped(found, MOST_COUNTED), MOST_COUNTED),
        "older": paging.link(request.GET, after=page.after, before="") if page.after else "",
        "newer": paging.link(request.GET, before=page.before, after="") if page.before else "",
        "narrowed": any(form.cleaned_data.values()),
        "now": request.now,
        **LISTING.offer(request),
    }
    return render(request, "web/record/readings.html", context)


LISTING = Listing(
    "disclosures",
    (
        Column(gettext_lazy("时间"), lambda row: row.at),
        Column(gettext_lazy("查阅人"), lambda row: row.by),
        Column(gettext_lazy("内容"), lambda row: row.get_what_display()),
        Column(gettext_lazy("办件"), lambda row: row.case),
        Column(gettext_lazy("片区"), lambda row: row.area),
        Column(gettext_lazy("理由"), lambda row: row.reason),
    ),
)
