"""Which cases a change of the configuration touched: those it held for until the next change."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from applications.models import Quote
from notifications.models import Message
from waterdesk.core.flow import Label
from waterdesk.core.models import Case, Clock, ConfigChange, Pause, Reason, User


@dataclass(frozen=True, slots=True)
class Span:
    """From the change up to the next one of the same row; `until` None is until now."""

    since: datetime
    until: datetime | None

    def within(self, name: str) -> Q:
        """Instants in it."""
        begins = Q(**{f"{name}__gte": self.since})
        return begins if self.until is None else begins & Q(**{f"{name}__lt": self.until})

    def overlaps(self, starts: str, ends: str) -> Q:
        """Intervals that share a moment with it; an open one has no end."""
        lasts = Q(**{f"{ends}__isnull": True}) | Q(**{f"{ends}__gt": self.since})
        return lasts if self.until is None else lasts & Q(**{f"{starts}__lt": self.until})


Said = Mapping[str, Any]
Finder = Callable[[QuerySet[Case], Said, str, Span], QuerySet[Case]]


def _with_clocks(cases: QuerySet[Case], which: Q, span: Span) -> QuerySet[Case]:
    clocks = Clock.objects.filter(which, span.overlaps("started_at", "stopped_at"))
    return cases.filter(Exists(clocks.filter(case=OuterRef("pk"))))


def _promise(cases: QuerySet[Case], said: Said, key: str, span: Span) -> QuerySet[Case]:
    return _with_clocks(cases, Q(promise=key), span)


def _ladder(cases: QuerySet[Case], said: Said, key: str, span: Span) -> QuerySet[Case]:
    return _with_clocks(cases, Q(promise__ladder=key), span)


def _calendar(cases: QuerySet[Case], said: Said, key: str, span: Span) -> QuerySet[Case]:
    return _with_clocks(cases, Q(calendar=said.get("calendar_id", key)), span)


def _area(cases: QuerySet[Case], said: Said, key: str, span: Span) -> QuerySet[Case]:
    return cases.filter(span.overlaps("opened_at", "closed_at"), area=key)


def _subject(cases: QuerySet[Case], said: Said, key: str, span: Span) -> QuerySet[Case]:
    kind, subject = said.get("kind", "application"), said["code"]
    return cases.filter(span.overlaps("opened_at", "closed_at"), kind=kind, subject=subject)


def _person(cases: QuerySet[Case], said: Said, key: str, span: Span) -> QuerySet[Case]:
    return cases.filter(span.overlaps("opened_at", "closed_at"), handler=key)


def _reason(cases: QuerySet[Case], said: Said, key: str, span: Span) -> QuerySet[Case]:
    if said["use"] == Reason.Use.CAUSE:
        return _with_clocks(cases, Q(cause=said["code"]), span)
    pauses = Pause.objects.filter(span.overlaps("started_at", "ended_at"), reason=said["code"])
    return cases.filter(Exists(pauses.filter(case=OuterRef("pk"))))


def _text(cases: QuerySet[Case], said: Said, key: str, span: Span) -> QuerySet[Case]:
    told = Message.objects.filter(
        span.within("created_at"), key=said["key"], channel=said["channel"]
    )
    return cases.filter(Exists(told.filter(case=OuterRef("number"))))


def _fee(cases: QuerySet[Case], said: Said, key: str, span: Span) -> QuerySet[Case]:
    quoted = Quote.objects.filter(span.within("made_at"))
    return cases.filter(Exists(quoted.filter(case=OuterRef("pk"))))


CLOCKS = _(
    "从这次修改到下一次修改之间在计时的办件。时限在起算时抄下：修改前已起算的仍按原承诺走完。"
)
WORKED = _("从这次修改到下一次修改之间按这个日历计时的办件；到期时间随日历重新推算。")
OPEN = _("从这次修改到下一次修改之间在办的办件。")
FOUND: dict[str, tuple[Finder, Label]] = {
    "core_promise": (_promise, CLOCKS),
    "core_ladder": (_ladder, CLOCKS),
    "core_workcalendar": (_calendar, WORKED),
    "core_calendarday": (_calendar, WORKED),
    "core_area": (_area, OPEN),
    "core_areashape": (_area, OPEN),
    "core_subject": (_subject, OPEN),
    "applications_servicerow": (_subject, OPEN),
    "core_user": (_person, _("从这次修改到下一次修改之间在办、现由此人处理的办件。")),
    "core_reason": (_reason, _("从这次修改到下一次修改之间用到这个原因的办件。")),
    "notifications_text": (_text, _("从这次修改到下一次修改之间发过这条文案的办件。")),
    "applications_feeprice": (_fee, _("从这次修改到下一次修改之间报过价的办件。")),
    "applications_feewaiver": (_fee, _("从这次修改到下一次修改之间报过价的办件。")),
}
# Of the many lists of reasons, those that are kept where a case can be found by them.
KEPT_REASONS = (Reason.Use.CAUSE.value, Reason.Use.PAUSE.value)


def can_say(change: ConfigChange) -> bool:
    """Whether it is known which cases such a change touches."""
    if change.what == "core_reason":
        return (change.became or change.was)["use"] in KEPT_REASONS
    return change.what in FOUND


def meaning(change: ConfigChange) -> Label:
    return FOUND[change.what][1]


def cases(change: ConfigChange, user: User) -> QuerySet[Case]:
    """The cases this person may see that the change touched; only where `can_say`."""
    following = ConfigChange.objects.filter(what=change.what, key=change.key, pk__gt=change.pk)
    until = following.order_by("pk").values_list("at", flat=True).first()
    find, _meaning = FOUND[change.what]
    said = change.became or change.was
    return find(Case.objects.visible_to(user), said, change.key, Span(change.at, until))
