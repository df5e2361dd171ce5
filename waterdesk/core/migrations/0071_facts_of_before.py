"""What was judged before there were facts, from the clocks as they stand.

Nobody wrote down who had the case at that instant: it is who had it last. Counted time comes with
`manage.py figures rebuild`, which replays each clock.
"""

from django.db import migrations

FACTS = """
INSERT INTO core_clockfact (clock_id, case_id, number, kind, code, area_id, subject, channel,
    team_id, person_id, started_at, judged_at, on_time, stopped_at, gross, cause, outside)
SELECT k.id, k.case_id, c.number, c.kind, k.code, k.area_id, c.subject, c.channel,
    u.area_id, c.handler_id, k.started_at, coalesce(k.breached_at, k.stopped_at),
    k.breached_at IS NULL, k.stopped_at,
    floor(extract(epoch FROM k.stopped_at - k.started_at))::int,
    CASE WHEN k.breached_at IS NULL THEN '' ELSE k.cause END,
    k.breached_at IS NOT NULL AND k.cause_accepted AND EXISTS (
        SELECT FROM core_reason r WHERE r.use = 'cause' AND r.code = k.cause AND r.outside)
FROM core_clock k JOIN core_case c ON c.id = k.case_id LEFT JOIN core_user u ON u.id = c.handler_id
WHERE k.breached_at IS NOT NULL OR k.state = 'met'
ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0070_figures")]
    operations = [migrations.RunSQL(FACTS, migrations.RunSQL.noop)]
