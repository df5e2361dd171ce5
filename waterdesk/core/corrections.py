"""更正停表: a lead sets right from when to when a pause of a case really was.

Both versions go into the record, and what counted the pause is replayed, also where it had
stopped already. What fell stays fallen: a breach is never taken back, and one that the corrected
pause uncovers falls once, at its true instant.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from waterdesk.core import clocks as timing
from waterdesk.core.breaches import JUDGES
from waterdesk.core.errors import Invalid, Message
from waterdesk.core.figures import judging
from waterdesk.core.flow import Field, Flow, Move
from waterdesk.core.models.cases import Case, Pause
from waterdesk.core.record import Fact

if TYPE_CHECKING:
    from waterdesk.core.models.clocks import Clock
    from waterdesk.core.models.record import Event
    from waterdesk.core.policy import Policy
    from waterdesk.core.turn import Turn

CORRECT = "correct_pause"
# What the record says of every clock whose due time moved with the pause.
MOVED = "clock_corrected"


def moves(statuses: Iterable[str]) -> tuple[Move, ...]:
    """The row that every flow has; it holds in every status, also once the case is closed."""
    return (
        Move(
            CORRECT,
            _("更正停表"),
            before=frozenset(statuses),
            roles=JUDGES,
            fields=(
                Field("pause", _("哪一次停表"), "pause"),
                Field("start", _("开始时间"), "moment"),
                Field(
                    "end",
                    _("结束时间"),
                    "moment",
                    required=False,
                    help=_("只用于已结束的停表；停表中的，结束时间由恢复计时决定。"),
                ),
                Field("note", _("更正原因")),
                Field("document", _("依据文号"), required=False, max_length=60),
            ),
            paused=None,
            note=False,
            when=has_pauses,
            tell=("handler",),
        ),
    )


def has_pauses(case: Case) -> bool:
    """Whether this case ever stood still; no query where its pauses were read along.

    One that was opened just now has not.
    """
    return case.begun is None and bool(case.pauses.all())


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when a pause is: `end` None while it stands."""

    start: datetime
    end: datetime | None

    def facts(self, prefix: str = "") -> dict[str, Any]:
        """As the record keeps it; the end of a pause that stands is left out."""
        facts = {f"{prefix}start": _instant(self.start)}
        return facts | ({f"{prefix}end": _instant(self.end)} if self.end else {})

    def overlaps(self, other: Pause) -> bool:
        return (other.ended_at is None or self.start < other.ended_at) and (
            self.end is None or other.started_at < self.end
        )

    def touches(self, clock: Clock) -> bool:
        return (self.end is None or clock.started_at < self.end) and (
            clock.stopped_at is None or self.start < clock.stopped_at
        )


@dataclass(frozen=True, slots=True)
class First:
    """What the record says of a pause from its beginning: when it began, until which day."""

    start: datetime
    until: datetime | None


def make(turn: Turn, values: dict[str, Any]) -> dict[str, Any]:
    """Correct one pause of the turn's case in memory; what the event is to say of it.

    `values` are the cleaned fields of the row: the number of the pause, and instants as text.
    Raises Invalid, naming the field at fault, and then nothing has changed.
    """
    ordered = sorted(turn.pauses, key=lambda pause: pause.pk)
    pause = ordered[values["pause"] - 1]
    was = Span(pause.started_at, pause.ended_at)
    now = _asked(was, values)
    first = first_said(turn.flow, turn.case, values["pause"])
    stopped = list(turn.case.clocks.filter(stopped_at__isnull=False))
    counting = [
        clock
        for clock in (*turn.clocks, *stopped)
        if pause.reason in clock.pause_reasons and (was.touches(clock) or now.touches(clock))
    ]
    bound = timing.lapse_of(counting, pause.reason, now.start, turn.policy)
    others = [each for each in ordered if each is not pause]
    _refuse(turn, was, now, first, bound, others)
    pause.started_at, pause.ended_at = now.start, now.end
    pause.lapses_at = _lapses(now, first.until, bound)
    turn.changed_pauses.append(pause)
    turn.recounted += counting
    nets = judging.recounted(counting, turn.pauses, turn.policy)
    facts = {"pause_reason": pause.reason} | was.facts("was_") | now.facts()
    return facts | ({judging.JUDGED: {"recounted": nets}} if nets else {})


def follow(turn: Turn) -> None:
    """Replay what counted the corrected pause; record what moved and what fell by it."""
    rungs = []
    for clock in turn.recounted:
        before = clock.due_at
        rungs += timing.settle(clock, turn.pauses, turn.policy, turn.at)
        if clock.due_at != before:
            said = {
                "promise": clock.code,
                "was": _instant(before),
                "due": _instant(clock.due_at),
            }
            turn.say(Fact(MOVED, turn.at, said))
    for rung in sorted(rungs, key=lambda rung: rung.at):
        turn.passed(rung)


def still_corrected(policy: Policy, now: datetime) -> datetime:
    """Pauses that ended before this instant are corrected no more."""
    return now - timedelta(days=policy.utility.pause_correction_days)


def number_of(pause: Pause, pauses: Iterable[Pause]) -> int:
    """Which pause of its case it is, from 1 on in the order in which they were made."""
    return 1 + sum(each.pk < pause.pk for each in pauses)


def _asked(was: Span, values: dict[str, Any]) -> Span:
    """What is asked for. What was shown to the second and came back so has not been changed."""
    start, end = _kept(values["start"], was.start), _kept(values.get("end"), was.end)
    if was.end is None and end is not None:
        wrong = _("这次停表还没有结束，只能更正开始时间。")
        raise Invalid(wrong, fields={"end": wrong})
    if was.end is not None and end is None:
        wrong = _("这次停表已经结束，请填写结束时间。")
        raise Invalid(wrong, fields={"end": wrong})
    return Span(start, end)


def _kept(text: str | None, present: datetime | None) -> Any:
    if text is None:
        return None
    instant = datetime.fromisoformat(text)
    same = present is not None and instant == present.replace(microsecond=0)
    return present if same else instant


def _refuse(
    turn: Turn, was: Span, now: Span, first: First, bound: datetime | None, others: list[Pause]
) -> None:
    """Raise Invalid with every field at fault, each with its first fault."""
    faults: dict[str, Message] = {}
    for name, wrong in _faults(turn, was, now, first, bound, others):
        faults.setdefault(name, wrong)
    if faults:
        raise Invalid(next(iter(faults.values())), fields=faults)


def _faults(
    turn: Turn, was: Span, now: Span, first: First, bound: datetime | None, others: list[Pause]
) -> Iterable[tuple[str, Message]]:
    utility, last = turn.policy.utility, "start" if now.end is None else "end"
    if now == was:
        yield "start", _("与现在记录的起止时间相同，没有可更正的。")
    if was.end is not None and was.end < still_corrected(turn.policy, turn.at):
        most = {"days": utility.pause_correction_days}
        yield "pause", _("停表结束已超过 %(days)d 天，不能再更正。") % most
    if now.start < turn.case.opened_at:
        yield "start", _("停表不能早于办件登记的时间。")
    if now.start > turn.at:
        yield "start", _("停表不能从将来开始。")
    if abs(now.start - first.start) > timedelta(hours=utility.pause_correction_hours):
        most = {"hours": utility.pause_correction_hours, "first": _said(first.start)}
        yield "start", _("与最初记录的开始时间 %(first)s 相差不能超过 %(hours)d 小时。") % most
    if now.end is not None and now.end > turn.at:
        yield "end", _("停表不能在将来结束。")
    if now.end is not None and now.end <= now.start:
        yield "end", _("结束时间必须晚于开始时间。")
    for other in others:
        if now.overlaps(other):
            inside = other.started_at <= now.start
            span = {"from": _said(other.started_at), "to": _said(other.ended_at or turn.at)}
            wrong = _("与另一次停表（%(from)s 至 %(to)s）重叠。") % span
            yield "start" if inside else last, wrong
    if bound is not None and (now.end or turn.at) > bound:
        wrong = _("超过承诺允许的最长停表时间：从此开始最迟到 %(until)s。")
        yield last, wrong % {"until": _said(bound)}


def first_said(flow: Flow, case: Case, number: int) -> First:
    """The n-th pause of a case was made by the n-th of its moves that pause, in the record."""
    pausing = [row.action for row in flow.moves if row.pause]
    event: Event = case.events.filter(action__in=pausing)[number - 1]
    day = event.data.get("until")
    return First(event.at, timezone.make_aware(datetime.fromisoformat(day)) if day else None)


def _lapses(now: Span, until: datetime | None, bound: datetime | None) -> datetime | None:
    """When the corrected pause ends by itself; the named day was only a plan once it has ended."""
    if now.end is not None and until is not None and until < now.end:
        until = None
    return min((each for each in (until, bound) if each is not None), default=None)


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()


def _said(at: datetime) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}"
