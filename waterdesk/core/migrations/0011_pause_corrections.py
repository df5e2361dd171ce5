"""How far, and how long after its end, a lead may correct a pause."""

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0010_ladders_passed"),
    ]

    operations = [
        migrations.AddField(
            model_name="utility",
            name="pause_correction_days",
            field=models.PositiveSmallIntegerField(
                default=7,
                validators=[django.core.validators.MinValueValidator(1)],
                verbose_name="停表结束后几天内可以更正",
            ),
        ),
        migrations.AddField(
            model_name="utility",
            name="pause_correction_hours",
            field=models.PositiveSmallIntegerField(
                default=24,
                validators=[django.core.validators.MinValueValidator(1)],
                verbose_name="停表开始时间最多更正几小时",
            ),
        ),
    ]
