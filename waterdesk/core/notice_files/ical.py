"""A notice as iCal (RFC 5545): all-day events, told apart by Apple's mark or by their titles."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

from django.utils.translation import gettext as _

from waterdesk.core.notice_files.notice import (
    MAKE_UP,
    Day,
    Notice,
    at_line,
    checked,
    short,
    wrong,
)

_MARKS = re.compile(r"[（(](休|班|放假|上班|补班)[)）]|(?<=.)(休|班|放假|补班|上班)$")


def parse(text: str, year: int | None, source: str) -> Notice:
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
                raise at_line(line, _("同一事件有两个 %(name)s") % {"name": name})
            event[name] = (line, value)
        elif name == "X-WR-CALNAME":
            title = value
        ended = (name, value.upper()) == ("END", "VCALENDAR")
    if not ended:
        raise wrong(_("文件不完整：缺少 END:VCALENDAR。"))
    if not days:
        raise wrong(_("文件中没有一天放假或调休。"))
    years = Counter(day.date.year for day in days)
    own = year if year is not None else years.most_common(1)[0][0]
    return checked(own, source or _unescaped(title), days)


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
            raise at_line(number, _("缺少冒号"))
        yield number, head.partition(";")[0].strip().upper(), value.strip()


def _event_days(event: dict[str, tuple[int, str]]) -> Iterator[Day]:
    line = event["BEGIN"][0]
    if "RRULE" in event:
        raise at_line(event["RRULE"][0], _("重复事件不能作为放假安排"))
    if "DTSTART" not in event:
        raise at_line(line, _("事件没有开始日期"))
    first = _ical_date(*event["DTSTART"])
    # The end of an all-day event is the first day that no longer belongs to it.
    end = _ical_date(*event["DTEND"]) if "DTEND" in event else first + timedelta(days=1)
    if not timedelta(0) < end - first <= timedelta(days=32):
        raise at_line(event["DTEND"][0], _("结束日期应晚于开始日期，且不超过 31 天"))
    title = _unescaped(event.get("SUMMARY", (line, ""))[1])
    works = _works(event, title)
    if works is None:
        raise at_line(line, _("看不出是放假还是上班：%(title)s") % {"title": short(title)})
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
        raise at_line(line, _("应是全天的日期，如 20270101"))
    try:
        return date.fromisoformat(f"{value[:4]}-{value[4:6]}-{value[6:]}")
    except ValueError:
        raise at_line(line, _("没有这一天")) from None


def _unescaped(text: str) -> str:
    return re.sub(r"\\([\\;,])", r"\1", text.replace("\\n", " ").replace("\\N", " "))
