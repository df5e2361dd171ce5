"""The right shape of each source's answer, and what of it is kept. Pure.

    registry  {"uscc", "name", "status": one of STATUSES}
    identity  {"match": true or false}
    property  {"owner", "acquired_on": day or null, "legal": true or false}
    arrears   {"owed": "123.45", "since": day or null}

A source that has no such entry answers 404, or 200 with {"found": false}. Sums are yuan as text, so
that no float rounds them; days are ISO. What an answer holds beyond that is passed over.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from applications.sources.wanted import ARREARS, IDENTITY, OWNERSHIP, REGISTRATION

# 存续, 吊销, 注销, 迁出, 停业.
STATUSES = ("active", "revoked", "cancelled", "moved-out", "suspended")
LONGEST = 200
_SUM = re.compile(r"\d{1,10}(\.\d{1,2})?")


class Malformed(Exception):
    """Not an answer. Names the field, never what stood in it."""


def read(
    fact: str, answer: Mapping[str, Any], asked: Mapping[str, str], name: str, today: date
) -> dict[str, Any]:
    """What is kept of an answer to `asked`, for an applicant called `name`.

    Raises Malformed when the answer is not of its shape, or speaks of another than was asked about.
    """
    return _READERS[fact](answer, asked, name, today)


def verdict(fact: str, value: Mapping[str, Any]) -> str:
    """What a value comes to, as one code: all that the record says of it."""
    if fact == REGISTRATION:
        if value["status"] != "active":
            return "inactive"
        return "active" if value["name_matches"] else "other-name"
    if fact == IDENTITY:
        return "match" if value["matches"] else "mismatch"
    if fact == OWNERSHIP:
        if not value["legal"]:
            return "illegal"
        return "owner" if value["owner_matches"] else "other-owner"
    return "owed" if Decimal(value["owed"]) > 0 else "clear"


# What a verdict may be, by fact, the untroubled one first.
VERDICTS: Mapping[str, tuple[str, ...]] = {
    REGISTRATION: ("active", "other-name", "inactive"),
    IDENTITY: ("match", "mismatch"),
    OWNERSHIP: ("owner", "other-owner", "illegal"),
    ARREARS: ("clear", "owed"),
}


def _registration(
    answer: Mapping[str, Any], asked: Mapping[str, str], name: str, today: date
) -> dict[str, Any]:
    if answer.get("uscc") != asked["uscc"]:
        raise Malformed("uscc")
    status = answer.get("status")
    if status not in STATUSES:
        raise Malformed("status")
    registered = _text(answer, "name")
    return {"status": status, "name_matches": same_name(registered, name)}


def _identity(
    answer: Mapping[str, Any], asked: Mapping[str, str], name: str, today: date
) -> dict[str, Any]:
    by = "id_number" if "id_number" in asked else "mobile"
    return {"matches": _flag(answer, "match"), "by": by}


def _ownership(
    answer: Mapping[str, Any], asked: Mapping[str, str], name: str, today: date
) -> dict[str, Any]:
    return {
        "owner_matches": same_name(_text(answer, "owner"), name),
        "acquired_on": _day(answer, "acquired_on", today),
        "legal": _flag(answer, "legal"),
    }


def _arrears(
    answer: Mapping[str, Any], asked: Mapping[str, str], name: str, today: date
) -> dict[str, Any]:
    owed = answer.get("owed")
    if not (isinstance(owed, str) and owed.isascii() and _SUM.fullmatch(owed)):
        raise Malformed("owed")
    return {"owed": owed, "since": _day(answer, "since", today)}


def same_name(one: str, other: str) -> bool:
    """Whether two spellings are one name: width, case and blanks make no difference."""
    return _plain(one) == _plain(other)


def _plain(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()


def _text(answer: Mapping[str, Any], field: str) -> str:
    value = answer.get(field)
    if not (isinstance(value, str) and value.strip() and len(value) <= LONGEST):
        raise Malformed(field)
    return value


def _flag(answer: Mapping[str, Any], field: str) -> bool:
    value = answer.get(field)
    if not isinstance(value, bool):
        raise Malformed(field)
    return value


def _day(answer: Mapping[str, Any], field: str, today: date) -> str | None:
    """A day that has been, as ISO text; null is an answer, a missing field is not."""
    value = answer.get(field, "")
    if value is None:
        return None
    try:
        day = date.fromisoformat(value)
    except (TypeError, ValueError):
        raise Malformed(field) from None
    if day > today:
        raise Malformed(field)
    return day.isoformat()


_READERS: Mapping[str, Callable[..., dict[str, Any]]] = {
    REGISTRATION: _registration,
    IDENTITY: _identity,
    OWNERSHIP: _ownership,
    ARREARS: _arrears,
}
