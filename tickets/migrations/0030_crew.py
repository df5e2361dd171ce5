"""What a repair took."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0028_orders"),
    ]

    operations = [
        migrations.AddField(
            model_name="ticket",
            name="material",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=300, verbose_name="用料"
            ),
        ),
    ]
