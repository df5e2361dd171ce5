"""How one bound form field is shown: which sort of control, with which attributes."""

from __future__ import annotations

from typing import Any

from django.forms import BoundField, widgets
from django.utils.html import format_html

# What each kind of input asks of a phone's keyboard, and of the browser's memory.
MODES: dict[str, dict[str, str]] = {
    "phone": {"inputmode": "tel", "autocomplete": "tel"},
    "number": {"inputmode": "numeric"},
    "decimal": {"inputmode": "decimal"},
    "code": {"inputmode": "numeric", "autocomplete": "one-time-code", "data-mode": "code"},
    "id": {"autocapitalize": "characters", "autocomplete": "off", "spellcheck": "false"},
    "search": {"inputmode": "search", "enterkeyhint": "search"},
}
# What is never kept in a draft on a device that others may use.
PRIVATE = {"code", "id"}
LOOKS = ("", "tiles", "segments")


def sort_of(field: BoundField) -> str:
    """line, area, switch, choices or hidden: which template shows it."""
    widget = field.field.widget
    if field.is_hidden:
        return "hidden"
    if isinstance(widget, widgets.CheckboxSelectMultiple | widgets.RadioSelect):
        return "choices"
    if isinstance(widget, widgets.CheckboxInput):
        return "switch"
    if isinstance(widget, widgets.Textarea | widgets.FileInput):
        return "area"
    return "line"


def dress(field: BoundField, **options: Any) -> dict[str, Any]:
    """What the templates in components/field need.

    Options: hint, placeholder, inputmode (a key of MODES), autocomplete, autofocus, as
    (tiles or segments, for choices), icon, rows, suffix, label, css (one more class), shown (JSON,
    for which other answers it is asked). Django itself adds required and
    aria-invalid. Raises ValueError for an option's value nobody knows.
    """
    look, mode = options.get("as", ""), options.get("inputmode", "")
    if look not in LOOKS or (mode and mode not in MODES):
        raise ValueError(f"{field.name}: unknown look {look!r} or inputmode {mode!r}.")
    attrs = dict(MODES.get(mode, {}))
    for name in ("placeholder", "autocomplete", "rows"):
        if options.get(name):
            attrs[name] = str(options[name])
    if options.get("autofocus"):
        attrs["autofocus"] = "autofocus"
    if described := described_by(field, bool(options.get("hint"))):
        attrs["aria-describedby"] = described
    sort = sort_of(field)
    return {
        "field": field,
        "sort": sort,
        "look": look,
        "control": "" if sort == "choices" else field.as_widget(attrs=attrs),
        "label": options.get("label") or field.label,
        "help": options.get("hint") or field.help_text,
        "described": described,
        "icon": options.get("icon", ""),
        "suffix": options.get("suffix", ""),
        "private": mode in PRIVATE,
        "css": f" {options['css']}" if options.get("css") else "",
        "shown": format_html(' data-shown="{}"', shown) if (shown := options.get("shown")) else "",
    }


def described_by(field: BoundField, hinted: bool) -> str:
    """The ids of the help and of the errors, as the templates write them."""
    if not field.auto_id:
        return ""
    ids = []
    if hinted or field.help_text:
        ids.append(f"{field.auto_id}_helptext")
    if field.errors:
        ids.append(f"{field.auto_id}_error")
    return " ".join(ids)
