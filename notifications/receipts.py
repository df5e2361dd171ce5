"""What the carrier says afterwards: the message reached the telephone, or did not."""

from __future__ import annotations

import uuid
from contextlib import suppress
from datetime import datetime

from django.db.models import F, Q
from django.db.models.functions import Coalesce

from notifications.models import BODY_AFTERWARDS, Channel, Message, State
from notifications.rendering import cut, printable


def record(message_id: str, delivered: bool, reason: str, at: datetime) -> bool:
    """Note a receipt; returns whether such a message is known.

    `message_id` is the carrier's own id or our idempotency key. A receipt that overtakes the
    settling counts; one that contradicts an earlier delivery does not; repeating changes nothing.
    """
    found = Q(carrier_id=message_id)
    with suppress(ValueError):
        found |= Q(pk=uuid.UUID(message_id))
    known = Message.objects.filter(found, channel=Channel.SMS)
    settled = {"next_try_at": None, "lease_until": None, "body": BODY_AFTERWARDS}
    if delivered:
        known.exclude(state=State.DELIVERED).update(
            state=State.DELIVERED, error="", sent_at=Coalesce(F("sent_at"), at), **settled
        )
    else:
        known.filter(state__in=[State.SENDING, State.SENT]).update(
            state=State.DEAD, error=cut(printable(reason), 300) or "not delivered", **settled
        )
    return known.exists()
