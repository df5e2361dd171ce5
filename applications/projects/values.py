"""Reading what people and spreadsheets write for a day, a number, a yes or a no.

Each function returns the clean value or raises Invalid with a message for the person; nothing
that is left empty is wrong here.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext_lazy as _

from waterdesk.core import inputs
from waterdesk.core.errors import Invalid

FIRST, LAST = date(2000, 1, 1), date(2100, 12, 31)
# Day 0 of a spreadsheet, which counts a 29 February 1900 that never was.
_SERIAL_ZERO = date(1899, 12, 30)
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T ]\d{1,2}:\d{2}(:\d{2})?)?")
_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})")
_SERIAL = re.compile(r"\d{5}(\.\d+)?")
YES = frozenset({"是", "有", "需要", "yes", "y", "true", "1", "√"})
NO = frozenset({"否", "无", "不需要", "no", "n", "false", "0", "×"})
MOST_STEPS = 40
STEP_LENGTH = 200


def day(raw: object) -> date | None:
    """2026-12-01, 2026/12/1, 2026.12.1, 2026年12月1日, 20261201, or a spreadsheet's serial day."""
    text = _plain(raw)
    if not text:
        return None
    try:
        if found := _DAY.fullmatch(text) or _DIGITS.fullmatch(text):
            year, month, number = (int(each) for each in found.groups()[:3])
            value = date(year, month, number)
        elif _SERIAL.fullmatch(text):
            value = _SERIAL_ZERO + timedelta(days=int(float(text)))
        else:
            raise Invalid(_("日期不正确，请写成 2026-12-01 的样子。"))
    except ValueError:
        raise Invalid(_("没有这一天。")) from None
    if not FIRST <= value <= LAST:
        raise Invalid(_("日期应在 2000 年到 2100 年之间。"))
    return value


def calibre(raw: object) -> int | None:
    text = _plain(raw).upper().removesuffix("MM")
    return inputs.calibre(text) if text else None


def volume(raw: object) -> Decimal | None:
    """Cubic metres a day, up to two decimals."""
    text = _plain(raw).replace(",", "")
    if not text:
        return None
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise Invalid(_("请填写数字。")) from None
    if not (value.is_finite() and 0 <= value < 10**7):
        raise Invalid(_("请填写 0 到 9999999 之间的数字。"))
    return value.quantize(Decimal("0.01"))


def metres(raw: object) -> Decimal | None:
    """The length of a pipe, up to two decimals; a scheme draws no longer one."""
    value = volume(raw)
    if value is not None and value > 20000:
        raise Invalid(_("请填写 0 到 20000 之间的数字。"))
    return value


def known_flag(raw: object) -> bool | None:
    """True, False, or None where nobody knows."""
    text = _plain(raw).lower()
    if text in ("", "未知", "不清楚", "unknown"):
        return None
    if text not in YES | NO:
        raise Invalid(_("请填写“是”或“否”，不清楚可留空。"))
    return text in YES


def steps(raw: object) -> list[list[str]]:
    """The dated steps of a plan, one a line: a day, then what is done; in order of the days."""
    found = []
    for line in str(raw or "").splitlines():
        text = inputs.text(line, STEP_LENGTH + 20)
        if not text:
            continue
        head, _blank, what = text.partition(" ")
        when = day(head)
        if when is None or not what.strip():
            raise Invalid(_("每行先写日期，空一格，再写要做的事。"))
        found.append([when.isoformat(), inputs.text(what, STEP_LENGTH)])
    if len(found) > MOST_STEPS:
        raise Invalid(_("不能超过 %(most)d 步。") % {"most": MOST_STEPS})
    return sorted(found)


def _plain(raw: object) -> str:
    return unicodedata.normalize("NFKC", str(raw if raw is not None else "")).strip()
