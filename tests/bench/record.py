"""Checking the record: 200,000 events of 20,000 cases over ten days, every chain and every seal."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from tests.bench import crowd
from waterdesk.core import record
from waterdesk.core.bulk import insert_all, update_many
from waterdesk.core.models import Case, Event
from waterdesk.core.record import Fact
from waterdesk.core.sealing import chains, checking, seals

CASES, EACH, DAYS = 20_000, 10, 10
BEGAN = datetime(2026, 11, 2, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
NOW = BEGAN + timedelta(days=DAYS + 1)
GOAL = 50_000
BATCH = 2_000


def run() -> None:
    settings.RECORD_KEY = ""
    crowd.grow(CASES, BEGAN)
    _lay()
    crowd.tidy()
    began = time.perf_counter()
    made = seals.make(NOW)
    print(f"sealing {len(made)} days: {time.perf_counter() - began:.1f} s")
    wall, core, looked = _timed()
    print(
        f"record verify of {looked:,} events and {len(made)} seals: {wall:.1f} s, "
        f"{looked / wall:,.0f} events/s, {looked / core:,.0f} a second of this process's own time "
        f"(goal: {GOAL:,} on one core)"
    )


def _timed() -> tuple[float, float, int]:
    """Everything that the command does; each part must find the record sound."""
    wall, core, looked = time.perf_counter(), time.process_time(), 0
    for done in checking.slices(chains.Wanted()):
        assert not done.findings, done.findings[:3]
        looked += done.looked
    assert not list(checking.of_seals(None, NOW))
    return time.perf_counter() - wall, time.process_time() - core, looked


def _lay() -> None:
    """Ten lines a case, one a day, as a case comes by them: a move, texts, a figure."""
    cases = list(Case.objects.order_by("pk"))
    for day in range(DAYS):
        at = BEGAN + timedelta(days=day)
        for start in range(0, len(cases), BATCH):
            part = cases[start : start + BATCH]
            insert_all(list(_events(part, day, at)))
    for start in range(0, len(cases), BATCH):
        update_many(cases[start : start + BATCH], ["version", "seal"])


def _events(cases: list[Case], day: int, at: datetime) -> Iterator[Event]:
    for n, case in enumerate(cases):
        said = {"from": "pending", "to": "dispatched", "note": f"第 {day} 天：已联系客户"}
        fact = Fact("note", at, said | ({"metres": n / 8} if n % 3 == 0 else {}))
        yield from record.chain(case, [fact], None, at + timedelta(seconds=n // 10))
