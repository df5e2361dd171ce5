"""A year's notice as the package `chinesecalendar` has it, where it is installed."""

from __future__ import annotations

from importlib import import_module

from django.utils.translation import gettext as _

from waterdesk.core.notice_files.notice import MAKE_UP, Day, Notice, checked, wrong

PACKAGE = "chinesecalendar"


def from_package(year: int, source: str = "") -> Notice:
    """The year as the package `chinesecalendar` has it. Raises Invalid when it has not."""
    try:
        tables = import_module("chinese_calendar.constants")
    except ImportError:
        raise wrong(_("没有安装 chinesecalendar 软件包，请改用 JSON 或 iCal 文件。")) from None
    days = [
        Day(day, tables.Holiday(name).chinese, ())
        for day, name in tables.holidays.items()
        if day.year == year
    ]
    days += [Day(day, MAKE_UP, None) for day in tables.workdays if day.year == year]
    if not days:
        raise wrong(_("chinesecalendar 软件包中没有 %(year)d 年的安排。") % {"year": year})
    return checked(year, source or f"{PACKAGE} {year}", days)
