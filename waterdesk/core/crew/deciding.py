"""The leads' queue: moves that came in late, whose true time somebody has to accept."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from waterdesk.core import door
from waterdesk.core.errors import Conflict, NotAllowed, NotFound
from waterdesk.core.models.cases import Case
from waterdesk.core.models.crew import CrewAction

if TYPE_CHECKING:
    from waterdesk.core.models.people import User

UNKNOWN = _("没有找到这项操作。")


def asked(user: User) -> QuerySet[CrewAction]:
    """What waits for a decision and is of a case that this person may see, the oldest first."""
    seen = Case.objects.visible_to(user).values("number")
    rows = CrewAction.objects.filter(state=CrewAction.State.ASKED, case__in=seen)
    return rows.select_related("user").order_by("arrived_at")


def decide(key: UUID, accepted: bool, *, note: str, actor: User, at: datetime) -> CrewAction:
    """Accept the true time of a move that came in late, or let it count when it came in.

    Raises NotFound, NotAllowed, or Conflict when it was decided already; of two at once one wins.
    """
    with transaction.atomic():
        row = CrewAction.objects.select_for_update(of=("self",)).filter(pk=key).first()
        if row is None or row.made_at is None or row.seq is None:
            raise NotFound(UNKNOWN)
        if row.user_id == actor.pk:
            raise NotAllowed(_("自己的操作时间须由他人决定。"))
        if row.state != CrewAction.State.ASKED:
            raise Conflict(_("这项操作的时间已经有人决定。"))
        said = {"action": row.action, "phone_at": row.phone_at.isoformat(), "doubt": row.doubt}
        door.settle_time(
            row.case,
            accepted,
            was=row.made_at,
            wanted=row.wanted_at,
            seq=row.seq,
            because=said | ({"note": note} if note else {}),
            actor=actor,
            at=at,
        )
        states = CrewAction.State
        row.state = (states.GRANTED if accepted else states.DECLINED).value
        row.decided_by, row.decided_at = actor, at
        row.save(update_fields=["state", "decided_by", "decided_at"])
    return row
