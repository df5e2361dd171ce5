"""What the hotline looks up while somebody is on the line. Reading only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Count, Prefetch, QuerySet

from tickets.flow import FLOW, KIND
from tickets.models import Ticket, place_of
from waterdesk.core import numbers, policy, wording
from waterdesk.core.audiences import crew_for
from waterdesk.core.flow import Status, status_of
from waterdesk.core.models.cases import Case
from waterdesk.core.models.clocks import Clock

if TYPE_CHECKING:
    from waterdesk.core.models.people import Area, User

# A fault reported again within this is taken for the same one (chosen; domain: repeat calls).
SAME_FAULT_WITHIN = timedelta(hours=72)
SHOWN = 5


@dataclass(frozen=True, slots=True)
class Found:
    """A case as the agent sees it beside the form; `clock` is the open one that is due first."""

    case: Case
    subject: str
    status: Status
    clock: Clock | None

    @property
    def is_late(self) -> bool:
        return self.clock is not None and self.clock.state == Clock.State.BREACHED


def cases_of_caller(phone: str, user: User) -> list[Found]:
    """The newest cases of a number that `user` may see, of any kind, with what is due next.

    However it was spelled: with the own area code or without, with an extension or without.

    "" (a withheld number) has none. Two queries.
    """
    if not phone:
        return []
    spellings = numbers.spellings(phone, settings.CALLS_AREA_CODE)
    return _found(Case.objects.visible_to(user).filter(phone__in=spellings))


def similar(subtype: str, address: str, user: User, at: datetime) -> list[Found]:
    """Open repairs of this sort at this address text, called in within 72 hours before `at`."""
    place = place_of(address)
    if not (subtype and place):
        return []
    same = Ticket.objects.visible_to(user).filter(place=place, subtype=subtype)
    return _found(same.filter(closed_at__isnull=True, opened_at__gte=at - SAME_FAULT_WITHIN))


def callers(found: Iterable[Found]) -> list[tuple[str, str]]:
    """Name and address of everybody who has called from one number, without repetition."""
    said = [(each.case.name, each.case.address) for each in found]
    return list(dict.fromkeys(pair for pair in said if any(pair)))


def crew_of(area: Area) -> list[User]:
    """Who can be sent to `area`, the least busy first, each with `load`: cases in hand.

    Two queries.
    """
    crew = crew_for(Case(area=area), policy.current())
    counted = Case.objects.open().filter(handler__in=crew).values_list("handler")
    load = dict(counted.annotate(Count("pk")).order_by())
    for person in crew:
        person.load = load.get(person.pk, 0)
    return sorted(crew, key=lambda person: (person.load, person.username))


def promised(draft: Ticket, at: datetime) -> list[tuple[str, str]]:
    """What may be said to the caller now: each public promise and its limit in words. No query."""
    rules = policy.current()
    facts = FLOW.facts(draft, at)
    rows = [rules.promise(KIND, code, facts, at) for code in FLOW.opening.start]
    return [(r.name, wording.limit(r.amount, r.unit)) for r in rows if r is not None and r.public]


def _found(rows: QuerySet[Case]) -> list[Found]:
    rules = policy.current()
    clocks = Clock.objects.open().filter(public=True).order_by("due_at", "pk")
    rows = rows.select_related("handler").order_by("-pk")[:SHOWN]
    return [
        Found(
            case,
            subject=rules.subject(case.kind, case.subject),
            status=status_of(case),
            clock=case.open_clocks[0] if case.open_clocks else None,
        )
        for case in rows.prefetch_related(Prefetch("clocks", clocks, to_attr="open_clocks"))
    ]
