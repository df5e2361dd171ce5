"""The classes of customers, held in memory as long as the policy is."""

from __future__ import annotations

from applications.models import CustomerClass
from waterdesk.core import policy

_held: tuple[policy.Policy, tuple[CustomerClass, ...]] | None = None


def classes() -> tuple[CustomerClass, ...]:
    """All classes in the utility's order; read again when the policy was.

    A change of either moves the same revision, so that this is as fresh as `policy.current()`.
    """
    global _held
    rules = policy.current()
    if _held is None or _held[0] is not rules:
        _held = rules, tuple(CustomerClass.objects.all())
    return _held[1]
