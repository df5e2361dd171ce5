"""The facts of a case from its record alone: what its events say under `judged`, one by one.

Neither clocks, promises nor calendars are looked at, so that an outsider with the record and
nothing else gets the same figures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from waterdesk.core import breaches, corrections, late
from waterdesk.core.figures.judging import JUDGED, SECOND

if TYPE_CHECKING:
    from waterdesk.core.models.record import Event


class Said(NamedTuple):
    """One fact as the record gives it: areas by their codes, people by their user names."""

    code: str
    started_at: datetime
    judged_at: datetime
    on_time: bool
    stopped_at: datetime | None
    net: int | None
    gross: int | None
    cause: str
    outside: bool
    area: str
    subject: str
    channel: str
    team: str
    person: str


@dataclass(slots=True)
class Run:
    """One clock, as far as the record has told of it."""

    code: str
    started_at: datetime
    stopped_at: datetime | None = None
    void: bool = False
    fell: datetime | None = None
    net: int | None = None
    cause: str = ""
    accepted: bool = False
    outside: bool = False
    of: Mapping[str, str] = field(default_factory=dict)

    @property
    def judged(self) -> bool:
        return self.fell is not None or (self.stopped_at is not None and not self.void)

    def whose(self, of: Mapping[str, str]) -> None:
        if self.judged and not self.of:
            self.of = of

    def fact(self) -> Said:
        elapsed = None if self.stopped_at is None else self.stopped_at - self.started_at
        judged_at = self.fell or self.stopped_at
        assert judged_at is not None
        return Said(
            self.code, self.started_at, judged_at, self.fell is None, self.stopped_at, self.net,
            None if elapsed is None else elapsed // SECOND, self.cause, self.outside,
            *(self.of.get(name, "") for name in ("area", "subject", "channel", "team", "person")),
        )  # fmt: skip


class Unsaid(Exception):
    """The case was opened before the record told of its clocks."""


def facts(events: Iterable[Event]) -> list[Said]:
    """The facts of one case, from all its events in their order. Raises Unsaid."""
    runs: list[Run] = []
    for place, event in enumerate(events):
        if place == 0 and JUDGED not in event.data:
            raise Unsaid(event.case)
        judged = event.data.get(JUDGED) or {}
        if event.action in _TELLING:
            _TELLING[event.action](runs, event, judged)
        else:
            _move(runs, event, judged)
    return [run.fact() for run in runs if run.judged]


def _move(runs: list[Run], event: Event, judged: Mapping[str, Any]) -> None:
    for code, net in judged.get("stops", {}).items():
        if run := _last(runs, code, lambda run: run.stopped_at is None):
            run.stopped_at, run.net = event.at, net
            run.void = code in judged.get("voids", ())
            run.whose(judged["of"])
    since = _at(judged["since"]) if "since" in judged else event.at
    runs += [Run(code, since) for code in judged.get("starts", ())]


def _breached(runs: list[Run], event: Event, judged: Mapping[str, Any]) -> None:
    at = event.at
    run = _last(
        runs,
        event.data["promise"],
        lambda run: run.fell is None and (run.stopped_at is None or at < run.stopped_at),
    )
    if run:
        run.fell = at
        run.whose(judged["of"])


def _withdrawn(runs: list[Run], event: Event, judged: Mapping[str, Any]) -> None:
    was = _at(event.data["was"])
    if run := _last(runs, event.data["promise"], lambda run: run.fell == was):
        run.fell, run.cause, run.outside = None, "", False


def _voided(runs: list[Run], event: Event, judged: Mapping[str, Any]) -> None:
    if run := _last(runs, event.data["promise"], lambda run: run.stopped_at is None):
        run.stopped_at, run.void, run.net = event.at, True, judged.get("net")


def _resumed(runs: list[Run], event: Event, judged: Mapping[str, Any]) -> None:
    if run := _last(runs, event.data["promise"], lambda run: run.void):
        run.stopped_at, run.void, run.net = None, False, None


def _restarted(runs: list[Run], event: Event, judged: Mapping[str, Any]) -> None:
    if run := _last(runs, event.data["promise"], lambda run: run.stopped_at is None):
        run.started_at = _at(event.data["since"])


def _retimed(runs: list[Run], event: Event, judged: Mapping[str, Any]) -> None:
    arrived = _at(event.data["arrived"])
    for code, net in judged.get("stops", {}).items():
        if run := _last(runs, code, lambda run: run.stopped_at == arrived):
            run.stopped_at, run.net = _at(event.data["stopped"]), net


def _recounted(runs: list[Run], event: Event, judged: Mapping[str, Any]) -> None:
    for each in judged.get("recounted", ()):
        stopped = _at(each["stopped"])
        if run := _last(runs, each["promise"], lambda run, at=stopped: run.stopped_at == at):
            run.net = each["net"]


def _blamed(runs: list[Run], event: Event, judged: Mapping[str, Any]) -> None:
    for run in runs:
        if run.fell is not None and not run.accepted:
            run.cause = event.data.get("reason") or ""


def _accepted(runs: list[Run], event: Event, judged: Mapping[str, Any]) -> None:
    for run in runs:
        if run.fell is not None and not run.accepted and run.cause:
            run.accepted, run.outside = True, run.cause in judged.get("outside", ())


_TELLING: dict[str, Callable[[list[Run], Event, Mapping[str, Any]], None]] = {
    "clock_breached": _breached,
    late.WITHDRAWN: _withdrawn,
    "clock_voided": _voided,
    "clock_resumed": _resumed,
    "clock_restarted": _restarted,
    late.ACCEPTED: _retimed,
    corrections.CORRECT: _recounted,
    breaches.EXPLAIN: _blamed,
    breaches.RETURN: _blamed,
    breaches.ACCEPT: _accepted,
}


def _last(runs: list[Run], code: str, fits: Callable[[Run], bool]) -> Run | None:
    """The one of this promise that was started last, of those that fit."""
    return next((run for run in reversed(runs) if run.code == code and fits(run)), None)


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)
