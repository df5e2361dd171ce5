"""What was read in full before there was a list of it, from the record."""

from django.db import migrations

FILL = """
INSERT INTO core_disclosure (at, by_id, what, "case", area_id, reason)
SELECT e.at, u.id, e.action, e."case", c.area_id, e.data ->> 'reason'
FROM core_event e JOIN core_user u ON u.username = e.actor
LEFT JOIN core_case c ON c.number = e."case"
WHERE e.action IN ('result_read', 'account_exported') AND coalesce(e.data ->> 'reason', '') <> ''
ORDER BY e.id
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0079_append_only")]
    # Backwards the table goes with the migrations before this one.
    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
