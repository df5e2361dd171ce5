"""The log of the roster in words."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from waterdesk.core import duty
from waterdesk.core.models.duty import RosterChange
from waterdesk.core.models.people import User
from waterdesk.core.policy import Policy

SHOWN = 10


def latest(areas: list[int], rules: Policy) -> list[dict[str, Any]]:
    """The last changes of these areas: what, who, when, and a line for each shift; two queries."""
    rows = list(RosterChange.objects.filter(area__in=areas)[:SHOWN])
    names = {row.actor for row in rows} | {who for row in rows for who in _named_in(row.data)}
    people = {user.username: str(user) for user in User.objects.filter(username__in=names)}
    return [
        {
            "what": row.get_action_display(),
            "who": people.get(row.actor, row.actor),
            "at": row.at,
            "shifts": _lines(row, people, rules),
        }
        for row in rows
    ]


def _facts(data: dict[str, Any]) -> list[dict[str, str]]:
    """The shifts and leaves that a change names, in order."""
    single = [data[key] for key in ("shift", "leave", "before", "after") if key in data]
    return [*data.get("shifts", []), *single]


def _named_in(data: dict[str, Any]) -> list[str]:
    return [each["user"] for each in _facts(data)] + data.get("pattern", {}).get("people", [])


def _lines(row: RosterChange, people: dict[str, str], rules: Policy) -> list[str]:
    if pattern := row.data.get("pattern"):
        return [_of_pattern(pattern, people), *_counts(row.data)]
    said = [_said(each, people) for each in _facts(row.data)]
    if "before" not in row.data:
        return said
    if row.action == RosterChange.Action.MOVE:
        for place, each in enumerate(_facts(row.data)):
            area = rules.area_coded(each["area"])
            said[place] = f"{area or each['area']} {said[place]}"
    return [_("原：%(shift)s") % {"shift": said[0]}, _("现：%(shift)s") % {"shift": said[1]}]


def _of_pattern(pattern: dict[str, Any], people: dict[str, str]) -> str:
    names = _("、").join(people.get(each, each) for each in pattern["people"])
    times = f"{pattern['starts']}–{pattern['ends']} {pattern['first']} – {pattern['last']}"
    return f"{names} {times}"


def _counts(data: dict[str, Any]) -> list[str]:
    added, removed = len(data.get("added", [])), len(data.get("removed", []))
    skipped = len(data.get("skipped", []))
    lines = [
        (added, ngettext("增加 %(count)d 个班次", "增加 %(count)d 个班次", added)),
        (removed, ngettext("取消 %(count)d 个班次", "取消 %(count)d 个班次", removed)),
        (skipped, ngettext("跳过冲突的 %(count)d 天", "跳过冲突的 %(count)d 天", skipped)),
    ]
    return [words % {"count": count} for count, words in lines if count]


def _said(fact: dict[str, str], people: dict[str, str]) -> str:
    starts, ends = (datetime.fromisoformat(fact[name]) for name in ("starts_at", "ends_at"))
    who = people.get(fact["user"], fact["user"])
    return " ".join([who, duty.span_of(starts, ends), fact.get("note", "")]).strip()
