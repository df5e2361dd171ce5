"""Each change of services, classes, fees, permits and contracts is noted: see core.history."""

from django.db import migrations

TABLES = {
    "applications_customerclass": "",
    "applications_servicerow": "",
    "applications_feeprice": "",
    "applications_feewaiver": "",
    "applications_projectstage": "",
    "applications_projectreminder": "",
    "applications_permitkind": "",
    "applications_contracttemplate": "",
}


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0088_configuration_watched"),
        ("applications", "0031_figures_counted"),
    ]
    operations = [
        migrations.RunSQL(f"SELECT core_watch('{name}'{said})", f"SELECT core_unwatch('{name}')")
        for name, said in TABLES.items()
    ]
