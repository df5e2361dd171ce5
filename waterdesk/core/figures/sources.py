"""Which stored rows answer a question, as SQL: sums for whole months, the rest by days or facts.

What is not in the sums yet is in the deltas, and both are read by one statement: PostgreSQL shows
it one instant, whatever is folded meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from waterdesk.core.figures.asked import Asked, By
from waterdesk.core.models.figures import FigureSum
from waterdesk.core.periods import midnight, month

Grain = FigureSum.Grain
ALL_AREAS = 0  # how the spread names all areas together
DAY = timedelta(days=1)

# The columns of each answer: its key, from the columns that every source has.
KEYS: dict[By | None, str] = {
    None: "''",
    By.AREA: "area",
    By.STEP: "kind, code",
    By.SERVICE: "kind, subject",
    By.CHANNEL: "channel",
    By.TEAM: "nullif(team, 0)",
    By.PERSON: "nullif(person, 0)",
    By.MONTH: "date_trunc('month', start)::date",
    By.WEEK: "date_trunc('week', start)::date",
    By.DAY: "start",
}
_BY_SUBJECT = frozenset({By.SERVICE, By.CHANNEL})
_BY_PERSON = frozenset({By.TEAM, By.PERSON})
_BY_DAY = frozenset({By.WEEK, By.DAY})
_SAID = "area, kind, code, subject, channel, team, person"
# The same columns of a fact.
_OF_FACT = {
    "area": "area_id",
    "team": "coalesce(team_id, 0)",
    "person": "coalesce(person_id, 0)",
}
_COUNTS = "judged, on_time, outside, done"
_FACT_SAID = (
    "day AS start, area_id AS area, kind, code, subject, channel, coalesce(team_id, 0) AS team, "
    "coalesce(person_id, 0) AS person"
)
_EITHER = "CROSS JOIN LATERAL (VALUES ('net', net_bucket), ('gross', gross_bucket)) AS v(m, b)"


@dataclass(frozen=True, slots=True)
class Sql:
    """A statement, or a part of one, and its values."""

    text: str
    values: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Span:
    """Days from `since` up to and without `until`."""

    since: date
    until: date


def parts(asked: Asked) -> tuple[Span | None, list[Span]]:
    """The whole months of a period, as one span, and the days of it that lie beside them."""
    end = asked.until + DAY
    begins = month(asked.since).since
    first = asked.since if begins == asked.since else month(asked.since).until + DAY
    last = month(end).since
    if first >= last:
        return None, [Span(asked.since, end)]
    edges = [Span(asked.since, first), Span(last, end)]
    return Span(first, last), [edge for edge in edges if edge.since < edge.until]


def counts(asked: Asked, areas: frozenset[int] | None, by: By | None) -> Sql:
    """Rows of (key …, judged, on_time, outside, done)."""
    grain = _grain(asked, by)
    whole = Span(asked.since, asked.until + DAY)
    found: list[Sql] = []
    if grain is None:
        found = [_facts(asked, areas, whole)]
    elif by in _BY_DAY:
        found = [_sums(asked, areas, Grain.DAY, whole), _deltas(asked, areas, whole)]
    else:
        months, edges = parts(asked)
        if months is not None:
            found += [_sums(asked, areas, grain, months), _deltas(asked, areas, months)]
        for edge in edges:
            if grain == Grain.MONTH:
                found += [_sums(asked, areas, Grain.DAY, edge), _deltas(asked, areas, edge)]
            else:
                found.append(_facts(asked, areas, edge))
    key = KEYS[by]
    return _together(
        f"SELECT {key}, sum(judged)::int, sum(on_time)::int, sum(outside)::int, sum(done)::int",
        found,
        f"GROUP BY {key} HAVING sum(judged) > 0" if by else "HAVING sum(judged) > 0",
    )


def spreads(asked: Asked, areas: frozenset[int] | None, by: By | None) -> Sql:
    """Rows of (key …, measure, bucket, how many)."""
    whole = Span(asked.since, asked.until + DAY)
    if _grain(asked, by) != Grain.MONTH or by in _BY_DAY:
        found = [_fact_buckets(asked, areas, whole)]
    else:
        found = []
        months, edges = parts(asked)
        if months is not None:
            found += [_kept_buckets(asked, areas, by, months), _delta_buckets(asked, areas, months)]
        found += [_fact_buckets(asked, areas, edge) for edge in edges]
    key = KEYS[by]
    return _together(
        f"SELECT {key}, measure, bucket, sum(many)::int",
        found,
        f"GROUP BY {key}, measure, bucket" if by else "GROUP BY measure, bucket",
    )


def _grain(asked: Asked, by: By | None) -> Grain | None:
    """The coarsest sums of a month that part by all that is asked for; None: only facts do."""
    subject = bool(asked.subject or asked.channel or by in _BY_SUBJECT)
    person = asked.team is not None or asked.person is not None or by in _BY_PERSON
    if (subject and person) or (by in _BY_DAY and (subject or person)):
        return None
    return Grain.SUBJECT if subject else Grain.PERSON if person else Grain.MONTH


def _together(head: str, found: list[Sql], tail: str) -> Sql:
    text = " UNION ALL ".join(each.text for each in found)
    values = tuple(value for each in found for value in each.values)
    return Sql(f"{head} FROM ({text}) AS said {tail}", values)


def _sums(asked: Asked, areas: frozenset[int] | None, grain: Grain, span: Span) -> Sql:
    where = _where(asked, areas)
    return Sql(
        f"SELECT start, {_SAID}, {_COUNTS} FROM core_figuresum "  # noqa: S608
        f"WHERE grain = %s AND start >= %s AND start < %s{where.text}",
        (grain.value, span.since, span.until, *where.values),
    )


def _deltas(asked: Asked, areas: frozenset[int] | None, span: Span) -> Sql:
    where = _where(asked, areas)
    return Sql(
        f"SELECT day, {_SAID}, sign, sign * on_time::int, sign * outside::int, "  # noqa: S608
        f"sign * done::int FROM core_figuredelta WHERE day >= %s AND day < %s{where.text}",
        (span.since, span.until, *where.values),
    )


def _facts(asked: Asked, areas: frozenset[int] | None, span: Span) -> Sql:
    where = _where(asked, areas, of_fact=True)
    return Sql(
        f"SELECT {_FACT_SAID}, 1 AS judged, on_time::int AS on_time, "  # noqa: S608
        "outside::int AS outside, (stopped_at IS NOT NULL)::int AS done FROM core_clockfact "
        f"WHERE judged_at >= %s AND judged_at < %s{where.text}",
        (midnight(span.since), midnight(span.until), *where.values),
    )


def _kept_buckets(asked: Asked, areas: frozenset[int] | None, by: By | None, span: Span) -> Sql:
    if areas is None and by != By.AREA:
        areas = frozenset({ALL_AREAS})
    where = _where(asked, areas)
    apart = "" if areas else f" AND area <> {ALL_AREAS}"
    return Sql(
        "SELECT month AS start, area, kind, code, '' AS subject, '' AS channel, "  # noqa: S608
        "0::bigint AS team, 0::bigint AS person, measure, bucket, many "
        f"FROM core_figurespread WHERE month >= %s AND month < %s{apart}{where.text}",
        (span.since, span.until, *where.values),
    )


def _delta_buckets(asked: Asked, areas: frozenset[int] | None, span: Span) -> Sql:
    where = _where(asked, areas)
    return Sql(
        f"SELECT day, {_SAID}, m, b, sign FROM core_figuredelta {_EITHER} "  # noqa: S608
        f"WHERE b IS NOT NULL AND day >= %s AND day < %s{where.text}",
        (span.since, span.until, *where.values),
    )


def _fact_buckets(asked: Asked, areas: frozenset[int] | None, span: Span) -> Sql:
    where = _where(asked, areas, of_fact=True)
    return Sql(
        f"SELECT start, {_SAID}, m AS measure, b AS bucket, 1 AS many FROM ("  # noqa: S608
        f"SELECT {_FACT_SAID}, net_bucket, gross_bucket FROM core_clockfact "
        f"WHERE judged_at >= %s AND judged_at < %s{where.text}) AS f {_EITHER} WHERE b IS NOT NULL",
        (midnight(span.since), midnight(span.until), *where.values),
    )


def _where(asked: Asked, areas: frozenset[int] | None, *, of_fact: bool = False) -> Sql:
    """The rest of a WHERE for all that is asked beside the period."""
    texts, values = [], []
    for name, wanted in _wanted(asked, areas):
        column = _OF_FACT.get(name, name) if of_fact else name
        if of_fact and name == "person" and wanted:
            column = "person_id"  # which has an index
        texts.append(f" AND {column} = {'ANY(%s)' if isinstance(wanted, list) else '%s'}")
        values.append(wanted)
    return Sql("".join(texts), tuple(values))


def _wanted(asked: Asked, areas: frozenset[int] | None) -> Iterator[tuple[str, Any]]:
    if areas is not None:
        yield "area", sorted(areas)
    for name in ("kind", "code", "subject", "channel"):
        if value := getattr(asked, name):
            yield name, value
    for name in ("team", "person"):
        if (value := getattr(asked, name)) is not None:
            yield name, value
