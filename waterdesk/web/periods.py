"""What the pages of figures share: the form of a period, its words, and the way to each list.

Everything asked stands in the address; a figure leads to the list of exactly what it counted.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from django import forms
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from waterdesk.core import periods
from waterdesk.core import policy as policies
from waterdesk.core.breaches import JUDGES
from waterdesk.core.errors import Invalid, NotAllowed
from waterdesk.core.models.people import User
from waterdesk.core.policy import Policy
from waterdesk.web.filters import area_choices, areas_under
from waterdesk.web.what_if import DAY

# What an address of a list narrows by, kept as short as any code is.
LONGEST_CODE = 60
YEARS = range(2000, 2101)  # no instant of theirs is out of reach


class PeriodForm(forms.Form):
    """From when to when, and where; a page says what its days are and asks for more."""

    since = forms.DateField(widget=DAY)
    until = forms.DateField(widget=DAY)
    area = forms.ChoiceField(label=gettext_lazy("片区"), required=False)

    def __init__(self, *args: Any, user: User, rules: Policy, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choose("area", area_choices(user, rules))

    def choose(self, name: str, choices: Iterable[tuple[str, Any]]) -> None:
        """Everything, or one of these."""
        self.fields[name].choices = [("", _("全部")), *choices]

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if "since" in given and "until" in given:
            try:
                periods.check(given["since"], given["until"])
            except Invalid as refusal:
                for name, message in refusal.fields.items():
                    self.add_error(name, message)
        return given

    def areas(self, rules: Policy) -> frozenset[int] | None:
        """The areas that a valid form asks for; None is every area."""
        code = self.cleaned_data["area"]
        return areas_under(code, rules) if code else None

    def address(self) -> QueryDict:
        """What a valid form says, as parameters of an address."""
        query = QueryDict(mutable=True)
        for name, value in self.cleaned_data.items():
            if value:
                query[name] = value.isoformat() if isinstance(value, date) else value
        return query

    def said(self, label: str, rules: Policy) -> list[tuple[str, Any]]:
        """What a valid form asks for, in words: paper does not show the form."""
        given = self.cleaned_data
        days = {"since": given["since"].isoformat(), "until": given["until"].isoformat()}
        told: list[tuple[str, Any]] = [(label, _("%(since)s 至 %(until)s") % days)]
        if area := rules.area_coded(given["area"]):
            told.append((_("片区"), area.name))
        for name, field in self.fields.items():
            if name not in PeriodForm.base_fields and given[name]:
                told.append((str(field.label), dict(field.choices)[given[name]]))
        return told


AnyForm = TypeVar("AnyForm", bound=PeriodForm)


def read(request: HttpRequest, form: type[AnyForm], months: int) -> tuple[AnyForm, Policy]:
    """The form as asked, or of the last months. Raises NotAllowed for whoever judges nothing."""
    if request.user.role not in JUDGES:
        raise NotAllowed
    rules, query = policies.current(), request.GET.copy()
    if "since" not in query and "until" not in query:
        first = periods.months(months, timezone.localdate(request.now))
        query["since"], query["until"] = first.since.isoformat(), first.until.isoformat()
    return form(query, user=request.user, rules=rules), rules


@dataclass(frozen=True, slots=True)
class Number:
    """A figure, and the list of what it counted; "" for none."""

    count: int
    url: str


class Links:
    """Addresses of the list called `name`, narrowed to what one figure counts."""

    def __init__(self, name: str, query: QueryDict) -> None:
        self.query, self.url = query, reverse(name)

    def to(self, count: int, **narrowed: str) -> Number:
        query = self.query.copy()
        for name, value in narrowed.items():
            query[name] = value
        return Number(count, f"{self.url}?{query.urlencode()}" if count else "")


class Narrowing:
    """Which figure a list is of; what the address says and nobody knows is left out."""

    def __init__(self, query: QueryDict, rules: Policy) -> None:
        self.query, self.rules = query, rules

    def area(self) -> int | None:
        """That area alone, without those below."""
        area = self.rules.area_coded(self.query.get("at", ""))
        return area.pk if area else None

    def one_of(self, name: str, values: Iterable[str]) -> str:
        value = self.query.get(name, "")
        return value if value in list(values) else ""

    def code(self, name: str) -> str:
        return self.query.get(name, "")[:LONGEST_CODE]

    def month(self) -> date | None:
        try:
            found = date.fromisoformat(f"{self.query.get('month', '')}-01")
        except ValueError:
            return None
        return found if found.year in YEARS else None
