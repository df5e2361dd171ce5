"""What people are told: from a move or a crossed level to notices for the outbox."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from notifications.outbox import Notice
from waterdesk.core import wording
from waterdesk.core.audiences import Directory
from waterdesk.core.clocks import Rung, service_opens
from waterdesk.core.flow import Move, flow_named, flow_of
from waterdesk.core.ladders import BREACH
from waterdesk.core.models.supervision import CLOCK as SUPERVISION

if TYPE_CHECKING:
    from waterdesk.core.models.cases import Case
    from waterdesk.core.models.clocks import Clock


def of_move(
    case: Case,
    move: Move,
    clocks: list[Clock],
    directory: Directory,
    at: datetime,
    extra: dict[str, str],
) -> Iterator[Notice]:
    """One notice a person for each audience of the move, in its text `<kind>.<action>.<who>`."""
    if not move.tell:
        return
    context = context_of(case, directory, at) | extra
    # What a supervisor waits for is told by texts of its own.
    promised = (c for c in clocks if c.stopped_at is None and c.code != SUPERVISION)
    first = min(promised, key=lambda c: c.due_at, default=None)
    if first is not None:
        context |= _of_clock(first, at)
    for audience in (*move.tell, *_louder(case, move, directory)):
        said = context | _numbered(case, audience)
        for person in directory.people(audience, case):
            yield Notice(
                key=f"{case.kind}.{move.action}.{audience}",
                occurrence=f"{case.number}#{case.version}",
                user_id=person.user_id,
                phone=person.phone,
                context=said,
                case=case.number,
                variant=case.subject,
            )


def _numbered(case: Case, audience: str) -> dict[str, str]:
    """Staff read the number of an order beside the desk's own; customers know neither source."""
    if not case.reference or audience == "customer":
        return {}
    return {"number": f"{case.number}（{case.reference}）"}


def _louder(case: Case, move: Move, directory: Directory) -> tuple[str, ...]:
    """The lead's lead too, from the n-th time on that this move, or one alike, is made here."""
    if not move.raised_from:
        return ()
    alike = [m.action for m in flow_of(case).moves if m.raised_from == move.raised_from]
    # This time is not written yet; the record knows the times before.
    times = case.events.filter(action__in=alike).count() + 1
    return ("upper",) if times >= getattr(directory.policy.utility, move.raised_from) else ()


def untold(rung: Rung, now: datetime) -> bool:
    """Whether this is a reminder that is only noticed after the limit has passed."""
    return rung.level < BREACH and rung.clock.due_at < now


def of_rung(case: Case, rung: Rung, directory: Directory, now: datetime) -> Iterator[Notice]:
    """One notice a person for a crossed level; somebody in two audiences is told once.

    A reminder that is only noticed after the limit has passed is recorded but told to nobody:
    the breach, noticed with it, says all there is to say. Outside the service hours of a clock in
    working time the inbox has it at once, and what is carried waits for the next opening.
    """
    if untold(rung, now):
        return
    context = context_of(case, directory, now) | _of_clock(rung.clock, now)
    context["level"] = str(rung.percent)
    opens = service_opens(rung.clock, directory.policy, now)
    name = (
        "reminder" if rung.level < BREACH else "breached" if rung.level == BREACH else "escalated"
    )
    for audience in rung.tell:
        suffix = ".customer" if audience == "customer" else ""
        for person in directory.people(audience, case, now):
            yield Notice(
                key=f"clock.{name}{suffix}",
                occurrence=f"clock:{rung.clock.pk}:{rung.level}",
                user_id=person.user_id,
                phone=person.phone,
                context=context | _numbered(case, audience),
                case=case.number,
                not_before=opens,
            )


def of_moved(clock: Clock, was: datetime, directory: Directory, now: datetime) -> Iterator[Notice]:
    """What its customer is told when the calendar moved a due time that was `was` before.

    Nothing where both read the same. Carried in service hours only.
    """
    case = clock.case
    context = context_of(case, directory, now) | _of_clock(clock, now)
    with translation.override(settings.LANGUAGE_CODE):
        context["was"] = wording.when(was, now)
        if context["was"] == wording.when(clock.due_at, now):
            return
    for person in directory.people("customer", case):
        yield Notice(
            key="clock.moved.customer",
            occurrence=f"{case.number}#{case.version}:{clock.code}",
            user_id=person.user_id,
            phone=person.phone,
            context=context,
            case=case.number,
            not_before=service_opens(clock, directory.policy, now),
        )


def context_of(case: Case, directory: Directory, now: datetime) -> dict[str, str]:
    """What any text may name. In the utility's language, whatever the person acting reads."""
    policy = directory.policy
    handler = case.handler
    status, kind, nobody = _labels(case.kind, case.status)
    return {
        "number": case.number,
        "service": policy.subject(case.kind, case.subject),
        "category": policy.subject(case.kind, case.subject),
        "kind": kind,
        "area": policy.areas[case.area_id].name,
        "status": status,
        "name": case.name,
        "phone": case.phone,
        "address": case.address,
        "handler": str(handler) if handler else nobody,
        "handler_phone": (handler.phone if handler else "") or policy.utility.hotline,
        "link": f"{settings.SITE_URL}/track/{case.number}/",
        "hotline": policy.utility.hotline,
        "utility": policy.company_of(case.area_id),
    }


@cache
def _labels(kind: str, status: str) -> tuple[str, str, str]:
    """The status, the kind and "nobody yet" in the utility's language."""
    flow = flow_named(kind)
    with translation.override(settings.LANGUAGE_CODE):
        return str(flow.statuses[status].label), str(flow.label), _("待派")


def _of_clock(clock: Clock, now: datetime) -> dict[str, str]:
    due, left = _due(clock.due_at, now, clock.provisional)
    return {"promise": clock.name, "due": due, "left": left}


@lru_cache(maxsize=256)
def _due(due_at: datetime, now: datetime, provisional: bool) -> tuple[str, str]:
    """When it is due and what is left until then, in the utility's language.

    Wall-clock time: what somebody reading a message can act on. Many fall due together.
    """
    left = due_at - now
    with translation.override(settings.LANGUAGE_CODE):
        words = _("还剩 %(time)s") if left >= timedelta(0) else _("已超 %(time)s")
        said = wording.due(due_at, now, provisional=provisional)
        return said, words % {"time": wording.duration(abs(left))}
