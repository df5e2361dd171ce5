"""What was asked and not found, with its count; a lead makes an article of it or dismisses it."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import F

from tickets.models import Article, Unfound
from tickets.models.knowledge import ASKED_LENGTH

if TYPE_CHECKING:
    from waterdesk.core.models.people import User

STARS = "***"
# Telephone, meter, account and identity numbers; 4424, DN100 and 96390 are words of the trade.
_NUMBER = re.compile(r"\d{7,}x?|(?<![a-z\d])\d[\d\- ]{4,}[\dx]")

_COUNT = """
INSERT INTO {table} (asked, times, first_at, last_at, state) VALUES (%s, 1, %s, %s, 'open')
ON CONFLICT (asked) DO UPDATE SET times = {table}.times + 1, last_at = EXCLUDED.last_at
"""


def note(said: str, at: datetime) -> None:
    """Count a search that ended without a pick. Less than two characters are no question.

    Figures of six digits and more are hidden before anything is kept. Two at once both count.
    """
    asked = masked(said)
    if len(asked) < 2:
        return
    with connection.cursor() as cursor:
        table = connection.ops.quote_name(Unfound._meta.db_table)
        cursor.execute(_COUNT.format(table=table), [asked, at, at])


def masked(said: str) -> str:
    """One line of folded text without anybody's number in it."""
    line = " ".join(unicodedata.normalize("NFKC", said).replace("\x00", "").casefold().split())
    return _NUMBER.sub(STARS, line)[:ASKED_LENGTH].strip()


def dismiss(pk: int, *, by: User, at: datetime) -> bool:
    """No article is wanted for it; returns False where it was decided before."""
    return _decide(pk, Unfound.State.DISMISSED, None, by, at)


def answered(pk: int, article: Article, *, by: User, at: datetime) -> bool:
    """An article answers it from now on; returns False where it was decided before."""
    return _decide(pk, Unfound.State.ANSWERED, article, by, at)


def _decide(pk: int, state: str, article: Article | None, by: User, at: datetime) -> bool:
    rows = Unfound.objects.filter(pk=pk, state=Unfound.State.OPEN)
    decided = {"state": state, "article": article, "decided_by": by, "decided_at": at}
    return bool(rows.update(**decided))


def open_ones() -> list[Unfound]:
    """What waits for a lead, the most asked first."""
    return list(
        Unfound.objects.filter(state=Unfound.State.OPEN).order_by(F("times").desc(), "-last_at")
    )
