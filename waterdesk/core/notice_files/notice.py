"""What a notice is, in whatever form it came, and what holds for each."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from waterdesk.core.errors import Invalid

NAME_LENGTH, SOURCE_LENGTH = 40, 200
MAKE_UP = "调休上班"  # a name of the utility's data, like those in seeds/


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a notice: `windows` () is a day off, None a working day of the usual hours."""

    date: date
    name: str
    windows: tuple[tuple[str, str], ...] | None


@dataclass(frozen=True, slots=True)
class Notice:
    """The days of one `year`, by date, some perhaps in the December before it; and its source."""

    year: int
    source: str
    days: tuple[Day, ...]

    def as_json(self) -> str:
        """The same notice as a file of the JSON form, which `read` understands."""
        off = [_off_row(day) for day in self.days if day.windows == ()]
        work = [
            {"date": str(day.date), "name": day.name}
            | ({"windows": [list(pair) for pair in day.windows]} if day.windows else {})
            for day in self.days
            if day.windows != ()
        ]
        said = {"year": self.year, "source": self.source, "off": off, "work": work}
        return json.dumps(said, ensure_ascii=False)


def _off_row(day: Day) -> dict[str, str]:
    return {"name": day.name, "from": str(day.date), "to": str(day.date)}


def checked(year: int, source: str, days: Iterable[Day]) -> Notice:
    source = " ".join(source.replace("\x00", "").split())
    if not source:
        raise Invalid(_("请写明通知的出处。"), fields={"source": _("请写明通知的出处，如文号。")})
    if len(source) > SOURCE_LENGTH:
        raise Invalid(_("出处过长。"), fields={"source": _("出处不超过 200 个字。")})
    found: dict[date, Day] = {}
    for day in days:
        _check_day(day, year, found.get(day.date))
        found[day.date] = day
    if all(day.date.year != year or day.windows != () for day in found.values()):
        raise wrong(_("通知中没有 %(year)d 年的休息日。") % {"year": year})
    return Notice(year, source, tuple(found[key] for key in sorted(found)))


def _check_day(day: Day, year: int, twin: Day | None) -> None:
    if day.date.year != year and (day.date.year, day.date.month) != (year - 1, 12):
        raise at_day(day.date, _("不属于 %(year)d 年（可含上一年 12 月）") % {"year": year})
    if not day.name.strip() or len(day.name) > NAME_LENGTH or not day.name.isprintable():
        raise at_day(day.date, _("名称应为 1 到 40 个字"))
    if twin is None:
        return
    if (twin.windows == ()) != (day.windows == ()):
        raise at_day(day.date, _("既是休息日又是上班日"))
    raise at_day(day.date, _("出现了两次"))


def at_line(line: int, what: str) -> Invalid:
    return wrong(_("第 %(line)d 行：%(what)s。") % {"line": line, "what": what})


def at_day(day: date, what: str) -> Invalid:
    return wrong(_("%(day)s：%(what)s。") % {"day": day.isoformat(), "what": what})


def wrong(message: str) -> Invalid:
    """What is wrong with the file itself, at its field."""
    return Invalid(message, fields={"file": message})


def short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else text[:59] + "…"
