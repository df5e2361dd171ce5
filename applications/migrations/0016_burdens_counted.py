"""The burdens that the record already tells of: a counter was visited, something was called for."""

from django.db import migrations

COUNTED = """
UPDATE applications_application AS a
SET ended_at = c.closed_at, burden_trips = (c.channel = 'counter')::int, burden_documents = coalesce(p.times, 0)
FROM core_case AS c
LEFT JOIN (
    SELECT "case" AS number, count(*) AS times FROM core_event
    WHERE action = 'pause' AND data ->> 'reason' = 'customer-correction' AND "case" LIKE 'B%'
    GROUP BY 1
) AS p ON p.number = c.number
WHERE c.id = a.case_ptr_id
"""


class Migration(migrations.Migration):
    dependencies = [("applications", "0016_burdens")]
    operations = [migrations.RunSQL(COUNTED, migrations.RunSQL.noop)]
