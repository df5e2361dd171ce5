"""The first screen: each figure beside its goal, the period before and the year before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from applications.burdens.figures import Result as Zeros
from applications.burdens.figures import Tally as ZeroTally
from tickets.calls.figures import Figures
from waterdesk.core import goals
from waterdesk.core.after.shares import Part, Shares
from waterdesk.core.figures.asked import Result
from waterdesk.core.figures.tally import Tally
from waterdesk.core.flow import Label
from waterdesk.core.models.goals import Goal, Measure
from waterdesk.web.oversight import meanings
from waterdesk.web.oversight.asking import TWO_STEP
from waterdesk.web.oversight.gathering import Gathered, Three, in_order, of_tickets
from waterdesk.web.oversight.links import AFTER, CALLS, ZEROS, Links
from waterdesk.web.oversight.meanings import Meaning
from waterdesk.web.oversight.wording import NONE, change, goal_words, per_cent, took
from waterdesk.web.periods import Number

Counted = list[tuple[Label, Number]]


@dataclass(frozen=True, slots=True)
class Earlier:
    """The same figure of an earlier period, and by how much it has changed since."""

    label: Label
    value: str
    change: str
    url: str


@dataclass(frozen=True, slots=True)
class Card:
    """One figure. `met` is None where there is no goal or nothing to judge by.

    `apart` says why there is no figure, or whose it is.
    """

    code: str
    meaning: Meaning
    value: str = NONE
    url: str = ""
    goal: Goal | None = None
    met: bool | None = None
    counts: Counted = field(default_factory=list)
    earlier: list[Earlier] = field(default_factory=list)
    apart: str = ""

    @property
    def goal_words(self) -> str:
        return goal_words(self.goal) if self.goal else ""


@dataclass(frozen=True, slots=True)
class Times:
    """净用时与历时 side by side: (what, net, gross)."""

    card: Card
    rows: list[tuple[Label, str, str]]


class Cards:
    """Makes the cards of what was gathered, for one area (None: the whole utility)."""

    def __init__(self, found: Gathered, links: Links, area: int | None) -> None:
        self.found, self.area = found, area
        self.links = Three(*(links.of(each) for each in in_order(found.asked)))

    def all(self) -> list[Card]:
        found = self.found
        two_step = Three(*(_two_step(steps) for steps in in_order(found.steps)))
        tickets = Three(*(of_tickets(steps) for steps in in_order(found.steps)))
        return [
            self.promise(TWO_STEP, meanings.two_step(), two_step, of=f"application:{TWO_STEP}"),
            self.promise(Measure.TICKETS, meanings.tickets(), tickets, group="tickets"),
            self.zeros(),
            self.calls("calls-soon", meanings.calls_soon(), "answered_soon", _soon),
            self.calls("calls-missed", meanings.calls_missed(), "missed", _missed),
            self.after("called-back", meanings.called_back(), Part.WANTED, _called_back),
            self.after("pleased", meanings.pleased(), Part.RATED, _satisfied),
        ]

    def times(self) -> Times:
        """How long the two steps took, or the one step that was asked for."""
        asked = self.found.asked.now
        key = (asked.kind, asked.code) if asked.code else ("application", TWO_STEP)
        three = Three(*(steps.get(key, Tally()) for steps in in_order(self.found.steps)))
        net, gross = three.now.net, three.now.gross
        rows: list[tuple[Label, str, str]] = [
            (_("中位数"), took(net and net.median), took(gross and gross.median)),
            (_("90% 不超过"), took(net and net.p90), took(gross and gross.p90)),
        ]
        of = ":".join(key)
        own = self.found.goals.of(Measure.NET, self.area) if key[1] == TWO_STEP else None
        reached = goals.met(own, net.median.total_seconds() / 3600) if own and net else None
        earlier = [
            Earlier(
                label,
                took(tally.net and tally.net.median),
                "",
                links.to(tally.done, result=Result.DONE, of=of).url,
            )
            for label, tally, links in self._earlier(three)
        ]
        card = Card(
            code="times",
            meaning=meanings.times(),
            goal=own,
            met=reached,
            url=self.links.now.to(three.now.done, result=Result.DONE, of=of).url,
            counts=[(_("已停止"), self.links.now.to(three.now.done, result=Result.DONE, of=of))],
            earlier=earlier,
        )
        return Times(card, rows)

    def promise(self, code: str, meaning: Meaning, three: Three[Tally], **which: str) -> Card:
        now, to = three.now, self.links.now.to
        return self._card(
            code,
            meaning,
            Three(*(tally.share for tally in in_order(three))),
            lambda place, links: links.to(in_order(three)[place].judged, **which).url,
            counts=[
                (_("已判定"), to(now.judged, **which)),
                (_("超时"), to(now.late, result=Result.LATE, **which)),
                (_("仍未办结"), to(now.open_late, result=Result.OPEN_LATE, **which)),
                (_("外部原因"), to(now.outside, result=Result.OUTSIDE, **which)),
            ],
        )

    def zeros(self) -> Card:
        three, meaning = self.found.zeros, meanings.four_zeros()
        if three is None:
            return Card("four-zeros", meaning, apart=meaning.apart)
        service = {"service": self.found.asked.now.subject}
        to = self.links.now.to
        return self._card(
            "four-zeros",
            meaning,
            Three(*(tally.share for tally in in_order(three))),
            lambda place, links: _zeros_url(links, in_order(three)[place], service),
            counts=[
                (_("办成"), to(three.now.done, ZEROS, result=Zeros.DONE, **service)),
                (_("未达标"), to(three.now.missed, ZEROS, result=Zeros.MISSED, **service)),
            ],
        )

    def calls(
        self, code: str, meaning: Meaning, part: str, share: Callable[[Figures], float | None]
    ) -> Card:
        three = self.found.calls
        if three is None:
            return Card(code, meaning, apart=meaning.apart)
        now, to = three.now, self.links.now.to
        counted = _("20 秒内接通") if part == "answered_soon" else _("放弃")
        return self._card(
            code,
            meaning,
            Three(*(share(figures) for figures in in_order(three))),
            lambda place, links: links.to(in_order(three)[place].calls, CALLS).url,
            counts=[
                (_("来电"), to(now.calls, CALLS)),
                (counted, to(getattr(now, part), CALLS, result=part)),
            ],
            apart=_("热线不分片区：全公司的来电。") if self.area is not None else "",
        )

    def after(
        self, code: str, meaning: Meaning, whole: Part, share: Callable[[Shares], float | None]
    ) -> Card:
        three = self.found.after
        if three is None:
            return Card(code, meaning, apart=meaning.apart)
        now, to = three.now, self.links.now.to
        if whole is Part.WANTED:
            late = now.wanted - now.in_time
            counts = [
                (_("应回访"), to(now.wanted, AFTER, result=Part.WANTED)),
                (_("未按时"), to(late, AFTER, result=Part.NOT_IN_TIME)),
            ]
        else:
            counts = [
                (_("评价"), to(now.rated, AFTER, result=Part.RATED)),
                (_("不满意"), to(now.bad, AFTER, result=Part.BAD)),
            ]
        return self._card(
            code,
            meaning,
            Three(*(share(each) for each in in_order(three))),
            lambda place, links: (
                links.to(getattr(in_order(three)[place], whole), AFTER, result=whole).url
            ),
            counts=counts,
        )

    def _card(
        self,
        code: str,
        meaning: Meaning,
        shares: Three[float | None],
        address: Callable[[int, Links], str],
        *,
        counts: Counted,
        apart: str = "",
    ) -> Card:
        """`address` leads to what the share of a period (0 now, 1 before, 2 year) was taken of."""
        goal = self.found.goals.of(code, self.area)
        reached = goals.met(goal, shares.now) if goal and shares.now is not None else None
        earlier = [
            Earlier(label, per_cent(share), change(shares.now, share), address(place, links))
            for place, (label, share, links) in enumerate(self._earlier(shares), start=1)
        ]
        return Card(
            code=code,
            meaning=meaning,
            value=per_cent(shares.now),
            url=address(0, self.links.now),
            goal=goal,
            met=reached,
            counts=counts,
            earlier=earlier,
            apart=apart,
        )

    def _earlier(self, three: Three[Any]) -> list[tuple[Label, Any, Links]]:
        return [
            (_("上期"), three.before, self.links.before),
            (_("去年同期"), three.year, self.links.year),
        ]


def _two_step(steps: Any) -> Tally:
    return steps.get(("application", TWO_STEP), Tally())


def _zeros_url(links: Links, tally: ZeroTally, service: dict[str, str]) -> str:
    return links.to(tally.done, ZEROS, result=Zeros.DONE, **service).url


def _soon(figures: Figures) -> float | None:
    return figures.answered_soon * 1000 // figures.calls / 10 if figures.calls else None


def _missed(figures: Figures) -> float | None:
    """Little is good of it: what is begun of a tenth counts whole."""
    return -(-figures.missed * 1000 // figures.calls) / 10 if figures.calls else None


def _called_back(shares: Shares) -> float | None:
    return shares.called_back


def _satisfied(shares: Shares) -> float | None:
    return shares.satisfied
