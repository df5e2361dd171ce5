"""Whether the notes of the configuration are whole, and the rows are what the notes say."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection

from waterdesk.core.history import watched

# One pass over all notes: each must say what its digest says, and follow the one before it.
_NOTES = """
SELECT what, key, id, previous = before, digest = expected FROM (
    SELECT what, key, id, previous, digest, core_change_digest(note) AS expected,
           coalesce(lag(digest) OVER (PARTITION BY what, key ORDER BY id), '') AS before
      FROM core_configchange note
) each WHERE previous <> before OR digest <> expected ORDER BY id
"""

# The newest note of each row beside the row, by the columns that both have: a migration may have
# added some since. What was never noted (it is older than the trigger) says nothing, and who left
# the staff and is a customer now is not noted any more.
_ROWS = """
WITH newest AS (
    SELECT DISTINCT ON (key) key, done, became FROM core_configchange WHERE what = %s
     ORDER BY key, id DESC
), said AS (
    SELECT each.{key}::text AS key, core_change_said(
        to_jsonb(each), %s::text[], %s::text[], %s::text[]) AS now FROM {table} each
)
SELECT newest.key, said.key IS NULL FROM newest LEFT JOIN said USING (key)
 WHERE newest.became ->> 'role' IS DISTINCT FROM 'customer'
   AND ((newest.done = 'removed') <> (said.key IS NULL)
        OR EXISTS (SELECT FROM jsonb_each(newest.became) was
                    WHERE said.now ? was.key AND said.now -> was.key <> was.value))
 ORDER BY newest.key
"""

_ARGUMENTS = """
SELECT tgargs FROM pg_trigger WHERE tgname = 'core_watched' AND tgrelid = %s::regclass
"""


def faults() -> Iterator[str]:
    """What is wrong, each as one line; nothing when all is sound.

    A note that was changed, removed or put in between, and a row that was changed past its notes.
    That the last notes of a row were taken away together with its change is not seen here.
    """
    with connection.cursor() as cursor:
        cursor.execute(_NOTES)
        for what, key, pk, follows, sound in cursor.fetchall():
            if not sound:
                yield f"{what} {key}: note {pk} was changed"
            if not follows:
                yield f"{what} {key}: note {pk} does not follow the one before it"
    for table in watched.tables():
        yield from _of_table(table)


def _of_table(table: str) -> Iterator[str]:
    with connection.cursor() as cursor:
        # The trigger's own words of what is noted, so that both say the same.
        cursor.execute(_ARGUMENTS, [table])
        row = cursor.fetchone()
        if row is None:
            yield f"{table}: is not watched any more"
            return
        given = [part.decode() for part in bytes(row[0]).split(b"\x00")[:3]]
        names = {"table": table, "key": watched.models_by_table()[table]._meta.pk.column}
        quoted = {name: connection.ops.quote_name(each) for name, each in names.items()}
        cursor.execute(_ROWS.format(**quoted), [table, *given])
        for key, gone in cursor.fetchall():
            yield f"{table} {key}: {'is gone' if gone else 'is not what was noted'}"
