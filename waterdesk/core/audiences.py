"""Who an audience is: handler, lead, the lead's lead, supervisor, leader, customer, on duty."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING

from django.db import connection

from waterdesk.core.models.duty import Shift
from waterdesk.core.models.people import Role, User

if TYPE_CHECKING:
    from waterdesk.core.models.cases import Case
    from waterdesk.core.policy import Policy


AT_A_DESK = tuple(
    role.value for role in (Role.AGENT, Role.CLERK, Role.LEAD, Role.SUPERVISOR, Role.ADMIN)
)
# Nearly every move asks this; compiling it anew would take longer than the answer.
_STAFF = """
SELECT id, role, area_id, phone FROM core_user
WHERE is_active AND area_id = ANY(%s) AND role = ANY(%s) ORDER BY id
"""


@dataclass(frozen=True, slots=True)
class Person:
    """Where somebody can be reached: the inbox of an account, a phone, or both."""

    user_id: int | None
    phone: str


class Directory:
    """Looks people up for any number of cases; the staff of an area are read once.

    A role is looked for in the case's area and then upwards, and the nearest area that has
    somebody answers; `leader` (分管领导) is the supervisors of the company itself; `handler`
    falls to the team lead while nobody is assigned. `upper` is the lead's lead: of the next area
    up that has one, or the supervisor where there is none. `duty` is who is on duty at `now` in
    the nearest area where somebody is; where nobody is, the lead, never somebody who is off.
    """

    def __init__(self, policy: Policy, cases: Iterable[Case] = ()) -> None:
        """`cases` are those that will be asked for: their areas are read in one query."""
        self.policy = policy
        self._found: dict[tuple[str, int], list[Person]] = defaultdict(list)
        self._known: set[int] = set()
        self._duty: dict[datetime, dict[int, list[Person]]] = {}
        if areas := {each for case in cases for each in policy.above(case.area_id)}:
            self._read(areas)

    def people(self, audience: str, case: Case, now: datetime | None = None) -> list[Person]:
        """Everybody in an audience; `now` is needed for `duty` alone."""
        if audience == "customer":
            return [Person(None, case.phone)] if case.phone else []
        if audience == "handler" and case.handler is not None:
            return [Person(case.handler.pk, case.handler.phone)]
        way_up = self.policy.above(case.area_id)
        self._read(set(way_up))
        if audience == "leader":
            return self._found.get((Role.SUPERVISOR, way_up[-1]), [])
        if audience == "upper":
            return self._upper(way_up)
        if audience == "duty":
            if now is not None and (on_duty := self.on_duty(case, now)):
                return on_duty
            audience = Role.LEAD
        role = Role.LEAD if audience == "handler" else Role(audience)
        return next(self._holders(role, way_up), [])

    def on_duty(self, case: Case, now: datetime) -> list[Person]:
        """Who is on duty at `now` for this case; nobody when no area on the way up has a shift.

        The shifts of one instant are read once.
        """
        if now not in self._duty:
            by_area: dict[int, list[Person]] = defaultdict(list)
            for shift in Shift.objects.on_duty(now).select_related("user"):
                by_area[shift.area_id].append(Person(shift.user_id, shift.user.phone))
            self._duty[now] = by_area
        way_up = self.policy.above(case.area_id)
        return next((self._duty[now][each] for each in way_up if each in self._duty[now]), [])

    def in_charge(self, area_id: int) -> tuple[int, list[Person]]:
        """The leads of an area, of the nearest one up that has any, and which area that is.

        Where there is no lead at all the supervisors answer, so that an alarm is never for nobody.
        """
        way_up = self.policy.above(area_id)
        self._read(set(way_up))
        for role in (Role.LEAD, Role.SUPERVISOR, Role.ADMIN):
            for each in way_up:
                if people := self._found.get((role, each)):
                    return each, people
        return way_up[-1], []

    def _upper(self, way_up: list[int]) -> list[Person]:
        leads = list(islice(self._holders(Role.LEAD, way_up), 2))
        return leads[1] if len(leads) > 1 else next(self._holders(Role.SUPERVISOR, way_up), [])

    def _holders(self, role: Role, way_up: list[int]) -> Iterator[list[Person]]:
        return (self._found[role, each] for each in way_up if (role, each) in self._found)

    def _read(self, areas: set[int]) -> None:
        """Read the staff of areas that are not known yet; field workers are reached by name."""
        if unknown := areas - self._known:
            self._known |= unknown
            with connection.cursor() as cursor:
                cursor.execute(_STAFF, [list(unknown), list(AT_A_DESK)])
                for pk, role, area_id, phone in cursor.fetchall():
                    self._found[role, area_id].append(Person(pk, phone))


def crew_for(case: Case, policy: Policy) -> list[User]:
    """Who can be sent: active field staff and leads whose area lies over or under the case's."""
    chain = set(policy.above(case.area_id))
    below = policy.below(case.area_id)
    rows = User.objects.filter(is_active=True, role__in=[Role.FIELD, Role.LEAD])
    if below is not None:
        rows = rows.filter(area__in=chain | below)
    return list(rows.select_related("area").order_by("role", "username"))
