"""The forms of the knowledge base: an article, narrowing its list, sending it to a caller."""

from __future__ import annotations

import re
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from tickets.flow import KIND
from tickets.models import Article
from tickets.models.knowledge import ASKED_LENGTH, ArticleQuerySet
from waterdesk.core import inputs, policy
from waterdesk.core.errors import Invalid
from waterdesk.core.models.people import User

MOST_QUESTIONS, QUESTION_LENGTH = 30, 100
MOST_TAGS, TAG_LENGTH = 12, 20


class Lines(forms.CharField):
    """Several short texts, one a line; kept in their order, each once."""

    def __init__(self, *, most: int, length: int, **options: Any) -> None:
        self.most, self.each = most, length
        widget = forms.Textarea(attrs={"rows": 4})
        super().__init__(widget=widget, required=False, **options)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[str]:
        try:
            lines = [inputs.text(line, self.each) for line in str(value or "").splitlines()]
        except Invalid as fault:
            raise forms.ValidationError(str(fault.message)) from fault
        kept = list(dict.fromkeys(line for line in lines if line))
        if len(kept) > self.most:
            raise forms.ValidationError(_("最多 %(most)d 行。") % {"most": self.most})
        return kept


class Tags(Lines):
    """The same parted by blanks or commas as well."""

    def __init__(self, **options: Any) -> None:
        super().__init__(most=MOST_TAGS, length=TAG_LENGTH, **options)
        self.widget = forms.TextInput()

    def prepare_value(self, value: Any) -> Any:
        return " ".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[str]:
        return super().to_python("\n".join(re.split(r"[\s,，、;；]+", str(value or ""))))


class ArticleForm(forms.ModelForm):
    """One article; `seen` is the version that was opened, so that nobody writes over another."""

    questions = Lines(
        most=MOST_QUESTIONS,
        length=QUESTION_LENGTH,
        label=_("客户会怎么问"),
        help_text=_("一行一种说法，搜索和拼音首字母都按它们找。"),
    )
    tags = Tags(label=_("标签"), help_text=_("用空格分开。"))
    subjects = forms.MultipleChoiceField(
        label=_("适用事项"), required=False, widget=forms.CheckboxSelectMultiple
    )
    areas = forms.MultipleChoiceField(
        label=_("适用片区"),
        required=False,
        widget=forms.SelectMultiple,
        help_text=_("不选即全公司适用。"),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Article
        fields: ClassVar[list[str]] = [
            "code", "title", "questions", "short", "body", "subjects", "areas", "tags",
            "valid_from", "valid_until", "owner", "reviewed_on", "source",
        ]  # fmt: skip
        help_texts: ClassVar[dict[str, Any]] = {
            "short": _("读给客户、也能作为短信发出，最多 500 字。"),
            "valid_until": _("最后一天；不填则一直有效。"),
            "source": _("依据的文件；自定的数字请写“自定”。"),
        }

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rules = policy.current()
        listed = sorted(rules.subjects.values(), key=lambda row: row.position)
        self.fields["subjects"].choices = [(r.code, r.name) for r in listed if r.kind == KIND]
        areas = sorted(rules.areas.values(), key=lambda area: area.code)
        self.fields["areas"].choices = [(area.code, area.name) for area in areas]
        self.fields["owner"].queryset = staff()
        self.fields["seen"].initial = self.instance.version
        self.fields["short"].widget = forms.Textarea(attrs={"rows": 4})
        self.fields["body"].widget = forms.Textarea(attrs={"rows": 8})
        for name in ("valid_from", "valid_until", "reviewed_on"):
            self.fields[name].widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        if self.instance.pk:
            del self.fields["code"]
        else:
            # A new row's empty dates would hide what the fields begin with.
            self.initial |= {"valid_from": today, "reviewed_on": today}

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        for name in ("title", "short", "body", "source"):
            if name in given:
                given[name] = inputs.text(given[name], 10_000, lines=name in ("short", "body"))
        if self.instance.pk and given.get("seen") is not None:
            self.instance.version = given["seen"]
        return given


class NarrowForm(forms.Form):
    """Which articles: valid, outdated or to be reviewed, whose, about what, with which words."""

    STATES: ClassVar[dict[str, Any]] = {
        "valid": ArticleQuerySet.valid,
        "ended": ArticleQuerySet.ended,
        "ending": ArticleQuerySet.ending,
        "unreviewed": ArticleQuerySet.unreviewed,
        "review": ArticleQuerySet.to_review,
    }

    q = forms.CharField(label=_("搜索"), required=False, max_length=ASKED_LENGTH)
    state = forms.ChoiceField(label=_("有效性"), required=False)
    owner = forms.ChoiceField(label=_("负责人"), required=False)
    subject = forms.ChoiceField(label=_("事项"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        everything = [("", _("全部"))]
        self.fields["state"].choices = [
            *everything,
            ("valid", _("有效")),
            ("review", _("待复核（过期、将到期、久未复核）")),
            ("ended", _("已过期")),
            ("ending", _("30 天内到期")),
            ("unreviewed", _("一年未复核")),
        ]
        owners = User.objects.filter(articles__isnull=False).distinct().order_by("username")
        self.fields["owner"].choices = [
            *everything, ("-", _("无人负责")), *((str(user.pk), str(user)) for user in owners)
        ]  # fmt: skip
        listed = sorted(policy.current().subjects.values(), key=lambda row: row.position)
        named = [(row.code, row.name) for row in listed if row.kind == KIND]
        self.fields["subject"].choices = everything + named

    def narrow(self, rows: QuerySet[Article], today: date) -> QuerySet[Article]:
        given = self.cleaned_data
        if given["state"]:
            rows = self.STATES[given["state"]](rows, today)
        if given["owner"]:
            rows = rows.filter(owner=None if given["owner"] == "-" else int(given["owner"]))
        if given["subject"]:
            rows = rows.filter(subjects__contains=[given["subject"]])
        return rows


class SendForm(forms.Form):
    """Send the answer to the caller of a ticket, which keeps it in its record."""

    number = forms.CharField(label=_("工单号"), max_length=40)


def staff() -> QuerySet[User]:
    """Everybody of the utility who can answer for an article."""
    return User.objects.filter(is_active=True).exclude(role="customer").order_by("username")
