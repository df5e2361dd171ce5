"""The outbox: a message is written in the transaction of what it tells of, and waits there."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from django.db import connection, transaction

from notifications import nudge, texts
from notifications.addresses import mobile
from notifications.ids import uuid7
from notifications.models import SUBJECT_LENGTH, Channel, Message, State
from notifications.rendering import cut, render
from waterdesk.database.arrays import spelled

log = logging.getLogger(__name__)

# A long short message is billed by 67 characters; more than nine parts is a mistake. *chosen*: the
# longest is an answer of 500 characters that somebody asked for, with its greeting.
SMS_LENGTH = 603
INBOX_LENGTH = 2000


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to tell one person: which text, about what, and where they can be reached.

    `occurrence` must be the same whenever the same thing happens again and differ otherwise: a
    second message for one occurrence, channel and address is never made. `expires` (aware) bounds
    the usefulness of this one; otherwise the text's own `ttl` does. What a transport carries goes
    out at `not_before` (aware) at the earliest, and its `ttl` counts from there; the inbox has it
    at once. A text of the key `<key>@<variant>` goes before that of `key`, on all its channels.
    """

    key: str
    occurrence: str
    user_id: int | None
    phone: str
    context: Mapping[str, str] = field(default_factory=dict)
    case: str = ""
    expires: datetime | None = None
    not_before: datetime | None = None
    variant: str = ""


class _Row(NamedTuple):
    """The columns that differ from message to message, in the order of _INSERT."""

    occurrence: str
    channel: str
    address: str
    id: uuid.UUID
    key: str
    recipient_id: int | None
    subject: str
    body: str
    secret: bool
    case: str
    state: str
    next_try_at: datetime | None
    sent_at: datetime | None
    expires_at: datetime | None


# Arrays in place of a VALUES list: the statement has the same length for any number of rows.
# The casts are to text, not varchar(n), because an explicit cast to varchar(n) cuts silently.
_INSERT = """
INSERT INTO {table} (occurrence, channel, address, id, key, recipient_id, subject, body, secret,
    "case", state, next_try_at, sent_at, expires_at, created_at, attempts, carrier_id, error)
SELECT u.*, %s, 0, '', '' FROM unnest(%s::text[], %s::text[], %s::text[], %s::uuid[], %s::text[],
    %s::bigint[], %s::text[], %s::text[], %s::boolean[], %s::text[], %s::text[],
    %s::timestamptz[], %s::timestamptz[], %s::timestamptz[]) AS u
ON CONFLICT (occurrence, channel, address) DO NOTHING
"""


def queue(notices: Iterable[Notice], at: datetime) -> int:
    """Write the messages of these notices, in the caller's transaction; returns how many are new.

    A notice goes out on every channel that has a text for its key and an address for the person:
    the inbox needs `user_id`, a short message needs a mobile number. `at` is aware. One INSERT for
    any number of notices, and one more query when the texts are not at hand. Repeating it queues
    nothing; two callers at once queue each message once. The worker is told after the commit.
    Raises ValueError if `at` is naive.
    """
    if at.tzinfo is None:
        raise ValueError("queue() needs an aware instant")
    # One order for everybody: two transactions inserting the same messages cannot deadlock.
    rows = sorted(_rows(notices, at))
    if not rows:
        return 0
    with connection.cursor() as cursor:
        sql = _INSERT.format(table=connection.ops.quote_name(Message._meta.db_table))
        cursor.execute(sql, [at, *map(spelled, zip(*rows, strict=True))])
        inserted = cursor.rowcount
    if inserted and any(row.next_try_at is not None for row in rows):
        transaction.on_commit(nudge.nudge)
    return inserted


def _rows(notices: Iterable[Notice], at: datetime) -> Iterator[_Row]:
    book: texts.Book | None = None
    context: Mapping[str, str] = {}
    filled: dict[int, tuple[str, str]] = {}
    for notice in notices:
        if book is None:
            book = texts.book()
        if notice.context is not context:
            # Several people are told the same of one thing, one after the other.
            context, filled = notice.context, {}
        own = book.get(f"{notice.key}@{notice.variant}") if notice.variant else None
        for wording in own or book.get(notice.key, ()):
            address = _address(wording.channel, notice)
            if address:
                if id(wording) not in filled:
                    filled[id(wording)] = _filled(wording, notice)
                yield _row(notice, wording, filled[id(wording)], address, at)


def _address(channel: str, notice: Notice) -> str:
    if channel == Channel.INBOX:
        return "" if notice.user_id is None else str(notice.user_id)
    return mobile(notice.phone)


def _filled(wording: texts.Wording, notice: Notice) -> tuple[str, str]:
    """Subject and body as they are kept."""
    length = INBOX_LENGTH if wording.channel == Channel.INBOX else SMS_LENGTH
    return (
        cut(render(wording.subject, notice.context, notice.key), SUBJECT_LENGTH),
        cut(render(wording.body, notice.context, notice.key), length),
    )


def _row(
    notice: Notice, wording: texts.Wording, said: tuple[str, str], address: str, at: datetime
) -> _Row:
    here = wording.channel == Channel.INBOX
    first = max(at, notice.not_before or at)
    return _Row(
        occurrence=notice.occurrence,
        channel=wording.channel,
        address=address,
        id=uuid7(at),
        key=notice.key,
        recipient_id=notice.user_id,
        subject=said[0],
        body=said[1],
        secret=wording.secret,
        case=notice.case,
        state=State.SENT.value if here else State.QUEUED.value,
        next_try_at=None if here else first,
        sent_at=at if here else None,
        expires_at=None if here else (notice.expires or first + wording.ttl),
    )
