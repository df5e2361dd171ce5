"""办结以后: the call back, the answer by link, and the complaint that a bad answer opens.

A kind of case takes part by the rows of `moves` and a `Follow` in its flow.
"""

from waterdesk.core.after.following import CALLED_BACK_BY, Follow
from waterdesk.core.after.rows import (
    CALL,
    CALLERS,
    ELSEWHERE,
    RATE,
    RATING,
    REVOKE,
    TAKE,
    VALUES,
    moves,
    row_of,
)

__all__ = [
    "CALL",
    "CALLED_BACK_BY",
    "CALLERS",
    "ELSEWHERE",
    "RATE",
    "RATING",
    "REVOKE",
    "TAKE",
    "VALUES",
    "Follow",
    "moves",
    "row_of",
]
