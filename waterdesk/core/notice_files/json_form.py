"""A notice as JSON: {"year", "source", "off": [{"name", "from", "to"}], "work": ["2027-01-09"]}.

A make-up workday may also be {"date", "name", "windows": [["09:00", "12:00"]]}; without windows
it has the usual hours.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from waterdesk.core.notice_files.notice import (
    MAKE_UP,
    Day,
    Notice,
    at_day,
    at_line,
    checked,
    short,
    wrong,
)
from waterdesk.sla.errors import SlaError
from waterdesk.sla.windows import day_windows

_TIME = re.compile(r"([01][0-9]|2[0-4]):([0-5][0-9])")


def parse(text: str, year: int | None, source: str) -> Notice:
    try:
        said = json.loads(text)
    except json.JSONDecodeError as fault:
        raise at_line(fault.lineno, _("不是有效的 JSON")) from None
    except RecursionError:
        raise wrong(_("文件嵌套过深。")) from None
    rows = [row for row in said if isinstance(row, dict)] if isinstance(said, list) else [said]
    if isinstance(said, list) and year is not None:
        rows = [row for row in rows if _year_of(row) == year]
    if len(rows) != 1 or not isinstance(rows[0], dict):
        raise wrong(_("文件应是一份通知：含 year、source、off、work 的对象。"))
    row = rows[0]
    if unknown := row.keys() - {"code", "year", "source", "off", "work"}:
        raise wrong(_("通知中有不认识的项：%(names)s。") % {"names": "、".join(sorted(unknown))})
    own = _year_of(row)
    if own is None:
        raise wrong(_("通知没有写明年份（year）。"))
    if year is not None and year != own:
        raise wrong(_("文件是 %(own)d 年的通知，不是 %(year)d 年的。") % {"own": own, "year": year})
    days = [day for each in _list(row, "off") for day in _off_days(each)]
    days += [_work_day(each) for each in _list(row, "work")]
    named = row.get("source", "")
    return checked(own, source or (named if isinstance(named, str) else ""), days)


def _year_of(row: dict[str, Any]) -> int | None:
    """The `year` of a notice; those of seeds/ say it at the end of their code, as in cn-2026."""
    own = row.get("year")
    if type(own) is int:
        return own
    match = re.fullmatch(r"[a-z-]*-([0-9]{4})", str(row.get("code", "")))
    return int(match[1]) if match and own is None else None


def _list(row: dict[str, Any], name: str) -> list[Any]:
    given = row.get(name, [])
    if not isinstance(given, list):
        raise wrong(_("“%(name)s”应是一个列表。") % {"name": name})
    return given


def _off_days(row: Any) -> Iterator[Day]:
    if not isinstance(row, dict) or row.keys() != {"name", "from", "to"}:
        raise wrong(_("休息日应写成 name、from、to：%(row)s") % {"row": short(row)})
    first, last = _date(row["from"]), _date(row["to"])
    if last < first:
        raise at_day(first, _("结束日期早于开始日期"))
    if (last - first).days > 31:
        raise at_day(first, _("一次放假不会超过 31 天"))
    for offset in range((last - first).days + 1):
        yield Day(first + timedelta(days=offset), str(row["name"]), ())


def _work_day(row: Any) -> Day:
    if isinstance(row, str):
        return Day(_date(row), MAKE_UP, None)
    if not isinstance(row, dict) or not {"date"} <= row.keys() <= {"date", "name", "windows"}:
        raise wrong(
            _("调休上班日应是日期，或写成 date、name、windows：%(row)s") % {"row": short(row)}
        )
    day = _date(row["date"])
    windows = _windows(day, row["windows"]) if "windows" in row else None
    return Day(day, str(row.get("name", MAKE_UP)), windows)


def _windows(day: date, given: Any) -> tuple[tuple[str, str], ...]:
    """Opening windows of one day, checked by the calendar's own rule."""
    pairs = given if isinstance(given, list) else []
    if not pairs or not all(_is_window(pair) for pair in pairs):
        raise at_day(day, _('上班时段应写成 [["08:30", "12:00"]]'))
    seconds = [tuple(_second(text) for text in pair) for pair in pairs]
    try:
        day_windows(str(day), seconds)
    except SlaError:
        raise at_day(day, _("上班时段重叠，或开始不早于结束")) from None
    return tuple((opens, closes) for opens, closes in pairs)


def _is_window(pair: Any) -> bool:
    return (
        isinstance(pair, list)
        and len(pair) == 2
        and all(isinstance(text, str) and _TIME.fullmatch(text) for text in pair)
    )


def _second(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 3600 + int(minutes) * 60


def _date(text: Any) -> date:
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError):
        raise wrong(_("%(text)s 不是日期，应写成 2027-01-01。") % {"text": short(text)}) from None
