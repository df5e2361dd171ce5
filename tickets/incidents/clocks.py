"""The clocks of what was joined: void while another case runs them, going on when it is not."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from waterdesk.core import clocks as timing
from waterdesk.core.figures import judging
from waterdesk.core.models.clocks import Clock
from waterdesk.core.record import Fact

if TYPE_CHECKING:
    from waterdesk.core.turn import Turn

# Why, in the record of the case.
REASON = "joined"


def void(turn: Turn, codes: Collection[str]) -> list[int]:
    """Void the open clocks of these promises; their keys, so that they can go on later."""
    held = [c for c in turn.clocks if c.code in codes and c.stopped_at is None]
    for clock in held:
        timing.stop(clock, turn.at, void=True)
        said: dict[str, Any] = {"promise": clock.code, "reason": REASON}
        if judging.is_judged(clock):
            said[judging.JUDGED] = {"net": judging.net(clock, turn.pauses, turn.policy)}
        turn.say(Fact("clock_voided", turn.at, said))
    return [clock.pk for clock in held]


def resume(turn: Turn, keys: Iterable[int]) -> None:
    """Have these run again from their true start."""
    for clock in Clock.objects.filter(pk__in=list(keys), case=turn.case.pk).order_by("pk"):
        timing.resume(clock, turn.pauses, turn.policy)
        clock.area_id = turn.case.area_id
        turn.clocks.append(clock)
        turn.say(Fact("clock_resumed", turn.at, {"promise": clock.code}))


def restart(turn: Turn, since: datetime) -> None:
    """Have the open clocks count from `since`."""
    for clock in turn.clocks:
        if clock.stopped_at is None:
            timing.restart(clock, since, turn.pauses, turn.policy)
            said = {"promise": clock.code, "since": judging.instant(since)}
            turn.say(Fact("clock_restarted", turn.at, said))
