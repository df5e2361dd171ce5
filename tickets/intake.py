"""What makes a call acceptable to the desk: the one place where a ticket's fields are checked.

The hotline's form and the API hand over the same names and get the same draft or the same refusals.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from tickets.asked import emergencies, questions
from tickets.flow import KIND
from tickets.models import CATEGORIES, REPAIR, SUBTYPES, Ticket, place_of, subject_of
from waterdesk.core import inputs, policy
from waterdesk.core.errors import Invalid
from waterdesk.core.intake import (
    Check,
    Faults,
    area_of,
    gather,
    one_of,
    own_number,
    point_of,
    refuse_if,
    text,
)
from waterdesk.core.models.people import Role

if TYPE_CHECKING:
    from waterdesk.core.models.people import User

NAME_LENGTH = 60
ADDRESS_LENGTH = 200
REMARK_LENGTH = 2000
WORDS_LENGTH = 100
# Mains are made up to DN3000 or so; anything else is a slip of the finger (chosen).
CALIBRE_MM = range(15, 3001)


def draft(given: Mapping[str, Any], *, by: User | None, channel: str) -> Ticket:
    """An unsaved Ticket, its area found, from what `by` (None: the desk itself) was told.

    `urgent` is on by itself for what the utility's list of subjects calls urgent, and where the
    description or an answer speaks of danger. A customer who names no number calls from the own
    one. Raises Invalid naming every field at fault: category, subtype, name, phone, address, area,
    lat (for a point that is none), calibre_mm, remark, and answers.<code> for each question.
    """
    faults: Faults = {}
    values = gather(_checks_of(given.get("category")), given, faults)
    _see_to_the_number(values, by, faults)
    point = point_of(given, faults)
    where = {"area": lambda code: area_of(code, values.get("address", ""), point)}
    values |= gather(where, given, faults)
    subject = subject_of(values.get("category", ""), values.get("subtype", ""))
    answers = questions.clean(subject, given.get("answers"), faults) if subject else {}
    refuse_if(faults)
    hits = emergencies.heard("\n".join((values["remark"], *questions.spoken(subject, answers))))
    listed = policy.current().subjects.get((KIND, subject))
    return Ticket(
        kind=KIND,
        subject=subject,
        channel=channel,
        place=place_of(values["address"]),
        urgent=given.get("urgent") is True or bool(hits) or (listed is not None and listed.urgent),
        answers=answers,
        emergency=hits[0].code if hits else "",
        emergency_words=_listed(hit.word for hit in hits),
        **({"lat": point.lat, "lon": point.lon} if point else {}),
        **values,
    )


def _listed(words: Iterable[str]) -> str:
    return "、".join(words)[:WORDS_LENGTH]


def _see_to_the_number(values: dict[str, Any], by: User | None, faults: Faults) -> None:
    if by is None or by.role != Role.CUSTOMER or "phone" in faults:
        return
    values["phone"] = values["phone"] or by.phone
    try:
        own_number(by, values["phone"])
    except Invalid as fault:
        faults["phone"] = fault.message


def _checks_of(category: object) -> dict[str, Check]:
    return _CHECKS | _OF_REPAIR if category == REPAIR else _CHECKS


def _nothing(raw: object) -> str:
    if raw not in (None, ""):
        raise Invalid(_("只有报修工单填写此项。"))
    return ""


def calibre(raw: object) -> int | None:
    """Millimetres, with or without DN before them; None when nobody knows."""
    said = str(raw if raw is not None else "").strip().upper().removeprefix("DN")
    if not said:
        return None
    if not (said.isascii() and said.isdigit() and len(said) < 5 and int(said) in CALIBRE_MM):
        raise Invalid(_("管道口径应为 15 到 3000 之间的整数（毫米），未知请留空。"))
    return int(said)


_CHECKS: dict[str, Check] = {
    "category": one_of(CATEGORIES),
    "subtype": _nothing,
    "name": text(NAME_LENGTH),
    "phone": inputs.caller,
    "address": text(ADDRESS_LENGTH),
    "calibre_mm": lambda raw: _nothing(raw) or None,
    "remark": text(REMARK_LENGTH, required=True, lines=True),
}
# Nobody can be sent to a fault without knowing where and what it is.
_OF_REPAIR: dict[str, Check] = {
    "subtype": one_of(SUBTYPES),
    "address": text(ADDRESS_LENGTH, required=True),
    "calibre_mm": calibre,
}
