"""The services of this desk, held in memory as long as the policy is."""

from __future__ import annotations

import logging
from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from applications.catalogue.definition import Service
from applications.catalogue.faults import BadDefinition
from applications.catalogue.reading import parse
from applications.models.services import ServiceRow
from waterdesk.core import policy
from waterdesk.core.errors import NotFound

log = logging.getLogger(__name__)

NEW_CONNECTION = "new-connection"

_held: tuple[policy.Policy, dict[str, tuple[Service, bool]]] | None = None


def _all() -> dict[str, tuple[Service, bool]]:
    """Every service in the utility's order, and whether it can be applied for.

    Read and parsed again when the policy was: one query for any number of services.
    """
    global _held
    rules = policy.current()
    if _held is None or _held[0] is not rules:
        _held = rules, dict(_read())
    return _held[1]


def _read() -> Iterator[tuple[str, tuple[Service, bool]]]:
    for row in ServiceRow.objects.order_by("position", "code"):
        try:
            yield row.code, (parse(row.text), row.active)
        except BadDefinition as fault:
            # Kept from before the rules were what they are: the others go on.
            log.error("service %s cannot be offered: %s", row.code, fault)


def services() -> list[Service]:
    """What can be applied for, in the utility's order."""
    return [service for service, active in _all().values() if active]


def service(code: str) -> Service | None:
    """The service of this code, also one that can no longer be applied for; None: there is none."""
    found = _all().get(code)
    return found[0] if found else None


def offered(code: str) -> Service | None:
    """The service of this code if it can be applied for."""
    found = _all().get(code)
    return found[0] if found and found[1] else None


def wanted(code: str) -> Service:
    """The service of this code if it can be applied for; NotFound otherwise."""
    found = offered(code)
    if found is None:
        raise NotFound(_("没有这项服务。"))
    return found
