"""The card of the permits of one case: how each stands, and what its staff may do about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _

from applications.models import Application, Permit
from applications.permits import moves
from applications.permits.kinds import kinds
from applications.permits.known import permits_of, waits
from waterdesk.core import wording
from waterdesk.core.flow import Move, allowed, flow_of
from waterdesk.core.models.cases import Case
from waterdesk.web import move_forms
from waterdesk.web.move_forms import MoveForm, Refused

if TYPE_CHECKING:
    from waterdesk.core.models.people import User
    from waterdesk.core.policy import Policy

State = Permit.State
TONES = {
    State.WANTED: "warn", State.FILED: "busy", State.GRANTED: "good", State.REFUSED: "bad",
    State.VOID: "plain",
}  # fmt: skip
# In which state of a permit its move is offered.
OFFERED = {
    moves.FILE: (State.WANTED, State.REFUSED),
    moves.GRANTED: (State.FILED,),
    moves.REFUSED: (State.FILED,),
    moves.OVERRIDE: (State.WANTED, State.FILED, State.REFUSED),
    moves.VOID: (State.WANTED, State.FILED, State.REFUSED),
}


@dataclass(frozen=True, slots=True)
class Told:
    """One permit in words; `late_by` is how long the authority is late, "" when it is not."""

    permit: Permit
    tone: str
    late_by: str
    sheet_url: str
    forms: Sequence[MoveForm]


@dataclass(frozen=True, slots=True)
class Shown:
    told: Sequence[Told]
    forms: Sequence[MoveForm]


def of_case(
    case: Case, user: User, rules: Policy, now: datetime, refused: Refused | None = None
) -> Shown | None:
    """The card, None for a case that wants no permits and can get none."""
    if not isinstance(case, Application) or not (permits_of(case) or waits(case)):
        return None
    offered = {row.action: row for row in allowed(user, case) if row.action in moves.BY_HAND}
    told = [
        tell(permit, now, _forms(permit, case, offered, rules, refused))
        for permit in permits_of(case)
    ]
    general = [
        _general(offered[action], case, rules, refused)
        for action in (moves.ADD, moves.EMERGENCY)
        if action in offered
    ]
    return Shown(told, general)


def forms_of(shown: Shown | None) -> list[MoveForm]:
    """Every form on the card, for who looks for the one that was refused."""
    if shown is None:
        return []
    return [*shown.forms, *(form for told in shown.told for form in told.forms)]


def tell(permit: Permit, now: datetime, forms: Sequence[MoveForm] = ()) -> Told:
    kind = kinds().get(permit.kind)
    url = reverse("permit-sheet", args=[permit.case.number, permit.kind])
    return Told(
        permit,
        tone=TONES[State(permit.state)],
        late_by=late_by(permit, now),
        sheet_url=url if kind is not None and kind.sheet else "",
        forms=forms,
    )


def late_by(permit: Permit, now: datetime) -> str:
    """Wall time past the authority's limit, in words."""
    late = permit.state == State.FILED and permit.due_at < now
    return wording.duration(now - permit.due_at) if late else ""


def _forms(
    permit: Permit,
    case: Case,
    offered: dict[str, Move],
    rules: Policy,
    refused: Refused | None,
) -> list[MoveForm]:
    # A road that is too young is first let be by a lead, then filed.
    unfit = moves.FILE if permit.is_barred else moves.OVERRIDE
    fitting = [action for action, states in OFFERED.items() if permit.state in states]
    wanted = [action for action in fitting if action != unfit]
    built = []
    for action in (each for each in wanted if each in offered):
        mine = refused if refused and _is_of(refused, action, permit) else None
        entry = _form(offered[action], case, rules, mine, permit.kind)
        entry.form.fields["permit"].widget = forms.HiddenInput()
        entry.form.fields["permit"].initial = permit.kind
        built.append(_marked(entry, mine))
    return built


def _general(move: Move, case: Case, rules: Policy, refused: Refused | None) -> MoveForm:
    mine = refused if refused and refused.action == move.action else None
    entry = _form(move, case, rules, mine, "all")
    if "permit" in entry.form.fields:
        known: list[tuple[str, Any]] = [(kind.code, kind.name) for kind in kinds().values()]
        entry.form.fields["permit"] = forms.ChoiceField(
            label=_("许可"), choices=[("", _("请选择")), *known]
        )
    return _marked(entry, mine)


def _form(move: Move, case: Case, rules: Policy, mine: Refused | None, kind: str) -> MoveForm:
    form = move_forms.build(move, flow_of(case), case, rules, [], mine.given if mine else None)
    # One permit's form beside another's: no two fields of the page share a name.
    form.auto_id = f"{move.action}-{kind}-{case.number}-%s"
    return MoveForm(move, form, url=reverse("case-move", args=[case.number, move.action]))


def _marked(entry: MoveForm, mine: Refused | None) -> MoveForm:
    if mine:
        mine.mark(entry)
    return entry


def _is_of(refused: Refused, action: str, permit: Permit) -> bool:
    return refused.action == action and refused.given.get("permit") == permit.kind
