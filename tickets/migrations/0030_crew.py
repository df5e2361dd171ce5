"""What a repair took."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0013_questions"),
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
