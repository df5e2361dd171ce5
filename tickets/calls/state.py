"""What a call is, reckoned from all that was told of it. Pure.

The order in which events came makes no difference, nor does one that came twice: `state_of` is a
function of the set. They are put in the order of their instants; of one instant, in the order in
which a call goes through them. Nothing after the end changes a call; of several ends the first
holds, but one that the desk itself made up (expired) holds only when no exchange told another.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

# In this order a call goes through what happens at one and the same instant.
_ORDER = (
    "arrived", "queued", "ringing", "unanswered", "answered", "held", "resumed", "transferred",
    "voicemail", "abandoned", "ended", "expired",
)  # fmt: skip
_PLACE = {kind: place for place, kind in enumerate(_ORDER)}
_ENDS = frozenset({"abandoned", "ended"})
NOTHING = timedelta(0)


@dataclass(frozen=True, slots=True)
class Fact:
    """One event. `extension` is where it happened; of a transfer, where the call goes."""

    event: str
    kind: str
    at: datetime
    number: str = ""
    called: str = ""
    trunk: str = ""
    extension: str = ""
    direction: str = ""
    recording: str = ""


@dataclass(slots=True)
class RingFact:
    """A call at one extension, from its first ring on; `until` is None while it rings or talks."""

    since: datetime
    until: datetime | None = None
    answered: bool = False


@dataclass(slots=True)
class Story:
    """A call so far. `wait` runs until somebody answers, `talk` without the time on hold."""

    began_at: datetime
    state: str = "waiting"
    direction: str = "in"
    number: str = ""
    called: str = ""
    trunk: str = ""
    recording: str = ""
    extension: str = ""
    ringing_at: datetime | None = None
    answered_at: datetime | None = None
    held_at: datetime | None = None
    ended_at: datetime | None = None
    abandoned_at: datetime | None = None
    voicemail_at: datetime | None = None
    expired: bool = False
    held: timedelta = NOTHING
    holding_since: datetime | None = None
    rings: dict[str, RingFact] = field(default_factory=dict)

    @property
    def is_out(self) -> bool:
        """Whether an agent calls: where that rings is no extension, and nobody's to answer."""
        return self.direction == "out"

    @property
    def wait(self) -> int | None:
        """Seconds until the answer, or until the caller gave up; None while that is open."""
        until = self.answered_at or self.voicemail_at or self.ended_at
        return None if until is None else max(0, int((until - self.began_at).total_seconds()))

    @property
    def talk(self) -> int | None:
        """Seconds of talking; None before the end and for what was never answered."""
        if self.answered_at is None or self.ended_at is None:
            return None
        spent = self.ended_at - self.answered_at - self.held
        return max(0, int(spent.total_seconds()))


def state_of(facts: Iterable[Fact]) -> Story:
    """The call of these events. Raises ValueError when there are none."""
    ordered = sorted(
        {fact.event: fact for fact in facts}.values(),
        key=lambda fact: (fact.at, _PLACE[fact.kind], fact.event),
    )
    if not ordered:
        raise ValueError("a call has at least one event")
    if any(fact.kind in _ENDS for fact in ordered):
        ordered = [fact for fact in ordered if fact.kind != "expired"]
    story = Story(began_at=ordered[0].at)
    for fact in ordered:  # first: whether a call goes out is known before its end is judged
        _describe(story, fact)
    for fact in ordered:
        if story.ended_at is None:
            _HAPPENS[fact.kind](story, fact)
    return story


def _describe(story: Story, fact: Fact) -> None:
    """What says the same at any time: the first that knows it is believed."""
    for name in ("number", "called", "trunk", "recording"):
        if not getattr(story, name):
            setattr(story, name, getattr(fact, name))
    if fact.direction == "out":
        story.direction = "out"


def _arrive(story: Story, fact: Fact) -> None:
    """It is there; one that goes out, at the extension of whoever dials."""
    story.extension = story.extension or fact.extension


def _ring(story: Story, fact: Fact) -> None:
    story.ringing_at = story.ringing_at or fact.at
    if story.state in ("waiting", "ringing"):
        story.state = "ringing"
        if not story.is_out:
            story.extension = fact.extension or story.extension
    if story.is_out or not fact.extension:
        return
    known = story.rings.get(fact.extension)
    if known is None or known.until is not None:
        story.rings[fact.extension] = RingFact(known.since if known else fact.at)


def _give_up_at(story: Story, fact: Fact) -> None:
    """One extension stops ringing; the call waits for another."""
    ring = story.rings.get(fact.extension)
    if ring is None or ring.answered or ring.until is not None:
        return
    ring.until = fact.at
    if story.state == "ringing" and all(each.until for each in story.rings.values()):
        story.state = "waiting"


def _answer(story: Story, fact: Fact) -> None:
    if story.state == "held":
        _resume(story, fact)
    story.answered_at = story.answered_at or fact.at
    story.state = "talking"
    if story.is_out:
        return
    # Some exchanges do not say where: then it is where it rang last.
    story.extension = fact.extension or story.extension
    for extension, ring in story.rings.items():
        if extension != story.extension and ring.until is None:
            ring.until = fact.at
    if story.extension:
        known = story.rings.get(story.extension)
        since = known.since if known else fact.at
        story.rings[story.extension] = RingFact(since, None, answered=True)


def _hold(story: Story, fact: Fact) -> None:
    if story.state == "talking":
        story.state, story.holding_since = "held", fact.at
        story.held_at = story.held_at or fact.at


def _resume(story: Story, fact: Fact) -> None:
    if story.holding_since is not None:
        story.held += fact.at - story.holding_since
        story.holding_since, story.state = None, "talking"


def _transfer(story: Story, fact: Fact) -> None:
    """The call leaves whoever had it; where it goes, it rings."""
    _resume(story, fact)
    for ring in story.rings.values():
        ring.until = ring.until or fact.at
    story.state, story.extension = "waiting", ""
    if fact.extension:
        _ring(story, fact)


def _record(story: Story, fact: Fact) -> None:
    """The caller speaks to a machine: nobody has answered, whatever state the line is in."""
    story.voicemail_at = story.voicemail_at or fact.at
    _close(story, fact.at)
    story.state, story.ended_at = "voicemail", None


def _end(story: Story, fact: Fact) -> None:
    _resume(story, fact)
    _close(story, fact.at)
    story.ended_at = fact.at
    if story.state == "voicemail":
        return
    if story.answered_at is None and not story.is_out:
        story.state, story.abandoned_at = "abandoned", fact.at
    else:
        story.state = "ended"


def _expire(story: Story, fact: Fact) -> None:
    _end(story, fact)
    story.expired = True


def _close(story: Story, at: datetime) -> None:
    for ring in story.rings.values():
        ring.until = ring.until or at


_HAPPENS = {
    "arrived": _arrive, "queued": _arrive, "ringing": _ring, "unanswered": _give_up_at,
    "answered": _answer, "held": _hold, "resumed": _resume, "transferred": _transfer,
    "voicemail": _record, "abandoned": _end, "ended": _end, "expired": _expire,
}  # fmt: skip
