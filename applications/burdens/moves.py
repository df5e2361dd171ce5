"""The moves by which staff record a burden, or strike one; and the counters that follow.

The counters on the application's row are written nowhere else: in the transaction of every move,
by the same function that the pages and `manage.py burdens --check` use.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from applications.burdens.rules import ACTIONS, STRUCK, Burden, burdens, card
from waterdesk.core.breaches import JUDGES
from waterdesk.core.errors import Invalid
from waterdesk.core.flow import CREW, DISPATCH, Field, Move

if TYPE_CHECKING:
    from waterdesk.core.models.cases import Case
    from waterdesk.core.turn import Turn

STAFF = DISPATCH | CREW
DOCUMENT_LENGTH = 30  # one short message names it, with all else it says
HAPPENED = Field(
    "happened",
    _("发生时间"),
    "moment",
    required=False,
    help=_("事后补记时填写；不填即现在。发生时间与登记时间都会留痕。"),
)


def moves(statuses: Iterable[str], open_statuses: Iterable[str]) -> tuple[Move, ...]:
    """The four rows. What was forgotten is recorded in any status; asking ends with the work."""
    everywhere = frozenset(statuses)
    return (
        Move(
            "ask_document",
            _("向客户要资料"),
            before=frozenset(open_statuses),
            roles=STAFF,
            fields=(
                Field("document", _("哪一份资料"), max_length=DOCUMENT_LENGTH),
                Field("reason", _("为什么要"), "reason", use="document"),
            ),
            paused=None,
            beside=True,
            tell=("customer",),
            confirm=_("要资料会计入“零资料”，客户没有交也算；客户会收到短信。确定？"),
        ),
        Move(
            "trip",
            _("记录客户跑腿"),
            before=everywhere,
            roles=STAFF,
            fields=(Field("reason", _("为什么来"), "reason", use="trip"), HAPPENED),
            paused=None,
            beside=True,
        ),
        Move(
            "approval",
            _("记录客户自办审批"),
            before=everywhere,
            roles=STAFF,
            fields=(
                Field("what", _("什么审批"), max_length=60),
                Field("reason", _("为什么由客户办"), "reason", use="approval"),
                HAPPENED,
            ),
            paused=None,
            beside=True,
        ),
        Move(
            STRUCK,
            _("更正负担"),
            before=everywhere,
            roles=JUDGES,
            fields=(
                Field("burden", _("哪一项负担（留痕序号）"), "number"),
                Field("reason", _("更正原因"), "reason", use="strike"),
                Field("note", _("情况说明")),
            ),
            paused=None,
            beside=True,
            note=False,
            when=is_burdened,
        ),
    )


def is_burdened(case: Case) -> bool:
    """Whether there is anything to strike."""
    return bool(
        case.burden_trips or case.burden_documents or case.burden_approvals or case.burden_fees
    )


def of_case(case: Case) -> list[Burden]:
    """The burdens of one application from its record: one query."""
    return burdens(case.events.filter(action__in=ACTIONS))


def end_of(case: Case) -> dict[str, Any]:
    """What stands beside the counters of how a case ended, by column; nothing while it is open."""
    if case.closed_at is None:
        return {"ended_at": None, "ended_area_id": None, "ended_service": "", "ended_as": ""}
    return {
        "ended_at": case.closed_at,
        "ended_area_id": case.area_id,
        "ended_service": case.subject,
        "ended_as": case.status,
    }


def follow(turn: Turn, move: Move, values: Mapping[str, Any]) -> None:
    """Count the burdens of the turn's case anew when this move said anything of them.

    Raises Invalid for a burden that is not there to be struck, or that lies in the future; then
    nothing of the move is written.
    """
    case = turn.case
    for name, value in end_of(case).items():
        if getattr(case, name) != value:
            _write(turn, name, value)
    said = [event for event in turn.events if event.action in ACTIONS]
    if not said:
        return
    if happened := values.get("happened"):
        _refuse_other_times(datetime.fromisoformat(happened), case.opened_at, turn.at)
    if move.action == STRUCK:
        _refuse_what_is_no_burden(values["burden"], of_case(case))
    # A case that is being opened has no record yet.
    before = [] if case.pk is None else list(case.events.filter(action__in=ACTIONS))
    counted = card(burdens([*before, *said]))
    for name in ("trips", "documents", "approvals", "fees"):
        _write(turn, f"burden_{name}", getattr(counted, name))


def _write(turn: Turn, name: str, value: Any) -> None:
    setattr(turn.case, name, value)
    turn.touched.add(name)


def _refuse_other_times(happened: datetime, opened_at: datetime, at: datetime) -> None:
    wrong = None
    if happened > at:
        wrong = _("发生时间不能在将来。")
    elif happened < opened_at.replace(second=0, microsecond=0):
        wrong = _("发生时间不能早于办件登记的时间。")
    if wrong is not None:
        raise Invalid(wrong, fields={"happened": wrong})


def _refuse_what_is_no_burden(seq: int, found: Iterable[Burden]) -> None:
    if not any(burden.seq == seq and burden.struck is None for burden in found):
        wrong = _("没有这项负担，或已经更正过。")
        raise Invalid(wrong, fields={"burden": wrong})
