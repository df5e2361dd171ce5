"""Telephone numbers as exchanges write them, made one spelling. Pure.

Sources: mobile numbers are 1[3-9] and nine digits, area codes 010, 02x and 0[3-9]xx, local
numbers 7 or 8 digits (电信网编号计划); 400 and 800 numbers have ten digits; 95xxx, 96xxx, 1xxxx
and the emergency numbers are short.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

WITHHELD = frozenset(
    {"", "anonymous", "unknown", "withheld", "private", "restricted", "unavailable", "s",
     "asserted", "none", "null", "未知", "匿名", "无号码"}
)  # fmt: skip

MOBILE = re.compile(r"1[3-9]\d{9}")
LANDLINE = re.compile(r"(010|02\d|0[3-9]\d{2})([1-9]\d{6,7})(\*\d{1,6})?")
LOCAL = re.compile(r"([2-9]\d{6,7})(\*\d{1,6})?")
SERVICE = re.compile(r"(400\d{7}|800\d{7}|1\d{4}|9[56]\d{3,4}|1[012]\d)")

_ORNAMENTS = re.compile(r"[\s\-()\[\]—–.·]")
_EXTENSION = re.compile(r"(转|分机|;?ext[.=]?|[x#,;*])+", re.IGNORECASE)
_LONGEST = 40


@dataclass(frozen=True, slots=True)
class Number:
    """`value` is the one spelling, "" for a withheld number; `kind` what sort of number it is."""

    value: str
    kind: str  # mobile, landline, local, service, withheld, other


def read(raw: object) -> Number:
    """What an exchange said of a number, in one spelling. Refuses nothing: `other` keeps digits.

    +86, 0086 and 86 before a number go, as does the 0 before a mobile number (dialled across
    areas); an extension follows a star. Of a sip: or tel: address the caller's part is read.
    """
    value = plain(raw)
    if value.casefold() in WITHHELD:
        return Number("", "withheld")
    for kind, shape in _KINDS:
        if shape.fullmatch(value):
            return Number(value, kind)
    digits = "".join(re.findall(r"[0-9*]", value))[:_LONGEST]
    return Number(digits, "other") if digits.strip("*") else Number("", "withheld")


def plain(raw: object) -> str:
    """The digits and the extension after a star; whatever is no number stays as it is."""
    value = unicodedata.normalize("NFKC", str(raw or "")).strip()
    value = re.sub(r"^(sips?|tel):", "", value, flags=re.IGNORECASE).partition("@")[0]
    value = _ORNAMENTS.sub("", value)
    if value.casefold() in WITHHELD:
        return value
    value = _EXTENSION.sub("*", value).strip("*")
    abroad = re.match(r"(\+|00)(?!86)\d", value)
    value = re.sub(r"^(\+|00)86", "", value)
    if re.fullmatch(r"86(1[3-9]\d{9}|0\d{9,11})", value):
        value = value[2:]
    if re.fullmatch(r"0+1[3-9]\d{9}", value):
        value = value.lstrip("0")
    elif not abroad and re.fullmatch(r"(10|2\d)[2-9]\d{7}|[3-9]\d{2}[2-9]\d{6,7}", value):
        value = _with_trunk(value)
    return value if value.isascii() else re.sub(r"\s", "", value)


def _with_trunk(value: str) -> str:
    """+86 731 2888 1234 lost the 0 of its area code; 400, 800 and local numbers have none."""
    if SERVICE.fullmatch(value) or LOCAL.fullmatch(value):
        return value
    return f"0{value}"


def spellings(value: str, area_code: str = "") -> list[str]:
    """Every way in which one number may have been kept, the given one first; [] if withheld.

    `area_code` is the utility's own ("0731"): a local number and the same with that code before it
    are one. The extension makes no difference: who called from a house's switchboard called from
    that house.
    """
    base = value.partition("*")[0]
    if not base:
        return []
    found = [value, base]
    if area_code and base.startswith(area_code) and LOCAL.fullmatch(base[len(area_code) :]):
        found.append(base[len(area_code) :])
    elif area_code and LOCAL.fullmatch(base):
        found.append(f"{area_code}{base}")
    return list(dict.fromkeys(found))


_KINDS = (("mobile", MOBILE), ("service", SERVICE), ("landline", LANDLINE), ("local", LOCAL))
