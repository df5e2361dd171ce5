"""Whom the rule sends: nearest first, able, with the least urgent work."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from tickets.models import DispatchRule, Skill
from waterdesk.core import policy
from waterdesk.core.duty.nearest import crews
from waterdesk.core.models import Case

if TYPE_CHECKING:
    from waterdesk.core.models.people import User
    from waterdesk.core.policy import Policy

_held: tuple[int, dict[str, DispatchRule]] = (-1, {})


@dataclass(frozen=True, slots=True)
class Load:
    """What somebody has in hand: open cases, and how many of these are urgent."""

    urgent: int = 0
    open: int = 0


def rule_of(subject: str) -> DispatchRule | None:
    """The rule of a subject, or of its whole category; no query while held."""
    rules = _rules()
    return rules.get(subject) or rules.get(subject.split(".")[0])


def time_to_accept(subject: str) -> timedelta | None:
    """How long whoever is sent has to accept; None where nothing has to be accepted."""
    rule = rule_of(subject)
    return timedelta(minutes=rule.accept_minutes) if rule is not None else None


def chosen(
    subject: str, area_id: int, rules: Policy, at: datetime, but: Collection[int] = ()
) -> User | None:
    """Whoever of the nearest area is on duty, able and has least to do; None when nobody is.

    `but` are people who are not asked (again). Where nobody who is able is on duty on the whole
    way up, whoever is there goes: a hole in the road is guarded by anybody. At most three queries.
    """
    near = [[one for one in ring if one.pk not in but] for ring in crews(area_id, rules, at)]
    near = [ring for ring in near if ring]
    if not near:
        return None
    able = _able(subject, near)
    ring = next((each for each in able if each), near[0])
    load = loads(each.pk for each in ring)
    return min(ring, key=lambda one: (load[one.pk].urgent, load[one.pk].open, one.username))


def loads(people: Iterable[int]) -> dict[int, Load]:
    """What each of these people has in hand; one query."""
    wanted = list(people)
    rows = Case.objects.open().filter(handler__in=wanted).values_list("handler", "urgent")
    held = list(rows)
    urgent = Counter(handler for handler, is_urgent in held if is_urgent)
    every = Counter(handler for handler, _urgent in held)
    return {each: Load(urgent[each], every[each]) for each in wanted}


def _able(subject: str, near: list[list[User]]) -> list[list[User]]:
    """The same rings with only those who have the skill that the subject asks for."""
    rule = rule_of(subject)
    if rule is None or not rule.skill:
        return near
    people = [one.pk for ring in near for one in ring]
    with_it = set(
        Skill.objects.filter(code=rule.skill, user__in=people).values_list("user", flat=True)
    )
    return [[one for one in ring if one.pk in with_it] for ring in near]


def _rules() -> dict[str, DispatchRule]:
    global _held
    revision = policy.current().revision
    if _held[0] != revision:
        _held = (revision, {row.subject: row for row in DispatchRule.objects.all()})
    return _held[1]
