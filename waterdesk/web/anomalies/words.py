"""What a rule looks for and what it found, in words: codes and numbers become sentences here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from waterdesk.core import corrections, late
from waterdesk.core.anomalies.rule import Rule, known
from waterdesk.core.flow import Label, flows
from waterdesk.core.models.anomalies import Anomaly

if TYPE_CHECKING:
    from waterdesk.core.policy import Policy

CORRECTIONS: Mapping[str, Label] = {
    corrections.CORRECT: _("更正停表"),
    late.ACCEPTED: _("认可手机上的真实时间"),
    late.WITHDRAWN: _("手机补传后超时撤回"),
}


def label_of(code: str) -> str:
    """The rule's name; its code where no rule is known by it any more."""
    rule = known().get(code)
    return str(rule.label) if rule else code


def told(rule: Rule, limits: Mapping[str, int]) -> str:
    """What the rule looks for, with the limits it has."""
    return str(rule.told) % limits


def said(row: Anomaly, rules: Policy) -> str:
    """What was found; "" where its rule is not known any more, or says something else by now."""
    rule = known().get(row.rule)
    if rule is None:
        return ""
    try:
        return str(rule.says) % {n: _value(n, v, rules) for n, v in row.facts.items()}
    except (KeyError, TypeError, ValueError):
        return ""


def _value(name: str, value: Any, rules: Policy) -> Any:
    match name:
        case "reason":
            return rules.reason("pause", str(value))
        case "action":
            return _action(str(value))
        case "what":
            return CORRECTIONS.get(str(value), value)
        case "end":
            return f"{timezone.localtime(datetime.fromisoformat(value)):%H:%M}"
    return value


def _action(code: str) -> Label:
    rows = (flow.by_action[code] for flow in flows() if code in flow.by_action)
    return next((row.label for row in rows), code)
