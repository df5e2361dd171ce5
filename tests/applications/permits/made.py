"""A connection whose external line crosses a road, its scheme done."""

from __future__ import annotations

from applications.models import Application, Permit
from tests.factories import HOUR, MONDAY_0900, open_application, staff
from waterdesk.core import door

SCHEME_AT = MONDAY_0900 + 2 * HOUR


def go(case, action, at=SCHEME_AT, by=None, **changes):
    who = by or staff("admin")
    return door.move(case.number, action, actor=who, at=at, changes=changes)


def surveyed(**over) -> Application:
    case = open_application(external_line=True, **over)
    if case.status == "pending":
        go(case, "accept", MONDAY_0900 + HOUR)
    return go(case, "survey", MONDAY_0900 + HOUR)


def designed(*needs: str, **details) -> Application:
    """The scheme is done and needs what is named: digs_road, digs_green …"""
    case = surveyed()
    flags = dict.fromkeys(needs, True)
    go(case, "job-scheme", **{"pipe_metres": "12"} | flags | details)
    return Application.objects.get(pk=case.pk)


def file(case, kind, at=SCHEME_AT + HOUR, **more):
    return go(case, "file_permit", at, permit=kind, **{"number": f"SL-{kind}"} | more)


def grant(case, kind, at=SCHEME_AT + 2 * HOUR):
    return go(case, "permit_granted", at, permit=kind, document=f"PZ-{kind}")


def permit(case, kind) -> Permit:
    return Permit.objects.get(case=case, kind=kind)


def job(case) -> str:
    return case.jobs.get(code="permits").state
