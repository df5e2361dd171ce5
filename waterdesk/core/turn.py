"""One change of one case while it is being made: what it does, gathered, then written at once.

The door makes a Turn inside its transaction, with the case locked; nobody else does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from notifications import outbox
from waterdesk.core import breaches, corrections, evidence, extensions, late, record, telling
from waterdesk.core import clocks as timing
from waterdesk.core.audiences import Directory
from waterdesk.core.bulk import insert_all, insert_many, update_many
from waterdesk.core.causes import outside_of
from waterdesk.core.errors import Conflict, Invalid
from waterdesk.core.figures import judging, keeping
from waterdesk.core.flow import fits
from waterdesk.core.ladders import EXPLAIN, MOVES, minutes_of
from waterdesk.core.models.cases import Case, Pause
from waterdesk.core.models.clocks import Clock, Crossing
from waterdesk.core.models.people import User
from waterdesk.core.models.photos import Photo
from waterdesk.core.models.record import Event
from waterdesk.core.record import Fact

if TYPE_CHECKING:
    from waterdesk.core.flow import Flow, Move
    from waterdesk.core.policy import Policy

FARTHEST = timedelta(days=730)
# Fields of a case that any move may change; those of its own kind come from the move's fields.
ALWAYS = (
    "status", "changed_at", "closed_at", "paused_reason", "outcome", "explanation",
    "extension_asked", "version", "seal",
)  # fmt: skip
# What the record keeps of a case itself: a value of that name is of something else.
OWN = frozenset({"number", "version", "seal"})


@dataclass
class Turn:
    case: Case
    flow: Flow
    actor: User | None
    at: datetime
    policy: Policy
    clocks: list[Clock]
    pauses: list[Pause]
    events: list[Event] = field(default_factory=list)
    rungs: list[timing.Rung] = field(default_factory=list)
    notices: list[outbox.Notice] = field(default_factory=list)
    touched: set[str] = field(default_factory=set)
    explained: tuple[str, str] = ("", "")
    changed_pauses: list[Pause] = field(default_factory=list)
    # Clocks that counted a corrected pause; some of them may have stopped.
    recounted: list[Clock] = field(default_factory=list)
    photos: list[Photo] = field(default_factory=list)
    # Rows of the kind's own, each with a foreign key `case`.
    kept: list[Model] = field(default_factory=list)
    # When it came in, where it is made at an instant before that: see core.late.
    arrived: datetime | None = None
    withdrawn: list[Clock] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.directory = Directory(self.policy)

    @property
    def now(self) -> datetime:
        """When the record writes it down; `at` is when it happened."""
        return self.arrived or self.at

    def notice_what_was_passed(self) -> None:
        """Record what fell before now and no sweep has seen yet: a pause's end, then levels.

        One instant after the other: what an effect changes holds for everything that fell later.
        """
        self._lapse()
        while falling := [c.next_at for c in self.clocks if c.next_at and c.next_at < self.at]:
            just_after = min(falling) + timedelta.resolution
            for clock in self.clocks:
                for rung in timing.cross(clock, self.pauses, self.policy, just_after):
                    self.passed(rung)

    def say(self, fact: Fact) -> None:
        """Append what the desk itself has to say."""
        self.events += record.chain(self.case, [fact], None, self.now)

    def note_by_actor(self, fact: Fact) -> None:
        """Append what the acting person has decided beside the course of the case."""
        self.events += record.chain(self.case, [fact], self.actor, self.now)

    def keep(self, row: Model) -> None:
        """Have this row, new or changed, saved with the case; its `case` is set where it is new.

        A row that is handed over twice is saved once, as it is in the end.
        """
        if all(row is not each for each in self.kept):
            self.kept.append(row)

    def passed(self, rung: timing.Rung) -> None:
        """Record one level, tell of it, and let the desk itself make the move it asks for.

        What is found out of a clock that has stopped asks for no move any more.
        """
        self.rungs.append(rung)
        if rung.level == timing.BREACH:
            judging.judge(rung.clock, self.case, self.case.handler)
        facts = facts_of(rung, self.case, self.directory, self.at)
        self.events += record.chain(self.case, facts, None, self.now)
        self.notices += telling.of_rung(self.case, rung, self.directory, self.at)
        note_breach(self.case, rung)
        row = self.flow.by_action.get(MOVES.get(rung.effect, ""))
        open_still = rung.clock.stopped_at is None
        if row is not None and open_still and fits(row, self.case, self.at):
            because = {"promise": rung.clock.code, "rung": rung.level}
            when = max(rung.at, self.case.changed_at)
            self.make(row, {}, "", by_desk=True, when=when, because=because)

    def make(
        self,
        move: Move,
        values: dict[str, Any],
        note: str,
        *,
        by_desk: bool = False,
        first: dict[str, Any] | None = None,
        when: datetime | None = None,
        because: dict[str, Any] | None = None,
    ) -> None:
        """Make the move in memory: status, fields, pauses, clocks, event, notices, in turn.

        `when` is its true instant where that is not now; `because` are more facts for the event.
        """
        case, at = self.case, when or self.at
        if breaches.holds_open(case, move, self.flow, None if by_desk else self.actor):
            raise Conflict(_("本办件有超时尚未说明，请先填写“说明超时原因”再办结。"))
        before, area = case.status, case.area_id
        person = judging.has(case, None if by_desk else self.actor)
        self._set(values)
        if move.sets is not None:
            self._set(move.sets(case))
        if move.after is not None:
            # Why the case stood in the status before is history, and in the record.
            case.status, case.outcome = move.after, ""
        case.changed_at = max(case.changed_at, at)
        kept_apart = move.pause or move.beside or move.action == breaches.EXPLAIN
        if "reason" in values and not kept_apart:
            case.outcome = values["reason"]
        if move.action in (extensions.ASK, extensions.GRANT, extensions.REFUSE):
            values = values | extensions.make(
                move.action, case, values, self.clocks, self.pauses, self.policy, self.at
            )
        if move.action == corrections.CORRECT:
            values = values | corrections.make(self, values)
        if move.action in breaches.AFTER:
            case.explanation = breaches.AFTER[move.action].value
            self.explained = move.action, values.get("reason", "")
        self._pause(move, values, note)
        values = values | evidence.attach(self, move, values)
        judged = self._run_clocks(move, at, person)
        facts = {"from": before, "to": case.status} | _codes(values) | (because or {})
        if case.area_id != area:
            facts["area"] = self.policy.areas[case.area_id].code
        if note:
            facts["note"] = note
        if first is not None:
            facts = {"to": case.status, "channel": case.channel, "subject": case.subject} | first
        if judged or first is not None:
            facts[judging.JUDGED] = judged
        actor = None if by_desk else self.actor
        self.events += record.chain(case, [Fact(move.action, at, facts)], actor, self.now)
        extra = {f.name: values.get(f.name, "") for f in move.fields if f.kind == "money"}
        extra |= {"note": note, "reason": ""}
        extra |= {name: str(values.get(name, "")) for name in ("result", "document")}
        if move.words is not None:
            extra |= move.words(case, values)
        if reason := values.get("reason"):
            extra["reason"] = self._reason_in_words(move, reason)
        self.notices += telling.of_move(case, move, self.clocks, self.directory, self.at, extra)
        if move.action == corrections.CORRECT:
            corrections.follow(self)
        for follow in self.flow.follow:
            follow(self, move, values)

    def _set(self, values: Mapping[str, Any]) -> None:
        names = {f.name for f in self.case._meta.concrete_fields} - OWN
        for name, value in values.items():
            if name in names:
                setattr(self.case, name, value)
                self.touched.add(name)

    def _reason_in_words(self, move: Move, code: str) -> str:
        use = next(f.use for f in move.fields if f.name == "reason")
        row = self.policy.reasons[use, code]
        return f"{row.label}。{row.advice}" if row.advice else row.label

    def _pause(self, move: Move, values: dict[str, Any], note: str) -> None:
        final = self.flow.statuses[self.case.status].final
        if move.pause:
            self._begin_pause(values, note)
        elif (move.resume or final) and self.case.paused_reason:
            self._end_pause()
        else:
            return
        for clock in self.clocks:
            timing.replay(clock, self.pauses, self.policy)

    def _begin_pause(self, values: dict[str, Any], note: str) -> None:
        reason = values["reason"]
        if not any(reason in clock.pause_reasons for clock in self.clocks):
            raise Invalid(
                _("本办件的承诺不允许以此原因停表。"), fields={"reason": _("请选择其他原因。")}
            )
        until = _midnight(values.get("until", ""), self.at)
        bounds = (until, timing.lapse_of(self.clocks, reason, self.at, self.policy))
        pause = Pause(
            case=self.case,
            reason=reason,
            started_at=self.at,
            lapses_at=min((each for each in bounds if each is not None), default=None),
            note=note,
            document=values.get("document", ""),
            author=self.actor,
        )
        self.pauses.append(pause)
        self.changed_pauses.append(pause)
        self.case.paused_reason = reason

    def _end_pause(self) -> Pause:
        """End the open pause now, or at the instant it lapsed when nobody looked then."""
        pause = next(p for p in self.pauses if p.ended_at is None)
        pause.ended_at = min(self.at, pause.lapses_at or self.at)
        self.changed_pauses.append(pause)
        self.case.paused_reason = ""
        return pause

    def _lapse(self) -> None:
        """End a pause whose time has come, at that instant, and tell as when somebody ends it."""
        case = self.case
        lapsed = (p.lapses_at for p in self.pauses if p.ended_at is None and p.lapses_at)
        if not any(instant <= self.at for instant in lapsed):
            return
        pause = self._end_pause()
        for clock in self.clocks:
            timing.replay(clock, self.pauses, self.policy)
        fact = Fact("pause_lapsed", pause.ended_at, {"reason": pause.reason})
        self.events += record.chain(case, [fact], None, self.now)
        extra = {"note": "", "reason": "", "result": ""}
        resume = self.flow.move("resume")
        self.notices += telling.of_move(case, resume, self.clocks, self.directory, self.at, extra)

    def _run_clocks(self, move: Move, at: datetime, person: User | None) -> dict[str, Any]:
        """Start and stop what the move does, for `person`; what the record says of it."""
        doing = judging.Doing(since=at)
        for clock in self.clocks:
            clock.area_id = self.case.area_id
        for clock in self.clocks:
            if clock.code in move.stop and clock.stopped_at is None:
                timing.stop(clock, at)
                doing.stopped.append(clock)
        if self.flow.statuses[self.case.status].final:
            self.case.closed_at = self.case.closed_at or at
            self.case.extension_asked = None
            for clock in self.clocks:
                if clock.stopped_at is None:
                    timing.stop(clock, at, void=True)
                    doing.stopped.append(clock)
        elif self.case.closed_at is not None:
            self.case.closed_at = None
        if move.start:
            since = self.flow.counts_from(self.case, at)
            facts = self.flow.facts(self.case, since)
            begun = timing.start(self.case, move.start, facts, since, self.policy)
            self.clocks += begun
            doing.since, doing.starts = since, [clock.code for clock in begun]
        for clock in doing.stopped:
            judging.judge(clock, self.case, person)
        of = judging.whose(self.case, person)
        told = judging.said(doing, of, at, self.pauses, self.policy)
        if move.action == breaches.ACCEPT:
            told["outside"] = sorted(outside_of(self.policy))
        return told

    def write_new(self) -> None:
        """Insert the case and everything that came with it."""
        insert_many([self.case])
        for pause in self.pauses:
            pause.save()
        for clock in self.clocks:
            clock.case_id = self.case.pk  # which it has only now
        self.case.begun = insert_many(self.clocks)
        self._keep_facts()
        self._write_kept()
        insert_many(self.events)
        outbox.queue(self.notices, self.at)

    def write(self) -> None:
        """Write the changed case and everything that came with it."""
        self.case.save(update_fields={*ALWAYS, *self.touched})
        for pause in self.changed_pauses:
            pause.save()
        Photo.objects.bulk_create(self.photos)
        known = [clock for clock in self.clocks if clock.pk]
        stopped = [clock for clock in self.recounted if clock not in self.clocks]
        update_many([*known, *stopped], timing.WRITTEN)
        insert_many([clock for clock in self.clocks if not clock.pk])
        self._keep_facts()
        write_crossings(self.rungs, self.now)
        late.write(self)
        self._write_causes()
        self._write_kept()
        insert_many(self.events)
        outbox.queue(self.notices, self.now)

    def _write_kept(self) -> None:
        """In the order in which they were handed over: one row may hang on the one before it."""
        for (_kind, fresh), group in groupby(self.kept, key=lambda r: (type(r), r._state.adding)):
            rows = list(group)
            if fresh:
                for row in rows:
                    row.case_id = self.case.pk  # which a new case has only now
            if fresh and len(rows) > 1:
                insert_many(rows)
                continue
            for row in rows:
                row.save()

    def _write_causes(self) -> None:
        action, cause = self.explained
        if action == breaches.ACCEPT:
            keeping.accept(self.case, self.policy)
            timing.accept_blame(self.case)
        elif action:
            timing.blame(self.case, cause)
            keeping.blame(self.case)

    def _keep_facts(self) -> None:
        clocks = [*self.clocks, *self.recounted]
        keeping.keep(clocks, {self.case.pk: self.pauses}, self.policy)


def note_breach(case: Case, rung: timing.Rung) -> None:
    """A breach is to be explained, also when an earlier one was; a rung may demand it as well."""
    if rung.level == timing.BREACH or rung.effect == EXPLAIN:
        case.explanation = Case.Explanation.OWED.value


def crossing_fact(rung: timing.Rung, judged: dict[str, Any] | None = None) -> Fact:
    """How the record tells of a crossed level: clock_reminded, clock_breached, clock_escalated.

    `judged` is what it says besides of whose a breach was.
    """
    word = "reminded" if rung.level < 100 else "breached" if rung.level == 100 else "escalated"
    minutes = minutes_of(rung.level)
    place = {"level": rung.level} if minutes is None else {"minutes": minutes}
    return Fact(f"clock_{word}", rung.at, {"promise": rung.clock.code} | place | (judged or {}))


def facts_of(rung: timing.Rung, case: Case, directory: Directory, now: datetime) -> list[Fact]:
    """Everything the record says when a level is passed: itself, and what came of it."""
    of = rung.clock.judged_as if rung.level == timing.BREACH else None
    judged = {judging.JUDGED: {"of": of.facts(directory.policy)}} if of else None
    facts = [crossing_fact(rung, judged)]
    if rung.effect == EXPLAIN:
        facts.append(Fact("explanation_owed", rung.at, {"promise": rung.clock.code}))
    wanted = "duty" in rung.tell and not telling.untold(rung, now)
    if wanted and not directory.on_duty(case, now):
        facts.append(Fact("duty_missing", now, {"promise": rung.clock.code}))
    return facts


def write_crossings(rungs: Iterable[timing.Rung], now: datetime) -> None:
    """Insert the crossings; the unique key refuses a level that was crossed before."""
    insert_all(
        [
            Crossing(clock_id=rung.clock.pk, level=rung.level, at=rung.at, recorded_at=now)
            for rung in rungs
        ]
    )


def _midnight(day: str, at: datetime) -> datetime | None:
    """The beginning of an ISO day in the desk's own time zone; "" is None.

    Raises Invalid unless the day is still to come at `at`, and within two years: farther is a slip.
    """
    if not day:
        return None
    instant = timezone.make_aware(datetime.fromisoformat(day))
    if not at < instant <= at + FARTHEST:
        wrong = _("请填写今天之后、两年之内的日期。")
        raise Invalid(wrong, fields={"until": wrong})
    return instant


def _codes(values: dict[str, Any]) -> dict[str, Any]:
    """Values as the record keeps them: a person by user name, everything else as it is."""
    return {k: v.username if isinstance(v, User) else v for k, v in values.items()}
