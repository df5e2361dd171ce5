"""Two months of demo cases, each opened and moved through the door at instants of the past."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from random import Random
from typing import Any

from applications import intake as applying
from notifications.models import Message
from tickets import intake as calling
from waterdesk.core import door, policy
from waterdesk.core.errors import Conflict
from waterdesk.core.models import Case, User
from waterdesk.core.sweep import sweep
from waterdesk.web.demo import stories
from waterdesk.web.demo.stories import Scene

DAYS, A_DAY = 60, 3
SEED = 4424
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Plot:
    """One demo case: when it is opened, from what draft, and what then happens."""

    at: datetime
    kind: str
    given: dict[str, Any]
    scenes: list[Scene]
    channel: str


def play(cast: dict[str, User], props: dict[str, Any], now: datetime) -> int:
    """Open and move every demo case up to `now` (aware); returns how many there are.

    The same seed gives the same two months, shifted to `now`. Not repeatable: it adds cases.
    """
    dice = Random(SEED)  # noqa: S311 — a demo, not a secret
    plots = chain(_past(dice, props, now), _standing(props, now), _present(props, now))
    plots = sorted(plots, key=lambda plot: plot.at)
    for plot in plots:
        _play(plot, cast, now)
    # Two months of short messages were delivered long ago, or so the story goes; what falls due
    # in the last half hour is left for the worker of the first start to notice.
    lately = now - 30 * MINUTE
    sweep(lately)
    Message.objects.filter(state="queued", created_at__lte=lately).update(
        state="sent", next_try_at=None, sent_at=lately
    )
    return len(plots)


def _play(plot: Plot, cast: dict[str, User], now: datetime) -> None:
    intake = applying if plot.kind == "application" else calling
    by = None if plot.channel == Case.Channel.WEB else cast["agent"]
    draft = intake.draft(plot.given, by=by, channel=plot.channel)
    case: Case = door.open_case(draft, actor=by, at=plot.at)
    at = plot.at
    for scene in plot.scenes:
        at = _later(at, scene.after, case)
        if at > now:
            return
        try:
            _move(case, scene, cast, at)
        except Conflict:
            # It closes the case, which was late: somebody says why first.
            for before in stories.explained(case.number):
                _move(case, before, cast, at)
            _move(case, scene, cast, at)


def _move(case: Case, scene: Scene, cast: dict[str, User], at: datetime) -> None:
    door.move(
        case.number, scene.action, actor=cast[scene.by], at=at,
        changes=scene.changes, note=scene.note,
    )  # fmt: skip


def _later(at: datetime, minutes: int, case: Case) -> datetime:
    """Desk work waits for opening hours; a burst does not."""
    if case.kind == "ticket" and case.subject.startswith("repair."):
        return at + minutes * MINUTE
    rules = policy.current()
    return rules.calendars[rules.calendar_of(case.area_id)].add(at, minutes * MINUTE)


def _past(dice: Random, props: dict[str, Any], now: datetime) -> Iterator[Plot]:
    for day in range(DAYS, -1, -1):
        for _ in range(A_DAY):
            minute = dice.randint(0, 24 * 60 - 1) if day else dice.randint(60, 600)
            at = (now - timedelta(days=day)).replace(microsecond=0) - minute * MINUTE
            yield _plot(dice, props, at)


def _plot(dice: Random, props: dict[str, Any], at: datetime) -> Plot:
    grid = dice.choice(list(props["places"]))
    given = _caller(dice, props, grid)
    fate = dice.random()
    if fate < 0.42:
        company = dice.random() < 0.25
        facts = _company(dice, props) if company else _household(dice)
        channel = dice.choice(["web", "web", "web", "hotline", "counter"])
        scenes = list(stories.application(dice, grid, facts["external_line"]))
        return Plot(at, "application", given | facts, scenes, channel)
    if fate < 0.80:
        subtype = dice.choice([*props["repairs"], "leak", "leak", "no-water"])
        said, done = props["repairs"][subtype]
        facts = {"category": "repair", "subtype": subtype, "remark": said}
        return Plot(
            at, "ticket", given | facts, list(stories.repair(dice, grid, subtype, done)), "hotline"
        )
    category = dice.choice(["consultation", "consultation", "complaint"])
    said, answer = dice.choice(props[f"{category}s"])
    facts = {"category": category, "remark": said}
    return Plot(at, "ticket", given | facts, list(stories.question(dice, answer)), "hotline")


def _standing(props: dict[str, Any], now: datetime) -> Iterator[Plot]:
    """One case that stands still in each status which the others pass through quickly."""
    dice = Random(SEED + 2)  # noqa: S311
    large = _company(dice, props) | {"calibre_mm": 150, "external_line": True}
    scenes = [
        Scene(30, "assign", "clerk", {"handler": "field-west-2"}),
        Scene(60, "survey", "field-west-2"),
        *stories.laid(60, "field-west-2"),
        Scene(300, "install", "field-west-2", {"meter_number": "SX200150"}),
        Scene(60, "water_on", "field-west-2"),
    ]
    for length in range(1, len(scenes) + 1):
        given = _caller(dice, props, "west-2") | large
        yield Plot(now - timedelta(days=6), "application", given, scenes[:length], "counter")
    said, done = props["repairs"]["leak"]
    crew = {"handler": "field"}
    scenes = [
        Scene(4, "dispatch", "agent", crew),
        Scene(30, "arrive", "field"),
        Scene(40, "contain", "field"),
        Scene(60, "finish", "field", {"result": done}),
    ]
    for length in range(1, len(scenes) + 1):
        facts = {"category": "repair", "subtype": "leak", "remark": said}
        given = _caller(dice, props, "east-2") | facts
        yield Plot(now - 150 * MINUTE, "ticket", given, scenes[:length], "hotline")
    said, answer = props["consultations"][1]
    given = _caller(dice, props, "east-2") | {"category": "consultation", "remark": said}
    scenes = [Scene(1, "answer", "agent", {"result": answer})]
    yield Plot(now - timedelta(days=6), "ticket", given, scenes, "hotline")


def _present(props: dict[str, Any], now: datetime) -> Iterator[Plot]:
    """What is due within minutes of the first start, so that a visitor sees a reminder arrive."""
    dice = Random(SEED + 1)  # noqa: S311
    for grid, subtype, age in (
        ("east-1", "leak", 13),
        ("east-2", "no-water", 11),
        ("west-1", "quality", 6),
        ("east-1", "burst", 58),
        ("north-1", "leak", 70),
        ("west-2", "secondary", 117),
    ):
        said, _done = props["repairs"][subtype]
        facts = {"category": "repair", "subtype": subtype, "remark": said}
        scenes = []
        if age > 20:
            scenes = [Scene(3, "dispatch", "agent", {"handler": stories.CREW[grid]})]
        given = _caller(dice, props, grid) | facts
        yield Plot(now - age * MINUTE, "ticket", given, scenes, "hotline")
    for age in (3, 25, 55):
        given = _caller(dice, props, "east-1") | _household(dice)
        scenes = [Scene(2, "assign", "clerk", {"handler": "field"})]
        yield Plot(now - age * MINUTE, "application", given, scenes, "web")
    # An address that no area knows waits for a person.
    given = _caller(dice, props, "east-1") | _household(dice) | {"address": "新区规划一路 1 号"}
    yield Plot(now - 20 * MINUTE, "application", given, [], "web")


def _caller(dice: Random, props: dict[str, Any], grid: str) -> dict[str, Any]:
    return {
        "name": dice.choice(props["surnames"]) + dice.choice(props["given"]),
        "phone": f"139{dice.randint(0, 99999999):08d}",
        "address": f"{dice.choice(props['places'][grid])} {dice.randint(1, 199)} 号",
    }


def _household(dice: Random) -> dict[str, Any]:
    return {
        "applicant_kind": "person",
        "use": "residential",
        "calibre_mm": dice.choice([15, 20, 20, 20]),
        "external_line": dice.random() < 0.12,
    }


def _company(dice: Random, props: dict[str, Any]) -> dict[str, Any]:
    return {
        "applicant_kind": "organisation",
        "name": dice.choice(props["companies"]),
        "contact": dice.choice(props["surnames"]) + "经理",
        "use": "non-residential",
        "calibre_mm": dice.choice([25, 32, 40, 80, 100, 150]),
        "external_line": dice.random() < 0.5,
    }
