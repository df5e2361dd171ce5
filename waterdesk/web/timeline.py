"""The record in words: the one place where codes of events become Chinese.

A code nobody has words for is shown as it is: the record may be older or newer than this file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from applications.fees.rules import rules
from applications.permits.kinds import name_of
from applications.standing.beginning import standing_of
from waterdesk.core import corrections, lapses, late, wording
from waterdesk.core.disclosure import for_customer
from waterdesk.core.flow import Field, Flow, Label, Move, flow_of
from waterdesk.core.ladders import ACCEPT
from waterdesk.core.models.cases import Case
from waterdesk.core.models.crew import CrewAction
from waterdesk.core.models.people import Role, User
from waterdesk.core.places.placing import Sure

if TYPE_CHECKING:
    from waterdesk.core.models.clocks import Clock
    from waterdesk.core.models.record import Event
    from waterdesk.core.policy import Policy

CLOCK_WORDS: dict[str, Label] = {
    "clock_reminded": gettext_lazy("“%(promise)s”已用 %(level)s%%，发出提醒"),
    "clock_breached": gettext_lazy("“%(promise)s”超过承诺时限"),
    "clock_escalated": gettext_lazy("“%(promise)s”已用 %(level)s%%，上报"),
    "clock_voided": gettext_lazy("“%(promise)s”不再计时，由事件统一计时"),
    "clock_resumed": gettext_lazy("“%(promise)s”从原起点恢复计时"),
    "clock_restarted": gettext_lazy("“%(promise)s”改从最早来电起算"),
    "clock_moved": gettext_lazy("工作日历调整，“%(promise)s”改为 %(due)s 到期"),
    corrections.MOVED: gettext_lazy("停表更正，“%(promise)s”改为 %(due)s 到期"),
    "clock_withdrawn": gettext_lazy("“%(promise)s”的超时撤回：手机断网，实际已按时"),
    "explanation_owed": gettext_lazy("“%(promise)s”须说明超时原因"),
    "duty_missing": gettext_lazy("“%(promise)s”要通知值班人，但当时无人值班，已改为通知班长"),
}
# The same for levels at so many minutes before or after the limit.
MINUTE_WORDS: dict[str, Label] = {
    "clock_reminded": gettext_lazy("“%(promise)s”%(rung)s，发出提醒"),
    "clock_escalated": gettext_lazy("“%(promise)s”%(rung)s，上报"),
}
CLOCK_TONES = {
    "clock_reminded": "warn",
    "clock_breached": "bad",
    "clock_escalated": "bad",
    "explanation_owed": "warn",
    "duty_missing": "bad",
}

PAUSE_WORDS: dict[str, Label] = {
    "pause_lapsed": gettext_lazy("停表到期，自动恢复计时"),
    lapses.MOVED: gettext_lazy("工作日历调整，停表的自动恢复时间随之改变"),
    "complaint_opened": gettext_lazy("客户不满意，自动登记投诉"),
    "emergency_heard": gettext_lazy("来电提到险情，自动转为紧急"),
    "complains_of": gettext_lazy("投诉另一件办件"),
}
RESULT_WORDS: dict[str, Label] = {
    late.ACCEPTED: gettext_lazy("认可手机上的真实时间"),
    late.DECLINED: gettext_lazy("不认可手机上的时间，按到达时间计"),
    "result_replayed": gettext_lazy("结果重新推送"),
    "result_read": gettext_lazy("查看了推送内容的全文"),
    "account_exported": gettext_lazy("导出了立户清单中的全部信息"),
}

# Names of what promises choose by, as they stand in the event of the opening.
FACT_WORDS: dict[str, Label] = {
    "channel": gettext_lazy("渠道"),
    "subject": gettext_lazy("事项"),
    "area": gettext_lazy("片区"),
    "sure": gettext_lazy("片区依据"),
    "area_found": gettext_lazy("位置所在片区（与所选不符）"),
    "point": gettext_lazy("位置"),
    "service": gettext_lazy("服务"),
    "calibre": gettext_lazy("口径"),
    "external_line": gettext_lazy("外线工程"),
    "night": gettext_lazy("夜间"),
    "outskirts": gettext_lazy("郊区"),
    "urgent": gettext_lazy("紧急"),
    "use": gettext_lazy("用水性质"),
    "reason": gettext_lazy("原因"),
    "handler": gettext_lazy("处理人"),
    "result": gettext_lazy("结果"),
    "days": gettext_lazy("延长天数"),
    "was": gettext_lazy("原到期"),
    "due": gettext_lazy("现到期"),
    "since": gettext_lazy("起算"),
    "pause_reason": gettext_lazy("停表原因"),
    "was_span": gettext_lazy("原停表时间"),
    "span": gettext_lazy("更正为"),
    "ordered": gettext_lazy("办理时限"),
    "by_rule": gettext_lazy("按规则派单"),
    "topic": gettext_lazy("主题"),
    "subscriber": gettext_lazy("接收系统"),
    "complaint": gettext_lazy("投诉工单"),
    "phone_at": gettext_lazy("手机时间"),
    "arrived": gettext_lazy("到达时间"),
    "stopped": gettext_lazy("实际时间"),
    "action": gettext_lazy("操作"),
    "doubt": gettext_lazy("存疑原因"),
    "emergency_words": gettext_lazy("所说的险情"),
    "ticket": gettext_lazy("工单"),
    "incident": gettext_lazy("事件"),
}
# Told in the title, or the reader sees them elsewhere.
QUIET = {
    "from", "to", "note", "promise", "level", "minutes", "rung", "service", "category", "subtype",
    "class", "pause", "delivery",
    "depends_on", "emergency", "phone", "judged",
}  # fmt: skip
# What a customer reads of a move that told him: why, and what was done or answered.
PUBLIC = (
    "status", "reason", "until", "result", "days", "was", "due", "pause_reason", "was_span", "span",
    "amount", "for", "total", "least", "waived",
)  # fmt: skip
# Two instants of the record that are one line on a page: from when to when.
SPANS = {"was_span": ("was_start", "was_end"), "span": ("start", "end")}


@dataclass(frozen=True, slots=True)
class Entry:
    """One event as a line: `lines` are (label, value) pairs, `system` the desk's own doing."""

    at: datetime
    title: str
    who: str = ""
    role: str = ""
    system: bool = False
    status: str = ""
    lines: list[tuple[str, str]] = field(default_factory=list)
    note: str = ""
    tone: str = "plain"
    recorded_at: datetime | None = None


class Words:
    """How the events of one case read; `people` maps user names to names."""

    def __init__(
        self, case: Case, clocks: Iterable[Clock], policy: Policy, people: Mapping[str, str]
    ) -> None:
        self.case = case
        self.flow: Flow = flow_of(case)
        self._rows = {row.action: row for row in self.flow.rows(case)}
        self.policy = policy
        self.people = people
        self.promises = {clock.code: clock.name for clock in clocks}

    def staff(self, events: Iterable[Event]) -> list[Entry]:
        """Everything, oldest first."""
        return [self._entry(event) for event in events]

    def customer(self, events: Iterable[Event], public: frozenset[str]) -> list[Entry]:
        """What concerns the customer; `public` holds the codes of the promises made to him."""
        return list(self._customer(events, public))

    def _customer(self, events: Iterable[Event], public: frozenset[str]) -> Iterator[Entry]:
        for event in events:
            told = for_customer(event, self.flow, public)
            if told is None:
                continue
            facts = _spanned(told)
            if event.action in CLOCK_WORDS:
                yield Entry(
                    event.at,
                    self.title(event),
                    lines=self._lines(None, facts),
                    tone=CLOCK_TONES.get(event.action, "plain"),
                )
                continue
            move = self._move(event.action)
            yield Entry(
                event.at,
                self.title(event),
                who=_("您") if event.role == Role.CUSTOMER else "",
                status=self.status(facts["to"]) if facts.get("from") != facts.get("to") else "",
                lines=[self._line(move, name, facts[name]) for name in PUBLIC if name in facts],
                note=str(facts.get("note", "")),
            )

    def _entry(self, event: Event) -> Entry:
        data = _spanned(event.data)
        move = self._move(event.action)
        changed = data.get("from") != data.get("to")
        # Who applies without an account has no name in the record; the desk opens nothing itself.
        by_itself = event.action == self.flow.opening.action and not event.actor
        return Entry(
            event.at,
            self.title(event),
            who=_("客户") if by_itself else self.people.get(event.actor, event.actor),
            role=_label(Role, event.role),
            system=not event.actor and not by_itself,
            status=self.status(data.get("to", "")) if changed else "",
            lines=self._lines(move, data),
            note=str(data.get("note", "")),
            tone=CLOCK_TONES.get(event.action, "plain"),
            recorded_at=event.recorded_at,
        )

    def title(self, event: Event) -> str:
        minutes = event.data.get("minutes")
        if words := (MINUTE_WORDS if minutes is not None else CLOCK_WORDS).get(event.action):
            code = event.data.get("promise", "")
            return str(words) % {
                "promise": self.promises.get(code, code),
                "level": event.data.get("level", ""),
                "due": _instant(event.data.get("due", "")),
                "rung": wording.rung(minutes) if minutes is not None else "",
            }
        if words := (PAUSE_WORDS | RESULT_WORDS).get(event.action):
            return str(words)
        if by_default(event):
            return _("超时默许，视为受理")
        move = self._move(event.action)
        return str(move.label) if move is not None else event.action

    def status(self, code: str) -> str:
        found = self.flow.statuses.get(code)
        return str(found.label) if found else code

    def _move(self, action: str) -> Move | None:
        if action == self.flow.opening.action:
            return self.flow.opening
        return self._rows.get(action)

    def _lines(self, move: Move | None, data: Mapping[str, Any]) -> list[tuple[str, str]]:
        """What was filled in, in the order of the form; then the facts that hold."""
        # A note has a place of its own.
        asked = [f.name for f in move.fields if f.name in data and f.name != "note"] if move else []
        if move is self.flow.opening:
            # Services ask for different things: what nobody was asked for is not left blank.
            asked = [name for name in asked if data[name] not in (None, "", False)]
        told = {*asked, *QUIET}
        # The database keeps no order of keys.
        facts = sorted((name for name in data if name not in told), key=_place)
        held = [name for name in facts if data[name] not in (None, "", False)]
        return [self._line(move, name, data[name]) for name in (*asked, *held)]

    def _line(self, move: Move | None, name: str, value: Any) -> tuple[str, str]:
        asked = next((f for f in move.fields if f.name == name), None) if move else None
        label = asked.label if asked else FACT_WORDS.get(name, name)
        return str(label), self._value(asked, name, value)

    def _value(self, asked: Field | None, name: str, value: Any) -> str:
        if value is None or value == "":
            return "—"
        if isinstance(value, bool):
            return _("是") if value else _("否")
        if name in ("was", "due", "since", "phone_at", "arrived", "stopped"):
            return _instant(str(value))
        if asked is not None and asked.kind == "moment":
            return _instant(str(value))
        if name in SPANS:
            return _span(*value)
        if name == "doubt":
            return _label(CrewAction.Doubt, str(value))
        if name == "action" and (row := self._move(str(value))):
            return str(row.label)
        if name == "permit":
            return name_of(str(value))
        if name == "permits":
            return _("、").join(map(name_of, value))
        if name == "standing" and (left := standing_of(self.case)):
            return left.name
        if name == "reason" and asked is None and value == "joined":
            return _("已并入事件")
        if name == "pause_reason":
            return self.policy.reason("pause", str(value))
        if name == "handler":
            return self.people.get(value, str(value))
        if name == "channel":
            return _label(Case.Channel, str(value))
        if name == "sure":
            return _label(Sure, str(value))
        if name in ("area", "area_found"):
            area = self.policy.area_coded(str(value))
            return area.name if area else str(value)
        if name == "subject":
            return self.policy.subject(self.case.kind, str(value))
        if asked is not None and asked.kind == "reason":
            return self.policy.reason(asked.use, str(value))
        if asked is not None and asked.kind == "reasons":
            return _("、").join(self.policy.reason(asked.use, str(code)) for code in value) or "—"
        if asked is not None and asked.kind == "moment":
            return _instant(str(value))
        if asked is not None and asked.kind == "photos":
            return ngettext("%(count)d 张", "%(count)d 张", len(value)) % {"count": len(value)}
        if asked is not None and asked.kind == "choice":
            return str(dict(asked.choices).get(value, value))
        if asked is not None and asked.kind == "figures":
            items = {price.code: price.item for price in rules().prices}
            value = {items.get(code, code): number for code, number in value.items()}
        if isinstance(value, dict):
            return _("，").join(f"{key} {each}" for key, each in value.items())
        if isinstance(value, list):
            words = dict(asked.choices) if asked else {}
            return _("、").join(str(words.get(each, each)) for each in value)
        return str(value)


def by_default(event: Event) -> bool:
    """Whether the desk said yes because nobody had decided within the limit (超时默许)."""
    return event.action == ACCEPT and not event.actor and bool(event.data.get("promise"))


def people_in(events: Iterable[Event]) -> dict[str, str]:
    """User name → name of everybody these events speak of: one query."""
    names = {event.actor for event in events} | {
        str(event.data["handler"]) for event in events if event.data.get("handler")
    }
    found = User.objects.filter(username__in=names - {""}).values_list("username", "name")
    return {username: name or username for username, name in found}


def _place(name: str) -> tuple[int, str]:
    known = list(FACT_WORDS)
    return (known.index(name) if name in FACT_WORDS else len(known), name)


def _instant(text: str) -> str:
    """An instant of the record as a date and a time that stay true whenever they are read."""
    try:
        return f"{timezone.localtime(datetime.fromisoformat(text)):%Y-%m-%d %H:%M}"
    except ValueError:
        return text


def _spanned(data: Mapping[str, Any]) -> dict[str, Any]:
    """The facts with two instants, or two degrees, that belong together as one."""
    ends = {name for pair in SPANS.values() for name in pair}
    spans: dict[str, Any] = {
        name: (str(data[start]), str(data.get(end, "")))
        for name, (start, end) in SPANS.items()
        if start in data
    }
    if data.get("lat") is not None:
        spans["point"] = f"{data['lat']:.6f}, {data.get('lon', 0):.6f}"
        ends |= {"lat", "lon"}
    return {name: value for name, value in data.items() if name not in ends} | spans


def _span(start: str, end: str) -> str:
    said = {"from": _instant(start), "to": _instant(end)}
    return _("%(from)s 至 %(to)s") % said if end else _("%(from)s 起") % said


def _label(choices: Any, code: str) -> str:
    return str(choices(code).label) if code in choices.values else code
