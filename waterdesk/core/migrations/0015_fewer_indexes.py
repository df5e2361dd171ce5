"""Clocks are not looked up by promise or calendar alone; cases of an area have an index already."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("core", "0014_reopening_days")]
    operations = [
        migrations.AlterField(
            model_name="case",
            name="area",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="cases",
                to="core.area",
                verbose_name="片区",
            ),
        ),
        migrations.AlterField(
            model_name="clock",
            name="calendar",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                to="core.workcalendar",
                verbose_name="工作日历",
            ),
        ),
        migrations.AlterField(
            model_name="clock",
            name="promise",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                to="core.promise",
                verbose_name="承诺",
            ),
        ),
    ]
