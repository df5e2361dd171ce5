"""Who an audience is: handler, team lead, supervisor, leader in charge, customer, or a role."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection

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
    falls to the team lead while nobody is assigned.
    """

    def __init__(self, policy: Policy, cases: Iterable[Case] = ()) -> None:
        """`cases` are those that will be asked for: their areas are read in one query."""
        self.policy = policy
        self._found: dict[tuple[str, int], list[Person]] = defaultdict(list)
        self._known: set[int] = set()
        if areas := {each for case in cases for each in policy.above(case.area_id)}:
            self._read(areas)

    def people(self, audience: str, case: Case) -> list[Person]:
        if audience == "customer":
            return [Person(None, case.phone)] if case.phone else []
        if audience == "handler" and case.handler is not None:
            return [Person(case.handler.pk, case.handler.phone)]
        way_up = self.policy.above(case.area_id)
        self._read(set(way_up))
        if audience == "leader":
            return self._found.get((Role.SUPERVISOR, way_up[-1]), [])
        role = Role.LEAD if audience == "handler" else Role(audience)
        return next((self._found[role, each] for each in way_up if (role, each) in self._found), [])

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
