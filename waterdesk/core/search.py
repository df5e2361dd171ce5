"""Finding cases and addresses: by number, telephone, name, address, and pinyin's first letters.

Whatever is asked, the newest cases come first. Most questions are about cases of the last days, so
the newest NEWEST rows are looked through as they lie; only when these do not fill the answer does
the index of two neighbouring characters (migration 0041) look through all. What is so common that
the index would answer with a tenth of the table fills the answer at once; what does not is rare.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Max, Q, QuerySet
from django.db.models.functions import Right
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from waterdesk.core import inputs, numbering, policy
from waterdesk.core.errors import Invalid
from waterdesk.core.flow import Label, flows
from waterdesk.core.models.cases import Case
from waterdesk.core.models.places import Address
from waterdesk.core.places import words

if TYPE_CHECKING:
    from waterdesk.core.models.people import User

ASKED = 60  # characters
SHOWN = 10
NEWEST = 5_000
# Of a telephone number that is told from its end.
LEAST_FIGURES = 4
# And so many are a whole one, with its area code if it has one.
WHOLE = 11
# A list reads on through what has COMMON among the NEWEST; of what is rarer it has MOST at most.
COMMON, MOST = 50, 5_000
# Looked at before the best are chosen, of addresses that fit.
CONSIDERED = 200

WHY: dict[str, Label] = {
    "number": _("编号"),
    "reference": _("来源单号"),
    "phone": _("电话"),
    "name": _("姓名"),
    "address": _("地址"),
    "initials": _("拼音首字母"),
}


@dataclass(frozen=True, slots=True)
class Found:
    """One case and by which of WHY it was found."""

    case: Case
    why: tuple[str, ...]

    @property
    def reasons(self) -> list[Label]:
        return [WHY[each] for each in self.why]


@dataclass(frozen=True, slots=True)
class Place:
    """One address of the book, the name of its area, and by which of WHY it was found."""

    address: Address
    area: str
    why: tuple[str, ...]


def tidy(text: object) -> str:
    """A question as it is asked: at most ASKED characters on one line."""
    return inputs.text(str(text or "")[:ASKED], ASKED)


def number_in(text: str) -> str:
    """A case number as typed or read out: width, case, blanks and hyphens make no difference."""
    return re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", text)).upper()


def exact_number(text: str, visible: QuerySet[Case]) -> str:
    """The number of the one case that is meant, with or without its letter; "" if none is."""
    number = number_in(text)
    tries = [number] if number[:1].isalpha() else [flow.prefix + number for flow in flows()]
    tries = [each for each in tries if numbering.looks_right(each)]
    if not tries:
        return ""
    return visible.filter(number__in=tries).values_list("number", flat=True).first() or ""


def narrow(rows: QuerySet[Case], text: str) -> tuple[QuerySet[Case], bool]:
    """The cases among `rows` that a question means; none for nothing but signs.

    For a list that goes on page by page. The second value says that there are more than MOST: only
    the newest of them are in the list. At most three queries beside the list's own.
    """
    if straight := _straight(text):
        return rows.filter(straight), False
    asked = words.asked(text)
    if not asked:
        return rows.none(), False
    lately = rows.filter(_all_of(asked), pk__gt=_last() - NEWEST)
    if max(map(len, asked)) < 2:
        return lately, True
    if len(lately.values("pk")[:COMMON]) == COMMON:
        # So common that every page is soon filled by reading on.
        return rows.filter(_all_of(asked)), False
    found = list(
        _worded(rows, asked).order_by((F("pk") + 0).desc()).values_list("pk", flat=True)[:MOST]
    )
    return rows.filter(pk__in=found), len(found) == MOST


def cases(user: User, text: str, most: int = SHOWN) -> list[Found]:
    """The newest cases that a question means and `user` may see; at most four queries.

    Figures are a number, a telephone number in any spelling or its end, and part of an address.
    """
    visible = Case.objects.visible_to(user)
    found: dict[int, Case] = {}
    if straight := _straight(text):
        found = {row.pk: row for row in visible.filter(straight).order_by("-pk")[:most]}
    asked = words.asked(text)
    if len(found) < most and asked and not _is_number(text):
        for row in _newest(visible, asked, most):
            found.setdefault(row.pk, row)
    rows = sorted(found.values(), key=lambda row: -row.pk)[:most]
    return [Found(row, why(text, row)) for row in rows]


def addresses(text: str, most: int = SHOWN) -> list[Place]:
    """Addresses of the book that a question means, those that begin with it first. One query."""
    asked = words.asked(text)
    if not asked or max(map(len, asked)) < 2:
        return []
    rows = _worded(Address.objects.select_related("area"), asked)[:CONSIDERED]
    first = "".join(asked)
    best = sorted(
        rows, key=lambda row: (not row.place.startswith(first), len(row.place), row.place)
    )
    areas = policy.current().areas
    return [
        Place(row, areas[row.area_id].name, _by_words(asked, address=row.text))
        for row in best[:most]
    ]


def why(text: str, case: Case) -> tuple[str, ...]:
    """By what a case was found, as codes of WHY."""
    straight = []
    if case.number.startswith(number_in(text)) and number_in(text):
        straight.append("number")
    if (figures := _figures(text)) and case.phone.endswith(figures):
        straight.append("phone")
    if case.reference and case.reference.upper() == number_in(text):
        straight.append("reference")
    return (*straight, *_by_words(words.asked(text), name=case.name, address=case.address))


def _straight(text: str) -> Q:
    """What figures or a number say by themselves; an empty Q for words."""
    if _is_number(text):
        return Q(number__startswith=number_in(text))
    if not (figures := _figures(text)):
        return Q()
    try:
        whole = inputs.caller(text)
    except Invalid:
        whole = ""
    # Figures may be the number of an order as well.
    ordered = Q(reference=number_in(text)) & ~Q(reference="")
    if len(whole) >= WHOLE:
        return Q(phone=whole) | ordered
    # The end alone is indexed, and so few numbers share it that the rest is read.
    end = Exact(Right("phone", LEAST_FIGURES), figures[-LEAST_FIGURES:])
    return (Q(end, phone__endswith=figures) & ~Q(phone="")) | ordered


def _is_number(text: str) -> bool:
    number = number_in(text)
    return number[:1] in {flow.prefix for flow in flows()} and bool(
        re.fullmatch(r".\d{2,}", number)
    )


def _figures(text: str) -> str:
    """The figures of a telephone number or its end; "" for anything else."""
    figures = inputs.digits(text).replace("*", "")
    fits = figures.isascii() and figures.isdigit() and LEAST_FIGURES <= len(figures) <= 20
    return figures if fits else ""


def _newest(visible: QuerySet[Case], asked: list[str], most: int) -> Iterable[Case]:
    """The newest rows that have all these words; see the head of this file."""
    lately = visible.filter(_all_of(asked), pk__gt=_last() - NEWEST)
    found = list(lately.order_by("-pk")[:most])
    if len(found) == most or max(map(len, asked)) < 2:
        return found
    # Ordered by what no index has: or the table may be read from its end until enough is found.
    return _worded(visible, asked).order_by((F("pk") + 0).desc())[:most]


def _last() -> int:
    return Case.objects.aggregate(last=Max("pk"))["last"] or 0


def _worded(rows: Any, asked: list[str]) -> Any:
    """Rows that have all these words somewhere, by the index where a word has two characters."""
    if not asked:
        return rows.none()
    rows = rows.filter(_all_of(asked))
    if pairs := words.grams(asked):
        rows = rows.alias(pairs=_Grams("sought")).filter(pairs__contains=pairs)
    return rows


def _all_of(asked: list[str]) -> Q:
    return Q(*(Q(sought__contains=word) for word in asked))


def _by_words(asked: list[str], **texts: str) -> tuple[str, ...]:
    """Which of these texts has one of the words; or whether one has it as first letters."""
    as_written = tuple(name for name, text in texts.items() if _has(asked, words.folded(text)))
    if as_written:
        return as_written
    read = "\n".join(how(text) for text in texts.values() for how in (words.initials, words.spoken))
    return ("initials",) if _has(asked, read) else ()


def _has(asked: list[str], text: str) -> bool:
    return any(word in text for word in asked)


class _Grams(Func):
    function = "core_grams"
    output_field = ArrayField(models.TextField())
