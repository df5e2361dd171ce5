"""What a phone takes along of its person's jobs: enough to go on with them without network."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.utils import timezone

from tickets.dispatch.moves import ACCEPT, DECLINE
from waterdesk.core.breaches import JUDGES
from waterdesk.core.flow import Field, Move, flow_of, may, status_of
from waterdesk.core.models.cases import Case
from waterdesk.core.models.crew import CrewAction
from waterdesk.core.models.people import User
from waterdesk.core.policy import Policy
from waterdesk.web import rows

# The moves of a visit: the ones that stand out, and what may be said meanwhile.
BESIDE = frozenset({"photograph", ACCEPT, DECLINE})
# Whoever has arrived has accepted.
BEFORE_ARRIVING = frozenset({"dispatched"})
# Fields that a phone asks for itself; for others there is the page of the case.
ASKED = frozenset({"text", "number", "decimal", "money", "choice", "photos", "flag", "date"})
SHOWN = 20  # of one case, on its page
AMAP = "https://uri.amap.com"


def job(line: rows.Line, user: User, policy: Policy) -> dict[str, Any]:
    """One case in hand as the phone keeps it."""
    case, face = line.case, line.face
    flow = flow_of(case)
    return {
        "number": case.number,
        "kind": str(flow.label),
        "subject": line.subject,
        "state": case.status,
        "label": str(status_of(case).label),
        "labels": {code: str(each.label) for code, each in flow.statuses.items()},
        "urgent": case.urgent,
        "paused": policy.reason("pause", case.paused_reason) if case.paused_reason else "",
        "address": case.address or line.area,
        "name": case.name,
        "phone": case.phone,
        "remark": case.remark,
        "promise": face.clock.name if face else "",
        "due": _spoken(face.clock.due_at) if face else "",
        "due_at": face.clock.due_at.isoformat() if face else "",
        "routes": routes(case),
        "moves": [] if case.paused_reason else [_move(each) for each in moves(user, case)],
    }


def moves(user: User, case: Case) -> list[Move]:
    """All rows that this person may come to make in this case, also those that follow others.

    The phone knows from their statuses which comes next, and takes them along into the tunnel.
    """
    found = [
        row
        for row in flow_of(case).rows(case)
        if (row.tone == "primary" or row.action in BESIDE)
        and row.roles
        and not (row.pause or row.resume)
        and may(user, row, case)
        and (row.when is None or row.when(case))
    ]
    return sorted(found, key=lambda row: row.action != ACCEPT)


def routes(case: Case) -> dict[str, str]:
    """Links that lead there, in WGS84; without a place a search for the address."""
    if case.lat is None:
        query = urlencode({"keyword": case.address})
        return {"geo": "", "amap": f"{AMAP}/search?{query}" if case.address else ""}
    to = {"to": f"{case.lon},{case.lat},{case.address}", "mode": "car", "coordinate": "wgs84"}
    at = f"{case.lat},{case.lon}"
    return {"geo": f"geo:{at}?q={at}", "amap": f"{AMAP}/navigation?{urlencode(to)}"}


def phone_moves(user: User, case: Case) -> list[dict[str, Any]]:
    """For leads: what came from phones of this case, and how far from its place that was."""
    if user.role not in JUDGES:
        return []
    labels = {row.action: str(row.label) for row in flow_of(case).rows(case)}
    told = CrewAction.objects.filter(case=case.number).select_related("user")
    newest = told.order_by("-arrived_at")[:SHOWN]
    return [{"row": row, "label": labels.get(row.action, row.action)} for row in newest]


def _move(row: Move) -> dict[str, Any]:
    return {
        "action": row.action,
        "label": str(row.label),
        "before": sorted(row.before & BEFORE_ARRIVING if row.action == ACCEPT else row.before),
        "after": row.after,
        # Made once, and offered no more while it waits to be sent.
        "primary": row.tone == "primary" or row.action == ACCEPT,
        "whole": all(field.kind in ASKED for field in row.fields),
        "fields": [_field(each) for each in row.fields],
    }


def _field(field: Field) -> dict[str, Any]:
    return {
        "name": field.name,
        "label": str(field.label),
        "kind": field.kind,
        "required": field.required,
        "most": field.max_length,
        "help": str(field.help),
        "choices": [[code, str(name)] for code, name in field.choices],
    }


def _spoken(at: datetime) -> str:
    return f"{timezone.localtime(at):%m-%d %H:%M}"
