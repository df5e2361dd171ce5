"""Texts with `{name}` placeholders: checking them, and filling them in.

Deliberately less than str.format: a placeholder is a bare name, so a text that somebody edits in
the admin can reach nothing but the values it is given.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

log = logging.getLogger(__name__)

Parts = tuple[str, ...]

_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
# Control characters (PostgreSQL refuses NUL), line separators, marks that reverse the reading
# direction, and lone surrogates, which no database encoding holds.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]+")
_reported: set[tuple[str, str]] = set()


def names_in(template: str) -> list[str]:
    """The placeholders of a text, in order, each as often as it stands there."""
    return _PLACEHOLDER.findall(template)


def check(template: str) -> None:
    """Raise ValidationError if a brace belongs to no `{name}` placeholder, or if NUL is in it."""
    if re.search(r"[{}]", _PLACEHOLDER.sub("", template)):
        raise ValidationError(
            _("花括号只能用于占位符，例如 {number}；名称由小写字母、数字和下划线组成。"),
            code="braces",
        )
    if "\x00" in template:
        raise ValidationError(_("文本含有无法保存的字符。"), code="unprintable")


def compiled(template: str) -> Parts:
    """The text cut into literal, name, literal, name, …, literal."""
    return tuple(_PLACEHOLDER.split(template))


def render(parts: Parts, context: Mapping[str, str], key: str) -> str:
    """The text with its placeholders filled from `context`, control characters made spaces.

    A name that the context lacks becomes nothing and is logged once a process for each text `key`:
    a message with a gap is better than a case that cannot be opened.
    """
    pieces = list(parts)
    for place in range(1, len(pieces), 2):
        name = pieces[place]
        value = context.get(name)
        if value is None:
            _report(key, name)
            pieces[place] = ""
        else:
            pieces[place] = printable(str(value))
    return "".join(pieces)


def printable(value: str) -> str:
    """`value` on one line, without anything that a database or a terminal would stumble over."""
    return value if value.isprintable() else _UNPRINTABLE.sub(" ", value)


def cut(text: str, length: int) -> str:
    """`text` in at most `length` characters, ending in … where something is missing."""
    return text if len(text) <= length else text[: length - 1] + "…"


def _report(key: str, name: str) -> None:
    if (key, name) not in _reported:
        _reported.add((key, name))
        log.warning("text %s: no value for {%s}", key, name)
