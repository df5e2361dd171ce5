"""Which goal a figure has where: the area's own, or that of the nearest area above it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from waterdesk.core.models.goals import AT_MOST, IN_HOURS, Goal, Measure
from waterdesk.core.policy import Policy


@dataclass(frozen=True, slots=True)
class Goals:
    """All goals at once, by measure and area; None is the whole utility."""

    rows: Mapping[tuple[str, int | None], Goal]
    rules: Policy

    def of(self, measure: str, area: int | None = None) -> Goal | None:
        """The goal of a measure or of a promise's code; None where nobody has set one."""
        way_up = self.rules.above(area) if area in self.rules.areas else []
        return next(
            (row for each in (*way_up, None) if (row := self.rows.get((measure, each)))), None
        )

    def of_promise(self, code: str, area: int | None, *, ticket: bool) -> Goal | None:
        """The goal of one promise; where there is none, a ticket's has that of all of them."""
        own = self.of(code, area)
        return self.of(Measure.TICKETS, area) if own is None and ticket else own


def read(rules: Policy) -> Goals:
    """One query, however many goals there are."""
    return Goals({(row.measure, row.area_id): row for row in Goal.objects.order_by()}, rules)


def met(goal: Goal, value: float | Decimal) -> bool:
    """Whether `value`, in the goal's own unit, is what it should be."""
    value = Decimal(str(value))
    return value <= goal.value if goal.measure in AT_MOST else value >= goal.value


def at_most(goal: Goal) -> bool:
    return goal.measure in AT_MOST


def in_hours(goal: Goal) -> bool:
    return goal.measure in IN_HOURS
