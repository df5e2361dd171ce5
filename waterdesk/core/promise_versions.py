"""New versions of promises for a desk at work: from now on, never for what was promised before."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from waterdesk.core.models import Promise

Key = tuple[str, str, str]
# What a promise says, and what it says where its row is silent.
_SAYS: dict[str, Any] = {
    "name": "", "unit": "", "pause_reasons": [], "pause_most": {}, "accepts": False,
    "public": True, "source": "",
}  # fmt: skip


def key_of(kind: str, code: str, conditions: Mapping[str, Any]) -> Key:
    return kind, code, json.dumps(conditions, sort_keys=True)


def key_of_row(row: Mapping[str, Any]) -> Key:
    return key_of(row["kind"], row["code"], row.get("conditions", {}))


class Versions:
    """The promises of the desk as they stand, and what becomes of them at `now`.

    A desk without any promise begins with version 1, from before any case. Call it in a
    transaction, and before anything is loaded.
    """

    def __init__(self, managed: Collection[Key], now: datetime) -> None:
        self.managed, self.now = managed, now
        self._stand: dict[Key, list[Promise]] = {}
        for row in Promise.objects.select_related("ladder").order_by("version"):
            key = key_of(row.kind, row.code, row.conditions)
            self._stand.setdefault(key, []).append(row)

    def planned(self, rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """The rows with their version: of what stands, or the next one, which holds from now on.

        Nothing is written. A row that no profile manages keeps what the utility made of it.
        """
        for row in rows:
            key = key_of_row(row)
            there = self._stand.get(key)
            if not self._stand:
                yield row
            elif there is None:
                yield row | {"version": 1, "effective_from": self.now.isoformat()}
            elif key in self.managed and not _same(there[-1], row):
                version = there[-1].version + 1
                yield row | {"version": version, "effective_from": self.now.isoformat()}
            else:
                yield row | {"version": there[-1].version}

    def end(self, planned: Iterable[Mapping[str, Any]]) -> None:
        """End what is managed and not planned, or has a new version. One that begins later stays.

        Repeating it changes nothing.
        """
        stays = {(key_of_row(row), row.get("version", 1)) for row in planned}
        gone = [
            row.pk
            for key in self.managed
            for row in self._stand.get(key, ())
            if (key, row.version) not in stays and row.effective_until is None
        ]
        begun = Promise.objects.filter(pk__in=gone, effective_from__lt=self.now)
        begun.update(effective_until=self.now)


def _same(there: Promise, row: Mapping[str, Any]) -> bool:
    """Whether the newest version still holds and says what the row says."""
    return (
        there.effective_until is None
        and there.amount == Decimal(str(row.get("amount", 0)))
        and there.ladder.code == row.get("ladder", "standard")
        and all(getattr(there, name) == row.get(name, plain) for name, plain in _SAYS.items())
    )
