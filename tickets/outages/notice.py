"""How long before it begins a planned outage is announced at the latest: rows of OutageRule."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from tickets.models import Outage, OutageRule

NOTHING = timedelta()


class Short(NamedTuple):
    """A planned outage that is told of too late: what the rule asks for, and its source."""

    rule: OutageRule
    latest: datetime


def rule_of(lasts: timedelta) -> OutageRule | None:
    """The rule for a planned outage of this length: the one of the longest that it exceeds."""
    fitting = [
        rule
        for rule in OutageRule.objects.order_by("longer_than_hours")
        if lasts > timedelta(hours=rule.longer_than_hours)
    ]
    return fitting[-1] if fitting else None


def needed(lasts: timedelta) -> timedelta:
    rule = rule_of(lasts)
    return timedelta(hours=rule.notice_hours) if rule else NOTHING


def latest(outage: Outage) -> datetime:
    """The last instant at which it may be announced; the rule's own hour still counts."""
    return outage.starts_at - needed(outage.lasts)


def short(outage: Outage, at: datetime) -> Short | None:
    """What is broken when a planned outage is told of at `at`; None of a sudden one."""
    if outage.kind != Outage.Kind.PLANNED:
        return None
    rule = rule_of(outage.lasts)
    if rule is None:
        return None
    last = outage.starts_at - timedelta(hours=rule.notice_hours)
    return Short(rule, last) if at > last else None
