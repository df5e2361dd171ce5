"""What waits for a call back on a desk that is at work already; nobody is sent a link for it."""

from django.db import migrations

WAITS = """
INSERT INTO core_aftercare (case_id, done_at, call, due_at, attempts, link_serial, reasons, words,
    rated_by)
SELECT id, changed_at, 'waiting', changed_at, 0, 0, '[]', '', '' FROM core_case
WHERE kind = 'ticket' AND status IN ('finished', 'answered') AND phone <> ''
ON CONFLICT (case_id) DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [("tickets", "0003_after"), ("core", "0019_after")]
    # Backwards the table itself goes, with all that is in it.
    operations = [migrations.RunSQL(WAITS, migrations.RunSQL.noop)]
