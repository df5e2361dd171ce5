"""Who writes outages, and who may announce one with less notice than the rule asks for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from tickets.outages import extents
from waterdesk.core import policy
from waterdesk.core.errors import NotAllowed
from waterdesk.core.flow import DISPATCH
from waterdesk.core.models.people import Area, Role

if TYPE_CHECKING:
    from tickets.models import Outage
    from waterdesk.core.models.people import User

LEADS = frozenset(role.value for role in (Role.LEAD, Role.ADMIN))


def may_write(user: User, areas: Iterable[Area] = ()) -> bool:
    """Dispatchers, each in the own area and below: at night an agent is alone.

    `areas` are those of the outage; none of them asks about the role alone.
    """
    if user.role not in DISPATCH:
        return False
    if user.area_id is None:
        return user.is_superuser
    mine = policy.current().below(user.area_id)
    theirs = extents.under(areas)
    return mine is None or (theirs is not None and theirs <= mine)


def may_override(user: User) -> bool:
    return user.role in LEADS


def check(user: User, outage: Outage) -> None:
    """Raises NotAllowed for who may not write this outage."""
    if not may_write(user, outage.areas.all()):
        raise NotAllowed(_("您只能办理本片区内的停水。"))
