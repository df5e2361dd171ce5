"""The door: the only way in which a case comes to be or changes.

One transaction each: lock the case → may this person do this here → record any level that was
passed unnoticed → change → append to the record → clocks → queue messages → commit. Nothing in
it talks to the network.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import connection, transaction
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from waterdesk.core import changes as sent
from waterdesk.core import late, numbering, policy, record
from waterdesk.core.breaches import JUDGES
from waterdesk.core.errors import Conflict, Invalid, NotAllowed, NotFound
from waterdesk.core.flow import Flow, Move, fits, flow_named, flow_of, flows, may, over
from waterdesk.core.models.cases import Case, Once, Pause
from waterdesk.core.places import placing
from waterdesk.core.record import Fact
from waterdesk.core.turn import Turn
from waterdesk.core.visibility import sees

if TYPE_CHECKING:
    from waterdesk.core.models.people import User

AnyCase = TypeVar("AnyCase", bound=Case)
KEY_LENGTH = 80


@dataclass(frozen=True, slots=True)
class Key:
    """What makes two requests the same request: who sent it, their key, what it said."""

    scope: str
    key: str
    body: Mapping[str, Any]

    @property
    def digest(self) -> str:
        text = json.dumps(self.body, ensure_ascii=False, sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Doing:
    """What the desk itself does to a case: a move, its codes for the record, rows of the kind's."""

    action: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    rows: tuple[Model, ...] = ()


def open_case(draft: AnyCase, *, actor: User | None, at: datetime) -> AnyCase:
    """Open `draft`, an unsaved case of some kind with its area set, at the aware instant `at`.

    When its flow decides by rule, the deciding move is made at once, by the desk itself. A
    repetition opens a second case: callers that may repeat use `open_once`. Raises NotAllowed.
    """
    with transaction.atomic():
        return _open(draft, actor, at)


def open_once(
    draft: AnyCase, key: Key, *, actor: User | None, at: datetime
) -> tuple[AnyCase, bool]:
    """Like `open_case`, but a repetition of the same request returns the first one's case, False.

    The same key with another body raises Conflict. Of two at once the second waits for the first.
    """
    flow = flow_named(draft.kind)
    with transaction.atomic():
        serial = _claim(key, at)
        if serial is None:
            return _repeated(flow, key), False
        return _open(draft, actor, at, numbering.spelled(flow.prefix, at, serial)), True


def _open(draft: AnyCase, actor: User | None, at: datetime, number: str = "") -> AnyCase:
    flow = flow_named(draft.kind)
    if actor is not None and actor.role not in flow.openers:
        raise NotAllowed
    draft.number = number or numbering.next_number(flow.prefix, at)
    draft.opened_at = draft.changed_at = at
    draft.opened_by = actor
    where = placing.settle(draft)
    turn = Turn(draft, flow, actor, at, policy.current(), clocks=[], pauses=[])
    turn.make(flow.opening, {}, "", first=flow.facts(draft, at) | where)
    if decided := flow.automatic(draft, at):
        action, values = decided
        turn.make(flow.move(action), values, "", by_desk=True)
    turn.write_new()
    return draft


def move(
    number: str,
    action: str,
    *,
    actor: User | None,
    at: datetime,
    note: str = "",
    changes: Mapping[str, Any] | None = None,
    seen: int | None = None,
    when: datetime | None = None,
    because: Mapping[str, Any] | None = None,
) -> Case:
    """Make one move on the case called `number`; returns it as it then stands.

    `actor` None is the desk itself. `seen` is the version the person was looking at: when the
    record has gone on since, nothing happens and Conflict is raised, so of two people who click
    the same move one wins. `when` is its true instant where the desk hears of it only at `at`, see
    core.late; `because` are codes for the record besides. Raises NotFound (also for a case this
    person may not see), NotAllowed, Conflict or Invalid, and then nothing has changed.
    """
    _prepare(number, action, actor, at)
    with transaction.atomic():
        case = _lock(number, actor)
        flow = flow_of(case)
        row = flow.move(action, case)
        if not may(actor, row, case):
            raise NotAllowed
        if seen is not None and seen != case.version:
            raise Conflict
        if not fits(row, case, at):
            raise Conflict(_refusal(flow, row, case, at))
        values, note = sent.clean(row, changes or {}, note, case, policy.current())
        turn = _turn(case, actor, at)
        if when is not None:
            late.begin(turn, when)
        turn.notice_what_was_passed()
        # A level that fell in between may have taken the case from this person, or further on; a
        # pause that lapsed meanwhile is no reason to refuse who comes to end it.
        if not (row.resume or fits(row, case, at)):
            raise Conflict(_refusal(flow, row, case, at))
        if not may(actor, row, case):
            raise NotAllowed
        with record.arriving(at if when is not None else None):
            turn.make(row, values, note, because=dict(because or {}))
        if when is not None:
            late.end(turn)
        turn.write()
    return case


def settle_time(
    number: str,
    accepted: bool,
    *,
    was: datetime,
    wanted: datetime,
    seq: int,
    because: Mapping[str, str],
    actor: User,
    at: datetime,
) -> Case:
    """A lead decides whether what came in at `was` counts as done at `wanted`; both are recorded.

    Accepted, the clocks that the move stopped are stopped at the true instant, see core.late. The
    caller sees to it that it is asked once. Raises NotFound or NotAllowed.
    """
    if actor.role not in JUDGES:
        raise NotAllowed
    with transaction.atomic():
        case = _lock(number, actor)
        turn = _turn(case, actor, at)
        turn.notice_what_was_passed()
        if accepted:
            late.retime(turn, was, wanted, seq, dict(because))
        else:
            turn.note_by_actor(Fact(late.DECLINED, turn.at, dict(because)))
        turn.write()
    return case


def by_desk(
    number: str,
    choose: Callable[[Any], Doing | None],
    *,
    at: datetime,
    actor: User | None = None,
) -> Case:
    """Let the desk itself make the move that `choose` finds right for the case, now locked.

    For what no person decides and comes from outside: a source answers, a payment arrives. `choose`
    looks at rows and answers None when nothing is left to do, so that a repetition does nothing.
    `actor` is who caused it by a move on another case, for the record.
    Raises NotFound, or Conflict where the move does not fit; then nothing has changed.
    """
    with transaction.atomic():
        case = _lock(number, None)
        doing = choose(case)
        if doing is None:
            return case
        flow = flow_of(case)
        row = flow.move(doing.action)
        turn = _turn(case, actor, at)
        turn.notice_what_was_passed()
        if not fits(row, case, turn.at):
            raise Conflict(_refusal(flow, row, case, turn.at))
        for kept in doing.rows:
            turn.keep(kept)
        turn.make(row, {}, "", because=dict(doing.facts))
        turn.write()
    return case


def catch_up(number: str, at: datetime) -> int:
    """Record the levels of one case that fell before `at`, with their effects; returns how many.

    The sweep calls it for cases that a level changes. Waits for whoever has the case; repeating
    it finds nothing. Raises NotFound.
    """
    with transaction.atomic():
        case = _lock(number, None)
        turn = _turn(case, None, at)
        turn.notice_what_was_passed()
        turn.write()
    return len(turn.rungs)


def add_to_record(number: str, fact: Fact, *, actor: User | None, at: datetime) -> None:
    """Append to the record of a case what is about it and does not change it.

    The pages of who had it open become stale, as after any line. Raises NotFound (also for a case
    this person may not see). A repetition is a second line.
    """
    with transaction.atomic():
        case = _lock(number, actor)
        turn = _turn(case, actor, at)
        turn.events += record.chain(case, [fact], actor, turn.at)
        turn.write()


def _turn(case: Case, actor: User | None, at: datetime) -> Turn:
    """A turn of a locked case: all its open clocks, all its pauses."""
    return Turn(
        case,
        flow_of(case),
        actor,
        max(at, case.changed_at),
        policy.current(),
        clocks=list(case.clocks.filter(stopped_at__isnull=True)),
        pauses=list(Pause.objects.filter(case_id=case.pk)),
    )


def _prepare(number: str, action: str, actor: User | None, at: datetime) -> None:
    """Do what is slow about this move while nothing is locked; only for who may make it now."""
    flow = _flow_numbered(number)
    if flow is None or action not in flow.prepare:
        return
    rows = flow.model_class()._default_manager.select_related("handler")
    case = rows.filter(number=number).first()
    if case is None:
        return
    row, at = flow.move(action, case), max(at, case.changed_at)
    if may(actor, row, case) and fits(row, case, at):
        flow.prepare[action](case, at)


def _flow_numbered(number: str) -> Flow | None:
    return next((flow for flow in flows() if number.startswith(flow.prefix)), None)


def _lock(number: str, actor: User | None) -> Case:
    """The case, locked against every other writer; the kind is the number's first letter."""
    flow = _flow_numbered(number)
    if flow is None:
        raise NotFound
    model = flow.model_class()
    case = (
        model._default_manager.select_related("handler")
        .select_for_update(no_key=True, of=("self", "case_ptr"))
        .filter(number=number)
        .first()
    )
    if case is None or not (actor is None or sees(actor, case)):
        raise NotFound
    return case


def _refusal(flow: Flow, row: Move, case: Case, at: datetime) -> Any:
    if case.status in row.before and over(row, case, at):
        return _("办结已超过 %(days)d 天，不能“%(move)s”。") % {
            "days": getattr(policy.current().utility, row.within),
            "move": row.label,
        }
    if case.status in row.before and row.why_not and not (row.when and row.when(case)):
        return row.why_not(case)
    if case.paused_reason and case.status in row.before:
        return _("办件停表中，恢复后才能“%(move)s”。") % {"move": row.label}
    return _("办件现在的状态是“%(status)s”，不能“%(move)s”。") % {
        "status": flow.statuses[case.status].label,
        "move": row.label,
    }


def _claim(once: Key, at: datetime) -> int | None:
    """A serial for the case of this key, None when the key was used before.

    Of two at once the second waits here for the first to commit.
    """
    if not 1 <= len(once.key) <= KEY_LENGTH:
        raise Invalid(_("Idempotency-Key 的长度须在 1 到 80 之间。"))
    with connection.cursor() as cursor:
        # The ORM's ignore_conflicts does not tell whether the row went in.
        cursor.execute(
            "INSERT INTO core_once (scope, key, digest, serial, created_at) "
            "VALUES (%s, %s, %s, nextval('core_case_number'), %s) "
            "ON CONFLICT (scope, key) DO NOTHING RETURNING serial",
            [once.scope, once.key, once.digest, at],
        )
        row = cursor.fetchone()
    return row[0] if row else None


def _repeated(flow: Flow, once: Key) -> Any:
    row = Once.objects.get(scope=once.scope, key=once.key)
    if row.digest != once.digest:
        raise Conflict(_("同一个 Idempotency-Key 已用于另一份内容。"))
    number = numbering.spelled(flow.prefix, row.created_at, row.serial)
    return flow.model_class()._default_manager.get(number=number)
