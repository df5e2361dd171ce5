"""The hotline's form. It knows the shape; what is right the intake says."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from notifications.addresses import mobile
from tickets import intake
from tickets.asked import questions
from tickets.asked.fields import BEFORE, Asked, answers_in, field_of
from tickets.flow import KIND, may_settle
from tickets.models import (
    CATEGORIES,
    REPAIR,
    RESULT_LENGTH,
    SUBTYPES,
    Article,
    Ticket,
    WrapUp,
    subject_of,
)
from tickets.models.knowledge import ASKED_LENGTH, SHORT_LENGTH
from waterdesk.core import inputs, policy
from waterdesk.core.audiences import crew_for
from waterdesk.core.errors import Invalid
from waterdesk.core.models.cases import Case
from waterdesk.core.models.people import User

Choice = tuple[str, str]

COMPLAINT = "complaint"
LONG = forms.Textarea(attrs={"rows": 3})


@dataclass(frozen=True, slots=True)
class Tile:
    """One choice that a digit picks; `urgent` ones switch urgency on."""

    code: str
    label: str
    checked: bool
    urgent: bool


class HotlineForm(forms.Form):
    """One call. `key` makes a second click the same request; `answer` ends the call at once.

    `asked` is what was looked for in the knowledge base, `article` what was picked there, `sms`
    sends it. What is asked about the subject stands in fields of its own, `answer_<code>`.
    """

    phone = forms.CharField(label=_("来电号码"), required=False, max_length=40)
    name = forms.CharField(label=_("来电人"), required=False)
    category = forms.ChoiceField(label=_("类别"), widget=forms.RadioSelect)
    subtype = forms.ChoiceField(label=_("报修类型"), required=False, widget=forms.RadioSelect)
    address = forms.CharField(label=_("地址"), required=False)
    area = forms.ChoiceField(label=_("片区"), required=False)
    lat = forms.CharField(label=_("纬度"), required=False, max_length=20)
    lon = forms.CharField(label=_("经度"), required=False, max_length=20)
    calibre_mm = forms.CharField(label=_("管道口径"), required=False, max_length=10)
    remark = forms.CharField(label=_("情况描述"), widget=LONG)
    urgent = forms.BooleanField(label=_("紧急"), required=False)
    handler = forms.CharField(label=_("直接派给"), required=False, max_length=150)
    same = forms.CharField(label=_("同一故障"), required=False, max_length=30)
    answer = forms.CharField(label=_("当场答复"), required=False, widget=LONG)
    asked = forms.CharField(label=_("客户问什么"), required=False, max_length=ASKED_LENGTH)
    article = forms.CharField(required=False, max_length=40)
    sms = forms.BooleanField(label=_("短信发送答复"), required=False)
    callback = forms.BooleanField(label=_("承诺回电"), required=False)
    # How the call ended, where an exchange tells of calls; nothing chosen is what was done.
    wrap_up = forms.ChoiceField(label=_("话后原因"), required=False)
    # The number of the case that is complained of.
    about = forms.CharField(widget=forms.HiddenInput, required=False, max_length=24)
    # Which call it is about, where an exchange tells of calls.
    call = forms.CharField(widget=forms.HiddenInput, required=False, max_length=20)
    key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=80)

    def __init__(self, *args: Any, user: User, channel: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.channel = user, channel
        self.draft: Ticket | None = None
        rules = policy.current()
        self.fields["category"].choices = _in_order(CATEGORIES, rules)
        self.fields["subtype"].choices = _in_order(SUBTYPES, rules, f"{REPAIR}.")
        self.fields["area"].choices = [("", _("按地址识别"))] + [
            (area.code, area.name) for area in sorted(rules.areas.values(), key=_tree_order)
        ]
        of_a_call = (self.data or self.initial).get("call")
        reasons = WrapUp.objects.values_list("code", "label") if of_a_call else ()
        self.fields["wrap_up"].choices = [("", _("按办理结果")), *reasons]
        self.fields["key"].initial = new_key
        self.subject = chosen_subject(self.data or self.initial)
        for question in questions.of(self.subject):
            self.fields[BEFORE + question.code] = field_of(question)

    @property
    def questions(self) -> list[Asked]:
        """What is asked about the chosen subject, with the fields for the answers."""
        return [Asked(each, self[BEFORE + each.code]) for each in questions.of(self.subject)]

    @property
    def category_tiles(self) -> list[Tile]:
        return self._tiles("category", "")

    @property
    def subtype_tiles(self) -> list[Tile]:
        return self._tiles("subtype", f"{REPAIR}.")

    def _tiles(self, name: str, before: str) -> list[Tile]:
        subjects, chosen = policy.current().subjects, self[name].value()
        return [
            Tile(
                code,
                label,
                checked=code == chosen,
                urgent=(row := subjects.get((KIND, before + code))) is not None and row.urgent,
            )
            for code, label in self.fields[name].choices
        ]

    def clean(self) -> dict[str, Any]:
        """Ask the intake; what it refuses comes back to the field it names."""
        given = super().clean()
        answers = answers_in(given, questions.of(self.subject))
        try:
            self.draft = intake.draft(
                given | {"answers": answers}, by=self.user, channel=self.channel
            )
        except Invalid as fault:
            for told, text in fault.fields.items():
                name = told.replace("answers.", BEFORE)
                if name not in self.errors:
                    self.add_error(name, text)
        try:
            given["answer"] = inputs.text(given.get("answer"), RESULT_LENGTH, lines=True)
        except Invalid as fault:
            self.add_error("answer", fault.message)
        self._see_to_the_article(given)
        self._see_to_what_it_is_about(given)
        if not self.errors:
            self._check_what_follows(given["handler"], given["answer"], given["callback"])
        return given

    def _see_to_what_it_is_about(self, given: dict[str, Any]) -> None:
        """A complaint may name the case it is about; nothing else does."""
        number = given.get("about", "")
        if self.draft is None or not number or self.draft.category != COMPLAINT:
            return
        self.draft.about = Case.objects.visible_to(self.user).filter(number=number).first()
        if self.draft.about is None:
            self.add_error(None, _("没有找到所投诉的办件。"))

    def _see_to_the_article(self, given: dict[str, Any]) -> None:
        """There is such an article; without a script its text is the answer that was picked."""
        code, answer = given.get("article", ""), given.get("answer", "")
        self.picked = Article.objects.filter(code=code).first() if code else None
        if code and self.picked is None:
            self.add_error("asked", _("没有这个知识条目。"))
        elif self.picked and not answer and "settle" in self.data:
            given["answer"] = answer = self.picked.short
        if not given.get("sms"):
            return
        if not (answer or self.picked):
            self.add_error("sms", _("请先选择知识条目或填写答复。"))
        elif not mobile(given.get("phone", "")):
            self.add_error("sms", _("来电号码不是手机号码，不能发送短信。"))
        elif len(answer) > SHORT_LENGTH:
            self.add_error("answer", _("短信不能超过 %(most)d 个字。") % {"most": SHORT_LENGTH})

    def _check_what_follows(self, handler: str, answer: str, callback: bool) -> None:
        """A call is sent to somebody or answered on the spot, or neither."""
        if answer and not may_settle(self.draft):
            self.add_error("answer", _("此类来电不能当场办结，请把已答复的内容写在情况描述里。"))
        elif self.data.get("same") and handler:
            self.add_error("handler", _("并入同一故障的来电由那边的人员处理，不再派单。"))
        elif answer and handler:
            self.add_error("handler", _("当场答复的来电不再派单。"))
        elif answer and callback:
            self.add_error("callback", _("当场答复的来电已经办结，不再承诺回电。"))
        elif callback and not self.draft.phone:
            self.add_error("callback", _("没有来电号码，不能承诺回电。"))
        elif "settle" in self.data and not answer:
            self.add_error("answer", _("请填写答复内容。"))
        elif handler and handler not in {u.username for u in self._crew()}:
            self.add_error("handler", _("此人不在本片区可派人员之列。"))

    def _crew(self) -> list[User]:
        return crew_for(self.draft, policy.current())

    def said(self) -> dict[str, str]:
        """What was typed, as the once-key covers it."""
        return {name: self.data.get(name, "") for name in self.fields if name != "key"}

    def renew(self) -> None:
        """Make the next submission another request."""
        self.data = self.data.copy()
        self.data["key"] = new_key()


def _in_order(codes: Iterable[str], rules: policy.Policy, before: str = "") -> list[Choice]:
    """Codes with their names, as the utility's list of subjects has them; unlisted ones last."""
    own = (row for row in rules.subjects.values() if row.kind == KIND)
    listed = [row.code for row in sorted(own, key=lambda row: row.position)]
    named = [(code, rules.subject(KIND, before + code)) for code in codes]
    places = {code: place for place, code in enumerate(listed)}
    return sorted(named, key=lambda choice: places.get(before + choice[0], len(places)))


def chosen_subject(said: Mapping[str, Any]) -> str:
    """The subject that is chosen so far; "" of none."""
    category = str(said.get("category") or "")
    subtype = str(said.get("subtype") or "") if category == REPAIR else ""
    return subject_of(category, subtype) if category else ""


def new_key() -> str:
    return uuid.uuid4().hex


def _tree_order(area: Any) -> tuple[bool, str]:
    return (area.parent_id is not None, area.code)
