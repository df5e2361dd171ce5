"""The words of a contract: what a template may say, and what is put in place of its placeholders.

Knows no rows, so that the models can ask it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from notifications import rendering

# What a template may name; `making.facts_of` fills them all.
NAMES = (
    "contract", "number", "utility", "hotline", "name", "identity", "contact", "phone", "address",
    "service", "use", "calibre", "meter", "opened", "water_on",
)  # fmt: skip
MOST_DAYS = 365


def check_paragraphs(paragraphs: object) -> None:
    """Raise ValidationError unless it is a list of {heading, text}, all placeholders known."""
    if not (isinstance(paragraphs, list) and paragraphs):
        raise ValidationError(_("条款应为非空的列表。"))
    for place, each in enumerate(paragraphs, 1):
        plain = isinstance(each, dict) and each.keys() <= {"heading", "text"}
        if not (plain and each.get("text") and all(isinstance(v, str) for v in each.values())):
            raise ValidationError(_("第 %(place)d 条应有标题和正文。"), params={"place": place})
        text = each.get("heading", "") + each["text"]
        rendering.check(text)
        if unknown := [name for name in rendering.names_in(text) if name not in NAMES]:
            raise ValidationError(
                _("第 %(place)d 条有不认识的占位符：%(name)s"),
                params={"place": place, "name": f"{{{unknown[0]}}}"},
            )


def check_days(days: object) -> None:
    """Raise ValidationError unless it is a rising list of days."""
    whole = isinstance(days, list) and all(type(day) is int for day in days)
    if not (whole and all(0 < day <= MOST_DAYS for day in days) and days == sorted(set(days))):
        raise ValidationError(_("催签天数应为从小到大的正整数列表。"))


def check_codes(codes: object) -> None:
    if not (isinstance(codes, list) and all(isinstance(code, str) for code in codes)):
        raise ValidationError(_("应为编码的列表。"))


def filled(
    title: str, paragraphs: list[dict[str, str]], facts: Mapping[str, str]
) -> dict[str, Any]:
    """The frozen words: {title, paragraphs: [[heading, text], …]} with `facts` filled in."""

    def said(template: str) -> str:
        return rendering.render(rendering.compiled(template), facts, "contract")

    return {
        "title": title,
        "paragraphs": [[said(each.get("heading", "")), said(each["text"])] for each in paragraphs],
    }


def digest(number: str, words: object, facts: object) -> str:
    """SHA-256, in hex, of what a contract says, in one canonical form of JSON."""
    said = json.dumps(
        [number, words, facts], ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )
    return hashlib.sha256(said.encode()).hexdigest()
