"""客户确认: the customer says a code from an SMS to the crew, who types it when the work is done.

Nothing is kept: the code is reckoned from the case, so a phone without network may take it along.
It is another one when the case was reopened.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from notifications.addresses import mobile
from notifications.outbox import Notice, queue
from waterdesk.core import policy, throttle
from waterdesk.core.errors import Conflict, Invalid
from waterdesk.core.flow import Field, Move

if TYPE_CHECKING:
    from tickets.models import Ticket
    from waterdesk.core.turn import Turn

TEXT = "crew.code"
DIGITS = 6
# Codes for one case, within seconds. *chosen*: one was lost and one more, nobody is flooded.
MOST, WITHIN = 3, 3600
UNDERWAY = frozenset({"dispatched", "on_site", "contained"})

CODE = Field(
    "code", _("客户确认码"), required=False, max_length=10,
    help=_("客户短信收到的六位数字；没有网络时也可以先填。"),
)  # fmt: skip


def code_of(case: Ticket) -> str:
    said = f"crew-code:{case.number}:{case.reopened}".encode()
    digest = hmac.digest(settings.SECRET_KEY.encode(), said, "sha256")
    return f"{int.from_bytes(digest[:8]) % 10**DIGITS:0{DIGITS}d}"


def send(case: Ticket, now: datetime) -> None:
    """Put the code into the outbox. Raises Conflict where it makes no sense, or Throttled."""
    if case.status not in UNDERWAY:
        raise Conflict
    phone = mobile(case.phone)
    if not phone:
        raise Conflict(_("客户没有留手机号码，收不到短信。"))
    count = throttle.hit(case.number, "crew.code", MOST, WITHIN)
    context = {
        "code": code_of(case),
        "number": case.number,
        "category": policy.current().subject(case.kind, case.subject),
    }
    notice = Notice(
        key=TEXT, occurrence=f"{case.number}#code:{case.version}:{count}", user_id=None,
        phone=phone, context=context, case=case.number,
    )  # fmt: skip
    with transaction.atomic():
        queued = queue([notice], now)
    if not queued:
        raise Conflict(_("没有启用客户确认码的短信文案。"))


def follow(turn: Turn, move: Move, values: Mapping[str, Any]) -> None:
    """Refuse a code that is not the case's own. Raises Invalid, and then nothing is done."""
    given = values.get(CODE.name)
    if CODE in move.fields and given and not hmac.compare_digest(given.encode(), _own(turn)):
        wrong = _("确认码不正确，请与客户核对；也可以留空。")
        raise Invalid(wrong, fields={CODE.name: wrong})


def _own(turn: Turn) -> bytes:
    return code_of(turn.case).encode()  # type: ignore[arg-type]
