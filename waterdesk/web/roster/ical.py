"""Shifts as an iCalendar object (RFC 5545)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from django.utils.translation import gettext as _

from waterdesk.core.models.duty import Shift

# Octets in a line, without its end.
LINE = 75


def calendar(shifts: Iterable[Shift], now: datetime, host: str, utility: str) -> str:
    """One event a shift; `host` makes their names unique in the world. Lines end in CRLF."""
    title = _("%(utility)s值班") % {"utility": utility}
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//waterdesk//duty//ZH",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_escaped(title)}",
    ]
    for shift in shifts:
        summary = _("值班：%(area)s") % {"area": shift.area}
        lines += [
            "BEGIN:VEVENT",
            f"UID:shift-{shift.pk}@{host}",
            f"DTSTAMP:{_instant(now)}",
            f"DTSTART:{_instant(shift.starts_at)}",
            f"DTEND:{_instant(shift.ends_at)}",
            f"SUMMARY:{_escaped(summary)}",
            *([f"DESCRIPTION:{_escaped(shift.note)}"] if shift.note else []),
            "END:VEVENT",
        ]
    return "".join(f"{_folded(line)}\r\n" for line in [*lines, "END:VCALENDAR"])


def _instant(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    for sign in ("\\", ";", ","):
        text = text.replace(sign, "\\" + sign)
    return text.replace("\r\n", "\\n").replace("\n", "\\n").replace("\r", "")


def _folded(line: str) -> str:
    """A long line goes on after a line end and a space; no character is cut in two."""
    parts, part = [], ""
    for sign in line:
        if len((part + sign).encode()) > LINE - bool(parts):
            parts.append(part)
            part = ""
        part += sign
    return "\r\n ".join([*parts, part])
