"""What a workflow table is. Buttons, API and permissions all come from its rows.

Each kind of case registers one Flow. A Move is one row of it: from which statuses, to which, by
whom, what must be given, which clocks start, stop or pause, and who is told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.utils import timezone
from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _

from waterdesk.core import policy
from waterdesk.core.errors import NotFound
from waterdesk.core.facts import Sort
from waterdesk.core.models.people import Role
from waterdesk.core.visibility import sees

if TYPE_CHECKING:
    from waterdesk.core.models.cases import Case
    from waterdesk.core.models.people import User
    from waterdesk.core.turn import Turn

Label = str | Lazy

# Roles as flows name them, so that a table stays readable.
CUSTOMER = frozenset({Role.CUSTOMER.value})
DISPATCH = frozenset(r.value for r in (Role.AGENT, Role.CLERK, Role.LEAD, Role.ADMIN))
CREW = frozenset(r.value for r in (Role.FIELD, Role.LEAD, Role.ADMIN))
DESK = frozenset(r.value for r in Role if r is not Role.CUSTOMER)
NOBODY: frozenset[str] = frozenset()


# What a field may ask for, and what is sent for it; the API's documentation says it so.
KINDS = (
    ("text", "words"),
    ("reason", "a code from a list of reasons"),
    ("reasons", "several codes from a list of reasons"),
    ("handler", "the user name of somebody who can be sent"),
    ("choice", "one of a few codes"),
    ("number", "a whole number from 0 up"),
    ("decimal", "a number with a point: 0.35"),
    ("money", "an amount in yuan: 1234.50"),
    ("figures", 'numbers by code: {"pipe": "12.5"}; or as text: pipe=12.5; meter=1'),
    ("date", "a day: 2026-11-30"),
    (
        "moment",
        "a date and a time: 2026-11-30T09:05:00+08:00; no offset: the desk's zone",
    ),
    ("flag", "true or false"),
    ("photos", "sent as files: …/pauses/{number}/photos/ once a pause is made, pages for a job"),
    ("pause", "the number of one of the case's pauses, from 1 on"),
)


@dataclass(frozen=True, slots=True)
class Field:
    """One thing a move asks for.

    `kind` is one of KINDS. A field named like an attribute of the case sets it; every field is
    written to the event. `use` names the list of reasons; `least` and `most` bound a number.
    `offered(case)` are the codes a page offers for a text, with their names; what is right the move
    itself decides.
    """

    name: str
    label: Label
    kind: str = "text"
    required: bool = True
    use: str = ""
    choices: tuple[tuple[str, Label], ...] = ()
    max_length: int = 500
    help: Label = ""
    least: float | None = None
    most: float | None = None
    offered: Callable[[Case], Sequence[tuple[str, Label]]] | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """流转: one row of a workflow table.

    `after` None keeps the status. `paused` says whether the case must be running (False), paused
    (True), or either (None). `roles` empty: only the desk itself does it. `own`: a field worker
    may do it only to a case in hand. `tell` names audiences; the text is `<kind>.<action>.<who>`.
    `when` narrows the row to the cases it is meant for, `why_not` says to whom tries it on another
    why that does not go; `sets` gives attributes of the case that
    the move itself changes, a counter for example. `raised_from` names the number of the utility
    from which time on the lead's lead is told as well; `within` names the number of days of the
    utility for which a closed case may still be moved so. `beside`: it says something beside the
    course of the case, so that its reason is not that of the status. `apart`: pages ask for it in
    a place of its own, not among the other forms. `words(case, values)` is what its text may name
    besides.
    """

    action: str
    label: Label
    before: frozenset[str] | set[str]
    after: str | None = None
    roles: frozenset[str] = NOBODY
    fields: tuple[Field, ...] = ()
    start: tuple[str, ...] = ()
    stop: tuple[str, ...] = ()
    pause: bool = False
    resume: bool = False
    paused: bool | None = False
    own: bool = True
    tell: tuple[str, ...] = ()
    tone: str = "plain"
    confirm: Label = ""
    note: bool = True
    when: Callable[[Case], bool] | None = None
    why_not: Callable[[Case], Label] | None = None
    sets: Callable[[Case], Mapping[str, Any]] | None = None
    raised_from: str = ""
    within: str = ""
    beside: bool = False
    apart: bool = False
    words: Callable[[Case, Mapping[str, Any]], Mapping[str, str]] | None = None

    @property
    def audiences(self) -> tuple[str, ...]:
        """Everybody whom this move may ever tell."""
        return (*self.tell, "upper") if self.raised_from else self.tell


@dataclass(frozen=True, slots=True)
class Status:
    """`final` closes the case; `tone` is how it looks (plain, busy, good, bad)."""

    label: Label
    tone: str = "busy"
    final: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """环节: what the customer sees. Done once the case has reached one of `done`."""

    code: str
    name: Label
    active: frozenset[str]
    done: frozenset[str]


@dataclass(frozen=True, slots=True)
class Flow:
    """The whole table of one kind of case.

    `facts(case, at)` is what promises choose by, `fact_sorts` of which sort each of them is.
    `automatic(case, at)` names the move which the
    desk itself makes right after opening, with its changes, or None when a person decides.
    `counts_from(case, at)` is from when the clocks count that a move at `at` starts.
    Each of `follow(turn, move, values)` is called when a move has been made and before it is
    written: rows of the kind's own it hands to `turn.keep`, what the desk itself does next it makes
    with `turn.make`, what there is to say it says with `turn.say`. `own_rows(case, table)` are the
    rows that only this case has, by action, some in the place of the table's; `steps_shown(case)`
    are its steps where they are not those of the table, `status_shown(case)` its status likewise.
    `gathers` names the rows that these read, so that a list of cases fetches them once.
    `prepare[action](case, at)` is called before the case is locked for that move, for what is slow:
    it may read, and its move must not rely on it.
    """

    kind: str
    label: Label
    model: str
    prefix: str
    opening: Move
    moves: tuple[Move, ...]
    statuses: Mapping[str, Status]
    steps: tuple[Step, ...]
    facts: Callable[[Case, datetime], dict[str, Any]]
    automatic: Callable[[Case, datetime], tuple[str, dict[str, Any]] | None] = lambda case, at: None
    openers: frozenset[str] = DESK
    counts_from: Callable[[Case, datetime], datetime] = lambda case, at: at
    own_rows: Callable[[Case, Mapping[str, Move]], Mapping[str, Move]] = lambda case, table: {}
    steps_shown: Callable[[Case], Sequence[Step] | None] = lambda case: None
    status_shown: Callable[[Case], Status | None] = lambda case: None
    gathers: tuple[str, ...] = ()
    follow: tuple[Callable[[Turn, Move, Mapping[str, Any]], None], ...] = ()
    prepare: Mapping[str, Callable[[Any, datetime], None]] = field(default_factory=dict)
    fact_sorts: Mapping[str, Sort] = field(default_factory=dict)
    by_action: dict[str, Move] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        for row in self.moves:
            unknown = (set(row.before) | {row.after or ""}) - {"", *self.statuses}
            if unknown or row.action in self.by_action:
                raise ValueError(f"{self.kind}.{row.action}: unknown status or doubled: {unknown}")
            self.by_action[row.action] = row
        if any(row.pause for row in self.moves) and "resume" not in self.by_action:
            raise ValueError(f"{self.kind}: a pause that lapses is told by the row `resume`")

    def move(self, action: str, case: Case | None = None) -> Move:
        """The row for `action`, that of this case; NotFound when this kind of case has none."""
        row = (self.own_rows(case, self.by_action) if case is not None else {}).get(action)
        row = row or self.by_action.get(action)
        if row is None:
            raise NotFound(_no_such_move())
        return row

    def rows(self, case: Case) -> list[Move]:
        """All rows of this case: the table's, in its order, then those that only it has."""
        own = self.own_rows(case, self.by_action)
        return [
            *(own.get(row.action, row) for row in self.moves),
            *(row for action, row in own.items() if action not in self.by_action),
        ]

    def model_class(self) -> type[Case]:
        return apps.get_model(self.model)  # type: ignore[return-value]


MOST_PHOTOS = 3  # a pause; *chosen*: the whole, the obstacle, the paper
PHOTOS = Field(
    "photos",
    _("照片"),
    "photos",
    required=False,
    help=_("最多 3 张，每张不超过 10 MB；保存后不能更换或删除。"),
)
# What a pause asks for beside its reason, in every flow: until when, and what proves it.
PAUSE_PROOF = (
    Field(
        "until",
        _("预计恢复日期"),
        "date",
        required=False,
        help=_("到这一天零点自动恢复计时；不填则由人恢复，或到承诺允许的最长停表时间为止。"),
    ),
    Field("document", _("依据文号"), required=False, max_length=60),
    PHOTOS,
)


# Pauses that end with something the customer has done, and that the customer may therefore end.
FOR_THE_CUSTOMER = frozenset({"customer-correction", "site-not-ready", "customer-delay", "payment"})


def waits_for_the_customer(case: Case) -> bool:
    """For `when` of a move by which the customer ends a pause."""
    return case.paused_reason in FOR_THE_CUSTOMER


def _no_such_move() -> Label:
    return _("没有这项操作。")


_flows: dict[str, Flow] = {}


def register(flow: Flow) -> None:
    """Make a kind of case known; called once by its app when Django starts."""
    _flows[flow.kind] = flow


def flow_of(case: Case) -> Flow:
    return _flows[case.kind]


def flow_named(kind: str) -> Flow:
    return _flows[kind]


def flows() -> Iterable[Flow]:
    return _flows.values()


def may(user: User | None, move: Move, case: Case) -> bool:
    """Whether this person may ever make this move on this case; None is the desk itself."""
    if user is None:
        return True
    if user.role not in move.roles or not sees(user, case):
        return False
    return not (move.own and user.role == Role.FIELD and case.handler_id != user.pk)


def back_to_the_pool(case: Case) -> dict[str, Any]:
    """For `sets` of a move that takes a case from whoever has it; its lead sends somebody else."""
    return {"handler": None}


def made_urgent(case: Case) -> dict[str, Any]:
    return {"urgent": True}


def is_not_urgent(case: Case) -> bool:
    return not case.urgent


def somebody_sent(case: Case) -> bool:
    return case.handler_id is not None


def to_the_handlers_area(case: Case) -> dict[str, Any]:
    """For `sets` of a move that sends somebody: a case of a wider area goes to that person's area.

    Otherwise whoever was sent would not see it, and the reminders would go to another's lead.
    """
    rules = policy.current()
    below = rules.below(case.area_id)
    theirs = case.handler.area_id if case.handler else None
    if theirs is None or theirs == case.area_id or (below is not None and theirs not in below):
        return {}
    return {"area": rules.areas[theirs]}


def fits(move: Move, case: Case, at: datetime) -> bool:
    """Whether the case stands where this move begins at `at`, and is of the sort it is for."""
    if case.status not in move.before or (move.when is not None and not move.when(case)):
        return False
    if over(move, case, at):
        return False
    return move.paused is None or move.paused == bool(case.paused_reason)


def over(move: Move, case: Case, at: datetime) -> bool:
    """Whether the days after closing in which this move may be made are over; counted by date."""
    if not move.within or case.closed_at is None:
        return False
    days = (timezone.localdate(at) - timezone.localdate(case.closed_at)).days
    return days > getattr(policy.current().utility, move.within)


def allowed(user: User, case: Case, at: datetime | None = None) -> list[Move]:
    """The moves this person may make on this case at `at`, or now, in the table's order."""
    from waterdesk.core.breaches import holds_open  # which knows what a row is from here

    flow, at = flow_of(case), at or timezone.now()
    fitting = (m for m in flow.rows(case) if m.roles and may(user, m, case) and fits(m, case, at))
    return [move for move in fitting if not holds_open(case, move, flow, user)]


def status_of(case: Case) -> Status:
    """The status of this case as pages name it."""
    flow = flow_of(case)
    return flow.status_shown(case) or flow.statuses[case.status]


def steps_of(case: Case) -> list[dict[str, Any]]:
    """The steps the customer sees, each with its state: done, active, waiting or stopped."""
    rows = []
    closed = case.closed_at is not None
    flow = flow_of(case)
    for step in flow.steps_shown(case) or flow.steps:
        if case.status in step.done:
            state = "done"
        elif closed:
            state = "stopped"
        elif case.status in step.active:
            state = "paused" if case.paused_reason else "active"
        else:
            state = "waiting"
        rows.append({"code": step.code, "name": step.name, "status": state})
    return rows
