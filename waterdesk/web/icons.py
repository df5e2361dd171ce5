"""The icons of the desk: symbols in one file, static/waterdesk/icons.svg."""

from __future__ import annotations

import re
from functools import cache
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
    if name not in _known():
        raise LookupError(f"There is no icon {name!r}; there are {', '.join(names())}.")
    said = (
        format_html('role="img" aria-label="{}"', label)
        if label
        else SafeString('aria-hidden="true"')
    )
    return format_html(
        '<svg class="icon{}" {}><use href="{}#{}"/></svg>',
        f" {css}" if css else "",
        said,
        static("waterdesk/icons.svg"),
        name,
    )
