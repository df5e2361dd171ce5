"""Cases that were closed and opened again, and clocks that a correction has changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from waterdesk.core import corrections, late
from waterdesk.core.anomalies.rule import Finding, Limit, Limits, Rule, Span
from waterdesk.core.flow import flows
from waterdesk.core.models.cases import Case
from waterdesk.core.models.people import User
from waterdesk.core.models.record import Event

MINUTE = timedelta(minutes=1)
_RAISED = "reopenings_to_raise"


def reopened(span: Span, limits: Limits) -> Iterator[Finding]:
    """Cases that were opened again in the period, and so often by then."""
    again = reopening_actions()
    events = list(_written(span).filter(action__in=again))
    so_far: dict[str, list[int]] = defaultdict(list)
    known = Event.objects.filter(case__in={e.case for e in events}, action__in=again)
    for number, seq in known.values_list("case", "seq"):
        so_far[number].append(seq)
    areas, people = _areas(events), _people(events)
    for event in events:
        times = sum(seq <= event.seq for seq in so_far[event.case])
        if times >= limits["times"] and event.case in areas:
            yield _finding(event, areas[event.case], people.get(event.actor), times=times)


def reopening_actions() -> set[str]:
    """The moves by which a case goes on again after its end, of every kind."""
    return {m.action for flow in flows() for m in flow.moves if m.raised_from == _RAISED}


def corrected(span: Span, limits: Limits) -> Iterator[Finding]:
    """Corrected pauses by which something fell due later, and breaches that were withdrawn."""
    events = list(
        _written(span).filter(action__in=[corrections.CORRECT, late.ACCEPTED, late.WITHDRAWN])
    )
    moved = Event.objects.filter(case__in={e.case for e in events}, action=corrections.MOVED)
    gains: dict[tuple[str, datetime], timedelta] = defaultdict(timedelta)
    for event in moved:
        gain = _instant(event.data["due"]) - _instant(event.data["was"])
        key = (event.case, event.recorded_at)
        gains[key] = max(gains[key], gain)
    areas, people = _areas(events), _people(events)
    for event in events:
        gain = gains[event.case, event.recorded_at]
        pause = event.action == corrections.CORRECT
        if event.case in areas and (not pause or gain >= limits["minutes"] * MINUTE):
            yield _finding(
                event,
                areas[event.case],
                people.get(event.actor),
                what=event.action,
                minutes=gain // MINUTE,
            )


def _written(span: Span) -> QuerySet[Event]:
    """What was written down in the period: the pages of the record that hold it are known."""
    rows = Event.objects.filter(recorded_at__gte=span.since, recorded_at__lt=span.until)
    return rows.order_by("recorded_at", "pk")


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _areas(events: Iterable[Event]) -> dict[str, int]:
    numbers = {event.case for event in events}
    return dict(Case.objects.filter(number__in=numbers).values_list("number", "area"))


def _people(events: Iterable[Event]) -> dict[str, int]:
    names = {event.actor for event in events} - {""}
    return dict(User.objects.filter(username__in=names).values_list("username", "pk"))


def _finding(event: Event, area_id: int, person_id: int | None, **facts: str | int) -> Finding:
    return Finding(
        key=f"{event.case}:{event.seq}",
        at=event.at,
        area_id=area_id,
        case=event.case,
        seq=event.seq,
        person_id=person_id,
        facts=facts,
    )


RULES = (
    Rule(
        "reopened",
        _("反复办结又重开"),
        _("同一办件办结后又重新办理，累计 %(times)d 次以上。"),
        _("第 %(times)d 次办结后又重新办理。"),
        reopened,
        (Limit("times", _("累计多少次"), 2, least=1),),
    ),
    Rule(
        "stopped-by-correction",
        _("更正使时限改变"),
        _("更正停表使到期推迟 %(minutes)d 分钟以上，或补传、认可时间使超时撤回。"),
        _("%(what)s，到期推迟 %(minutes)d 分钟。"),
        corrected,
        (Limit("minutes", _("推迟多少分钟"), 30),),
    ),
)
