"""Personal data hidden wherever it stands in a tree of JSON, by the names of its keys."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from waterdesk.core import wording

# 朝阳路 8 号: where a house or a compound ends, but not a building (3 号楼).
_COMPOUND = re.compile(r".*?(?:号(?!楼)|小区|花园|新村|大院)")
_BEFORE_FIGURES = re.compile(r"[^0-9]*")


def address(text: str) -> str:
    """Up to the house number or the compound: 城东区朝阳路 8 号****. Without either, no figures."""
    found = _COMPOUND.match(text) or _BEFORE_FIGURES.match(text)
    shown = found.group() if found else ""
    return text if shown == text else shown.rstrip() + wording.STARS


def masked(value: Any) -> Any:
    """`value` with names, numbers and addresses of people hidden; everything else as it is."""
    if isinstance(value, Mapping):
        return {name: _hidden(name, each) for name, each in value.items()}
    if isinstance(value, list):
        return [masked(each) for each in value]
    return value


def _hidden(name: str, value: Any) -> Any:
    if name == "position" and value:
        return wording.STARS
    hide = _BY_NAME.get(name)
    return hide(value) if hide and isinstance(value, str) else masked(value)


_BY_NAME: dict[str, Callable[[str], str]] = {
    "name": wording.mask_name,
    "contact": wording.mask_name,
    "phone": wording.mask_phone,
    "id_number": wording.mask_identity,
    "uscc": wording.mask_identity,
    "address": address,
}
