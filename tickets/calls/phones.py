"""Who sits at which extension."""

from __future__ import annotations

import re
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tickets.calls import announcing
from tickets.models import AgentPhone
from waterdesk.core.errors import Invalid, NotAllowed
from waterdesk.core.flow import DISPATCH
from waterdesk.core.models.people import Role, User

_SHAPE = re.compile(r"[0-9A-Za-z_.-]{1,20}")
LEADS = frozenset({Role.LEAD.value, Role.ADMIN.value})


def sit_down(user: User, extension: str, *, by: User, at: datetime) -> User | None:
    """Let `user` have an extension from now on; returns whom they took it over from, if anybody.

    Nobody has to sign out for the next shift: whoever says so last has it. "" gives it up. An agent
    says it for themselves, leads for everybody (NotAllowed). Raises Invalid for what is no
    extension. What rang before stays with whoever sat there then.
    """
    if user.role not in DISPATCH or (by.pk != user.pk and by.role not in LEADS):
        raise NotAllowed
    extension = extension.strip()
    if extension and not _SHAPE.fullmatch(extension):
        raise Invalid(fields={"extension": _("分机号最多 20 位，由数字或字母组成。")})
    with transaction.atomic():
        before = AgentPhone.objects.select_for_update().filter(extension=extension)
        before = before.exclude(user=user).select_related("user").first()
        if before is not None:
            before.delete()
        if extension:
            AgentPhone.objects.update_or_create(
                user=user, defaults={"extension": extension, "since": at}
            )
        else:
            AgentPhone.objects.filter(user=user).delete()
        announcing.announce([user.pk, before.user_id if before else None])
    return before.user if before else None


def extension_of(user: User) -> str:
    """The extension `user` sits at; "" for none. One query."""
    found = AgentPhone.objects.filter(user=user).values_list("extension", flat=True)
    return found.first() or ""
