"""A profile's rows laid over those of the seeds: pure, what JSON says goes in and comes out.

An object is patched as in RFC 7396: what the patch names is changed, null takes it away, the rest
stays. A list whose rows have a key is patched row by row: the row of that key, or a new one at the
end; `"drop": true` takes a row away. Any other list is replaced whole.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

# What tells the rows of a file apart.
KEYS: dict[str, tuple[str, ...]] = {
    "areas": ("code",),
    "calendars": ("code",),
    "classes": ("code",),
    "holidays": ("code",),
    "messages": ("key", "channel"),
    "promises": ("kind", "code", "conditions"),
    "reasons": ("use", "code"),
}
DROP = "drop"
# Rows of a definition are told apart by their code, its promises by what they hold for.
_OF_A_LIST: dict[str, tuple[str, ...]] = {"promises": ("conditions",)}


class OverlayError(ValueError):
    """A patch that cannot be laid over what there is; the message names the row."""


def key_of(row: Any, names: Sequence[str]) -> str:
    """What tells this row from the others, as text. Raises OverlayError where something lacks."""
    if isinstance(row, str):
        row = {"code": row}
    if not isinstance(row, dict):
        raise OverlayError("this should be an object { … }")
    try:
        found = [row.get(name, {}) if name == "conditions" else row[name] for name in names]
    except KeyError as missing:
        raise OverlayError(f"no {missing}") from missing
    return json.dumps(found, sort_keys=True, ensure_ascii=False)


def lay_rows(base: Iterable[Any], patch: Any, names: Sequence[str]) -> list[Any]:
    """The rows of `base` with those of `patch` over them, in the order of `base`, new ones last.

    Raises OverlayError naming the row, from 1 on: no object, no key, a key twice, a row to drop
    that is not there.
    """
    if not isinstance(patch, list):
        raise OverlayError("this should be a list [ … ]")
    found = {key_of(row, names): row for row in base}
    seen: set[str] = set()
    for place, row in enumerate(patch, start=1):
        try:
            key = key_of(row, names)
            if key in seen:
                raise OverlayError(f"{key} stands there twice")
            seen.add(key)
            _lay_row(found, key, row)
        except OverlayError as fault:
            raise OverlayError(f"row {place}: {fault}") from fault
    return list(found.values())


def _lay_row(found: dict[str, Any], key: str, row: Any) -> None:
    if isinstance(row, dict) and row.get(DROP):
        if found.pop(key, None) is None:
            raise OverlayError(f"{key} is not there to drop")
        return
    there = found.get(key, {})
    found[key] = lay({"code": there} if isinstance(there, str) else there, row)


def lay(base: Any, patch: Any) -> Any:
    """`base` with `patch` over it. Neither is changed."""
    if not isinstance(patch, dict):
        return patch
    found = dict(base) if isinstance(base, dict) else {}
    for name, value in patch.items():
        names = _OF_A_LIST.get(name, ("code",))
        if value is None:
            found.pop(name, None)
        elif _by_rows(found.get(name), value):
            try:
                found[name] = lay_rows(found[name], value, names)
            except OverlayError as fault:
                raise OverlayError(f"{name} {fault}") from fault
        else:
            found[name] = lay(found.get(name), value)
    return found


def _by_rows(base: Any, patch: Any) -> bool:
    """Whether a list is patched row by row: one that has rows, with rows of the same sort."""
    return (
        isinstance(base, list)
        and isinstance(patch, list)
        and any(isinstance(row, dict) for row in patch)
    )
