"""A change of the configuration in words: labels instead of columns, names instead of keys."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.dateparse import parse_datetime, parse_duration
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from waterdesk.core import policy as policies
from waterdesk.core import wording
from waterdesk.core.flow import Label
from waterdesk.core.history.watched import field_of, label_of
from waterdesk.core.models import ConfigChange, Reason, User
from waterdesk.core.policy import Policy

NOTHING = "—"
TONES = {
    ConfigChange.Done.ADDED.value: "good",
    ConfigChange.Done.CHANGED.value: "busy",
    ConfigChange.Done.REMOVED.value: "bad",
}
# By which door a change came, by the beginning of what the note says.
WAYS: tuple[tuple[str, Label], ...] = (
    ("page:/admin/", gettext_lazy("管理后台")),
    ("page:", gettext_lazy("页面")),
    ("command:", gettext_lazy("命令")),
    ("task:", gettext_lazy("后台任务")),
)
# What a row is called by, the first of these that it has.
CALLED = ("label", "title", "name", "code", "key", "date", "username", "subject")
# Columns that hold keys of other rows without saying so, and columns that nobody reads.
PEOPLE = {("core_pattern", "people")}
SILENT = {"id"}
DAYS: Mapping[str, Label] = {
    "mon": gettext_lazy("周一"), "tue": gettext_lazy("周二"), "wed": gettext_lazy("周三"),
    "thu": gettext_lazy("周四"), "fri": gettext_lazy("周五"), "sat": gettext_lazy("周六"),
    "sun": gettext_lazy("周日"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Value:
    """One field as it was and as it became."""

    label: str
    was: str
    became: str


@dataclass(frozen=True, slots=True)
class Line:
    """One change as the page shows it; `who` is "" where nobody was signed in."""

    row: ConfigChange
    what: str
    title: str
    who: str
    way: str
    tone: str
    values: list[Value]


def lines(changes: Iterable[ConfigChange]) -> list[Line]:
    """Changes in words: as many queries as there are sorts of rows they point to."""
    changes = list(changes)
    words = Words(changes)
    return [words.line(change) for change in changes]


class Words:
    """What the names are of everything that some changes point to, read once for all of them."""

    def __init__(self, changes: list[ConfigChange]) -> None:
        self.rules: Policy = policies.current()
        wanted: dict[type[models.Model], set[Any]] = defaultdict(set)
        for change in changes:
            for said in (change.was, change.became):
                _point(change.what, said or {}, wanted)
        self.rows = {model: model._base_manager.in_bulk(keys) for model, keys in wanted.items()}
        actors = {change.actor for change in changes} - {""}
        self.people = User.objects.in_bulk(actors, field_name="username") if actors else {}

    def line(self, change: ConfigChange) -> Line:
        return Line(
            change,
            what=label_of(change.what),
            title=self._title(change),
            who=str(self.people.get(change.actor, change.actor)),
            way=way_of(change),
            tone=TONES[change.done],
            values=self._values(change),
        )

    def _title(self, change: ConfigChange) -> str:
        said = change.became or change.was or {}
        name = next((str(said[each]) for each in CALLED if said.get(each)), "")
        if name:
            return name
        of = [self._said(change.what, each, said) for each in ("user_id", "area_id", "group_id")]
        return " ".join(each for each in of if each != NOTHING) or f"#{change.key}"

    def _values(self, change: ConfigChange) -> list[Value]:
        """The fields that differ; of a row that came or went, all that say something."""
        was, became = change.was or {}, change.became or {}
        found = []
        for column in dict.fromkeys([*was, *became]):
            if column in SILENT or was.get(column) == became.get(column):
                continue
            before = self._said(change.what, column, was)
            after = self._said(change.what, column, became)
            if (before, after) != (NOTHING, NOTHING):
                found.append(Value(_label(change.what, column), before, after))
        return found

    def _said(self, table: str, column: str, said: Mapping[str, Any]) -> str:
        value, field = said.get(column), field_of(table, column)
        if value is None or value in ("", [], {}):
            return NOTHING
        if isinstance(field, models.ForeignKey):
            return self._named(field.related_model, value)
        if (table, column) in PEOPLE:
            return _("、").join(self._named(User, each) for each in value)
        if column == "pause_reasons":
            return _("、").join(self.rules.reason(Reason.Use.PAUSE, code) for code in value)
        if column == "geometry":
            return _("边界（摘要 %(digest)s）") % {"digest": str(value)[:12]}
        return plain(value, field)

    def _named(self, model: type[models.Model], key: Any) -> str:
        found = self.rows.get(model, {}).get(key)
        return f"#{key}" if found is None else str(found)


def way_of(change: ConfigChange) -> str:
    """By which door it came, in words: 管理后台, 命令 load_seeds, 数据库 waterdesk."""
    for begins, label in WAYS:
        if change.way.startswith(begins):
            rest = change.way.partition(":")[2]
            return str(label) if begins.startswith("page:") else f"{label} {rest}"
    return _("数据库 %(account)s") % {"account": change.account}


def plain(value: Any, field: Any = None) -> str:
    """A value as people read it; of a list of choices its word."""
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if choices := dict(getattr(field, "flatchoices", ())):
        return str(choices.get(value, value))
    if isinstance(field, models.DateTimeField) and (at := parse_datetime(str(value))):
        return f"{timezone.localtime(at):%Y-%m-%d %H:%M}"
    if isinstance(field, models.TimeField):
        return str(value)[:5]
    if isinstance(field, models.DurationField):
        span = parse_duration(str(value))
        return str(value) if span is None else wording.duration(span)
    if isinstance(value, float):
        return f"{value:.4f}".rstrip("0").rstrip(".")
    return _nested(value)


def _nested(value: Any) -> str:
    """What JSON holds, on lines: 周一：08:30–12:00、13:30–18:00."""
    if isinstance(value, Mapping):
        return "\n".join(f"{DAYS.get(key, key)}：{_nested(each)}" for key, each in value.items())
    if isinstance(value, list):
        if any(isinstance(each, Mapping) for each in value):
            return "\n".join(json.dumps(each, ensure_ascii=False) for each in value)
        return _("、").join(map(_span, value))
    if isinstance(value, bool):
        return _("是") if value else _("否")
    return NOTHING if value is None else str(value)


def _span(value: Any) -> str:
    is_span = isinstance(value, list) and len(value) == 2 and all(isinstance(v, str) for v in value)
    return "–".join(value) if is_span else _nested(value)


def _label(table: str, column: str) -> str:
    field = field_of(table, column)
    return column if field is None else str(field.verbose_name)


def _point(table: str, said: Mapping[str, Any], wanted: dict[type[models.Model], set[Any]]) -> None:
    """Add the keys of other rows that a row names."""
    for column, value in said.items():
        field = field_of(table, column)
        if isinstance(field, models.ForeignKey) and value is not None:
            wanted[field.related_model].add(value)
        elif (table, column) in PEOPLE:
            wanted[User].update(value)


def instant(at: datetime) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M:%S}"
