"""What happens to a demo case after it was opened: a list of moves, each some minutes later.

A story stops where the present begins, so the newest cases are still under way.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

CREW = {
    "east-1": "field-east-1",
    "east-2": "field-east-2",
    "west-1": "field-west-1",
    "west-2": "field-west-2",
    "north-1": "field-north-1",
}


@dataclass(frozen=True, slots=True)
class Scene:
    """One move: minutes after the one before, who makes it, and what is given with it."""

    after: int
    action: str
    by: str
    changes: dict[str, Any] = field(default_factory=dict)
    note: str = ""


def application(dice: Random, grid: str, line: bool) -> Iterator[Scene]:
    """From the application to the confirmation, in working time, now and then with a hitch.

    Where an external `line` is laid, its scheme and its construction come before the meter.
    """
    crew = CREW[grid]
    fate = dice.random()
    yield Scene(dice.randint(2, 20), "assign", "clerk", {"handler": crew})
    if fate < 0.08:
        yield Scene(
            dice.randint(20, 60), "refuse", "clerk",
            {"reason": dice.choice(["arrears", "no-supply-condition", "land-dispute"])},
        )  # fmt: skip
        return
    if fate < 0.14:
        yield Scene(dice.randint(20, 60), "cancel", "clerk", {"reason": "changed-mind"})
        return
    if fate < 0.30:
        yield Scene(
            dice.randint(10, 40), "pause", crew, {"reason": "customer-correction"},
            "请确认门牌号和水表安装位置。",
        )  # fmt: skip
        yield Scene(dice.randint(60, 600), "resume", crew, note="客户已补正。")
    yield Scene(dice.randint(20, 60), "survey", crew)
    if line:
        yield from laid(dice.randint(8, 120), crew)
    slow = 400 if 0.30 <= fate < 0.36 else 0
    meter = f"SX{dice.randint(100000, 999999)}"
    yield Scene(dice.randint(40, 80) + slow, "install", crew, {"meter_number": meter})
    yield Scene(dice.randint(5, 25), "water_on", crew)
    yield Scene(dice.randint(60, 2000), "confirm", "agent", {"satisfaction": dice.choice("44555")})


def laid(metres: int, crew: str) -> Iterator[Scene]:
    """An external line that crosses neither a road nor a lawn, so that no permit is needed."""
    yield Scene(30, "job-scheme", "lead", {"pipe_metres": f"{metres}"})
    yield Scene(60, "job-external", crew, {"laid_metres": f"{metres}"})


def repair(dice: Random, grid: str, subtype: str, done: str) -> Iterator[Scene]:
    """Dispatch, arrival, containment where there is any, finish, follow-up call."""
    crew = CREW[grid]
    fate = dice.random()
    if fate < 0.05:
        yield Scene(3, "cancel", "agent", {"reason": "duplicate"})
        return
    slow = 25 if fate < 0.15 else 0
    yield Scene(dice.randint(1, 4) + slow, "dispatch", "agent", {"handler": crew})
    yield Scene(dice.randint(12, 45) + 2 * slow, "arrive", crew)
    if subtype in ("burst", "leak", "cover"):
        yield Scene(dice.randint(10, 60), "contain", crew)
    if fate > 0.9:
        yield Scene(5, "chase", "agent", note="客户再次来电催促。")
    yield Scene(dice.randint(30, 240), "finish", crew, {"result": done})
    yield Scene(
        dice.randint(60, 900), "follow_up", "agent",
        {"satisfaction": dice.choice(["satisfied", "satisfied", "neutral", "unreachable"])},
    )  # fmt: skip


def explained(number: str) -> Iterator[Scene]:
    """What comes before a late case may close; every other explanation a lead has accepted."""
    dice = Random(number)  # noqa: S311
    cause, words = dice.choice(
        [
            ("crew-short", "当班抢修两处同时报修，人手不足。"),
            ("dispatch-late", "交接班时派单晚了。"),
            ("material", "接头规格不符，回库房更换。"),
            ("weather", "大雨，道路积水，绕行到场。"),
            ("third-party", "等待电力公司切断路灯电源。"),
            ("customer", "客户不在家，约了第二天。"),
        ]
    )
    yield Scene(0, "note", "agent", {"note": "核对时限，准备办结。"})
    yield Scene(0, "explain", "agent", {"reason": cause, "note": words})
    if dice.random() < 0.6:
        yield Scene(0, "accept_explanation", "lead")


def question(dice: Random, answer: str) -> Iterator[Scene]:
    """A consultation or a complaint: answered, late now and then, then called back."""
    late = 9 * 24 * 60 if dice.random() < 0.08 else 0
    yield Scene(dice.randint(5, 900) + late, "answer", "agent", {"result": answer})
    yield Scene(
        dice.randint(60, 1500), "follow_up", "agent",
        {"satisfaction": dice.choice(["satisfied", "neutral"])},
    )  # fmt: skip
