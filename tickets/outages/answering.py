"""Outages on the hotline's form: what is known of the place, and an answer to settle with."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from tickets.flow import may_settle
from tickets.models import Outage, Ticket
from tickets.models.ticket import subject_of
from tickets.outages import covering
from tickets.outages.covering import Covered
from waterdesk.core.errors import Invalid
from waterdesk.core.places import placing, points

if TYPE_CHECKING:
    from waterdesk.core.places.points import Point


def known(draft: Ticket, said: Mapping[str, str], at: datetime) -> list[Covered]:
    """The outages that the place of a half typed call lies in; none while no place is named.

    One query where the water is on; the address book is asked only for what was drawn.
    """
    point = _picked(said)
    if not (draft.address or said.get("area") or point):
        return []
    outages = covering.standing(at)
    is_drawn = any(each.geometry for each in outages)
    if is_drawn and point is None and (row := placing.known(draft.address)):
        point = points.of_row(row)
    return covering.among(outages, point, draft.area, at)


def with_outage(said: dict[str, str], at: datetime) -> dict[str, str]:
    """The form with the answer of the outage that was picked.

    What has no water because of an outage is a question and no fault: a repair, which cannot be
    settled by an answer, becomes one.
    """
    outage = _standing(said.get("outage", ""), at)
    if outage is None:
        return said
    each = Covered(outage, covering.is_now(outage, at), True, at)
    said = said | {"answer": each.answer, "remark": said.get("remark") or outage.reason}
    category, subtype = said.get("category", ""), said.get("subtype", "")
    subject = subject_of(category, subtype) if category else ""
    if not (category and may_settle(Ticket(category=category, subject=subject))):
        said |= {"category": "consultation", "subtype": ""}
    return said


def _standing(raw: str, at: datetime) -> Outage | None:
    if not (raw.isascii() and raw.isdigit() and len(raw) < 18):
        return None
    return Outage.objects.public(at).filter(pk=int(raw)).first()


def _picked(said: Mapping[str, str]) -> Point | None:
    try:
        return points.point(said.get("lat"), said.get("lon"))
    except Invalid:
        return None
