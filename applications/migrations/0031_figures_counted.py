"""How the applications that have ended did so; the days count themselves."""

from django.db import migrations

ENDED = """
UPDATE applications_application AS a
SET ended_area_id = c.area_id, ended_service = c.subject, ended_as = c.status
FROM core_case AS c WHERE c.id = a.case_ptr_id AND a.ended_at IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [("applications", "0031_figures")]
    operations = [migrations.RunSQL(ENDED, migrations.RunSQL.noop)]
