"""/s/<token>/: how satisfied a customer is, by the link of a short message, without an account.

The page knows the case and shows nothing of the person: whoever the phone is lent to learns no
name, number or address from it.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from waterdesk.core import after, door, inputs, throttle
from waterdesk.core import policy as policies
from waterdesk.core.after import links
from waterdesk.core.after.complaints import BAD
from waterdesk.core.errors import Conflict
from waterdesk.core.models.after import Aftercare
from waterdesk.web.after.calls import reasons

# Guesses and answers of one client in an hour; a household rates a few cases a year. *chosen*
TRIES, WINDOW = 30, 3600
WORDS_LENGTH = 500


class RatingForm(forms.Form):
    """One of five, why, and in the customer's own words."""

    value = forms.TypedChoiceField(
        label=gettext_lazy("您满意吗？"),
        choices=after.VALUES[::-1],
        coerce=int,
        error_messages={"required": gettext_lazy("请选择一个分数。")},
    )
    reasons = forms.MultipleChoiceField(required=False)
    words = forms.CharField(
        label=gettext_lazy("还想说什么（选填）"),
        required=False,
        max_length=WORDS_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, codes: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reasons"].choices = [(code, code) for code in codes]

    def clean_words(self) -> str:
        return inputs.text(self.cleaned_data["words"], WORDS_LENGTH, lines=True)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def rate(request: HttpRequest, token: str) -> HttpResponse:
    row = links.opened_by(token, request.now)
    if row is None:
        return _closed(request)
    rules = policies.current()
    lists = {pleased: reasons(rules, pleased) for pleased in (False, True)}
    codes = [each.code for rows in lists.values() for each in rows]
    status = 200
    if request.method == "POST":
        throttle.hit(request, "rate", TRIES, WINDOW)
        form = RatingForm(request.POST, codes=codes)
        if form.is_valid():
            try:
                _answer(request, row, form.cleaned_data, lists)
            except Conflict:
                return _closed(request)
            return redirect("rated", token)
        status = 400
    else:
        given = {"value": row.value, "reasons": row.reasons, "words": row.words}
        form = RatingForm(initial=given, codes=codes)
    context = {
        "form": form,
        "subject": rules.subject(row.case.kind, row.case.subject),
        "grades": _grades(form),
        "bad_reasons": _boxes(form, lists[False]),
        "good_reasons": _boxes(form, lists[True]),
        "answered": row.value is not None,
        "until": row.link_until,
        "now": request.now,
    }
    return _unseen(render(request, "web/after/rate.html", context, status=status))


@never_cache
@require_safe
def rated(request: HttpRequest, token: str) -> HttpResponse:
    """Thanks, and what becomes of a bad answer."""
    row = links.opened_by(token, request.now)
    if row is None or row.value is None:
        return _closed(request)
    context = {
        "token": token,
        "value": row.value,
        "grade": dict(after.VALUES)[str(row.value)],
        "complains": row.value in BAD and row.complaint_id is not None,
        "until": row.link_until,
        "now": request.now,
    }
    return _unseen(render(request, "web/after/thanks.html", context))


def _answer(
    request: HttpRequest, row: Aftercare, given: dict[str, Any], lists: dict[bool, list[Any]]
) -> None:
    """Record the answer; the same one again changes nothing."""
    fitting = {each.code for each in lists[given["value"] >= 4]}
    why = [code for code in given["reasons"] if code in fitting]
    words = given["words"]
    if (row.value, sorted(row.reasons), row.words) == (given["value"], sorted(why), words):
        return
    changes = {"value": given["value"], "reasons": why, "words": words, "by": "link"}
    door.move(row.case.number, after.RATE, actor=None, at=request.now, changes=changes)


def _grades(form: RatingForm) -> list[dict[str, Any]]:
    chosen = str(form["value"].value() or "")
    return [
        {"value": value, "label": label, "chosen": value == chosen}
        for value, label in after.VALUES[::-1]
    ]


def _boxes(form: RatingForm, rows: list[Any]) -> list[dict[str, Any]]:
    ticked = set(form["reasons"].value() or [])
    return [{"code": row.code, "label": row.label, "ticked": row.code in ticked} for row in rows]


def _closed(request: HttpRequest) -> HttpResponse:
    """A link that is forged, old, revoked: all alike. Guessing is counted."""
    throttle.hit(request, "rate", TRIES, WINDOW)
    return _unseen(render(request, "web/after/closed.html", {}, status=404))


def _unseen(answer: HttpResponse) -> HttpResponse:
    """No search engine keeps such a page."""
    answer["X-Robots-Tag"] = "noindex"
    return answer
