"""How a clock reads: what is left, until when, how it stands. Reckoned anew for every page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from waterdesk.core import clocks as timing
from waterdesk.core import wording
from waterdesk.core.models.cases import Case, Pause
from waterdesk.core.models.clocks import Clock
from waterdesk.core.models.promises import Unit

if TYPE_CHECKING:
    from waterdesk.core.policy import Policy

# Below this share of the limit the rest is shown as urgent; the ladder's second rung by default.
SOON = 5
NOTHING = timedelta(0)
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Face:
    """One clock as shown at one instant.

    `left` is counted time until the limit, negative after it; `used` counted time since the start;
    `gross` calendar time since the start, pauses and nights included. `open_until` is the end of
    the opening time that runs now, None around the clock: so far a browser may count down.
    """

    clock: Clock
    now: datetime
    left: timedelta
    used: timedelta
    limit: timedelta
    day: timedelta
    gross: timedelta
    pauses: Sequence[Pause] = ()
    open_until: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.clock.stopped_at is None

    @property
    def state(self) -> str:
        """running, soon, late, paused, met, missed or void: what colours and words go by."""
        clock = self.clock
        if clock.state == Clock.State.VOID:
            return "void"
        if clock.stopped_at is not None:
            return "missed" if clock.state == Clock.State.BREACHED else "met"
        if clock.state == Clock.State.BREACHED:
            return "late"
        if clock.state == Clock.State.PAUSED:
            return "paused"
        if self.left < NOTHING:
            return "late"
        return "soon" if self.left * SOON <= self.limit else "running"

    @property
    def tone(self) -> str:
        return TONES[self.state]

    @property
    def words(self) -> str:
        """还剩 1 小时 20 分 / 已超 5 分钟 / 停表中，还剩 … / 按时完成，用时 …"""
        text = self.in_words(abs(self.left))
        match self.state:
            case "running" | "soon":
                return _("还剩 %(time)s") % {"time": text}
            case "late" if self.left >= NOTHING:
                # A pause that was corrected afterwards gave time back; the breach stands.
                return _("已记超时，现还剩 %(time)s") % {"time": text}
            case "late":
                return _("已超 %(time)s") % {"time": text}
            case "paused":
                return _("停表中，还剩 %(time)s") % {"time": text}
            case "met":
                return _("按时完成，用时 %(time)s") % {"time": self.used_words}
            case "missed":
                return _("超时完成，用时 %(time)s") % {"time": self.used_words}
        return _("不再计时")

    @property
    def in_working_time(self) -> str:
        """（工作时间）, to stand beside `words` where hours left are not those until it is due.

        On a Saturday four hours of working time reach to Monday noon. Around the clock, and from a
        working day on, the words speak for themselves.
        """
        if self.clock.unit == Unit.NATURAL or abs(self.left) >= self.day:
            return ""
        wall = self.clock.due_at - self.now
        if self.state not in ("running", "soon", "late", "paused"):
            return ""
        if self.state != "paused" and abs(wall - self.left) < timedelta(minutes=1):
            return ""
        return _("（工作时间）")

    @property
    def due_words(self) -> str:
        """今天 16:30 到期; for a clock at rest only what it was due at."""
        provisional = self.is_open and self.clock.provisional
        due = wording.due(self.clock.due_at, self.now, provisional=provisional)
        match self.state:
            case "paused":
                return _("恢复后顺延")
            case "running" | "soon":
                return _("%(due)s 到期") % {"due": due}
        return _("应于 %(due)s") % {"due": due}

    @property
    def used_words(self) -> str:
        return self.in_words(self.used)

    @property
    def gross_words(self) -> str:
        return wording.duration(self.gross)

    @property
    def limit_words(self) -> str:
        return wording.limit(self.clock.amount, self.clock.unit)

    @property
    def share(self) -> int:
        """Per cent of the limit that is used, from 0 to 100, for a bar."""
        if self.limit <= NOTHING:
            return 100
        return max(0, min(100, int(self.used * 100 / self.limit)))

    def in_words(self, time: timedelta) -> str:
        """Working time of a day and more in working days, everything else in hours and minutes."""
        if self.clock.unit == Unit.NATURAL or time < self.day or not self.day:
            return wording.duration(time)
        days, rest = divmod(time, self.day)
        if rest < timedelta(minutes=1):
            return ngettext("%(days)d 个工作日", "%(days)d 个工作日", days) % {"days": days}
        rest_words = wording.duration(rest)
        text = ngettext("%(days)d 个工作日 %(rest)s", "%(days)d 个工作日 %(rest)s", days)
        return text % {"days": days, "rest": rest_words}


TONES = {
    "running": "ok",
    "soon": "warn",
    "late": "bad",
    "paused": "paused",
    "met": "good",
    "missed": "bad",
    "void": "plain",
}


def face(clock: Clock, pauses: Iterable[Pause], policy: Policy, now: datetime) -> Face:
    """The face of one clock; `pauses` are all of its case, those it does not allow fall out."""
    counted = [p for p in pauses if p.reason in clock.pause_reasons]
    until = clock.stopped_at or now
    reckoning = timing.count(clock, counted, policy)
    return Face(
        clock,
        now,
        left=reckoning.remaining(until),
        used=reckoning.used(until),
        limit=reckoning.limit,
        day=policy.calendars[clock.calendar_id].standard_day,
        gross=max(until - clock.started_at, NOTHING),
        pauses=counted,
        open_until=None if clock.unit == Unit.NATURAL else _open_until(clock, policy, now),
    )


def _open_until(clock: Clock, policy: Policy, now: datetime) -> datetime:
    """When the opening time that runs at `now` ends; `now` itself when none runs."""
    window = next(policy.calendars[clock.calendar_id].windows(now, now + ONE_DAY), None)
    return window[1] if window is not None and window[0] == now else now


def faces(clocks: Iterable[Clock], policy: Policy, now: datetime) -> list[Face]:
    """The faces of clocks of any cases, in their order: one query for all pauses."""
    clocks = list(clocks)
    pauses = pauses_of({clock.case_id for clock in clocks})
    return [face(clock, pauses[clock.case_id], policy, now) for clock in clocks]


def pauses_of(cases: Iterable[int]) -> dict[int, list[Pause]]:
    found: dict[int, list[Pause]] = defaultdict(list)
    for pause in Pause.objects.filter(case__in=set(cases)).order_by("started_at"):
        found[pause.case_id].append(pause)
    return found


def first_due(
    cases: Iterable[Case], policy: Policy, now: datetime, *, public: bool = False
) -> dict[int, Face]:
    """For each case the face of its open clock that is due first: two queries for any number."""
    rows = Clock.objects.open().filter(case__in=[case.pk for case in cases])
    if public:
        rows = rows.filter(public=True)
    found: dict[int, Face] = {}
    for each in faces(rows.order_by("due_at", "id"), policy, now):
        found.setdefault(each.clock.case_id, each)
    return found
