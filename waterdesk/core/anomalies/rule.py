"""What a rule is, and which there are. Apps register those that need rows of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from waterdesk.core.flow import Label

Limits = Mapping[str, int]


class LimitError(ValueError):
    """Limits that a rule cannot be asked with; `field` says where that is said on a form."""

    def __init__(self, said: Label, field: str = "limits") -> None:
        super().__init__(said)
        self.field = field


@dataclass(frozen=True, slots=True)
class Span:
    """What was written down from `since` up to `until`, half open, both aware."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found; `key` is the same whenever the rule finds the same thing."""

    key: str
    at: datetime
    area_id: int
    case: str = ""
    seq: int | None = None
    person_id: int | None = None
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Limit:
    """A threshold that the utility may change: its name, its words, what it starts with."""

    name: str
    label: Label
    chosen: int
    least: int = 0
    most: int = 100_000


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `told` says in plain words what it looks for, with its limits by name; `says` what
    one finding is, with the facts of it by name. `find` only reads.
    """

    code: str
    label: Label
    told: Label
    says: Label
    find: Callable[[Span, Limits], Iterable[Finding]]
    limits: tuple[Limit, ...] = ()

    def filled(self, given: Mapping[str, Any]) -> dict[str, int]:
        """Its limits as the utility has them; what is not said is as it was chosen."""
        return {each.name: int(given.get(each.name, each.chosen)) for each in self.limits}


_rules: dict[str, Rule] = {}


def register(*rules: Rule) -> None:
    """Make rules known; called once by each app when Django starts."""
    for rule in rules:
        _rules[rule.code] = rule


def known() -> Mapping[str, Rule]:
    return _rules


def check(code: str, limits: Any) -> None:
    """Raises LimitError for a rule nobody knows, and for limits that are not whole numbers of it
    within their bounds."""
    rule = _rules.get(code)
    if rule is None:
        raise LimitError(_("没有这条疑点规则。"), "code")
    if not isinstance(limits, Mapping):
        raise LimitError(_('阈值应写成 {"名称": 整数}。'))
    by_name = {each.name: each for each in rule.limits}
    for name, value in limits.items():
        limit = by_name.get(name)
        if limit is None:
            raise LimitError(_("这条规则没有阈值“%(name)s”。") % {"name": name})
        whole = isinstance(value, int) and not isinstance(value, bool)
        if not whole or not limit.least <= value <= limit.most:
            raise LimitError(
                _("“%(label)s”应为 %(least)d 到 %(most)d 之间的整数。")
                % {"label": limit.label, "least": limit.least, "most": limit.most}
            )
