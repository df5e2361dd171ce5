"""Why a clock is due when it is, in words: a few sentences and a line for each day.

The same words stand on the staff's page, on the customer's, and in the terminal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from waterdesk.core import wording
from waterdesk.core.explaining import Day, Explanation, Standstill, Sum
from waterdesk.core.models.promises import Unit
from waterdesk.sla.account import Kind, Piece

NOTHING, MINUTE, ONE_DAY = timedelta(), timedelta(minutes=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Line:
    """One day of the table, or several in a row that are alike. `tone` colours its edge."""

    day: str
    notes: Sequence[str]
    times: Sequence[str]
    counted: str
    total: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Why:
    """An explanation as it is read at one instant."""

    told: Explanation
    now: datetime

    @property
    def by_days(self) -> bool:
        """Whether whole working days are counted, and not time."""
        return self.told.clock.unit == Unit.WORKDAYS

    @property
    def natural(self) -> bool:
        return self.told.clock.unit == Unit.NATURAL

    @property
    def limit(self) -> str:
        return wording.limit(self.told.clock.amount, self.told.clock.unit)

    @property
    def used(self) -> str:
        return hours_words(self.told.used)

    @property
    def gross(self) -> str:
        return wording.duration(self.told.gross)

    @property
    def sentences(self) -> list[str]:
        """How it was counted, from the first sentence to the due time."""
        return [
            self._beginning(),
            *(self._of_sum(each) for each in self.told.sums if not self.natural),
            *(self._of_pause(each) for each in self.told.pauses if each.stops),
            self._ending(),
            *self._stopping(),
        ]

    @property
    def doubts(self) -> list[str]:
        """What may still change the due time, or has."""
        told, doubts = self.told, []
        if told.kept_as_told:
            return self._as_told()
        if told.published_until is not None:
            until = {"day": day_words(told.published_until, self.now)}
            doubts.append(
                _("放假安排只公布到 %(day)s，其后暂按周末推算，公布后会重新计算。") % until
            )
        if not told.agrees:
            both = {"then": self._when(told.clock.due_at), "now": self._when(told.reckoned)}
            doubts.append(
                _("此后日历或停表记录有更改：当时定为 %(then)s，按现在的记录应为 %(now)s。") % both
            )
        late = told.clock.breached_at
        if late is not None and late != told.reckoned:
            both = {"late": self._when(late), "now": self._when(told.reckoned)}
            doubts.append(
                _("已记录于 %(late)s 超时，不因后来的更正撤销；按现在的记录，到期应为 %(now)s。")
                % both
            )
        return doubts

    def _as_told(self) -> list[str]:
        """That a due time which was provisional to the end stands, and what it would be now."""
        told = self.told
        both = {"then": self._when(told.clock.due_at), "now": self._when(told.reckoned)}
        said = [
            _("停止计时时放假安排尚未公布，按当时暂定的日历计，%(then)s 到期；以后公布也不改变。")
            % both
        ]
        if not told.agrees:
            said.append(_("下面按现在的日历和停表记录计算，应为 %(now)s，仅供对照。") % both)
        return said

    @property
    def lines(self) -> list[Line]:
        return [self._line(alike) for alike in _runs(self.told.days, self.natural)]

    @property
    def day_sources(self) -> list[str]:
        """The notices that the named days come from, each once."""
        return list(dict.fromkeys(day.source for day in self.told.days if day.source))

    def _beginning(self) -> str:
        told = self.told
        starts = told.account.counts_from
        said = {"start": self._when(told.clock.started_at)}
        if self.by_days:
            return _("%(start)s 起，当日不计，从下一个工作日数起。") % said
        if self.natural:
            return _("%(start)s 起算，昼夜连续计时，节假日不扣除。") % said
        if starts is None:
            return _("%(start)s 起，还没有计时。") % said
        if starts == told.clock.started_at:
            return _("%(start)s 起算，只计工作时间。") % said
        said["from"] = self._when(starts)
        first = next(piece for row in told.account.rows for piece in row.pieces)
        if first.pause is None:
            return _("%(start)s 不在工作时间，从 %(from)s 起算，只计工作时间。") % said
        return _("%(start)s 正在停表，从 %(from)s 起算，只计工作时间。") % said

    def _of_sum(self, each: Sum) -> str:
        days = [day.row.day for day in self.told.days if (day.row.kind, day.name) == key_of(each)]
        said = {"days": each.days, "name": each.name or kind_words(each.kind)}
        match each.kind:
            case Kind.REST:
                said["name"] = _("、").join(
                    str(wording.WEEKDAYS[n]) for n in sorted({day.weekday() for day in days})
                )
                text = ngettext(
                    "%(name)s不计，共 %(days)d 天。", "%(name)s不计，共 %(days)d 天。", each.days
                )
            case Kind.OFF:
                text = ngettext(
                    "%(name)s放假不计，共 %(days)d 天。",
                    "%(name)s放假不计，共 %(days)d 天。",
                    each.days,
                )
            case _:
                said["days"] = _("、").join(day_words(day, self.now) for day in days)
                text = _("%(days)s %(name)s，照常计时。")
        return text % said

    def _of_pause(self, each: Standstill) -> str:
        said = {
            "name": each.name,
            "from": self._when(each.started_at),
            "to": self._when(each.ended_at) if each.ended_at else "",
            "lost": hours_words(each.lost),
        }
        if not each.ended_at:
            return _("停表（%(name)s）：%(from)s 起至今不计。") % said
        if self.by_days or each.lost < MINUTE:
            return _("停表（%(name)s）：%(from)s 至 %(to)s 不计。") % said
        if self.natural:
            return _("停表（%(name)s）：%(from)s 至 %(to)s，%(lost)s不计。") % said
        return _("停表（%(name)s）：%(from)s 至 %(to)s，其间工作时间 %(lost)s不计。") % said

    def _ending(self) -> str:
        told = self.told
        said = {
            "limit": self.limit,
            "time": hours_words(told.account.limit),
            "due": self._when(told.reckoned),
            "used": hours_words(told.account.counted),
            "left": hours_words(told.remaining),
        }
        if told.account.due is None and told.clock.stopped_at is not None:
            return _("停表期间已停止计时，到期时间不再推算。")
        if told.account.due is None:
            if self.by_days:
                return _("停表中，恢复后接着数满 %(limit)s。") % said
            return _("停表中，已计 %(used)s，恢复后再计 %(left)s到期。") % said
        if told.clock.unit == Unit.DAYS:
            return _("计满 %(limit)s（%(time)s），%(due)s 到期。") % said
        return _("计满 %(limit)s，%(due)s 到期。") % said

    def _stopping(self) -> Iterator[str]:
        told = self.told
        if told.clock.stopped_at is None:
            return
        said = {"at": self._when(told.clock.stopped_at), "used": hours_words(told.used)}
        if self.natural:
            yield _("%(at)s 停止计时，共用 %(used)s。") % said
        else:
            yield _("%(at)s 停止计时，共用工作时间 %(used)s。") % said

    def _when(self, at: datetime) -> str:
        return wording.when(at, self.now)

    def _line(self, alike: Sequence[Day]) -> Line:
        first, last = alike[0].row, alike[-1].row
        label = day_words(first.day, self.now)
        if len(alike) > 1:
            days = {"from": label, "to": day_words(last.day, self.now), "days": len(alike)}
            label = _("%(from)s 至 %(to)s，%(days)d 天") % days
        before = first.total - sum((p.length for p in first.pieces if p.pause is None), NOTHING)
        counted = _minutes(last.total) - _minutes(before)
        if self.by_days:
            shown = _("第 %(number)d 天") % {"number": last.number} if last.number else ""
            total = ""
        else:
            shown = hours_words(counted) if counted else ""
            total = hours_words(_minutes(last.total)) if counted else ""
        times = [] if len(alike) > 1 or self.by_days else span_words(first.pieces)
        return Line(label, list(self._notes(alike)), times, shown, total, _tone(alike))

    def _notes(self, alike: Sequence[Day]) -> Iterator[str]:
        """What is remarkable about a day: its name, the pauses in it, the start, the end."""
        day = alike[0]
        if day.row.kind not in (Kind.WORK, Kind.NATURAL) or day.name:
            yield day.name or kind_words(day.row.kind)
        if self.natural and len(alike) > 1:
            yield _("每天 24 小时")
        if self.by_days and day is self.told.days[0]:
            yield _("起算当日，不计")
        held = sorted({p.pause for d in alike for p in d.row.pieces if p.pause is not None})
        for place in held:
            cut = [p for p in day.row.pieces if p.pause == place] if len(alike) == 1 else []
            said = {
                "name": self.told.pauses[place].name,
                "times": _("、").join(span_words(cut, paused=True)),
            }
            yield _("停表（%(name)s）%(times)s") % said
        if alike[-1] is self.told.days[-1] and self.told.account.due is not None:
            yield _("%(time)s 到期") % {"time": _clock(self.told.account.due, end=True)}


def _runs(days: Iterable[Day], natural: bool) -> Iterator[list[Day]]:
    """Days in a row that read alike are one: weekends, holidays, long pauses, whole days."""
    for _alike, days_alike in groupby(enumerate(days), lambda each: _likeness(*each, natural)):
        yield [day for _place, day in days_alike]


def _likeness(place: int, day: Day, natural: bool) -> tuple[object, ...]:
    row = day.row
    held = {p.pause for p in row.pieces}
    whole_day = natural and row.counted == ONE_DAY
    if place and (not row.counted or whole_day) and len(held) <= 1:
        return (row.kind, day.name, whole_day, *held)
    return (place,)


def _tone(alike: Sequence[Day]) -> str:
    held = any(p.pause is not None for day in alike for p in day.row.pieces)
    return "paused" if held else ""


def _minutes(span: timedelta) -> timedelta:
    """To the nearest minute: sums of what is shown then come out, also from starts with seconds."""
    return round(span / MINUTE) * MINUTE


def hours_words(span: timedelta) -> str:
    """24 小时, 1 小时 20 分: never in days, which could be read as working days."""
    hours, rest = divmod(span, timedelta(hours=1))
    minutes = rest // MINUTE
    if hours and minutes:
        return _("%(hours)d 小时 %(minutes)d 分") % {"hours": hours, "minutes": minutes}
    return _("%(hours)d 小时") % {"hours": hours} if hours else wording.duration(rest)


def span_words(pieces: Iterable[Piece], *, paused: bool = False) -> list[str]:
    """08:30–12:00, 13:30–18:00: the pieces that count, or those that a pause took."""
    return [
        f"{_clock(p.start)}–{_clock(p.end, end=True)}"
        for p in pieces
        if (p.pause is not None) is paused
    ]


def _clock(at: datetime, *, end: bool = False) -> str:
    """The time of day; an end at midnight is the 24:00 of the day before."""
    local = timezone.localtime(at)
    midnight = end and (local.hour, local.minute, local.second) == (0, 0, 0)
    return "24:00" if midnight else f"{local:%H:%M}"


def day_words(day: date, now: datetime) -> str:
    """11月21日 周六; the year is said only when it is another."""
    said = {
        "year": day.year,
        "month": wording.MONTHS[day.month - 1],
        "day": day.day,
        "weekday": wording.WEEKDAYS[day.weekday()],
    }
    if day.year == timezone.localtime(now).year:
        return _("%(month)s%(day)d日 %(weekday)s") % said
    return _("%(year)d年%(month)s%(day)d日 %(weekday)s") % said


def kind_words(kind: Kind) -> str:
    match kind:
        case Kind.REST:
            return _("休息日")
        case Kind.OFF:
            return _("放假")
        case Kind.MAKE_UP:
            return _("调休上班")
        case Kind.SPECIAL:
            return _("特殊时段")
    return ""


def key_of(each: Sum) -> tuple[Kind, str]:
    return each.kind, each.name
