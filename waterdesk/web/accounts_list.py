"""/desk/results/accounts/: 立户清单, the accounts opened in a period, as CSV.

Masked for whoever may look after results; whole for administrators, with a reason, and then every
case that the file names has a line in its record.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, override
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from applications.models import AccountOpening, Application
from waterdesk.core import disclosed
from waterdesk.core import policy as policies
from waterdesk.core.errors import NotAllowed
from waterdesk.core.lists import lines
from waterdesk.core.masking import masked
from waterdesk.core.models.cases import Case
from waterdesk.core.models.disclosures import Disclosure
from waterdesk.core.policy import Policy
from waterdesk.core.results import KEEPERS, READERS, REASON_LENGTH
from waterdesk.web import paging
from waterdesk.web.access import desk_only
from waterdesk.web.results import midnight
from waterdesk.web.what_if import DAY

CHUNK = 500
LONGEST = timedelta(days=366)
MOST_COUNTED = 9999


class PeriodForm(forms.Form):
    """Water on from which day to which; a reason where the list is to be whole."""

    since = forms.DateField(label=gettext_lazy("通水起日"), widget=DAY)
    until = forms.DateField(label=gettext_lazy("通水止日（含）"), widget=DAY)
    reason = forms.CharField(
        label=gettext_lazy("理由"), max_length=REASON_LENGTH, required=False, strip=True
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if "since" in given and "until" in given:
            if given["until"] < given["since"]:
                self.add_error("until", _("止日不能早于起日。"))
            elif given["until"] - given["since"] > LONGEST:
                self.add_error("until", _("一次最多导出一年。"))
        return given


@require_safe
@desk_only
def accounts(request: HttpRequest) -> HttpResponse:
    _keepers(request)
    query = request.GET.copy()
    if not {"since", "until"} & set(query):
        today = timezone.localdate(request.now)
        query["since"], query["until"] = today.replace(day=1).isoformat(), today.isoformat()
    return _page(request, PeriodForm(query))


@never_cache
@require_http_methods(["GET", "POST"])
@desk_only
def as_csv(request: HttpRequest) -> HttpResponseBase:
    """Streamed: memory does not follow the length. POST with a reason hides nothing."""
    _keepers(request)
    whole = request.method == "POST"
    form = PeriodForm(request.POST if whole else request.GET)
    if whole and request.user.role not in READERS:
        raise NotAllowed
    if form.is_valid() and whole and not form.cleaned_data["reason"]:
        form.add_error("reason", _("请填写理由。"))
    if not form.is_valid():
        return _page(request, form, 400)
    rows = wanted(request, form).select_related("case").order_by("at", "id")
    rules, language = policies.current(), get_language()
    told = _told(request, rows, form.cleaned_data["reason"] if whole else "")
    answer = StreamingHttpResponse(
        lines(_head(), _rows(told, rules, language)), content_type="text/csv; charset=utf-8"
    )
    days = f"{form.cleaned_data['since']:%Y%m%d}-{form.cleaned_data['until']:%Y%m%d}"
    answer["Content-Disposition"] = f'attachment; filename="accounts-{days}.csv"'
    return answer


def wanted(request: HttpRequest, form: PeriodForm) -> QuerySet[AccountOpening]:
    """The openings of a valid form's days whose cases this person may see."""
    given = form.cleaned_data
    since, until = midnight(given["since"]), midnight(given["until"] + timedelta(days=1))
    seen = Case.objects.visible_to(request.user)
    rows = AccountOpening.objects.filter(at__gte=since, at__lt=until)
    return rows.filter(case__in=Application.objects.filter(pk__in=seen.values("pk")))


def _keepers(request: HttpRequest) -> None:
    if request.user.role not in KEEPERS:
        raise NotAllowed


def _page(request: HttpRequest, form: PeriodForm, status: int = 200) -> HttpResponse:
    """The form, and where its days are understood how many accounts they hold."""
    form.is_valid()
    days = {name: form.cleaned_data.get(name) for name in ("since", "until")}
    context: dict[str, Any] = {"form": form, "days": days}
    if all(days.values()):
        query = QueryDict(mutable=True)
        query.update({name: day.isoformat() for name, day in days.items()})
        count = paging.capped(wanted(request, form), MOST_COUNTED)
        context |= {
            "count": paging.in_words(count, MOST_COUNTED),
            "file": f"{reverse('results-csv')}?{query.urlencode()}",
            "may_read": request.user.role in READERS,
        }
    return render(request, "web/accounts_list.html", context, status=status)


def _told(
    request: HttpRequest, rows: QuerySet[AccountOpening], reason: str
) -> Iterator[tuple[AccountOpening, Mapping[str, Any]]]:
    """Each opening with what may be said of it. Its line in the record stands before it is said."""
    for row in rows.iterator(chunk_size=CHUNK):
        if reason:
            disclosed.of_case(
                row.case.number, Disclosure.What.ACCOUNTS, {}, reason,
                actor=request.user, at=request.now,
            )  # fmt: skip
        yield row, row.facts if reason else masked(row.facts)


def _rows(
    told: Iterable[tuple[AccountOpening, Mapping[str, Any]]], rules: Policy, language: str | None
) -> Iterator[list[Any]]:
    """They are made after the view has returned, when the page's language is no longer set."""
    for row, facts in told:
        with override(language):
            cells = _cells(row, facts, rules)
        yield cells


def _head() -> list[str]:
    return [
        _("办件"), _("通水时间"), _("户主"), _("类型"), _("电话"), _("身份证号码"),
        _("统一社会信用代码"), _("地址"), _("片区"), _("用水性质"), _("口径（毫米）"),
        _("水表编号"), _("经度"), _("纬度"), _("重新办理"),
    ]  # fmt: skip


def _cells(row: AccountOpening, facts: Mapping[str, Any], rules: Policy) -> list[Any]:
    holder, where = facts["holder"], facts["position"]
    area = rules.area_coded(facts["area"])
    # A mask says only that there is a position.
    place = [where["longitude"], where["latitude"]] if isinstance(where, Mapping) else [where] * 2
    return [
        row.case.number,
        row.at,
        holder["name"],
        _word(Application.Applicant, holder["kind"]),
        holder["phone"],
        holder["id_number"],
        holder["uscc"],
        facts["address"],
        area.name if area else facts["area"],
        _word(Application.Use, facts["use"]),
        facts["calibre_mm"],
        facts["meter_number"],
        *place,
        _("是") if facts["again"] else "",
    ]


def _word(choices: Any, code: str) -> str:
    return str(dict(choices.choices).get(code, code))
