"""Each change of a text, or of who is told of results, is noted: see core.history."""

from django.db import migrations

TABLES = {
    "notifications_text": ", leave => '{seeded,updated_at}'",
    "notifications_subscriber": "",
}


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0088_configuration_watched"),
        ("notifications", "0002_results"),
    ]
    operations = [
        migrations.RunSQL(f"SELECT core_watch('{name}'{said})", f"SELECT core_unwatch('{name}')")
        for name, said in TABLES.items()
    ]
