"""派单看板: of each grid what waits, who went, and who is there to be sent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from tickets.dispatch.choosing import Load, loads, rule_of
from tickets.incidents.near import OPEN
from tickets.models import REPAIR, Incident, Skill, Ticket
from waterdesk.core.duty.cover import smallest
from waterdesk.core.duty.nearest import rings
from waterdesk.core.models import Shift, User
from waterdesk.core.models.people import Role

if TYPE_CHECKING:
    from waterdesk.core.flow import Label
    from waterdesk.core.policy import Policy

WAITING, SENT, ACCEPTED, ON_SITE = "waiting", "sent", "accepted", "on_site"
COLUMNS: dict[str, Label] = {
    WAITING: _("待派单"),
    SENT: _("待接单"),
    ACCEPTED: _("已接单"),
    ON_SITE: _("现场"),
}
# What is shown of a desk; the figures count all. *chosen*: nobody looks through more.
MOST = 300
ORDER = ("-urgent", "opened_at", "pk")
Work = Ticket | Incident


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can be sent: what they have in hand, whether on duty now, from how near."""

    user: User
    load: Load
    on_duty: bool
    ring: int = 0


@dataclass(slots=True)
class Grid:
    """One area: its work by column, how much there is of each, and who is on duty for it."""

    area_id: int
    name: str
    code: str
    tickets: dict[str, list[Work]] = field(default_factory=lambda: {each: [] for each in COLUMNS})
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COLUMNS, 0))
    crew: list[Person] = field(default_factory=list)

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def column_of(ticket: Work) -> str:
    return _column(ticket.status, ticket.accept_by is not None)


def _column(status: str, awaited: bool) -> str:
    if status == "logged":
        return WAITING
    if status == "dispatched":
        return SENT if awaited else ACCEPTED
    return ON_SITE


def under_way(user: User) -> list[QuerySet[Work]]:
    """What is to be sent or has been: incidents, repairs, and whatever else somebody was sent to.

    A ticket that was joined is no work of its own: the incident has the crew.
    """
    wanted = Q(category=REPAIR) | Q(handler__isnull=False)
    in_columns = Q(status__in=["logged", "dispatched", "on_site", "contained"])
    tickets = Ticket.objects.visible_to(user).open().filter(wanted, in_columns)
    return [Incident.objects.visible_to(user).open().filter(status__in=OPEN), tickets]


def grids(
    rows: Sequence[QuerySet[Work]], areas: Iterable[int], rules: Policy, now: datetime
) -> tuple[list[Grid], Crews]:
    """Each grid of `areas` and every other area with work of `rows`; and who can be sent.

    What is urgent stands first, then what was logged first. Ten queries, whatever there is.
    """
    found_of = [
        row for each in rows for row in each.select_related("handler").order_by(*ORDER)[:MOST]
    ]
    shown = sorted(found_of, key=lambda row: (not row.urgent, row.opened_at, row.pk))[:MOST]
    counts = _counts(rows)
    wanted = {*smallest(areas, rules), *counts, *(ticket.area_id for ticket in shown)}
    people = Crews(rules, now)
    found = {}
    for each in sorted(wanted, key=lambda pk: rules.areas[pk].code):
        area = rules.areas[each]
        grid = Grid(each, area.name, area.code, crew=people.on_duty(each))
        grid.counts |= counts.get(each, {})
        found[each] = grid
    for ticket in shown:
        found[ticket.area_id].tickets[column_of(ticket)].append(ticket)
    return list(found.values()), people


def _counts(rows: Sequence[QuerySet[Work]]) -> dict[int, dict[str, int]]:
    """How much of each area stands in each column; one query a kind."""
    found: dict[int, dict[str, int]] = defaultdict(lambda: dict.fromkeys(COLUMNS, 0))
    for each in rows:
        of_each = each.order_by().values("area", "status", awaited=Q(accept_by__isnull=False))
        for row in of_each.annotate(count=Count("pk")):
            found[row["area"]][_column(row["status"], row["awaited"])] += row["count"]
    return found


class Crews:
    """Who can be sent where: those on duty the nearest first, then those who are off."""

    def __init__(self, rules: Policy, now: datetime) -> None:
        """Four queries, whatever is asked afterwards."""
        self.rules = rules
        self._on_duty: dict[int, list[User]] = defaultdict(list)
        for shift in (
            Shift.objects.on_duty(now).filter(user__role=Role.FIELD).select_related("user")
        ):
            self._on_duty[shift.area_id].append(shift.user)
        crew = User.objects.filter(is_active=True, role__in=[Role.FIELD, Role.LEAD])
        self._crew = list(crew.order_by("role", "username"))
        self._loads = loads(user.pk for user in self._crew)
        self._skills: dict[str, set[int]] = defaultdict(set)
        for code, user_id in Skill.objects.values_list("code", "user"):
            self._skills[code].add(user_id)
        self._near: dict[int, list[Person]] = {}

    def on_duty(self, area_id: int) -> list[Person]:
        """Who is on duty for this area, as the rule looks for them: the nearest ring first."""
        if area_id not in self._near:
            found: dict[int, Person] = {}
            for ring, areas in enumerate(rings(area_id, self.rules)):
                for each in sorted(areas):
                    for user in self._on_duty.get(each, ()):
                        load = self._loads.get(user.pk, Load())
                        found.setdefault(user.pk, Person(user, load, True, ring))
            self._near[area_id] = sorted(found.values(), key=_busyness)
        return self._near[area_id]

    def for_ticket(self, ticket: Work) -> Sequence[Person]:
        """Everybody who can be sent, whom the rule would choose first; who has it is left out."""
        rule = rule_of(ticket.subject)
        able = self._skills[rule.skill] if rule is not None and rule.skill else None
        near = [each for each in self.on_duty(ticket.area_id) if each.user.pk != ticket.handler_id]
        if able is not None:
            near = sorted(near, key=lambda each: (each.user.pk not in able, *_busyness(each)))
        there = {each.user.pk for each in near} | {ticket.handler_id}
        reach = set().union(*rings(ticket.area_id, self.rules))
        off = [
            Person(user, self._loads[user.pk], False)
            for user in self._crew
            if user.pk not in there and user.area_id in reach
        ]
        return [*near, *off]


def _busyness(each: Person) -> tuple[int, int, int, str]:
    return (each.ring, each.load.urgent, each.load.open, each.user.username)
