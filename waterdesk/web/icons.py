"""The icons of the desk: symbols in one file, static/waterdesk/icons.svg."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from pathlib import Path

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

SPRITE = Path(__file__).parent / "static" / "waterdesk" / "icons.svg"
SYMBOL = re.compile(r'<symbol id="([\w-]+)"')

# A tone never speaks by its colour alone.
OF_TONE = {
    "plain": "ring",
    "busy": "play",
    "ok": "clock",
    "good": "done",
    "warn": "hourglass",
    "bad": "stop",
    "paused": "pause",
}


@cache
def names() -> tuple[str, ...]:
    """Every icon there is, in the order of the file."""
    return tuple(SYMBOL.findall(SPRITE.read_text("utf-8")))


@cache
def _known() -> frozenset[str]:
    return frozenset(names())


def icon(name: str, label: str = "", css: str = "") -> SafeString:
    """The icon as SVG; without a label it is decoration and hidden from screen readers.

    Raises LookupError for a name that is not in the file: a slip in a template.
    """
    before, after = _drawn(name, css)
    said = format_html('role="img" aria-label="{}"', label) if label else 'aria-hidden="true"'
    return SafeString(f"{before}{said}{after}")


@lru_cache(maxsize=1024)
def _drawn(name: str, css: str) -> tuple[SafeString, SafeString]:
    """What stands before and after the words: made once, as a page has a hundred icons."""
    if name not in _known():
        raise LookupError(f"There is no icon {name!r}; there are {', '.join(names())}.")
    before = format_html('<svg class="icon{}" ', f" {css}" if css else "")
    file = static("waterdesk/icons.svg")
    return before, format_html('><use href="{}#{}"/></svg>', file, name)
