"""Who may be calling: everybody who called from a number, with what is open for each. Reading only.

A number may be a household's, a shop's, a whole compound's: nobody is taken for the one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Prefetch

from tickets.console import callbacks
from waterdesk.core import numbers, policy, wording
from waterdesk.core.flow import Status, fits, flow_of, flows, may, status_of
from waterdesk.core.models.cases import Case
from waterdesk.core.models.clocks import Clock
from waterdesk.core.visibility import sees

if TYPE_CHECKING:
    from waterdesk.core.models.people import User

# So many cases of a number are looked at; whoever called before those is looked for by name.
LOOKED_AT = 40
KEYS = "abcdefghi"
CLOSED_SHOWN = 2


@dataclass(frozen=True, slots=True)
class Known:
    """A case of the caller's; `clocks` are the open ones that customers are told of, by due."""

    case: Case
    subject: str
    status: Status
    clocks: list[Clock]
    may_chase: bool
    may_promise: bool
    owes_call: bool

    @property
    def is_open(self) -> bool:
        return self.case.closed_at is None


@dataclass(slots=True)
class Person:
    """Somebody who called from this number; `key` picks them.

    `case` is the newest one, whose name and address are taken over; None when none of theirs is
    in this agent's sight: then name and address are masked and nothing can be taken over.
    """

    key: str
    name: str
    address: str
    case: Case | None = None
    open: list[Known] = field(default_factory=list)
    closed: list[Known] = field(default_factory=list)
    closed_count: int = 0


def people(phone: str, user: User, now: datetime) -> list[Person]:
    """Everybody who called from `phone`, the last first, at most nine; [] of a withheld number.

    However it was spelled: with the own area code or without. Two queries.
    """
    spellings = numbers.spellings(phone, settings.CALLS_AREA_CODE) if phone else ()
    if not spellings:
        return []
    clocks = Clock.objects.open().filter(public=True).order_by("due_at", "pk")
    kinds = (flow.model_class()._meta.model_name for flow in flows())
    rows = Case.objects.filter(phone__in=spellings).select_related("handler", *kinds)
    rows = rows.prefetch_related(Prefetch("clocks", clocks, to_attr="open_clocks"))
    return _grouped(rows.order_by("-pk")[:LOOKED_AT], user, now)


def _grouped(cases: Iterable[Case], user: User, now: datetime) -> list[Person]:
    found: dict[tuple[bool, str, str], Person] = {}
    for case in cases:
        seen = sees(user, case)
        # Who left no name is told apart by the address.
        who = (seen, case.name, "" if case.name else case.address)
        if who not in found:
            if len(found) == len(KEYS):
                continue
            found[who] = _person(KEYS[len(found)], case, seen)
        if seen:
            _add(found[who], known(case, user, now))
    for person in found.values():
        person.open.sort(key=_first_due)
    return list(found.values())


def _first_due(one: Known) -> tuple[bool, float]:
    """What is due first stands first, what nothing is promised for last; so it is chased by key."""
    return (not one.clocks, one.clocks[0].due_at.timestamp() if one.clocks else 0)


def _person(key: str, case: Case, seen: bool) -> Person:
    if seen:
        return Person(key, case.name, case.address, case)
    area = policy.current().areas[case.area_id].name
    return Person("", wording.mask_name(case.name), area)


def _add(person: Person, one: Known) -> None:
    if not person.address:
        person.address = one.case.address
    if one.is_open:
        person.open.append(one)
        return
    person.closed_count += 1
    if len(person.closed) < CLOSED_SHOWN:
        person.closed.append(one)


def known(case: Case, user: User, now: datetime) -> Known:
    """A case with `open_clocks`, read with the rows of its kind, as the console shows it."""
    own = getattr(case, flow_of(case).model_class()._meta.model_name)
    return Known(
        case,
        subject=policy.current().subject(case.kind, case.subject),
        status=status_of(case),
        clocks=case.open_clocks,
        may_chase=_may(own, "chase", user, now),
        may_promise=_may(own, callbacks.PROMISE, user, now),
        owes_call=_may(own, callbacks.DONE, user, now),
    )


def _may(case: Case, action: str, user: User, now: datetime) -> bool:
    move = flow_of(case).by_action.get(action)
    return move is not None and may(user, move, case) and fits(move, case, now)


def fill(person: Case) -> Mapping[str, str]:
    """What is taken over into the form from a case of the caller's."""
    return {"name": person.name, "address": person.address}
