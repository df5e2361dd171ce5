"""Which rungs the clocks that stand have passed: until now, all below the next one."""

from django.db import migrations

PASSED = """
UPDATE core_clock SET passed = (
    SELECT coalesce(sum(1::bigint << (place - 1)::integer), 0)
    FROM jsonb_array_elements(ladder) WITH ORDINALITY AS step(rung, place)
    WHERE next_level IS NULL OR (rung ->> 'level')::integer < next_level
)
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0009_ladders")]
    operations = [migrations.RunSQL(PASSED, migrations.RunSQL.noop)]
