"""Times, durations and personal data in words: for pages and for the texts of messages.

Pure functions: the instant they speak from is passed in; the zone is Django's current one.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from waterdesk.sla.clock import Unit

MINUTE, HOUR, DAY = 60, 3600, 86400
STARS = "****"

WEEKDAYS = (
    gettext_lazy("周一"),
    gettext_lazy("周二"),
    gettext_lazy("周三"),
    gettext_lazy("周四"),
    gettext_lazy("周五"),
    gettext_lazy("周六"),
    gettext_lazy("周日"),
)
MONTHS = (
    gettext_lazy("1月"),
    gettext_lazy("2月"),
    gettext_lazy("3月"),
    gettext_lazy("4月"),
    gettext_lazy("5月"),
    gettext_lazy("6月"),
    gettext_lazy("7月"),
    gettext_lazy("8月"),
    gettext_lazy("9月"),
    gettext_lazy("10月"),
    gettext_lazy("11月"),
    gettext_lazy("12月"),
)


def duration(span: timedelta) -> str:
    """`span` in its two largest units: 1 天 2 小时, 1 小时 20 分, 20 分钟, 不到 1 分钟.

    A day is 24 hours here; whoever counts working days says so himself. What is left over is
    dropped, so that nobody is promised a minute he does not have. The sign is ignored.
    """
    seconds = int(abs(span).total_seconds())
    days, hours, minutes = seconds // DAY, seconds % DAY // HOUR, seconds % HOUR // MINUTE
    if days and hours:
        return _("%(days)d 天 %(hours)d 小时") % {"days": days, "hours": hours}
    if days:
        return _("%(days)d 天") % {"days": days}
    if hours and minutes:
        return _("%(hours)d 小时 %(minutes)d 分") % {"hours": hours, "minutes": minutes}
    if hours:
        return _("%(hours)d 小时") % {"hours": hours}
    if minutes:
        return _("%(minutes)d 分钟") % {"minutes": minutes}
    return _("不到 1 分钟")


def when(at: datetime, now: datetime) -> str:
    """`at` as somebody says it at `now`: 今天 16:30, 明天 09:00, 11月23日 周一 16:30.

    Both are aware; days are those of the current zone. The year is said only when it is another.
    """
    at, now = timezone.localtime(at), timezone.localtime(now)
    time = f"{at:%H:%M}"
    match (at.date() - now.date()).days:
        case 0:
            return _("今天 %(time)s") % {"time": time}
        case 1:
            return _("明天 %(time)s") % {"time": time}
        case -1:
            return _("昨天 %(time)s") % {"time": time}
    parts = {
        "year": at.year,
        "month": MONTHS[at.month - 1],
        "day": at.day,
        "weekday": WEEKDAYS[at.weekday()],
        "time": time,
    }
    if at.year == now.year:
        return _("%(month)s%(day)d日 %(weekday)s %(time)s") % parts
    return _("%(year)d年%(month)s%(day)d日 %(weekday)s %(time)s") % parts


def due(at: datetime, now: datetime, *, provisional: bool) -> str:
    """A due time as `when` says it, and that it is provisional where it is: 明天 09:00（暂定）."""
    said = when(at, now)
    return _("%(due)s（暂定）") % {"due": said} if provisional else said


def limit(amount: Decimal, unit: str) -> str:
    """A limit as it is promised: 0.5 个工作日, 3 个工作日, 60 分钟, 24 小时."""
    number = f"{amount.normalize():f}"
    if unit in (Unit.DAYS, Unit.WORKDAYS):
        text = ngettext("%(number)s 个工作日", "%(number)s 个工作日", 1 if amount <= 1 else 2)
        return text % {"number": number}
    if unit == Unit.MINUTES:
        return _("%(number)s 个工作分钟") % {"number": number}
    if amount >= 120 and amount % 60 == 0:
        return _("%(number)s 小时") % {"number": f"{(amount / 60).normalize():f}"}
    return _("%(number)s 分钟") % {"number": number}


def rung(minutes: int | None, share: int = 0) -> str:
    """Where a level stands: 80%, or 到期前 30 分钟 where it is so many minutes from the limit."""
    if minutes is None:
        return _("%(share)d%%") % {"share": share}
    words = _("到期前 %(minutes)d 分钟") if minutes < 0 else _("到期后 %(minutes)d 分钟")
    return words % {"minutes": abs(minutes)}


def mask_phone(phone: str) -> str:
    """138****1234. Service numbers of up to five digits (12345, 96390) belong to nobody.

    Between six and ten digits the first two and the last two stay. Empty stays empty.
    """
    if len(phone) <= 5:
        return phone
    head, tail = (3, 4) if len(phone) >= 11 else (2, 2)
    return phone[:head] + STARS + phone[-tail:]


def mask_name(name: str) -> str:
    """张*: the first character, and one star however long the name is. Empty stays empty."""
    name = name.strip()
    return f"{name[0]}*" if name else ""


def mask_identity(number: str) -> str:
    """110***********002X: the first three and the last four of an identity number or a code."""
    if len(number) <= 7:
        return "*" * len(number)
    return number[:3] + "*" * (len(number) - 7) + number[-4:]
