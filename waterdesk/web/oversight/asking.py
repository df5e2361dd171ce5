"""What the overview is asked for, all of it in the address, and which figure a list is of."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from waterdesk.core import periods as spans
from waterdesk.core.figures.asked import Asked, By, Result
from waterdesk.core.models.cases import Case
from waterdesk.core.models.people import Role, User
from waterdesk.core.models.promises import Kind
from waterdesk.core.periods import Period
from waterdesk.core.policy import Policy
from waterdesk.core.visibility import visible
from waterdesk.web import periods
from waterdesk.web.board import PROMISE_WORDS
from waterdesk.web.filters import Choice, area_choices
from waterdesk.web.periods import PeriodForm
from waterdesk.web.what_if import DAY

TWO_STEP = "two-step"
# An incident has the one set of clocks of all its tickets.
HOTLINE = (Kind.TICKET.value, Kind.INCIDENT.value)
TIMES = (By.MONTH, By.WEEK, By.DAY)
SPLITS = (By.AREA, By.SERVICE, By.CHANNEL, By.TEAM, By.PERSON)
TIME_WORDS = {
    By.MONTH: gettext_lazy("按月"),
    By.WEEK: gettext_lazy("按周"),
    By.DAY: gettext_lazy("按日"),
}
SPLIT_WORDS = {
    By.AREA: gettext_lazy("片区"),
    By.SERVICE: gettext_lazy("服务事项"),
    By.CHANNEL: gettext_lazy("渠道"),
    By.TEAM: gettext_lazy("班组"),
    By.PERSON: gettext_lazy("责任人"),
}
# Up to so many days are shown by the day, and up to so many by the week. *chosen*
BY_DAY, BY_WEEK = 35, 120
NOBODY = "0"
LARGEST = 2**31 - 1  # no row has a key beyond it


class OversightForm(PeriodForm):
    """Judged from when to when, and whose; by what time and by what else it is parted."""

    since = forms.DateField(label=gettext_lazy("起日"), widget=DAY)
    until = forms.DateField(label=gettext_lazy("止日（含）"), widget=DAY)
    by = forms.ChoiceField(label=gettext_lazy("趋势"), required=False)
    split = forms.ChoiceField(label=gettext_lazy("对比"), required=False)
    step = forms.ChoiceField(label=gettext_lazy("承诺"), required=False)
    subject = forms.ChoiceField(label=gettext_lazy("服务事项"), required=False)
    channel = forms.ChoiceField(label=gettext_lazy("渠道"), required=False)
    team = forms.ChoiceField(label=gettext_lazy("班组"), required=False)
    person = forms.ChoiceField(label=gettext_lazy("责任人"), required=False)

    def __init__(self, *args: Any, user: User, rules: Policy, **kwargs: Any) -> None:
        super().__init__(*args, user=user, rules=rules, **kwargs)
        self.fields["by"].choices = [("", _("自动")), *TIME_WORDS.items()]
        self.fields["split"].choices = [(each.value, SPLIT_WORDS[each]) for each in SPLITS]
        self.choose("step", step_choices(rules))
        self.choose("subject", subject_choices(rules))
        self.choose("channel", Case.Channel.choices)
        self.choose("team", area_choices(user, rules))
        self.choose("person", [(str(pk), str(who)) for pk, who in people(user)])

    def asked(self, rules: Policy) -> Asked:
        """What a valid form asks for."""
        given = self.cleaned_data
        kind, _colon, code = given["step"].partition(":")
        of_subject, _colon, subject = given["subject"].partition(":")
        team = rules.area_coded(given["team"])
        # A step of one kind and a subject of another: no clock is both.
        kinds = {each for each in (kind, of_subject) if each}
        return Asked(
            given["since"],
            given["until"],
            self.areas(rules),
            kind=kinds.pop() if len(kinds) == 1 else "" if not kinds else "-",
            code=code,
            subject=subject,
            channel=given["channel"],
            team=team.pk if team else None,
            person=int(given["person"]) if given["person"] else None,
        )

    @property
    def by_time(self) -> By:
        """By what time: as asked, or by the length of the period."""
        given = self.cleaned_data
        if given["by"]:
            return By(given["by"])
        days = (given["until"] - given["since"]).days + 1
        return By.DAY if days <= BY_DAY else By.WEEK if days <= BY_WEEK else By.MONTH

    @property
    def by_split(self) -> By:
        return By(self.cleaned_data["split"] or By.AREA)

    @property
    def narrows(self) -> bool:
        """Whether more is asked for than a period and an area."""
        names = ("step", "subject", "channel", "team", "person")
        return any(self.cleaned_data[name] for name in names)


def read(request: HttpRequest) -> tuple[OversightForm, Policy]:
    """The form as asked, or of this month. Raises NotAllowed for whoever judges nothing."""
    return periods.read(request, OversightForm, months=1)


def said(form: OversightForm, rules: Policy, label: str = "") -> list[tuple[str, Any]]:
    """What a valid form asks for, in words; `label` says what its days are of."""
    told = form.said(label or _("判定期间"), rules)
    shown_apart = {str(form.fields[name].label) for name in ("by", "split")}
    return [(label, value) for label, value in told if label not in shown_apart]


def people(user: User) -> list[tuple[int, User]]:
    """The staff of the areas this person sees, those who have left among them."""
    rows: QuerySet[User] = visible(User.objects.exclude(role=Role.CUSTOMER), user)
    return [
        (each.pk, each) for each in rows.only("pk", "name", "username", "role").order_by("name")
    ]


def step_choices(rules: Policy) -> list[Choice]:
    """Every promise, by kind and code."""
    return [(f"{kind}:{code}", step_words(kind, code)) for kind, code in rules.promises]


def step_words(kind: str, code: str) -> str:
    """What a promise is called where those of all kinds stand together."""
    if kind == Kind.APPLICATION and code == TWO_STEP:
        return _("两环节：受理到办好")
    names = {"kind": Kind(kind).label if kind in Kind.values else kind}
    names["step"] = str(PROMISE_WORDS.get(code, code))
    return _("%(kind)s：%(step)s") % names


def subject_choices(rules: Policy) -> list[Choice]:
    return [
        (f"{kind}:{code}", f"{Kind(kind).label} · {row.name}")
        for (kind, code), row in rules.subjects.items()
    ]


def quick(request: HttpRequest, form: OversightForm) -> list[dict[str, Any]]:
    """The periods that are asked for most, with everything else as it stands."""
    today = timezone.localdate(request.now)
    monday, this = today - timedelta(days=today.weekday()), spans.month(today)
    known = {
        _("本周"): Period(monday, monday + timedelta(days=6)),
        _("本月"): this,
        _("上月"): spans.month(this.since - timedelta(days=1)),
        _("今年"): Period(today.replace(month=1, day=1), this.until),
        _("近十二个月"): spans.months(12, today),
    }
    now = (form.cleaned_data["since"], form.cleaned_data["until"])
    return [
        {
            "label": label,
            "url": at(form.address(), each),
            "active": (each.since, each.until) == now,
        }
        for label, each in known.items()
    ]


def at(query: QueryDict, period: Period) -> str:
    """The overview as `query` asks for it, of another period."""
    query = query.copy()
    query["since"], query["until"] = period.since.isoformat(), period.until.isoformat()
    return f"{reverse('oversight')}?{query.urlencode()}"


@dataclass(frozen=True, slots=True)
class Figure:
    """Which figure a list is of: what is asked, of some kinds of case or ("") all.

    `asked` None is a figure of nothing: what the address says fits nothing at all.
    """

    asked: Asked | None
    result: Result
    kinds: tuple[str, ...] = ()


def figure(query: QueryDict, form: OversightForm, rules: Policy) -> Figure:
    """The figure that an address is of; a word that nobody knows makes it one of nothing."""
    try:
        result = Result(query.get("result", "") or Result.JUDGED)
        asked = _of_step(form.asked(rules), query)
        asked = _of_bucket(asked, query, form.by_time)
        asked = _of_row(asked, query, form.by_split, rules)
    except ValueError:
        return Figure(None, Result.JUDGED)
    kinds = HOTLINE if query.get("group") == "tickets" else ()
    if kinds and asked.kind:
        kinds = (asked.kind,) if asked.kind in kinds else ("-",)
    return Figure(asked, result, kinds)


def _only(wanted: Any, given: Any) -> Any:
    """Both of two wishes for the same thing. Raises ValueError where they are two things."""
    if wanted in ("", None) or wanted == given:
        return given
    raise ValueError(f"{wanted} is not {given}")


def _of_step(asked: Asked, query: QueryDict) -> Asked:
    if not (of := query.get("of", "")):
        return asked
    kind, colon, code = of[: periods.LONGEST_CODE].partition(":")
    if not colon:
        raise ValueError(of)
    return replace(asked, kind=_only(asked.kind, kind), code=_only(asked.code, code))


def _of_bucket(asked: Asked, query: QueryDict, by: By) -> Asked:
    """Clipped to one month, week or day that begins as the address says."""
    if not (text := query.get("bucket", "")):
        return asked
    since = date.fromisoformat(text)
    if since.year not in periods.YEARS:
        raise ValueError(text)
    until = bucket_end(since, by)
    return replace(asked, since=max(asked.since, since), until=min(asked.until, until))


def bucket_end(since: date, by: By) -> date:
    """The last day of the month, week or day that begins on this one."""
    if by is By.MONTH:
        return spans.month(since).until
    return since + timedelta(days=6) if by is By.WEEK else since


def _of_row(asked: Asked, query: QueryDict, split: By, rules: Policy) -> Asked:
    """Narrowed to one row of the comparison. Raises ValueError for one that is no row of it."""
    if not (row := query.get("row", "")[: periods.LONGEST_CODE * 2]):
        return asked
    if split is By.AREA:
        area = rules.area_coded(row)
        inside = area is not None and (asked.areas is None or area.pk in asked.areas)
        return replace(asked, areas=frozenset({area.pk} if inside else ()))
    if split is By.SERVICE:
        kind, _colon, subject = row.partition(":")
        kind, subject = _only(asked.kind, kind), _only(asked.subject, subject)
        return replace(asked, kind=kind, subject=subject)
    if split is By.CHANNEL:
        return replace(asked, channel=_only(asked.channel, row))
    key = int(row)
    if not 0 <= key <= LARGEST:
        raise ValueError(row)
    if split is By.TEAM:
        return replace(asked, team=_only(asked.team, key))
    return replace(asked, person=_only(asked.person, key))
