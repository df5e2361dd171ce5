"""Telephone numbers as addresses of short messages."""

from __future__ import annotations

import re

# Mainland mobile numbers (工信部 numbering plan). Landlines, five-digit hotlines and 400 numbers
# are valid callers but can receive no short message.
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_MOBILE_WITHIN = re.compile(r"(?<![0-9])(1[3-9][0-9])[0-9]{4}([0-9]{4})(?![0-9])")
_PREFIX = re.compile(r"^(?:\+86|0086|86(?=1[0-9]{10}$))")
_SPACING = re.compile(r"[\s\-]+")


def mobile(phone: str) -> str:
    """`phone` as eleven digits, or "" when no short message can reach it."""
    bare = _PREFIX.sub("", _SPACING.sub("", phone))
    return bare if _MOBILE.fullmatch(bare) else ""


def masked(phone: str) -> str:
    """138****1234; of anything shorter, all but the last two characters are hidden."""
    if len(phone) >= 8:
        return f"{phone[:3]}****{phone[-4:]}"
    return "*" * max(len(phone) - 2, 0) + phone[-2:]


def with_mobiles_masked(text: str) -> str:
    """`text` with every mobile number in it masked."""
    return _MOBILE_WITHIN.sub(r"\1****\2", text)
