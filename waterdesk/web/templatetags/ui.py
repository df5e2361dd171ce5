"""The components of the desk as template tags: `{% load ui %}`.

Each one's parameters stand at the top of its template in templates/components/; the page /style/
(with DEBUG on) shows all of them in every state.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django import template
from django.forms import BaseForm, BoundField
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString

from waterdesk.core import wording
from waterdesk.web import clock_tag, fields, icons

register = template.Library()
COMPONENTS = "components/"

MESSAGE_TONES = {"success": "good", "info": "ok", "warning": "warn", "error": "bad"}
STEP_TONES = {"done": "good", "active": "ok", "paused": "paused"}


def _block(name: str, content: SafeString, **context: Any) -> SafeString:
    return render_to_string(f"{COMPONENTS}{name}.html", {**context, "content": content})


# --- words ---------------------------------------------------------------------------------------
@register.filter
def duration(span: timedelta | None) -> str:
    """1 小时 20 分"""
    return "" if span is None else wording.duration(span)


@register.filter
def when(at: datetime | None, now: datetime | None = None) -> str:
    """今天 16:30; pass `request.now`, so that a page speaks from one instant."""
    return "" if at is None else wording.when(at, now or timezone.now())


@register.filter
def due(clock: Any, now: datetime) -> str:
    """今天 16:30, with the word that it is provisional where it is."""
    return wording.due(clock.due_at, now, provisional=clock.provisional)


register.filter("mask_phone", wording.mask_phone)
register.filter("mask_name", wording.mask_name)
register.filter("mask_identity", wording.mask_identity)


@register.filter
def tone_icon(tone: str) -> str:
    return icons.OF_TONE.get(tone, icons.OF_TONE["plain"])


@register.filter
def step_tone(state: str) -> str:
    return STEP_TONES.get(state, "plain")


@register.filter
def message_tone(tags: str) -> str:
    """The tone of a message of django.contrib.messages."""
    return next((MESSAGE_TONES[tag] for tag in tags.split() if tag in MESSAGE_TONES), "plain")


# --- small things --------------------------------------------------------------------------------
register.simple_tag(icons.icon, name="icon")


@register.simple_block_tag
def words(content: SafeString) -> SafeString:
    """The content without the white space around it, for `{% words as name %}`."""
    return SafeString(content.strip())


@register.inclusion_tag(COMPONENTS + "button.html")
def button(label: str, kind: str = "", **options: Any) -> dict[str, Any]:
    classes = ["button", *(f"button-{each}" for each in kind.split() if each != "secondary")]
    if size := options.get("size"):
        classes.append(f"button-{size}")
    if options.get("wide"):
        classes.append("button-wide")
    if options.get("icon_only"):
        classes.append("button-icon")
    return {"label": label, "classes": " ".join(classes), "type": "submit", **options}


@register.inclusion_tag(COMPONENTS + "chip.html")
def chip(label: str, tone: str = "plain", icon: str = "") -> dict[str, Any]:
    return {"label": label, "tone": tone, "icon": icon or icons.OF_TONE.get(tone, "ring")}


@register.inclusion_tag(COMPONENTS + "chip.html")
def status(status: Any) -> dict[str, Any]:
    """The chip of a `flow.Status`."""
    return chip(status.label, status.tone)


@register.inclusion_tag(COMPONENTS + "badge.html")
def badge(count: int | str | None, tone: str = "bad", label: str = "") -> dict[str, Any]:
    many = isinstance(count, int) and count > 99
    return {"count": "99+" if many else count, "tone": tone, "label": label}


@register.inclusion_tag(COMPONENTS + "avatar.html")
def avatar(name: str) -> dict[str, Any]:
    return {"letter": name.strip()[:1], "name": name}


@register.inclusion_tag(COMPONENTS + "stat.html")
def stat(label: str, number: Any, tone: str = "plain", **options: Any) -> dict[str, Any]:
    return {"label": label, "number": number, "tone": tone, **options}


@register.inclusion_tag(COMPONENTS + "tile.html")
def tile(label: str, href: str, icon: str, note: str = "") -> dict[str, Any]:
    return {"label": label, "href": href, "icon": icon, "note": note}


@register.inclusion_tag(COMPONENTS + "back.html")
def back(url: str, label: str) -> dict[str, Any]:
    return {"url": url, "label": label}


# --- clocks, steps, what happened ----------------------------------------------------------------
@register.inclusion_tag(COMPONENTS + "clock.html")
def clock(face: Any, counting_until: datetime | None = None, plain: bool = False) -> dict[str, Any]:
    return {**clock_tag.context(face, counting_until), "plain": plain}


@register.inclusion_tag(COMPONENTS + "clock_panel.html")
def clock_panel(
    face: Any, title: str = "", counting_until: datetime | None = None, marks: bool = True
) -> dict[str, Any]:
    return {**clock_tag.context(face, counting_until), "title": title, "marks": marks}


@register.inclusion_tag(COMPONENTS + "bar.html")
def bar(share: int, tone: str = "ok", label: str = "") -> dict[str, Any]:
    return {"share": max(0, min(100, share)), "tone": tone, "label": label}


@register.inclusion_tag(COMPONENTS + "steps.html")
def steps(steps: Iterable[Any]) -> dict[str, Any]:
    return {"steps": steps}


@register.inclusion_tag(COMPONENTS + "timeline.html")
def timeline(entries: Iterable[Any], now: datetime | None = None) -> dict[str, Any]:
    return {"entries": entries, "now": now or timezone.now()}


# --- what holds something ------------------------------------------------------------------------
@register.simple_block_tag
def card(content: SafeString, title: str = "", **options: Any) -> SafeString:
    return _block("card", content, title=title, **options)


@register.simple_block_tag
def cells(content: SafeString, title: str = "", note: str = "") -> SafeString:
    return _block("cells", content, title=title, note=note)


@register.inclusion_tag(COMPONENTS + "cell.html")
def cell(label: str, **options: Any) -> dict[str, Any]:
    return {"label": label, **options}


@register.simple_block_tag
def kv(content: SafeString) -> SafeString:
    return _block("kv", content)


@register.inclusion_tag(COMPONENTS + "kv_row.html")
def kv_row(label: str, value: Any, tel: str = "", copy: bool = False) -> dict[str, Any]:
    return {"label": label, "value": value, "tel": tel, "copy": copy}


@register.inclusion_tag(COMPONENTS + "alert.html")
def alert(text: str, tone: str = "ok", title: str = "") -> dict[str, Any]:
    return {"content": text, "tone": tone, "title": title}


@register.simple_block_tag
def alert_box(content: SafeString, tone: str = "ok", title: str = "") -> SafeString:
    return _block("alert", content, tone=tone, title=title)


@register.simple_block_tag
def empty(content: SafeString, label: str, note: str = "", icon: str = "inbox") -> SafeString:
    return _block("empty", SafeString(content.strip()), label=label, note=note, icon=icon)


@register.simple_block_tag
def table(content: SafeString, caption: str = "", cards: bool = True) -> SafeString:
    return _block("table", content, caption=caption, cards=cards)


@register.simple_block_tag
def dialog(content: SafeString, id: str, title: str, **options: Any) -> SafeString:
    return _block("dialog", content, id=id, title=title, **options)


@register.simple_block_tag
def hero(content: SafeString, title: str, lead: str = "") -> SafeString:
    return _block("hero", SafeString(content.strip()), title=title, lead=lead)


@register.simple_block_tag
def more(content: SafeString, label: str, open: bool = False) -> SafeString:
    return _block("more", content, label=label, open=open)


@register.simple_block_tag
def region(content: SafeString, css: str, tag: str = "div") -> SafeString:
    """The bases' way to leave a part of the page out when no page filled its block."""
    inner = SafeString(content.strip())
    return _block("region", inner, css=css, tag=tag) if inner else inner


# --- lists ---------------------------------------------------------------------------------------
@register.inclusion_tag(COMPONENTS + "tabs.html")
def tabs(items: Iterable[dict[str, Any]], label: str = "") -> dict[str, Any]:
    return {"items": items, "label": label}


@register.simple_block_tag
def filters(content: SafeString, action: str = "", clear: str = "") -> SafeString:
    return _block("filters", content, action=action, clear=clear)


@register.inclusion_tag(COMPONENTS + "pager.html")
def pager(newer: str = "", older: str = "", **options: Any) -> dict[str, Any]:
    return {"newer": newer, "older": older, **options}


# --- forms ---------------------------------------------------------------------------------------
@register.inclusion_tag(COMPONENTS + "field.html")
def field(field: BoundField, **options: Any) -> dict[str, Any]:
    return fields.dress(field, **options)


@register.inclusion_tag(COMPONENTS + "fields.html")
def form_fields(form: BaseForm) -> dict[str, Any]:
    return {"form": form}


register.tag("fields", register.tags["form_fields"])


@register.inclusion_tag(COMPONENTS + "form_errors.html")
def form_errors(form: BaseForm) -> dict[str, Any]:
    return {"form": form}
