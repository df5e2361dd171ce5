"""What somebody with a superuser's SQL could do to the record, for tests that find it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import connection

from tests.factories import DAY, HOUR, MINUTE, MONDAY_0900, open_ticket, staff
from tickets.models import Ticket
from waterdesk.core import door, record
from waterdesk.core.models import Case, Event, Seal
from waterdesk.core.sealing import nightly, seals, tree

# RFC 8032, 7.1, test 1.
KEY = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
TUESDAY_0900 = MONDAY_0900 + DAY
WEDNESDAY = MONDAY_0900.replace(hour=0) + 2 * DAY
THURSDAY = WEDNESDAY + DAY


def two_days() -> list[Case]:
    """Two tickets of Monday and one of Tuesday, noted on; both days are sealed."""
    opened = [
        _ticket(0, MONDAY_0900, "一", "二"),
        _ticket(1, MONDAY_0900),
        _ticket(2, TUESDAY_0900),
    ]
    nightly.seal(WEDNESDAY + HOUR)
    return opened


def _ticket(n: int, at: datetime, *more: str) -> Case:
    ticket = open_ticket(at=at, phone=f"1390000000{n}", address=f"城东区朝阳路 {n + 1} 号")
    for text in (*more, "三"):
        door.move(ticket.number, "note", actor=staff("agent"), at=at + MINUTE, note=text)
    return Case.objects.get(number=ticket.number)


def by_sql(statement: str, values: Any = ()) -> None:
    """As a superuser, for whom no trigger fires."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement, values)
        cursor.execute("SET LOCAL session_replication_role = origin")


def change(column: str, value: str) -> Callable[[list[Case]], None]:
    def forge(opened: list[Case]) -> None:
        sql = f'UPDATE core_event SET {column} = %s WHERE "case" = %s AND seq = 2'
        by_sql(sql, [value, opened[0].number])

    return forge


def delete_in_the_middle(opened: list[Case]) -> None:
    by_sql('DELETE FROM core_event WHERE "case" = %s AND seq = 2', [opened[0].number])


def delete_the_last(opened: list[Case]) -> None:
    last = [opened[0].number, opened[0].version]
    by_sql('DELETE FROM core_event WHERE "case" = %s AND seq = %s', last)


def delete_the_last_and_mend_the_case(opened: list[Case]) -> None:
    delete_the_last(opened)
    left = opened[0].events.latest("seq")
    mend_head(opened[0].number, left.seq, left.digest)


def delete_a_whole_case(opened: list[Case]) -> None:
    by_sql('DELETE FROM core_event WHERE "case" = %s', [opened[1].number])
    delete_the_case_alone(opened)


def delete_the_case_alone(opened: list[Case]) -> None:
    """The case with all that hangs on it, but for its record."""
    Ticket.objects.get(number=opened[1].number).delete()


def insert(opened: list[Case]) -> None:
    """A line between the second and the third, with a digest that is right in itself."""
    number = opened[0].number
    for add, beyond in ((901, 2), (-900, 900)):
        sql = 'UPDATE core_event SET seq = seq + %s WHERE "case" = %s AND seq > %s'
        by_sql(sql, [add, number, beyond])
    between = opened[0].events.get(seq=2)
    forged = Event(
        case=number, seq=3, at=between.at, recorded_at=between.recorded_at, actor="agent-company",
        role="agent", action="note", data={"note": "已联系"}, previous=between.digest,
    )  # fmt: skip
    forged.digest = record.digest(forged)
    forged.save(force_insert=True)


def swap(opened: list[Case]) -> None:
    """The second and the third line change places."""
    number = opened[0].number
    for was, then in ((2, 900), (3, 2), (900, 3)):
        sql = 'UPDATE core_event SET seq = %s WHERE "case" = %s AND seq = %s'
        by_sql(sql, [then, number, was])


def rechain(opened: list[Case]) -> None:
    """Another value, and every digest from there on to the case made anew: sound in itself."""
    change("data", '{"note": "另一句"}')(opened)
    previous = ""
    for event in opened[0].events:
        event.previous = previous
        event.digest = previous = record.digest(event)
        by_sql(
            "UPDATE core_event SET previous = %s, digest = %s WHERE id = %s",
            [event.previous, event.digest, event.id],
        )
    mend_head(opened[0].number, event.seq, previous)


def reseal_a_day(opened: list[Case]) -> None:
    """The case rechained, and the seal of its day made to fit."""
    rechain(opened)
    _reseal(Seal.objects.earliest("day"), "")


def reseal_everything(opened: list[Case]) -> None:
    """The case rechained, and every seal made anew: nothing in the database tells of it."""
    rechain(opened)
    previous = ""
    for seal in Seal.objects.order_by("day"):
        previous = _reseal(seal, previous)


def _reseal(seal: Seal, previous: str) -> str:
    found = list(seals.leaves_of(seal.begins_at, seal.ends_at))
    seal.root, seal.previous = tree.root([leaf for _key, leaf in found]), previous
    seal.digest = seals.digest(seal)
    by_sql(
        "UPDATE core_seal SET root = %s, previous = %s, digest = %s WHERE day = %s",
        [seal.root, seal.previous, seal.digest, seal.day],
    )
    return seal.digest


def remove_the_newest_seal(opened: list[Case]) -> None:
    by_sql("DELETE FROM core_seal WHERE day = (SELECT max(day) FROM core_seal)")


def mend_head(number: str, version: int, digest: str) -> None:
    by_sql(
        "UPDATE core_case SET version = %s, seal = %s WHERE number = %s", [version, digest, number]
    )
