"""What a service is: its questions, facts, steps, jobs and what it leaves behind; plain values.

A definition comes as JSON and is read by `applications.catalogue.reading`. Conditions are those of
promises: every one of `{"question": "value"}`, a list of values, or `…_lt` / `…_gte` must hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from waterdesk.core.asking import KINDS, Condition, Question

# A service's questions are like those of the hotline; whoever reads definitions finds them here.
__all__ = ["KINDS", "Condition", "Question"]

# Who does a job: somebody in the street, somebody at a desk, or the desk itself.
TEAMS = ("field", "desk", "system")
# What a job asks of whoever finishes it.
FIELD_KINDS = ("text", "choice", "number", "decimal", "date", "flag", "photo")
# Statuses in which a service may have given its result.
RESULTS = ("water_on", "done")


@dataclass(frozen=True, slots=True)
class Detail:
    """One thing that a job asks of whoever finishes it: a reading, a number, a remark.

    A `long` text is written in sentences; any other is a line.
    """

    code: str
    label: str
    kind: str = "text"
    required: bool = True
    choices: tuple[tuple[str, str], ...] = ()
    suffix: str = ""
    least: float | None = None
    most: float | None = None
    long: bool = False


@dataclass(frozen=True, slots=True)
class Job:
    """外勤任务: one piece of work. It may begin once all that it `needs` is done or left out.

    `step` is the step that the customer sees it in; "" after the result. `move` is the row of the
    workflow that finishes it, where the case itself goes on with it. `when` says for which cases.
    Somebody comes to the customer for a `visit`; `permits` are those of the roads and lawns.
    """

    code: str
    name: str
    step: str = ""
    needs: tuple[str, ...] = ()
    team: str = "field"
    when: Condition | None = None
    details: tuple[Detail, ...] = ()
    move: str = ""
    visit: bool = False
    permits: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """环节: what the customer sees."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Outside:
    """A fact that is fetched from elsewhere and never asked; `when` says for which cases."""

    code: str
    source: str
    when: Condition | None = None


@dataclass(frozen=True, slots=True)
class Ruling:
    """What is decided by rule: under this condition `refuse` or `review` with this reason."""

    decides: str
    reason: str
    when: Condition


@dataclass(frozen=True, slots=True)
class Leaves:
    """What stays when the case is closed: a relief, a temporary supply, a suspension …

    It ends after `months`, or on the day that the answer to `until` names; it is looked at again
    every `review_months`; the customer and the desk are reminded `remind_days` before either.
    """

    kind: str
    name: str
    months: int | None = None
    until: str = ""
    review_months: int | None = None
    remind_days: tuple[int, ...] = (30, 7)


@dataclass(frozen=True, slots=True, eq=False)
class Service:
    """服务: one entry of the catalogue; equal only to itself, as it is read once a revision."""

    code: str
    name: str
    group: str
    guide: tuple[str, ...]
    questions: tuple[Question, ...]
    steps: tuple[Step, ...]
    jobs: tuple[Job, ...]
    applicants: tuple[str, ...] = ("person", "organisation")
    facts: tuple[Outside, ...] = ()
    rulings: tuple[Ruling, ...] = ()
    refusals: tuple[str, ...] = ()
    result: str = "done"
    result_name: str = ""
    leaves: Leaves | None = None
    fee: str = ""
    ask: str = ""
    short: str = ""
    position: int = 0
    source: str = ""
    promises: tuple[Mapping[str, Any], ...] = ()
    messages: Mapping[str, str] = field(default_factory=dict)
    by_code: dict[str, Question] = field(init=False, default_factory=dict, compare=False)
    jobs_by_code: dict[str, Job] = field(init=False, default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        self.by_code.update((each.code, each) for each in self.questions)
        self.jobs_by_code.update((each.code, each) for each in self.jobs)

    def asks(self, code: str) -> bool:
        return code in self.by_code

    @property
    def has_classes(self) -> bool:
        """Whether it asks what classes of customers are made of."""
        return self.asks("calibre_mm") and self.asks("use")

    @property
    def own(self) -> tuple[Question, ...]:
        """The questions whose answers have no column of their own."""
        return tuple(each for each in self.questions if not each.common)
