"""Each promise, each day or month, each area or person: the figures behind the charts."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from waterdesk.core import goals
from waterdesk.core.figures.asked import By, Result
from waterdesk.core.figures.tally import Spread, Tally
from waterdesk.core.flow import Label
from waterdesk.core.models.cases import Case
from waterdesk.core.models.goals import Goal, Measure
from waterdesk.core.models.promises import Kind
from waterdesk.core.policy import Policy
from waterdesk.web.oversight.asking import HOTLINE, NOBODY, SPLIT_WORDS, TWO_STEP, step_words
from waterdesk.web.oversight.gathering import Gathered, Three, in_order
from waterdesk.web.oversight.links import Links
from waterdesk.web.oversight.wording import change, goal_words, per_cent, took
from waterdesk.web.periods import Number

# So many rows of a comparison are drawn; the table has all of them. *chosen*: what a screen holds.
MOST_DRAWN = 15


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table: how many, and the share of those on time."""

    name: Label
    tally: Tally
    numbers: list[tuple[Label, Number]]
    goal: Goal | None = None

    @property
    def share(self) -> str:
        return per_cent(self.tally.share)

    @property
    def bar(self) -> int:
        return int(self.tally.share or 0)

    @property
    def met(self) -> bool | None:
        share = self.tally.share
        return None if self.goal is None or share is None else goals.met(self.goal, share)

    @property
    def goal_words(self) -> str:
        return goal_words(self.goal) if self.goal else ""


@dataclass(frozen=True, slots=True)
class Step:
    """One promise: its row, how long it took and of which cases (`done`, an address), and its
    share of `earlier`: (when, words, address).
    """

    row: Row
    done: str
    net: str
    gross: str
    earlier: list[tuple[Label, str, str]]


def numbers(tally: Tally, links: Links, **which: str) -> list[tuple[Label, Number]]:
    return [
        (_("已判定"), links.to(tally.judged, **which)),
        (_("按时"), links.to(tally.on_time, result=Result.ON_TIME, **which)),
        (_("超时"), links.to(tally.late, result=Result.LATE, **which)),
        (_("仍未办结"), links.to(tally.open_late, result=Result.OPEN_LATE, **which)),
        (_("外部原因"), links.to(tally.outside, result=Result.OUTSIDE, **which)),
    ]


def steps(found: Gathered, links: Links, area: int | None, rules: Policy) -> list[Step]:
    """Every promise of the period, in the order of the rules."""
    known = list(rules.promises)
    keys = sorted(found.steps.now, key=lambda key: (key not in known, _place(known, key), key))
    return [step(key, found, links, area) for key in keys]


def step(key: tuple[str, str], found: Gathered, links: Links, area: int | None) -> Step:
    kind, code = key
    three = Three(*(each.get(key, Tally()) for each in in_order(found.steps)))
    now = three.now
    goal = found.goals.of_promise(code, area, ticket=kind in HOTLINE)
    of = f"{kind}:{code}"
    row = Row(step_words(kind, code), now, numbers(now, links, of=of), goal)
    asked, past = found.asked, []
    for label, tally, period in (
        (_("上期"), three.before, asked.before),
        (_("去年同期"), three.year, asked.year),
    ):
        past.append((label, _beside(now, tally), links.of(period).to(tally.judged, of=of).url))
    done = links.to(now.done, result=Result.DONE, of=of).url
    return Step(row, done, both(now.net), both(now.gross), past)


def both(spread: Spread | None) -> str:
    """Median and nine tenths, in one cell."""
    return f"{took(spread and spread.median)} / {took(spread and spread.p90)}"


def split(
    found: Gathered, links: Links, by: By, rules: Policy, people: dict[int, str]
) -> list[Row]:
    """The comparison: by area in the order of their codes, by anything else the worst first."""
    rows = []
    for key in _in_order(found.split, by, rules):
        tally = found.split[key]
        name, row = _words(key, by, rules, people)
        goal = _goal_of_row(found, key) if by is By.AREA else None
        rows.append(Row(name, tally, numbers(tally, links, row=row), goal))
    return rows


def _goal_of_row(found: Gathered, area: Hashable) -> Goal | None:
    """What an area should reach; all promises together have no goal, one has."""
    asked = found.asked.now
    if asked.code:
        return found.goals.of_promise(asked.code, area, ticket=asked.kind in HOTLINE)
    return found.goals.of(Measure.TICKETS, area) if asked.kind in HOTLINE else None


def _in_order(found: dict[Hashable, Tally], by: By, rules: Policy) -> Iterable[Hashable]:
    if by is By.AREA:
        return sorted(found, key=lambda key: rules.areas[key].code)
    # Nobody has no share: whoever was judged by nothing comes last.
    return sorted(found, key=lambda key: (found[key].share or 0, -found[key].judged, str(key)))


def _words(key: Hashable, by: By, rules: Policy, people: dict[int, str]) -> tuple[Label, str]:
    """What a row is called, and how an address names it."""
    if by is By.AREA:
        return rules.areas[key].name, rules.areas[key].code
    if by is By.SERVICE:
        return rules.subject(*key), ":".join(key)
    if by is By.CHANNEL:
        return dict(Case.Channel.choices).get(key, key), key
    if key is None:
        return _("无人经办"), NOBODY
    if by is By.TEAM:
        return rules.areas[key].name if key in rules.areas else str(key), str(key)
    return people.get(key, _("其他片区的人员")), str(key)


def trend(found: Gathered, links: Links, by: By) -> list[tuple[str, list[Row]]]:
    """Over time, the newest first, of the two steps and of the tickets."""
    goal = found.goals
    told = {
        TWO_STEP: (_("两环节"), {"of": f"{Kind.APPLICATION.value}:{TWO_STEP}"}),
        "tickets": (_("工单承诺"), {"group": "tickets"}),
    }
    tables = []
    for code, rows in found.trend.items():
        label, which = told[code]
        lines = [
            Row(
                bucket_words(key, by),
                rows[key],
                numbers(rows[key], links, bucket=key.isoformat(), **which),
                goal.of(code),
            )
            for key in sorted(rows, reverse=True)
        ]
        tables.append((label, lines))
    return tables


def bucket_words(key: date, by: By) -> str:
    if by is By.MONTH:
        return f"{key:%Y-%m}"
    if by is By.WEEK:
        return _("%(day)s 起一周") % {"day": f"{key:%m-%d}"}
    return f"{key:%m-%d}"


def split_title(by: By) -> Label:
    return SPLIT_WORDS[by]


def _beside(now: Tally, earlier: Tally) -> str:
    """An earlier share, and how far this one is from it."""
    difference = change(now.share, earlier.share)
    return f"{per_cent(earlier.share)} ({difference})" if difference else per_cent(earlier.share)


def _place(known: list[tuple[str, str]], key: tuple[str, str]) -> int:
    return known.index(key) if key in known else len(known)
