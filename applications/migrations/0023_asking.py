"""The address of an application in one spelling, by which a second one for it is found."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("applications", "0022_standing")]

    operations = [
        migrations.AddField(
            model_name="application",
            name="place",
            field=models.CharField(
                blank=True, db_default="", default="", editable=False, max_length=200
            ),
        ),
        migrations.AddIndex(
            model_name="application",
            index=models.Index(
                condition=models.Q(
                    ("ended_at__isnull", True), models.Q(("place", ""), _negated=True)
                ),
                fields=["place"],
                name="application_open_at_place",
            ),
        ),
    ]
