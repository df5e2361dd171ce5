"""Whoever is sent to an incident accepts it, like a ticket."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0030_crew"),
    ]

    operations = [
        migrations.AddField(
            model_name="incident",
            name="accept_by",
            field=models.DateTimeField(blank=True, null=True, verbose_name="接单期限"),
        ),
        migrations.AddField(
            model_name="incident",
            name="accepted_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="接单时间"),
        ),
    ]
