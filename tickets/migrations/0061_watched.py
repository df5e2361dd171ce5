"""Each change of what the hotline works by is noted: see core.history."""

from django.db import migrations

TABLES = {
    "tickets_dispatchrule": "",
    "tickets_skill": "",
    "tickets_subjectquestion": "",
    "tickets_emergency": "",
    "tickets_wrapup": "",
    "tickets_faultsort": "",
    "tickets_ordersource": "",
    "tickets_outagerule": "",
}


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0088_configuration_watched"),
        ("tickets", "0032_incident_accepting"),
    ]
    operations = [
        migrations.RunSQL(f"SELECT core_watch('{name}'{said})", f"SELECT core_unwatch('{name}')")
        for name, said in TABLES.items()
    ]
