"""What people type: numbers normalised and checked, text made safe to keep.

Each function returns the clean value or raises Invalid with a message for the person. Sources:
mobile numbers — 1[3-9] and nine digits; identity numbers — GB 11643; credit codes — GB 32100.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from django.utils.translation import gettext_lazy as _

from waterdesk.core import numbers
from waterdesk.core.errors import Invalid

CALIBRES = (15, 20, 25, 32, 40, 50, 65, 80, 100, 150, 200, 300)

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_MOBILE = re.compile(r"1[3-9]\d{9}")
# Control characters a form never means; tab and line breaks are kept in long texts.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u202a-\u202e\u2066-\u2069\ufeff]")


def text(raw: object, most: int, *, required: bool = False, lines: bool = False) -> str:
    """Text as kept: composed (NFC), no control characters, blanks trimmed, at most `most` long."""
    value = _CONTROL.sub("", unicodedata.normalize("NFC", str(raw or "")))
    # A lone surrogate cannot be written as UTF-8.
    value = value.encode("utf-8", "ignore").decode()
    value = value.strip() if lines else " ".join(value.split())
    if required and not value:
        raise Invalid(_("此项必填。"))
    if len(value) > most:
        raise Invalid(_("不能超过 %(most)d 个字。") % {"most": most})
    return value


def digits(raw: object) -> str:
    """A dialled number without its ornaments: blanks, hyphens, brackets, +86, 0086, 86."""
    value = unicodedata.normalize("NFKC", str(raw or "")).strip()
    value = re.sub(r"[\s\-()—–.]", "", value)
    value = re.sub(r"^(\+86|0086)", "", value)
    if re.fullmatch(r"86(1[3-9]\d{9})", value):
        value = value[2:]
    return value


def mobile(raw: object) -> str:
    """A mainland mobile number, eleven digits."""
    value = digits(raw)
    if not value:
        raise Invalid(_("请填写手机号码。"))
    if not (value.isascii() and _MOBILE.fullmatch(value)):
        raise Invalid(_("手机号码应为 11 位数字，以 13–19 开头。"))
    return value


def caller(raw: object) -> str:
    """A number somebody may call from: mobile, landline (with extension), 400, 5 digits.

    "" is returned for a withheld number. What an exchange says is read by core.numbers as well,
    which refuses nothing.
    """
    found = numbers.read(raw)
    letters = re.sub(r"(转|分机|ext|x|sip|tel)", "", str(raw or ""), flags=re.IGNORECASE)
    is_said_to_be_none = numbers.plain(raw).casefold() in numbers.WITHHELD
    if not is_said_to_be_none and (
        found.kind in ("other", "withheld") or re.search(r"[^\W\d_]", letters)
    ):
        raise Invalid(
            _("电话号码不正确：可填手机、固话（含区号）、400 或 5 位号码；未显示号码请留空。")
        )
    return found.value


def identity(raw: object) -> str:
    """An 18-character identity number: check digit and birth date (GB 11643)."""
    value = unicodedata.normalize("NFKC", str(raw or "")).strip().upper()
    if not re.fullmatch(r"[1-9][0-9]{16}[0-9X]", value):
        raise Invalid(_("身份证号码应为 18 位。"))
    try:
        born = date(int(value[6:10]), int(value[10:12]), int(value[12:14]))
    except ValueError:
        raise Invalid(_("身份证号码中的出生日期不正确。")) from None
    total = sum(int(char) * weight for char, weight in zip(value[:17], _ID_WEIGHTS, strict=True))
    if born.year < 1880 or value[17] != "10X98765432"[total % 11]:
        raise Invalid(_("身份证号码的校验位不正确，请核对。"))
    return value


def credit_code(raw: object) -> str:
    """A unified social credit code: alphabet and check character (GB 32100)."""
    value = unicodedata.normalize("NFKC", str(raw or "")).strip().upper()
    if len(value) != 18 or any(char not in _CREDIT_ALPHABET for char in value):
        raise Invalid(_("统一社会信用代码应为 18 位，不含字母 I、O、S、V、Z。"))
    total = sum(
        _CREDIT_ALPHABET.index(char) * weight
        for char, weight in zip(value[:17], _CREDIT_WEIGHTS, strict=True)
    )
    if value[17] != _CREDIT_ALPHABET[(31 - total % 31) % 31]:
        raise Invalid(_("统一社会信用代码的校验位不正确，请核对。"))
    return value


def account(raw: object) -> str:
    """The number of a customer's account with the utility: 4 to 20 digits."""
    value = re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", str(raw or "")))
    if not value:
        raise Invalid(_("请填写户号。"))
    if not (value.isascii() and value.isdigit() and 4 <= len(value) <= 20):
        raise Invalid(_("户号为 4 到 20 位数字，见水费单。"))
    return value


def calibre(raw: object) -> int:
    """A nominal diameter in millimetres from the list in use."""
    value = str(raw or "").strip().upper().removeprefix("DN")
    if not (value.isascii() and value.isdigit() and len(value) < 5 and int(value) in CALIBRES):
        listed = str(_("、")).join(str(each) for each in CALIBRES)
        raise Invalid(_("口径应为 %(list)s 之一（毫米）。") % {"list": listed})
    return int(value)
