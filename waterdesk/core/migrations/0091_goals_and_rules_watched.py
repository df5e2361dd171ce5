"""Each change of goals and of the rules for anomalies is noted too: see core.history."""

from django.db import migrations

TABLES = ("core_anomalyrule", "core_goal")


class Migration(migrations.Migration):
    dependencies = [("core", "0090_reports")]
    operations = [
        migrations.RunSQL(f"SELECT core_watch('{name}')", f"SELECT core_unwatch('{name}')")
        for name in TABLES
    ]
