"""A yearly holiday notice read from JSON, from iCal, or from the package `chinesecalendar`.

Nothing is guessed: what cannot be read is refused, naming its line or its day.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from importlib import import_module
from typing import Any

from django.utils.translation import gettext as _

from waterdesk.core.errors import Invalid
from waterdesk.sla.errors import SlaError
from waterdesk.sla.windows import day_windows

PACKAGE = "chinesecalendar"
# A notice is a page of text; nothing larger is read.
MOST_BYTES = 256 * 1024
NAME_LENGTH, SOURCE_LENGTH = 40, 200
MAKE_UP = "调休上班"  # a name of the utility's data, like those in seeds/

_TIME = re.compile(r"([01][0-9]|2[0-4]):([0-5][0-9])")
_MARKS = re.compile(r"[（(](休|班|放假|上班|补班)[)）]|(?<=.)(休|班|放假|补班|上班)$")


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


def read(content: bytes, *, year: int | None = None, source: str = "") -> Notice:
    """The notice in a file, JSON or iCal by its first character.

    `year` picks one of several and must be the file's own; `source` stands in for one that the
    file does not name. Raises Invalid naming the line or the day.
    """
    if len(content) > MOST_BYTES:
        raise _wrong(_("文件过大：通知文件不超过 256 KB。"))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = content[: fault.start].count(b"\n") + 1
        raise _at_line(line, _("不是 UTF-8 文本")) from None
    if not text.strip():
        raise _wrong(_("文件是空的。"))
    if text.lstrip().upper().startswith("BEGIN:VCALENDAR"):
        return _from_ical(text, year, source)
    return _from_json(text, year, source)


def from_package(year: int, source: str = "") -> Notice:
    """The year as the package `chinesecalendar` has it. Raises Invalid when it has not."""
    try:
        tables = import_module("chinese_calendar.constants")
    except ImportError:
        raise _wrong(_("没有安装 chinesecalendar 软件包，请改用 JSON 或 iCal 文件。")) from None
    days = [
        Day(day, tables.Holiday(name).chinese, ())
        for day, name in tables.holidays.items()
        if day.year == year
    ]
    days += [Day(day, MAKE_UP, None) for day in tables.workdays if day.year == year]
    if not days:
        raise _wrong(_("chinesecalendar 软件包中没有 %(year)d 年的安排。") % {"year": year})
    return _checked(year, source or f"{PACKAGE} {year}", days)


# --- JSON ---------------------------------------------------------------------------------------
def _from_json(text: str, year: int | None, source: str) -> Notice:
    try:
        said = json.loads(text)
    except json.JSONDecodeError as fault:
        raise _at_line(fault.lineno, _("不是有效的 JSON")) from None
    except RecursionError:
        raise _wrong(_("文件嵌套过深。")) from None
    rows = [row for row in said if isinstance(row, dict)] if isinstance(said, list) else [said]
    if isinstance(said, list) and year is not None:
        rows = [row for row in rows if _year_of(row) == year]
    if len(rows) != 1 or not isinstance(rows[0], dict):
        raise _wrong(_("文件应是一份通知：含 year、source、off、work 的对象。"))
    row = rows[0]
    if unknown := row.keys() - {"code", "year", "source", "off", "work"}:
        raise _wrong(_("通知中有不认识的项：%(names)s。") % {"names": "、".join(sorted(unknown))})
    own = _year_of(row)
    if own is None:
        raise _wrong(_("通知没有写明年份（year）。"))
    if year is not None and year != own:
        raise _wrong(
            _("文件是 %(own)d 年的通知，不是 %(year)d 年的。") % {"own": own, "year": year}
        )
    days = [day for each in _list(row, "off") for day in _off_days(each)]
    days += [_work_day(each) for each in _list(row, "work")]
    named = row.get("source", "")
    return _checked(own, source or (named if isinstance(named, str) else ""), days)


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
        raise _wrong(_("“%(name)s”应是一个列表。") % {"name": name})
    return given


def _off_days(row: Any) -> Iterator[Day]:
    if not isinstance(row, dict) or row.keys() != {"name", "from", "to"}:
        raise _wrong(_("休息日应写成 name、from、to：%(row)s") % {"row": _short(row)})
    first, last = _date(row["from"]), _date(row["to"])
    if last < first:
        raise _at_day(first, _("结束日期早于开始日期"))
    if (last - first).days > 31:
        raise _at_day(first, _("一次放假不会超过 31 天"))
    for offset in range((last - first).days + 1):
        yield Day(first + timedelta(days=offset), str(row["name"]), ())


def _work_day(row: Any) -> Day:
    if isinstance(row, str):
        return Day(_date(row), MAKE_UP, None)
    if not isinstance(row, dict) or not {"date"} <= row.keys() <= {"date", "name", "windows"}:
        raise _wrong(
            _("调休上班日应是日期，或写成 date、name、windows：%(row)s") % {"row": _short(row)}
        )
    day = _date(row["date"])
    windows = _windows(day, row["windows"]) if "windows" in row else None
    return Day(day, str(row.get("name", MAKE_UP)), windows)


def _windows(day: date, given: Any) -> tuple[tuple[str, str], ...]:
    """Opening windows of one day, checked by the calendar's own rule."""
    pairs = given if isinstance(given, list) else []
    if not pairs or not all(_is_window(pair) for pair in pairs):
        raise _at_day(day, _('上班时段应写成 [["08:30", "12:00"]]'))
    seconds = [tuple(_second(text) for text in pair) for pair in pairs]
    try:
        day_windows(str(day), seconds)
    except SlaError:
        raise _at_day(day, _("上班时段重叠，或开始不早于结束")) from None
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
        raise _wrong(_("%(text)s 不是日期，应写成 2027-01-01。") % {"text": _short(text)}) from None


# --- iCal ---------------------------------------------------------------------------------------
def _from_ical(text: str, year: int | None, source: str) -> Notice:
    days: list[Day] = []
    event: dict[str, tuple[int, str]] | None = None
    ended, title = False, ""
    for line, name, value in _properties(text):
        if (name, value.upper()) == ("BEGIN", "VEVENT"):
            event = {"BEGIN": (line, value)}
        elif (name, value.upper()) == ("END", "VEVENT") and event is not None:
            days += _event_days(event)
            event = None
        elif event is not None:
            if name in event and name.startswith("DT"):
                raise _at_line(line, _("同一事件有两个 %(name)s") % {"name": name})
            event[name] = (line, value)
        elif name == "X-WR-CALNAME":
            title = value
        ended = (name, value.upper()) == ("END", "VCALENDAR")
    if not ended:
        raise _wrong(_("文件不完整：缺少 END:VCALENDAR。"))
    if not days:
        raise _wrong(_("文件中没有一天放假或调休。"))
    years = Counter(day.date.year for day in days)
    own = year if year is not None else years.most_common(1)[0][0]
    return _checked(own, source or _unescaped(title), days)


def _properties(text: str) -> Iterator[tuple[int, str, str]]:
    """(line, NAME, value) of each property, continued lines joined (RFC 5545, 3.1)."""
    joined: list[tuple[int, str]] = []
    for number, raw in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        if raw[:1] in (" ", "\t") and joined:
            joined[-1] = (joined[-1][0], joined[-1][1] + raw[1:])
        elif raw.strip():
            joined.append((number, raw))
    for number, line in joined:
        head, colon, value = line.partition(":")
        if not colon:
            raise _at_line(number, _("缺少冒号"))
        yield number, head.partition(";")[0].strip().upper(), value.strip()


def _event_days(event: dict[str, tuple[int, str]]) -> Iterator[Day]:
    line = event["BEGIN"][0]
    if "RRULE" in event:
        raise _at_line(event["RRULE"][0], _("重复事件不能作为放假安排"))
    if "DTSTART" not in event:
        raise _at_line(line, _("事件没有开始日期"))
    first = _ical_date(*event["DTSTART"])
    # The end of an all-day event is the first day that no longer belongs to it.
    end = _ical_date(*event["DTEND"]) if "DTEND" in event else first + timedelta(days=1)
    if not timedelta(0) < end - first <= timedelta(days=32):
        raise _at_line(event["DTEND"][0], _("结束日期应晚于开始日期，且不超过 31 天"))
    title = _unescaped(event.get("SUMMARY", (line, ""))[1])
    works = _works(event, title)
    if works is None:
        raise _at_line(line, _("看不出是放假还是上班：%(title)s") % {"title": _short(title)})
    name = _MARKS.sub("", title).strip() or title
    for offset in range((end - first).days):
        day = first + timedelta(days=offset)
        yield Day(day, MAKE_UP, None) if works else Day(day, name, ())


def _works(event: dict[str, tuple[int, str]], title: str) -> bool | None:
    """Whether people work on this day: by Apple's mark, else by the words of the title."""
    marked = event.get("X-APPLE-SPECIAL-DAY", (0, ""))[1].upper()
    if marked:
        return marked != "WORK-HOLIDAY"
    if "班" in title:
        return True
    return False if re.search("休|假|节|元旦", title) else None


def _ical_date(line: int, value: str) -> date:
    if not re.fullmatch(r"[0-9]{8}", value):
        raise _at_line(line, _("应是全天的日期，如 20270101"))
    try:
        return date.fromisoformat(f"{value[:4]}-{value[4:6]}-{value[6:]}")
    except ValueError:
        raise _at_line(line, _("没有这一天")) from None


def _unescaped(text: str) -> str:
    return re.sub(r"\\([\\;,])", r"\1", text.replace("\\n", " ").replace("\\N", " "))


# --- what holds for every form ------------------------------------------------------------------
def _checked(year: int, source: str, days: Iterable[Day]) -> Notice:
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
        raise _wrong(_("通知中没有 %(year)d 年的休息日。") % {"year": year})
    return Notice(year, source, tuple(found[key] for key in sorted(found)))


def _check_day(day: Day, year: int, twin: Day | None) -> None:
    if day.date.year != year and (day.date.year, day.date.month) != (year - 1, 12):
        raise _at_day(day.date, _("不属于 %(year)d 年（可含上一年 12 月）") % {"year": year})
    if not day.name.strip() or len(day.name) > NAME_LENGTH or not day.name.isprintable():
        raise _at_day(day.date, _("名称应为 1 到 40 个字"))
    if twin is None:
        return
    if (twin.windows == ()) != (day.windows == ()):
        raise _at_day(day.date, _("既是休息日又是上班日"))
    raise _at_day(day.date, _("出现了两次"))


def _at_line(line: int, what: str) -> Invalid:
    return _wrong(_("第 %(line)d 行：%(what)s。") % {"line": line, "what": what})


def _at_day(day: date, what: str) -> Invalid:
    return _wrong(_("%(day)s：%(what)s。") % {"day": day.isoformat(), "what": what})


def _wrong(message: str) -> Invalid:
    """What is wrong with the file itself, at its field."""
    return Invalid(message, fields={"file": message})


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else text[:59] + "…"
