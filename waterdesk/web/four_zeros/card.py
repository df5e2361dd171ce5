"""The card of the four zeros of one case: four counters, and every burden with who decided it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.burdens.moves import of_case as burdens_of
from applications.burdens.rules import ACTIONS, STRUCK, Burden, Card, Kind, burdens, card
from applications.models import KIND
from waterdesk.core.flow import Label, fits, flow_of, may
from waterdesk.core.models.cases import Case
from waterdesk.core.models.people import Role, User
from waterdesk.core.models.record import Event
from waterdesk.web import move_forms
from waterdesk.web.move_forms import MoveForm

if TYPE_CHECKING:
    from waterdesk.core.policy import Policy

ZERO: Label = gettext_lazy("零")
WORDS: Mapping[Kind, Label] = {
    Kind.TRIP: gettext_lazy("跑腿"),
    Kind.DOCUMENT: gettext_lazy("资料"),
    Kind.APPROVAL: gettext_lazy("审批"),
    Kind.FEE: gettext_lazy("费用"),
}
ICONS: Mapping[Kind, str] = {
    Kind.TRIP: "pin",
    Kind.DOCUMENT: "file",
    Kind.APPROVAL: "shield",
    Kind.FEE: "flag",
}
# Written down later than this after it was, it was recorded late. *chosen*
AT_ONCE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Counted:
    """One of the four: `number` is 零, or how often."""

    kind: Kind
    label: Label
    number: Label
    icon: str
    is_zero: bool


@dataclass(frozen=True, slots=True)
class Told:
    """One burden in words. `form` strikes it, for whoever may."""

    burden: Burden
    label: Label
    reason: str
    what: str
    by: str
    late: bool
    note: str
    struck_reason: str = ""
    struck_by: str = ""
    struck_note: str = ""
    form: MoveForm | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    counted: Sequence[Counted]
    told: Sequence[Told]
    zero: bool
    ended: bool


def of_case(case: Case, rules: Policy, user: User | None = None) -> Shown | None:
    """The card as staff see it, or without a `user` as the customer does: nobody named, no notes.

    None for a ticket, which has no card. One query, two where staff are named.
    """
    if case.kind != KIND:
        return None
    found = burdens_of(case)
    people = names_of(found) if user is not None else None
    told = [tell(each, rules, people, strike(user, case, each, rules)) for each in found]
    counted = card(found)
    return Shown(counts(counted), told, counted.zero, case.closed_at is not None)


def counts(counted: Card) -> list[Counted]:
    numbers = (counted.trips, counted.documents, counted.approvals, counted.fees)
    return [
        Counted(kind, WORDS[kind], number_of(number), ICONS[kind], number == 0)
        for kind, number in zip(Kind, numbers, strict=True)
    ]


def number_of(number: int) -> Label:
    """零, or how often; colour is never the only sign."""
    return _("%(count)d 次") % {"count": number} if number else ZERO


def tell(
    burden: Burden,
    rules: Policy,
    people: Mapping[str, str] | None,
    form: MoveForm | None = None,
) -> Told:
    """One burden in words; `people` None is the customer's page, which names nobody."""
    inside = people is not None
    struck = burden.struck
    return Told(
        burden,
        label=WORDS[burden.kind],
        reason=_reason(burden, rules),
        what=_("%(amount)s 元") % {"amount": burden.value}
        if burden.kind == Kind.FEE
        else burden.value,
        by=who(burden.by, burden.role, people),
        late=burden.recorded_at - burden.at > AT_ONCE,
        note=burden.note if inside else "",
        struck_reason=rules.reason("strike", struck.reason) if struck else "",
        struck_by=who(struck.by, struck.role, people) if struck else "",
        struck_note=struck.note if struck and inside else "",
        form=form,
    )


def _reason(burden: Burden, rules: Policy) -> str:
    """The reason as the utility words it; a fee that no list names is money all the same."""
    known = rules.reasons.get((burden.use, burden.reason))
    if known is None and burden.kind == Kind.FEE:
        return _("红线外收费")
    return known.label if known else burden.reason


def who(username: str, role: str, people: Mapping[str, str] | None) -> str:
    """Who decided: by name and role for staff, by role alone for the customer."""
    if not username:
        return _("系统自动")
    in_words = str(Role(role).label) if role in Role.values else role
    if people is None:
        return in_words
    return _("%(name)s（%(role)s）") % {"name": people.get(username, username), "role": in_words}


def strike(user: User | None, case: Case, burden: Burden, rules: Policy) -> MoveForm | None:
    """The form by which this person strikes this burden, or None."""
    flow = flow_of(case)
    move = flow.move(STRUCK)
    stands = burden.struck is None and user is not None
    if not (stands and may(user, move, case) and fits(move, case, case.changed_at)):
        return None
    form = move_forms.build(move, flow, case, rules, [])
    form.auto_id = f"strike-{case.number}-{burden.seq}-%s"
    form.fields["burden"].widget = forms.HiddenInput()
    form.fields["burden"].initial = burden.seq
    return MoveForm(move, form, url=reverse("case-move", args=[case.number, STRUCK]))


def names_of(found: Iterable[Burden]) -> dict[str, str]:
    """User name → name of everybody who decided or struck one; no query where nobody did."""
    acted = {each.by for each in found} | {each.struck.by for each in found if each.struck}
    if not (acted := acted - {""}):
        return {}
    known = User.objects.filter(username__in=acted).values_list("username", "name")
    return {username: name or username for username, name in known}


def of_many(cases: Iterable[Case], rules: Policy) -> dict[int, list[Told]]:
    """The burdens of several applications in words, by key: two queries for any number of them."""
    by_number = {case.number: case.pk for case in cases}
    events: dict[int, list[Event]] = defaultdict(list)
    for event in Event.objects.filter(case__in=by_number, action__in=ACTIONS):
        events[by_number[event.case]].append(event)
    found = {pk: burdens(said) for pk, said in events.items()}
    people = names_of([burden for some in found.values() for burden in some])
    return {pk: [tell(each, rules, people) for each in some] for pk, some in found.items()}
