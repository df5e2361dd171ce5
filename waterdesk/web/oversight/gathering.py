"""Every figure of the overview, read once: so many statements, however many cases there are."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from applications.burdens import figures as burdens
from applications.models import KIND, EndedDay
from tickets.calls import figures as telephone
from waterdesk.core import goals, spans
from waterdesk.core.after import shares
from waterdesk.core.after.shares import Shares
from waterdesk.core.figures import reading
from waterdesk.core.figures.asked import Asked, By
from waterdesk.core.figures.tally import Tally
from waterdesk.core.goals import Goals
from waterdesk.core.models.people import User
from waterdesk.core.models.promises import Kind
from waterdesk.core.policy import Policy
from waterdesk.web.oversight.asking import HOTLINE, TWO_STEP

What = TypeVar("What")
ByStep = Mapping[tuple[str, str], Tally]


@dataclass(frozen=True, slots=True)
class Three(Generic[What]):
    """One figure of the period that is asked for, of the one before, and of the year before."""

    now: What
    before: What
    year: What


@dataclass(frozen=True, slots=True)
class Gathered:
    """All there is to show. A part is None where it cannot be parted as it was asked."""

    asked: Three[Asked]
    steps: Three[ByStep]
    trend: Mapping[str, Mapping[Hashable, Tally]]
    split: Mapping[Hashable, Tally]
    goals: Goals
    zeros: Three[burdens.Tally] | None
    calls: Three[telephone.Figures] | None
    after: Three[Shares] | None


def gather(user: User, asked: Asked, by: By, split: By, rules: Policy) -> Gathered:
    """Read everything. `by` parts the time, `split` the comparison."""
    three = Three(asked, spans.before(asked), spans.year_before(asked))
    return Gathered(
        asked=three,
        steps=Three(
            reading.by(user, three.now, By.STEP),
            reading.by(user, three.before, By.STEP),
            # Nobody asks how long it took a year ago, and it would be a statement more.
            reading.by(user, three.year, By.STEP, spreads=False),
        ),
        trend=trends(user, asked, by),
        split=reading.by(user, asked, split, spreads=False),
        goals=goals.read(rules),
        zeros=four_zeros(user, three),
        calls=hotline(three),
        after=aftercare(user, three, rules),
    )


def in_order(three: Three[What]) -> tuple[What, What, What]:
    return three.now, three.before, three.year


def summed(tallies: Iterable[Tally]) -> Tally:
    """The counts of some tallies together; how long it took cannot be added up."""
    whole = Tally()
    for each in tallies:
        whole.judged += each.judged
        whole.on_time += each.on_time
        whole.outside += each.outside
        whole.done += each.done
    return whole


def of_tickets(steps: ByStep) -> Tally:
    """All promises of the hotline together."""
    return summed(tally for (kind, _code), tally in steps.items() if kind in HOTLINE)


def trends(user: User, asked: Asked, by: By) -> dict[str, Mapping[Hashable, Tally]]:
    """Over time: the two steps, and the promises of tickets; what is narrowed away is not there."""
    found: dict[str, Mapping[Hashable, Tally]] = {}
    if asked.kind in ("", Kind.APPLICATION) and asked.code in ("", TWO_STEP):
        applied = replace(asked, kind=Kind.APPLICATION.value, code=TWO_STEP)
        found[TWO_STEP] = reading.by(user, applied, by, spreads=False)
    if asked.kind in ("", *HOTLINE):
        kinds = (asked.kind,) if asked.kind else HOTLINE
        parts = [reading.by(user, replace(asked, kind=each), by, spreads=False) for each in kinds]
        keys = sorted({key for part in parts for key in part})
        found["tickets"] = {key: summed(part[key] for part in parts if key in part) for key in keys}
    return found


def four_zeros(user: User, asked: Three[Asked]) -> Three[burdens.Tally] | None:
    """Of applications, by area and service; no promise, channel or person is known of a day."""
    one = asked.now
    if one.kind not in ("", KIND) or one.code or one.channel or not _everybodys(one):
        return None
    wanted = [
        burdens.Asked(each.since, each.until, each.areas, each.subject) for each in in_order(asked)
    ]
    return Three(*burdens.totals(EndedDay.objects.visible_to(user), wanted))


def hotline(asked: Three[Asked]) -> Three[telephone.Figures] | None:
    """Calls are the whole company's, or those of one agent: they lie in no area."""
    if not of_all_calls(asked.now):
        return None
    one = asked.now
    times = [(each.begins, each.ends) for each in in_order(asked)]
    return Three(*telephone.of_spans(times, one.person))


def of_all_calls(asked: Asked) -> bool:
    """Whether calls can be parted as asked: by agent, and by nothing else."""
    parted = asked.kind or asked.code or asked.subject or asked.channel
    return not parted and asked.team is None


def of_all_after(asked: Asked) -> bool:
    """Whether calls back can be parted as asked: by area and kind, and by nothing else."""
    parted = asked.code or asked.subject or asked.channel
    return not parted and _everybodys(asked)


def aftercare(user: User, asked: Three[Asked], rules: Policy) -> Three[Shares] | None:
    """Calls back and answers, by area and kind of case."""
    if not of_all_after(asked.now):
        return None
    one = asked.now
    kinds = (one.kind,) if one.kind else ()
    return Three(*shares.of(user, in_order(asked), kinds, rules.utility.days_to_call))


def _everybodys(asked: Asked) -> bool:
    return asked.team is None and asked.person is None
