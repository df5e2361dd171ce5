"""What leaves the desk: every move as a result to whoever subscribes, and sending it again.

A topic names the kind of case and where the move led (application.closed), or what was done when
it led nowhere (ticket.assign); `application.opened` is the first.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.functional import Promise as Lazy

from notifications.results import delivery, outbox
from notifications.results.models import Delivery, Subscriber
from notifications.results.outbox import Result
from waterdesk.core import disclosed, door, policy
from waterdesk.core.disclosed import REASON_LENGTH as REASON_LENGTH
from waterdesk.core.errors import NotAllowed
from waterdesk.core.flow import Flow, Move, flows
from waterdesk.core.models.cases import Case
from waterdesk.core.models.disclosures import Disclosure
from waterdesk.core.models.people import Role
from waterdesk.core.record import Fact

if TYPE_CHECKING:
    from waterdesk.core.models.people import User
    from waterdesk.core.turn import Turn

# Who looks after what leaves the desk, and who may see whole what it says of people.
KEEPERS = frozenset({Role.SUPERVISOR.value, Role.ADMIN.value})
READERS = frozenset({Role.ADMIN.value})
# So many at once, each with a line in the record of its case; the rest by asking again. *chosen*
MOST_AT_ONCE = 500
OPENED = "opened"
What = Disclosure.What


def tell(turn: Turn, move: Move, values: Mapping[str, Any]) -> None:
    """For `follow` of a flow, the last of them: queue what this move means to other systems."""
    outbox.queue([of_move(turn, move)], turn.at)


def of_move(turn: Turn, move: Move) -> Result:
    """The move as a result. It says nothing about the person: codes, numbers and instants."""
    case = turn.case
    data = {
        "kind": case.kind,
        "subject": case.subject,
        "action": move.action,
        "status": case.status,
        "area": turn.policy.areas[case.area_id].code,
        "channel": case.channel,
        "outcome": case.outcome,
    }
    return result(turn, topic_of(turn.flow, move), data)


def result(turn: Turn, topic: str, data: Mapping[str, Any]) -> Result:
    """A result of the move being made, true at the instant of the move."""
    case = turn.case
    return Result(topic, case.number, case.version, case.changed_at, data)


def topic_of(flow: Flow, move: Move) -> str:
    return f"{flow.kind}.{OPENED if move is flow.opening else move.after or move.action}"


def topics() -> dict[str, str | Lazy]:
    """The topic of every move of every kind, with the words of the status or of the move."""
    found: dict[str, str | Lazy] = {}
    for flow in flows():
        found[topic_of(flow, flow.opening)] = flow.opening.label
        for move in flow.moves:
            label = flow.statuses[move.after].label if move.after else move.label
            found.setdefault(topic_of(flow, move), label)
    return found


def visible_to(user: User) -> QuerySet[Delivery]:
    """The deliveries this person looks after: those of the cases of the own areas."""
    if user.role not in KEEPERS:
        return Delivery.objects.none()
    whole = user.area_id is None or policy.current().below(user.area_id) is None
    if whole and (user.area_id is not None or user.is_superuser):
        return Delivery.objects.all()
    seen = Case.objects.visible_to(user).values("number")
    return Delivery.objects.filter(case__in=seen)


def replay(rows: QuerySet[Delivery], reason: str, *, actor: User, at: datetime) -> int:
    """Have settled deliveries sent again, at most MOST_AT_ONCE, the oldest first; returns how many.

    Each is a line in the record of its case, with who asked for it and why. Each case by itself:
    what was done when it is broken off stays done, and asking again goes on. What is still on its
    way is left alone. Raises Invalid without a reason, NotAllowed for who may not.
    """
    reason = disclosed.given(reason)
    if actor.role not in KEEPERS:
        raise NotAllowed
    settled = rows.filter(state__in=["sent", "dead"]).order_by("id")
    done = 0
    for row in list(settled.select_related("subscriber")[:MOST_AT_ONCE]):
        said = {"delivery": str(row.pk), "topic": row.topic, "reason": reason}
        fact = Fact("result_replayed", at, said | {"subscriber": row.subscriber.code})
        with transaction.atomic():
            door.add_to_record(row.case, fact, actor=actor, at=at)
            again = delivery.replay(Delivery.objects.filter(pk=row.pk), at)
            # Somebody else asked for it meanwhile: it is on its way, and theirs is the line.
            transaction.set_rollback(not again)
        done += again
    if done:
        outbox.nudged()
    return done


def reveal(row: Delivery, reason: str, *, actor: User, at: datetime) -> str:
    """The body whole, as it was sent; who read it and why stands in the record of the case.

    Raises Invalid without a reason, NotAllowed for who may not.
    """
    said = {"delivery": str(row.pk), "topic": row.topic}
    if actor.role not in READERS:
        raise NotAllowed
    disclosed.of_case(row.case, What.RESULT, said, reason, actor=actor, at=at)
    return row.body


def gone() -> QuerySet[Subscriber]:
    """Subscribers that said they are no more; what they should have had is held."""
    return Subscriber.objects.filter(gone_at__isnull=False)
