"""The small form of each move, built from its row of the workflow table.

The form shows and keeps what was typed; what is right the door decides, and its refusal comes
back to the field it names.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django import forms
from django.forms import BoundField
from django.forms.utils import ErrorDict
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from waterdesk.core.audiences import crew_for
from waterdesk.core.changes import NOTE_LENGTH
from waterdesk.core.disclosure import tells
from waterdesk.core.errors import DeskError
from waterdesk.core.flow import Field, Flow, Move, allowed, flow_of
from waterdesk.core.models.cases import Case
from waterdesk.core.models.people import User
from waterdesk.web.kept_photos import Kept
from waterdesk.web.photos import Photos

if TYPE_CHECKING:
    from waterdesk.core.policy import Policy

LONG_TEXT = 120
# What a crew can have in hand together and still be told one by one. *chosen*
MOST_IN_HAND = 2000
Choices = list[tuple[str, str]]


class Asked(forms.Form):
    """A form that only shows and keeps: it refuses nothing, so that there is one who does."""

    def full_clean(self) -> None:
        self._errors = ErrorDict(renderer=self.renderer)
        self.cleaned_data = {}


@dataclass(slots=True)
class MoveForm:
    """One move with its form; `open` when it was refused and is to be mended."""

    move: Move
    form: Asked
    url: str = ""
    primary: bool = False
    open: bool = False
    refusal: str = ""

    @property
    def asked(self) -> list[BoundField]:
        """What the row asks for, in its order."""
        return [self.form[f.name] for f in self.move.fields if f.name in self.form.fields]

    @property
    def note(self) -> BoundField | None:
        """The remark that may go with any move, unless the row asks for one itself."""
        return self.form["note"] if self.move.note else None

    @property
    def note_open(self) -> bool:
        return self.note is not None and bool(self.note.value() or self.note.errors)

    @property
    def form_id(self) -> str:
        return self.form["seen"].id_for_label.removesuffix("-seen")

    @property
    def kind(self) -> str:
        """How the button looks."""
        if self.primary:
            return "primary"
        return "danger" if self.move.tone in ("danger", "bad") else "secondary"

    @property
    def is_bare(self) -> bool:
        """Whether one tap is enough: nothing has to be filled in, nothing to be thought over.

        A photograph that is wanted is asked for, also where the move goes without.
        """
        asks = any(f.required or f.kind == "photos" for f in self.move.fields)
        return not asks and not self.move.confirm


def for_case(
    user: User,
    case: Case,
    policy: Policy,
    *,
    url_name: str,
    refused: Refused | None = None,
    only_primary: bool = False,
    beside: frozenset[str] = frozenset(),
) -> list[MoveForm]:
    """A form for every move this person may make now, in the table's order.

    Each is posted to the address named `url_name`, which takes the number and the action. A
    refused one carries what was typed. With `only_primary` it is the one that stands out, and
    those of `beside`, actions that may be done at the same time. At most two queries, whatever the
    number of moves.
    """
    flow = flow_of(case)
    moves = [move for move in allowed(user, case) if not move.apart]
    first = primary(moves)
    if only_primary:
        moves = [move for move in moves if move is first or move.action in beside]
    crew = crew_choices(case, policy) if any(_asks_whom(move) for move in moves) else []
    built = []
    for move in moves:
        mine = refused if refused and refused.action == move.action else None
        entry = MoveForm(
            move,
            build(move, flow, case, policy, crew, mine.given if mine else None),
            url=reverse(url_name, args=[case.number, move.action]),
            primary=move is first,
        )
        if mine:
            mine.mark(entry)
        built.append(entry)
    return built


def primary(moves: Iterable[Move]) -> Move | None:
    """The move that stands out on a page: the first one whose row says so."""
    return next((move for move in moves if move.tone == "primary"), None)


@dataclass(slots=True)
class Refused:
    """A move that was sent and refused: what was typed, and why it did not go."""

    move: Move
    given: QueryDict
    error: DeskError
    files: bool = False
    kept: Mapping[str, list[Kept]] = field(default_factory=dict)

    @property
    def action(self) -> str:
        return self.move.action

    @property
    def status(self) -> int:
        return self.error.status

    def mark(self, entry: MoveForm) -> None:
        entry.open = True
        entry.form.full_clean()
        known = {
            name: text for name, text in self.error.fields.items() if name in entry.form.fields
        }
        for name, text in known.items():
            entry.form.add_error(name, str(text))
        self._give_photos_back(entry.form)
        # What is said of a field that nobody sees is said of the whole.
        if not any(not entry.form[name].is_hidden for name in known):
            entry.refusal = str(self.error.message)

    def _give_photos_back(self, form: Asked) -> None:
        """What was kept is shown again; a browser gives no file back, so the rest is to be chosen
        again.
        """
        for asked in self.move.fields:
            if asked.kind != "photos" or asked.name not in form.fields:
                continue
            form.fields[asked.name].widget.kept = self.kept.get(asked.name, [])
            if self.files and not self.kept.get(asked.name):
                form.add_error(asked.name, _("照片没有保存，请重新选择。"))

    def typed(self) -> list[str]:
        """The sentences that were typed, for a move that is no longer there to be mended."""
        names = {"note", *(asked.name for asked in self.move.fields if asked.kind == "text")}
        return [text for name, text in self.given.items() if name in names and text.strip()]


def build(
    move: Move,
    flow: Flow,
    case: Case,
    policy: Policy,
    crew: Choices,
    given: Mapping[str, str] | None = None,
) -> Asked:
    """A Django form with the fields of the move's row, the note, and the version seen."""
    if given is not None:
        # What was refused may be sent again from here, by somebody who now sees how it stands.
        given = {**{name: given[name] for name in given}, "seen": str(case.version)}
    # The list of jobs shows the same move of many cases on one page.
    auto_id = f"{move.action}-{case.number}-%s"
    form = Asked(given, auto_id=auto_id, initial={"seen": case.version})
    for asked in move.fields:
        form.fields[asked.name] = _field(asked, case, policy, crew)
    if move.note:
        form.fields["note"] = forms.CharField(
            label=_("说明（客户可见）") if tells(move, flow) else _("说明"),
            required=False,
            max_length=NOTE_LENGTH,
            widget=forms.Textarea(attrs={"rows": 2}),
        )
    # A stale page that is sent again must say again what it saw; otherwise it would win.
    form.fields["seen"] = forms.IntegerField(widget=forms.HiddenInput, required=False)
    return form


def read(move: Move, given: QueryDict) -> tuple[dict[str, Any], str, int | None]:
    """What was sent with a move: its changes, the note, the version that was seen."""
    changes = {f.name: given[f.name] for f in move.fields if f.name in given}
    seen = given.get("seen", "")
    return changes, given.get("note", ""), int(seen) if seen.isascii() and seen.isdigit() else None


def crew_choices(case: Case, policy: Policy) -> Choices:
    """Who can be sent, with how many open cases each has in hand.

    Whose area is nearest on the way up stands first, then the least busy.
    """
    crew = crew_for(case, policy)
    in_hand = loads(crew)
    way = policy.above(case.area_id)
    far = {area_id: place for place, area_id in enumerate(way)}
    crew.sort(key=lambda user: (far.get(user.area_id, len(way)), in_hand[user.pk], str(user)))
    return [(user.username, _described(user, policy, in_hand)) for user in crew]


def loads(people: Iterable[User]) -> Counter[int]:
    """How many open cases each has in hand; empty when together they have too many to count."""
    rows = Case.objects.open().filter(handler__in=[user.pk for user in people])
    held = list(rows.values_list("handler", flat=True)[: MOST_IN_HAND + 1])
    return Counter(held if len(held) <= MOST_IN_HAND else ())


def _described(user: User, policy: Policy, in_hand: Counter[int]) -> str:
    said = {"name": user, "area": _area(policy, user), "load": in_hand[user.pk]}
    if not in_hand:
        return _("%(name)s（%(area)s）") % said
    return _("%(name)s（%(area)s，在办 %(load)d 件）") % said


def _area(policy: Policy, user: User) -> str:
    return policy.areas[user.area_id].name if user.area_id else ""


def _asks_whom(move: Move) -> bool:
    return any(field.kind == "handler" for field in move.fields)


def _field(asked: Field, case: Case, policy: Policy, crew: Choices) -> forms.Field:
    common = {"label": asked.label, "required": asked.required, "help_text": asked.help}
    match asked.kind:
        case "text" if asked.offered is not None:
            return forms.ChoiceField(choices=_blank(list(asked.offered(case))), **common)
        case "reason":
            return forms.ChoiceField(choices=_blank(_reasons(asked, case, policy)), **common)
        case "handler":
            return forms.ChoiceField(choices=_blank(crew), **common)
        case "choice":
            return forms.ChoiceField(choices=_blank(list(asked.choices)), **common)
        case "flag" if asked.required:
            return forms.BooleanField(**common)
        case "flag":
            # A box that is not ticked is not sent: "no" could not be told from "as it was".
            choices = [("", _("不变")), ("true", _("是")), ("false", _("否"))]
            return forms.ChoiceField(choices=choices, **common)
        case "date":
            widget = forms.DateInput(attrs={"type": "date"})
            return forms.CharField(widget=widget, **common)
        case "moment":
            widget = forms.TextInput(attrs={"type": "datetime-local", "step": "1"})
            return forms.CharField(widget=widget, **common)
        case "pause":
            pauses = _pauses(case, policy)
            newest = pauses[-1][0] if pauses else ""
            return forms.ChoiceField(choices=_blank(pauses), initial=newest, **common)
        case "photos":
            return forms.FileField(widget=Photos(), **common)
        case "money" | "decimal":
            widget = forms.TextInput(attrs={"inputmode": "decimal"})
            return forms.CharField(widget=widget, **common)
        case "number":
            widget = forms.TextInput(attrs={"inputmode": "numeric"})
            return forms.CharField(widget=widget, **common)
    widget = (
        forms.Textarea(attrs={"rows": 3}) if asked.max_length > LONG_TEXT else forms.TextInput()
    )
    return forms.CharField(max_length=asked.max_length, widget=widget, **common)


def _reasons(asked: Field, case: Case, policy: Policy) -> Choices:
    """The list of this use; to pause, only what one of the running clocks allows."""
    rows = [row for (use, _code), row in policy.reasons.items() if use == asked.use]
    if asked.use == "pause":
        allows = {
            reason
            for clock in case.clocks.all()
            if clock.stopped_at is None
            for reason in clock.pause_reasons
        }
        rows = [row for row in rows if row.code in allows]
    rows.sort(key=lambda row: row.position)
    return [(row.code, row.label) for row in rows]


def _pauses(case: Case, policy: Policy) -> Choices:
    """The pauses of the case by their numbers, in the order in which they were made."""
    made = sorted(case.pauses.all(), key=lambda pause: pause.pk)
    return [
        (str(number), f"{number} · {policy.reason('pause', pause.reason)}")
        for number, pause in enumerate(made, 1)
    ]


def _blank(choices: Choices) -> Choices:
    return [("", _("请选择")), *choices]
