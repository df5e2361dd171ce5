"""投诉: how a bad answer becomes a complaint; registered with the core, which calls it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from tickets import intake
from waterdesk.core import door, policy
from waterdesk.core.after.complaints import Grievance

if TYPE_CHECKING:
    from tickets.models import Ticket


def open_complaint(grievance: Grievance, at: datetime) -> Ticket:
    """A complaint for the customer of the case it is about, opened by the desk itself."""
    about = grievance.about
    given = {
        "category": "complaint",
        "name": about.name,
        "phone": about.phone,
        "address": about.address,
        "area": policy.current().areas[about.area_id].code,
        "remark": grievance.text,
    }
    draft = intake.draft(given, by=None, channel=grievance.channel)
    return door.open_case(draft, actor=None, at=at)
